"""Vouchers from other programs' Excel files."""
