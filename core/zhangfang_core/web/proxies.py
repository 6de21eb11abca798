"""Who really asks when proxies stand in front: the person's address, and whether they came by TLS.

X-Forwarded-For is a list to which each proxy adds whom it heard, at the right. Anybody may write the left part, so it is read
from the right, for as long as those who wrote it are trusted.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from zhangfang_core.settings import Network

Address = IPv4Address | IPv6Address


def client_address(peer: str, forwarded_for: Iterable[str], trusted: Sequence[Network]) -> str:
    """The rightmost address that is not a trusted proxy's. ``peer`` is the one that the connection comes from.

    ``forwarded_for``: the values of the header's lines, in their order.
    """
    known = _read(peer)
    if known is None:
        return peer
    hops = [hop for line in forwarded_for for hop in line.split(",")]
    while hops and is_trusted(known, trusted):
        before = _read(hops.pop())
        if before is None:
            break
        known = before
    return str(known)


def is_trusted(address: Address | str, trusted: Sequence[Network]) -> bool:
    """Whether an address is one of the operator's own proxies."""
    known = _read(address) if isinstance(address, str) else address
    return known is not None and any(known in network for network in trusted)


def _read(text: str) -> Address | None:
    """An address as headers write it: with or without brackets and port. IPv4 within IPv6 is IPv4."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
