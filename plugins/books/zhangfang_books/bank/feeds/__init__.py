"""Adapters of the vendor kind ``bank_feed``."""
