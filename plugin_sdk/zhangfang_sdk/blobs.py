"""Storage at a vendor for copies that leave the deployment (archives, backups): what it is given and what it gives back."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Blob:
    """What lies there: ``size`` in bytes, ``sha256`` in hex of the content as it was put."""

    name: str
    size: int
    sha256: str


class BlobStore(Protocol):
    """What ``Vendor.open`` gives for the kind ``storage``. Callers encrypt what they put. Names are ASCII, with "/" between folders."""

    async def put(self, name: str, content: bytes) -> Blob:
        """Keep ``content`` for good before returning. The same content under the same name again changes nothing.

        Raises VendorAway, VendorMisset, VendorRefused (``storage.name_taken``: other content lies there; ``storage.full``).
        """
        ...

    async def get(self, name: str) -> bytes:
        """Raises VendorAway (also when what came is not what was put), VendorMisset, VendorRefused (``storage.unknown``)."""
        ...

    async def stat(self, name: str) -> Blob | None:
        """None when nothing lies there. Raises VendorAway, VendorMisset."""
        ...

    async def delete(self, name: str) -> None:
        """Gone afterwards, also when it was not there. Raises VendorAway, VendorMisset."""
        ...
