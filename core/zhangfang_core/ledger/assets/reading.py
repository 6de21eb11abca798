"""Cards of a client as the SDK's values, in three queries."""

from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.assets.schedule import first_month
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.assets import Asset, AssetKind, Estimate, Method
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.periods import Period

# A card has left while the voucher that took it off stands: given up or reversed, it is there again.
_CARDS = """select a.*, case when v.state <> 'discarded' and r.id is null then a.retired_on end as left_on
    from core_fixed_asset a left join core_voucher v on v.firm = a.firm and v.id = a.retired_voucher
    left join core_voucher r on r.firm = v.firm and r.reverses = v.id and r.state = 'posted'
    where a.firm = $1 and a.client = $2 order by a.in_use_from, a.id"""


async def assets(client: int) -> list[Asset]:
    see(client)
    firm, db = firm_in_scope(), connection()
    changes: dict[int, list[Estimate]] = {}
    for r in await db.fetch(
        "select * from core_asset_estimate where firm = $1 and client = $2 order by asset, since", firm, client
    ):
        changed = Estimate(
            Period.from_number(r["since"]),
            Method(r["method"]),
            r["months"],
            r["residual"],
            r["units"],
            reason=r["reason"],
        )
        changes.setdefault(r["asset"], []).append(changed)
    worked: dict[int, list[tuple[Period, int]]] = {}
    for r in await db.fetch(
        "select asset, period, units from core_asset_work where firm = $1 and client = $2 order by asset, period",
        firm,
        client,
    ):
        worked.setdefault(r["asset"], []).append((Period.from_number(r["period"]), r["units"]))
    rows = await db.fetch(_CARDS, firm, client)
    return [_asset(row, changes.get(row["id"], ()), tuple(worked.get(row["id"], ()))) for row in rows]


def _asset(row: Mapping[str, Any], changes: Sequence[Estimate], worked: tuple[tuple[Period, int], ...]) -> Asset:
    kind, begun = AssetKind(row["kind"]), Period.of(row["in_use_from"])
    since = first_month(kind, begun) if row["as_of"] is None else Period.from_number(row["as_of"])
    first = Estimate(since, Method(row["method"]), row["months"], row["residual"], row["units"], row["written_off"])
    return Asset(
        id=row["id"],
        client=row["client"],
        name=row["name"],
        kind=kind,
        category=row["category"],
        cost=row["cost"],
        in_use_from=row["in_use_from"],
        asset_account=row["asset_account"],
        written_off_account=row["accumulated_account"],
        expense_account=row["expense_account"],
        estimates=(first, *changes),
        worked=worked,
        voucher=row["voucher"],
        left_on=row["left_on"],
        left_voucher=row["retired_voucher"] if row["left_on"] else None,
    )
