"""Who the portal is to a passkey: the name that keys are made for, and the pages that may ask them (W3C Web Authentication, 5.1.2)."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from zhangfang_core.identity.presence import asking
from zhangfang_core.settings import read_settings


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """``id`` is the host's name, ``origin`` scheme, host and port."""

    id: str
    origin: str


def relying_party() -> RelyingParty | None:
    """Of the public address, or of what this request asked for where the deployment does not say; None where there can be no passkeys.

    Browsers make them for names alone, not for IP addresses, and only over TLS or for this machine itself.
    """
    request = asking()
    address = read_settings().public_url or (None if request is None else str(request.connection.base_url).rstrip("/"))
    return None if address is None else party_of(address)


def party_of(address: str) -> RelyingParty | None:
    """See :func:`relying_party`."""
    parts = urlsplit(address.lower())
    name = parts.hostname or ""
    own_machine = name == "localhost" or name.endswith(".localhost")
    if not name or _is_ip(name) or not (parts.scheme == "https" or own_machine):
        return None
    return RelyingParty(name, f"{parts.scheme}://{parts.netloc}")


def _is_ip(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
