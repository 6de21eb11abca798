"""Who may be asked for a firm, in order, with the settings opened."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhangfang_core.database.engine import connection
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.storage.sealing import Unsealable
from zhangfang_core.vendors.keeping_count import left_out
from zhangfang_core.vendors.offers import Offer, offered, offers
from zhangfang_core.vendors.secret_settings import open_secrets
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.vendors import Settings, VendorKind

log = logging.getLogger("zhangfang.vendors")

_CHOSEN = """select vendor, settings, sealed, key_version from core_vendor_choice
    where firm = $1 and kind = $2 order by position, id"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A vendor to be asked. ``settings`` None: the secret ones cannot be opened. ``paused`` None: the breaker is closed, False: a trial is due."""

    offer: Offer
    settings: Settings | None = field(repr=False)
    paused: bool | None

    @property
    def id(self) -> str:
        return self.offer.id


async def candidates(kind: VendorKind) -> Sequence[Candidate]:
    """The firm's choice of the kind, without vendors of plugins that are off or gone; when it chose none, those that work by themselves."""
    on = await enabled_modules()
    paused = await left_out(kind)
    rows = await connection().fetch(_CHOSEN, firm_in_scope(), kind)
    if not rows:
        return [
            Candidate(offer, defaults(offer), paused.get(offer.id))
            for offer in offered(kind)
            if offer.by_itself and offer.module.manifest.id in on
        ]
    found = []
    for row in rows:
        offer = offers().get((kind, row["vendor"]))
        if offer is None or offer.module.manifest.id not in on:
            continue
        settings = await _opened(kind, offer, row["settings"], row["sealed"], row["key_version"])
        found.append(Candidate(offer, settings, paused.get(offer.id)))
    return found


def defaults(offer: Offer) -> Settings:
    """What fields hold that nobody filled in."""
    return {f.key: f.default for f in offer.vendor.settings if f.default != "" and f.kind != "secret"}


async def _opened(
    kind: VendorKind, offer: Offer, plain: str, sealed: bytes | None, key_version: int | None
) -> Settings | None:
    secrets: dict[str, str] = {}
    if sealed is not None and key_version is not None:
        try:
            secrets = await open_secrets(kind, offer.id, sealed, key_version)
        except (LookupError, Unsealable):
            log.error("firm %s: the secret settings of %s cannot be opened", firm_in_scope(), offer.id)
            return None
    return {**defaults(offer), **json.loads(plain), **secrets}
