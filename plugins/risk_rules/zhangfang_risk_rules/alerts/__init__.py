"""Alerts: their life, how a scan and people move them, what is kept of each."""
