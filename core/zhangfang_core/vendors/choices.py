"""The firm's choice of vendors: adding, setting, ordering, removing. All need ``modules.manage`` and go on the trail; secrets do not."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from zhangfang_core.database.engine import connection
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.storage.sealing import Unsealable
from zhangfang_core.vendors.keeping_count import close_breaker
from zhangfang_core.vendors.offers import Offer, offers
from zhangfang_core.vendors.prices import PRICE, fields_of
from zhangfang_core.vendors.secret_settings import open_secrets, seal_secrets
from zhangfang_core.vendors.setting_forms import Filled
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import VendorKind

PERMISSION = "modules.manage"

_ALL = """select id, kind, vendor, position, settings, secrets_set, sealed, key_version, price, tested_at, problem
    from core_vendor_choice where firm = $1 order by kind, position, id"""
_ONE = _ALL.replace("where firm = $1", "where firm = $1 and id = $2")


@dataclass(frozen=True, slots=True)
class Choice:
    """One chosen vendor. ``offer`` is None and ``missing`` "gone" when no installed plugin offers it; ``missing`` is "off" while its plugin is."""

    id: int
    kind: VendorKind
    vendor: str
    position: int
    offer: Offer | None
    missing: str
    settings: Mapping[str, str | int]
    secrets_set: frozenset[str]
    price: int | None
    tested_at: dt.datetime | None
    problem: str
    sealed: bytes | None = field(repr=False)
    key_version: int | None

    @property
    def title(self) -> str:
        return self.vendor if self.offer is None else self.offer.vendor.title

    @property
    def module(self) -> str:
        """Title of the plugin that brings it, its id when it is not there."""
        id_ = self.vendor.partition(".")[0]
        known = registry().modules.get(id_)
        return id_ if known is None else known.manifest.title

    def values(self) -> dict[str, str | int]:
        """The plain settings and, under the key of its field, the price."""
        return {**self.settings, **({} if self.price is None else {PRICE.key: self.price})}

    async def secrets(self) -> dict[str, str]:
        """The secret settings, in the caller's transaction; empty when they cannot be opened any more."""
        if self.sealed is None or self.key_version is None:
            return {}
        try:
            return await open_secrets(self.kind, self.vendor, self.sealed, self.key_version)
        except (LookupError, Unsealable):
            return {}


async def choices() -> list[Choice]:
    """Everything the firm chose, by kind, in order."""
    require(PERMISSION)
    return await _read(_ALL, firm_in_scope())


async def choice(choice_id: int) -> Choice:
    """Raises Refusal ``common.not_found``."""
    require(PERMISSION)
    found = await _read(_ONE, firm_in_scope(), choice_id)
    if not found:
        raise not_found("外部服务")
    return found[0]


async def offer_to_choose(kind: str, vendor: str) -> Offer:
    """An offer of a plugin that is on. Raises Refusal ``common.not_found``."""
    require(PERMISSION)
    offer = offers().get((VendorKind(kind), vendor)) if kind in list(VendorKind) else None
    if offer is None or offer.module.manifest.id not in await enabled_modules():
        raise not_found("外部服务")
    return offer


async def choose(offer: Offer, filled: Filled) -> int:
    """Put a vendor at the end of the firm's order of its kind; returns the id. Raises Refusal ``vendor.chosen_already``."""
    require(PERMISSION)
    kind, firm = offer.vendor.kind, firm_in_scope()
    sealed, version = await seal_secrets(kind, offer.id, filled.secrets) if filled.secrets else (None, None)
    made = await connection().fetchval(
        """insert into core_vendor_choice
        (firm, kind, vendor, position, settings, secrets_set, sealed, key_version, price, problem, changed_at)
        values ($1, $2::varchar, $3::varchar, (select coalesce(max(position), 0) + 1 from core_vendor_choice where firm = $1 and kind = $2),
            $4, $5, $6, $7, $8, '', now()) on conflict (firm, kind, vendor) do nothing returning id""",
        firm,
        kind,
        offer.id,
        json.dumps(_for_the_vendor(filled), ensure_ascii=False),
        json.dumps(sorted(filled.secrets)),
        sealed,
        version,
        filled.plain.get(PRICE.key),
    )
    if made is None:
        raise Refusal("vendor.chosen_already", "这个服务已经选用了。", status=409)
    await close_breaker(kind, offer.id)
    after: dict[str, object] = {"kind": str(kind), **filled.plain, **dict.fromkeys(sorted(filled.secrets), "已设置")}
    await use(Audit).record("vendor.choose", f"vendor:{offer.id}", after=_titled(offer, after))
    return int(made)


