"""Taxes that a month's end calls for: rules by their dates and sources, on the client's facts."""
