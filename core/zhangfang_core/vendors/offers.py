"""The vendors that installed plugins offer, by "plugin.vendor"."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.registry import Module, registry
from zhangfang_sdk.vendors import Vendor, VendorAway, VendorKind, VendorMisset, VendorRefused


@dataclass(frozen=True, slots=True)
class Offer:
    """One vendor with the plugin that brings it. ``id`` is "plugin.vendor"."""

    id: str
    module: Module
    vendor: Vendor

    @property
    def by_itself(self) -> bool:
        """Works for a firm that chose nothing: it needs no settings, and nothing leaves the deployment."""
        return not self.vendor.outside and not any(field.required for field in self.vendor.settings)


@cache
def offers() -> Mapping[tuple[VendorKind, str], Offer]:
    """Everything offered, in plugin order; a second vendor of a plugin with the same kind and id is left out."""
    found: dict[tuple[VendorKind, str], Offer] = {}
    for module in registry().modules.values():
        for vendor in module.vendors:
            offer = Offer(f"{module.manifest.id}.{vendor.id}", module, vendor)
            found.setdefault((vendor.kind, offer.id), offer)
    return found


def offered(kind: VendorKind) -> list[Offer]:
    """Those of one kind, in plugin order."""
    return [offer for (of, _), offer in offers().items() if of is kind]


def as_vendor(offer: Offer) -> calling:
    """Around an adapter's code: that a vendor is away or says no is an answer, and what it raises may hold a key."""
    answers = (VendorAway, VendorMisset, VendorRefused)
    return calling(offer.module.manifest.id, f"vendor {offer.id}", answers=answers, silent=True)
