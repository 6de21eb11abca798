"""An account with entries is divided: nothing that was posted changes, and every figure above it stays what it was (LEDG-1, B11)."""

import datetime as dt
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.accounts import accounts
from zhangfang_core.ledger.month_end.templates import keep as keep_template
from zhangfang_core.ledger.open_items import settling
from zhangfang_core.ledger.opening import service as opening
from zhangfang_core.ledger.own_accounts.adding import add_account
from zhangfang_core.ledger.own_accounts.moves import Part, lines_of
from zhangfang_core.ledger.trial_balance import trial_balance
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft
from zhangfang_sdk.open_items import Match, OpenItems, Rule
from zhangfang_sdk.openings import OpeningLine
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

MONTHS = [Period(2026, 1), Period(2026, 2), Period(2026, 3)]
KINDS = (DimensionKind.CUSTOMER, DimensionKind.DEPARTMENT, DimensionKind.STOCK)


async def post(client: int, day: dt.date, *lines: Line, source: str = "test") -> int:
    voucher = await use(Ledger).draft(VoucherDraft(client, day, "往来", lines, source=source))
    await use(Ledger).post(voucher)
    return voucher


async def pictured(client: int, code: str) -> dict[str, object]:
    """What a reader sees of an account with all below it, month by month."""
    seen: dict[str, object] = {}
    for month in MONTHS:
        rows = {row.account.code: row.figures for row in await trial_balance(client, month)}
        seen[f"trial {month.key}"] = {c: f for c, f in rows.items() if not (c.startswith(code) and c != code)}
        ages = await use(OpenItems).ageing(client, code, month.last_day)
        seen[f"open {month.key}"] = sum(row.total for row in ages)
    for kind in KINDS:
        sums: dict[tuple[int, object], list[object]] = {}
        for b in await use(Dimensions).balances(client, code, kind, None, MONTHS[-1]):
            row = sums.setdefault((b.item, b.period), [0, 0, Decimal(0)])
            row[0], row[1], row[2] = row[0] + b.debit, row[1] + b.credit, row[2] + b.quantity  # type: ignore[operator]  # sums of one column
        seen[kind.value] = {key: row for key, row in sums.items() if any(row)}
    parties = await use(Ledger).party_balances(client, [code], MONTHS)
    by_name: dict[tuple[str, object], int] = {}
    for party in parties:
        by_name[party.party, party.until] = by_name.get((party.party, party.until), 0) + party.balance
    seen["parties"] = {key: value for key, value in by_name.items() if value}
    now: dict[tuple[str, dt.date], int] = {}
    for item in await use(OpenItems).items(client, code):
        key = item.counterparty, item.due or item.date
        now[key] = now.get(key, 0) + item.open
    seen["ages"] = {key: value for key, value in now.items() if value}
    return seen