async def change(chosen: Choice, filled: Filled) -> None:
    """New settings; secrets that were left empty stay. The breaker shuts, and the last test no longer counts."""
    require(PERMISSION)
    secrets = {key: value for key, value in (await chosen.secrets()).items() if key not in filled.cleared}
    renewed = filled.secrets.keys() | filled.cleared
    secrets |= filled.secrets
    sealed, version = await seal_secrets(chosen.kind, chosen.vendor, secrets) if secrets else (None, None)
    await connection().execute(
        """update core_vendor_choice set settings = $3, secrets_set = $4, sealed = $5, key_version = $6, tested_at = null,
            price = $7, problem = '', changed_at = now() where firm = $1 and id = $2""",
        firm_in_scope(),
        chosen.id,
        json.dumps(_for_the_vendor(filled), ensure_ascii=False),
        json.dumps(sorted(secrets)),
        sealed,
        version,
        filled.plain.get(PRICE.key),
    )
    await close_breaker(chosen.kind, chosen.vendor)
    after: dict[str, object] = dict(filled.plain)
    after |= {key: "已清除" if key in filled.cleared else "已更换" for key in sorted(renewed)}
    before = _titled(chosen.offer, chosen.values())
    await use(Audit).record("vendor.change", f"vendor:{chosen.vendor}", before=before, after=_titled(chosen.offer, after))


def _titled(offer: Offer | None, values: Mapping[str, object]) -> dict[str, object]:
    """For readers of the trail: by the titles of the settings."""
    titles = {} if offer is None else {each.key: each.title for each in fields_of(offer)}
    return {titles.get(key, key): value for key, value in values.items()}


def _for_the_vendor(filled: Filled) -> dict[str, str | int]:
    """The price is the firm's own matter."""
    return {key: value for key, value in filled.plain.items() if key != PRICE.key}


async def move(chosen: Choice, *, up: bool) -> None:
    """Change places with the one before or after; at the end of the order nothing happens."""
    require(PERMISSION)
    rows = await connection().fetch(
        "select id from core_vendor_choice where firm = $1 and kind = $2 order by position, id for update",
        firm_in_scope(),
        chosen.kind,
    )
    order = [row["id"] for row in rows]
    here = order.index(chosen.id)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    await connection().executemany(
        "update core_vendor_choice set position = $3 where firm = $1 and id = $2",
        [(firm_in_scope(), id_, position) for position, id_ in enumerate(order, start=1)],
    )
    await use(Audit).record(
        "vendor.order", f"vendor:{chosen.vendor}", before={"position": here + 1}, after={"position": there + 1}
    )


async def remove(chosen: Choice) -> None:
    """Ask this vendor no more; its settings and secrets are gone, what it was asked stays counted."""
    require(PERMISSION)
    await connection().execute("delete from core_vendor_choice where firm = $1 and id = $2", firm_in_scope(), chosen.id)
    await use(Audit).record("vendor.remove", f"vendor:{chosen.vendor}", before={"kind": str(chosen.kind)})


async def _read(sql: str, *values: object) -> list[Choice]:
    on = await enabled_modules()
    found = []
    for row in await connection().fetch(sql, *values):
        kind = VendorKind(row["kind"])
        offer = offers().get((kind, row["vendor"]))
        off = offer is not None and offer.module.manifest.id not in on
        found.append(
            Choice(
                id=row["id"],
                kind=kind,
                vendor=row["vendor"],
                position=row["position"],
                offer=offer,
                missing="gone" if offer is None else "off" if off else "",
                settings=json.loads(row["settings"]),
                secrets_set=frozenset(json.loads(row["secrets_set"])),
                price=row["price"],
                tested_at=row["tested_at"],
                problem=row["problem"],
                sealed=row["sealed"],
                key_version=row["key_version"],
            )
        )
    return found
