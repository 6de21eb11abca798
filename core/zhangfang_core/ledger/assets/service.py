"""The SDK's ``Assets``: cards, changes of estimate, work, disposal; every change on the trail."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import drafts, periods
from zhangfang_core.ledger.assets import categories, checks, reading
from zhangfang_core.ledger.assets.disposal import disposal_of
from zhangfang_core.ledger.assets.schedule import amount_of, first_month, written_off
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.assets import Asset, AssetCategory, AssetMonth, Estimate, NewAsset
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import seen

_INSERT = """insert into core_fixed_asset (firm, client, kind, category, name, cost, residual, months, method, units, in_use_from,
    as_of, written_off, asset_account, accumulated_account, expense_account, voucher)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) returning id"""


class LedgerAssets:
    """Cards of the clients of the firm in scope."""

    async def categories(self, day: dt.date) -> Sequence[AssetCategory]:
        require("ledger.read")
        return categories.categories(day)

    async def assets(self, client: int) -> Sequence[Asset]:
        return await reading.assets(client)

    async def months(self, client: int, period: Period) -> Sequence[AssetMonth]:
        cards = await reading.assets(client)
        return [
            AssetMonth(a, amount_of(a, period), written_off(a, period))
            for a in cards
            if Period.of(a.in_use_from) <= period
        ]

    async def add(self, new: NewAsset) -> Asset:
        require("ledger.draft")
        see(new.client)
        category = checks.check_card(new)
        checks.check_not_far(new.in_use_from, today())
        begun = first_month(category.kind, Period.of(new.in_use_from))
        if new.as_of is not None and new.as_of < begun:
            raise checks.wrong("as_of", f"开始计提的月份不能早于 {begun.label}。")
        await _refuse_accounts(new)
        made: int = await connection().fetchval(
            _INSERT,
            firm_in_scope(),
            new.client,
            category.kind.value,
            category.key,
            seen(new.name).strip(),
            new.cost,
            new.residual,
            new.months,
            new.method.value,
            new.units,
            new.in_use_from,
            None if new.as_of is None else new.as_of.number,
            None if new.as_of is None else new.written_off,
            new.asset_account,
            new.written_off_account,
            new.expense_account,
            new.voucher,
        )
        after: dict[str, object] = {"name": new.name, "cost": new.cost, "residual": new.residual, "months": new.months}
        await use(Audit).record("asset.add", f"core_fixed_asset:{made}", client=new.client, after=after)
        return await _card(made)

    async def revise(self, asset: int, estimate: Estimate) -> None:
        require("ledger.draft")
        card = await _card(asset)
        checks.check_estimate(card.cost, estimate.method, estimate.months, estimate.residual, estimate.units)
        checks.refuse_backwards(estimate, card.estimates[-1])
        reason = checks.text_of(estimate.reason)
        await _refuse_closed(card.client, estimate.since)
        await connection().execute(
            """insert into core_asset_estimate (firm, client, asset, since, method, months, residual, units, reason, entered_by, entered_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now())""",
            firm_in_scope(),
            card.client,
            asset,
            estimate.since.number,
            estimate.method.value,
            estimate.months,
            estimate.residual,
            estimate.units,
            reason,
            scope().user_name,
        )
        after: dict[str, object] = {
            "since": estimate.since.key, "method": estimate.method.value, "months": estimate.months,
            "residual": estimate.residual, "reason": reason,
        }  # fmt: skip
        await use(Audit).record("asset.revise", f"core_fixed_asset:{asset}", client=card.client, after=after)

    async def work(self, asset: int, period: Period, units: int) -> None:
        require("ledger.draft")
        card = await _card(asset)
        if not 0 <= units <= 10**12:
            raise checks.wrong("units", "工作量应是不小于零的整数。")
        await _refuse_closed(card.client, period)
        await connection().execute(
            """insert into core_asset_work (firm, client, asset, period, units) values ($1, $2, $3, $4, $5)
            on conflict (client, asset, period) do update set units = excluded.units""",
            firm_in_scope(),
            card.client,
            asset,
            period.number,
            units,
        )
        after: dict[str, object] = {"period": period.key, "units": units}
        await use(Audit).record("asset.work", f"core_fixed_asset:{asset}", client=card.client, after=after)

    async def dispose(self, asset: int, day: dt.date, reason: str) -> int:
        require("ledger.draft")
        card = await _card(asset)
        if card.left_on is not None:
            raise Refusal("asset.gone", f"“{card.name}”已经在 {card.left_on:%Y-%m-%d} 处置了。", status=409)
        checks.refuse_early(card.in_use_from, day)
        words = checks.text_of(reason, 100)
        await _refuse_closed(card.client, Period.of(day))
        standard = await connection().fetchval(
            "select standard from core_client where firm = $1 and id = $2", firm_in_scope(), card.client
        )
        voucher = await drafts.keep(disposal_of(card, day, words, standard))
        await connection().execute(
            "update core_fixed_asset set retired_on = $3, retired_voucher = $4 where firm = $1 and id = $2",
            firm_in_scope(),
            asset,
            day,
            voucher,
        )
        after: dict[str, object] = {"on": day.isoformat(), "reason": words}
        await use(Audit).record("asset.dispose", f"core_fixed_asset:{asset}", client=card.client, after=after)
        return voucher


async def _card(asset: int) -> Asset:
    client = await connection().fetchval(
        "select client from core_fixed_asset where firm = $1 and id = $2", firm_in_scope(), asset
    )
    if client is None:
        raise not_found("资产卡片")
    return next(card for card in await reading.assets(client) if card.id == asset)


async def _refuse_accounts(new: NewAsset) -> None:
    """Leaves of the client's chart that are in use; an account whose lines are settled one by one is no place for cards."""
    fields = {
        "asset_account": new.asset_account,
        "written_off_account": new.written_off_account,
        "expense_account": new.expense_account,
    }
    rows = await connection().fetch(
        "select code, open_items, retired from core_account where firm = $1 and client = $2 and code = any($3::varchar[]) and is_leaf",
        firm_in_scope(),
        new.client,
        [code.replace("\x00", "") for code in fields.values()],
    )
    known = {row["code"]: row for row in rows}
    for field, code in fields.items():
        if code not in known or known[code]["retired"]:
            raise Refusal("ledger.account_unknown", f"没有末级科目“{code[:20]}”。", field=field)
        if known[code]["open_items"]:
            raise checks.wrong(field, "往来科目里的预付款请用每月凭证模板摊销。")


async def _refuse_closed(client: int, period: Period) -> None:
    closed = await periods.closed_through(client)
    if closed is not None and period <= closed:
        raise Refusal("asset.month_closed", f"{period.label}已经结账,不能再改这个月的资产。", status=409)