@pytest.mark.parametrize("code", ["1122", "1405", "560210", "2202"])
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_figure_over_both_spans_stays_what_it_was(firm: TestFirm, code: str, seed: int) -> None:
    """Random entries with items, quantities, settlements across months and parties; then divided, in the open months."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    c = firm.restaurant
    async with acting(firm):
        service = use(Dimensions)
        made = {kind: [await service.add(c, kind, str(n), f"{kind}{n}") for n in range(2)] for kind in KINDS}
        await service.require_kinds(c, code, KINDS, [])
        posted = []
        for _ in range(25):
            items = {kind.value: dice.choice(made[kind]).id for kind in KINDS if dice.random() < 0.5}
            amount = dice.choice((100, 250, -70, dice.randrange(1, 999)))
            quantity = Decimal(dice.randrange(1, 9)) if DimensionKind.STOCK in items else None
            who = dice.choice(("甲", "乙", "")) if DimensionKind.CUSTOMER not in items else ""
            sides = {"debit": amount} if dice.random() < 0.5 else {"credit": amount}
            other = Line("1001", "", **{"credit" if "debit" in sides else "debit": amount})
            day = dt.date(2026, dice.choice((1, 2, 3)), dice.randrange(1, 28))
            posted.append(await post(c, day, Line(code, "", **sides, counterparty=who, dimensions=items, quantity=quantity), other))
        for proposal in (await use(OpenItems).proposals(c, code))[:3]:
            match = proposal.matches[0]
            await use(OpenItems).settle(c, [Match(match.debit, match.credit, dice.randrange(1, match.amount + 1))])
        await _settled_across_parties(c, code)
        if dice.random() < 0.5:
            # Closed before the account is required to say more: what stands is moved as it stands.
            await service.change(made[DimensionKind.DEPARTMENT][0].id, retired=True)
            await service.require_kinds(c, code, [DimensionKind.PROJECT], [DimensionKind.PROJECT])
        before, vouchers = await pictured(c, code), [await use(Ledger).voucher(v) for v in posted]
        account = {a.code: a for a in await accounts(c)}[code]
    async with acting(firm):
        added = await add_account(c, code, f"{code}01", "其一", divide_used=True)
        assert len(added.division.vouchers) <= len(MONTHS)
    async with acting(firm):
        assert await pictured(c, code) == before
        chart = {a.code: a for a in await accounts(c)}
        assert not chart[code].is_leaf
        assert (chart[f"{code}01"].dimensions, chart[f"{code}01"].required) == (account.dimensions, account.required)
        own = await connection().fetchrow(
            """select sum(debit - credit + closing_debit - closing_credit) as left, (select count(*) from core_open_item o
            where o.client = $1 and o.account = $2 and o.open <> 0) as open, (select count(*) from core_dimension_balance d where d.client = $1
            and d.account = $2 group by d.item having sum(debit) <> sum(credit) limit 1) as items
            from core_balance where client = $1 and account = $2""",
            c,
            code,
        )
        assert own is not None
        assert (own["left"], own["open"], own["items"]) == (0, 0, None), "nothing is left on the divided account"
        assert [await use(Ledger).voucher(v) for v in posted] == vouchers, "posted vouchers are what they were"


async def _settled_across_parties(client: int, code: str) -> None:
    """As settlements could be before they were kept within one party."""
    items = await use(OpenItems).items(client, code)
    debit = next((i for i in items if i.open > 0), None)
    credit = next((i for i in items if debit and i.open < 0 and i.item != debit.item), None)
    if debit and credit:
        matches = [Match(debit.id, credit.id, min(debit.open, -credit.open))]
        await settling.make(client, matches, Rule.CHOSEN, await settling.lock(client, [debit.id, credit.id]))


async def test_only_the_new_account_takes_entries_and_what_was_prepared_names_it(firm: TestFirm) -> None:
    """LEDG-1: drafts, templates and the opening sheet follow; so does what no person writes; a person chooses."""
    c, day = firm.restaurant, dt.date(2026, 3, 5)
    lines = (Line("1002", "收", debit=500), Line("5001", "收", credit=500))
    async with acting(firm):
        await opening.save(c, [OpeningLine("1002", 700), OpeningLine("3001", -700)])
        await opening.start(c)
        await post(c, day, *lines)
        waiting = await use(Ledger).draft(VoucherDraft(c, day, "待审", lines))
        version = (await use(Ledger).voucher(waiting)).version
        await keep_template("每月", VoucherDraft(c, day, "每月", lines), None, None)
    with pytest.raises(Refusal, match=r"ledger\.account_in_use"):
        async with acting(firm):
            await add_account(c, "1002", "100201", "工商银行")
    async with acting(firm):
        added = await add_account(c, "1002", "100201", "工商银行", divide_used=True)
        carried = [await use(Ledger).voucher(v) for v in added.division.vouchers]
        assert [(v.period.key, x.account, x.debit, x.credit) for v in carried for x in v.lines] == [
            ("2025-01", "1002", -700, 0),
            ("2025-01", "100201", 700, 0),
            ("2026-03", "1002", -500, 0),
            ("2026-03", "100201", 500, 0),
        ]
    async with acting(firm):
        draft = await use(Ledger).voucher(waiting)
        assert (draft.lines[0].account, draft.version, added.division.drafts) == ("100201", version + 1, 1)
        (template,) = await connection().fetch("select lines from core_voucher_template where client = $1", c)
        assert '"100201"' in template["lines"]
        sheet = await opening.opening(c)
        assert {line.account for line in sheet.lines} == {"100201", "3001"}
        assert (sheet.started, sheet.changed) == (True, False)
        by_plugin = await use(Ledger).draft(VoucherDraft(c, day, "回单", lines, source="capture_ocr"))
        assert (await use(Ledger).voucher(by_plugin)).lines[0].account == "100201"
        with pytest.raises(Refusal, match=r"ledger\.account_not_leaf"):
            await use(Ledger).draft(VoucherDraft(c, day, "手工", lines))
        await opening.save(c, [OpeningLine("100201", 900), OpeningLine("3001", -900)])
        await opening.start(c)
        assert (await opening.opening(c)).changed is False, "an opening is corrected at the account that took it over"


async def test_a_reversal_goes_where_the_balance_went_and_settles_there(firm: TestFirm) -> None:
    """LEDG-6: nothing stays open of a sale that was reversed after its account was divided, twice even."""
    c, ledger = firm.restaurant, use(Ledger)
    async with acting(firm, "owner"):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)
    async with acting(firm):
        day = dt.date(2026, 3, 5)
        sale = await post(c, day, Line("1122", "销售", debit=500, counterparty="甲"), Line("5001", "销售", credit=500))
        await add_account(c, "1122", "112201", "国内", divide_used=True)
        second = await add_account(c, "112201", "11220101", "华东", divide_used=True)
        red = await ledger.reverse(sale, dt.date(2026, 3, 31), "退货")
        await ledger.post(red)
        assert [x.account for x in (await ledger.voucher(red)).lines] == ["11220101", "5001"]
        assert await use(OpenItems).items(c, "1122") == []
        with pytest.raises(Refusal, match=r"ledger\.division_stays"):
            await ledger.reverse(second.division.vouchers[0], dt.date(2026, 3, 31), "不要了")


async def test_a_closed_month_keeps_its_figures(firm: TestFirm) -> None:
    """LEDG-1: the balance moves in the first open month, even where the entries are older."""
    c = firm.restaurant
    async with acting(firm):
        await post(c, dt.date(2025, 1, 9), Line("1002", "收", debit=500), Line("3001", "收", credit=500))
        for month in range(1, 4):
            await use(Ledger).close_period(c, Period(2025, month))
        added = await add_account(c, "1002", "100201", "工商银行", divide_used=True)
        (carried,) = [await use(Ledger).voucher(v) for v in added.division.vouchers]
        assert (carried.period, carried.date) == (Period(2025, 4), dt.date(2025, 4, 30))
        own = {row.account.code: row.figures.closing for row in await trial_balance(c, Period(2025, 3))}
        assert own == {"1002": 500, "3001": -500}


async def test_who_may_not_draft_and_post_divides_nothing(firm: TestFirm) -> None:
    c = firm.restaurant
    async with acting(firm):
        await post(c, dt.date(2026, 3, 5), Line("1002", "收", debit=500), Line("5001", "收", credit=500))
    with pytest.raises(Refusal, match=r"access\.forbidden"):
        async with acting(firm, "reviewer"):
            await add_account(c, "1002", "100201", "工商银行", divide_used=True)


def test_what_an_open_item_said_goes_along() -> None:
    """Settlement goes by the text: an invoice's number must not be lost with the move."""
    parts = [Part(Period(2026, 3), 500, open_item=7, summary="销售 26332000000187654321"), Part(Period(2026, 3), 20)]
    lines = lines_of(parts, "1122", lambda line: replace(line, account="112201"), "余额转入 112201")
    assert [line.summary for line in lines] == ["余额转入 112201:销售 26332000000187654321"] * 2 + ["余额转入 112201"] * 2
