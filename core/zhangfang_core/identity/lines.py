"""Which addresses are one customer's line."""

from ipaddress import IPv6Address, ip_address, ip_network

_ONE_LINE = 64
"""Bits of an IPv6 address that one customer's line has in common."""


def line_of(address: str) -> str:
    """The IPv6 network of 64 bits that an address belongs to; other addresses, and what is none, as they are."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(ip_network((known, _ONE_LINE), strict=False))
    return address
