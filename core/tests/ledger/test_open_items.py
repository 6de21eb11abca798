"""Open items tie to their control account at every moment, whatever is posted, settled, undone or reversed (LEDG-6)."""

import datetime as dt
import random
from decimal import Decimal

import asyncpg
import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.open_items.standing import ties_at
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft, VoucherKind
from zhangfang_sdk.open_items import Match, OpenItems, Rule, Settlement
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

MARCH = Period(2026, 3)
CONTROL = ("1122", "1123", "2202", "2203")


def draft(client: int, day: dt.date, left: Line, right: Line, **changes: object) -> VoucherDraft:
    return VoucherDraft(client, day, "往来", (left, right), source="test", **changes)  # type: ignore[arg-type]  # fields by name


def sale(client: int, amount: int, day: int = 5, who: str = "甲公司", due: dt.date | None = None) -> VoucherDraft:
    left = Line("1122", "销售", debit=amount, counterparty=who, due=due)
    return draft(client, dt.date(2026, 3, day), left, Line("5001", "销售", credit=amount))


def receipt(client: int, amount: int, day: int = 20, who: str = "甲公司") -> VoucherDraft:
    right = Line("1122", "收款", credit=amount, counterparty=who)
    return draft(client, dt.date(2026, 3, day), Line("1002", "收款", debit=amount), right)


async def tied(client: int, at: dt.date | None = None) -> None:
    """The sum of open items is the account's balance, now and at the end of ``at``."""
    for account in CONTROL:
        items = await use(OpenItems).items(client, account, at=at)
        balance = await connection().fetchval(
            """select coalesce(sum(debit - credit), 0)::bigint from core_voucher_line
            where client = $1 and account = $2 and date <= coalesce($3, 'infinity'::date)""",
            client,
            account,
            at,
        )
        assert sum(item.open for item in items) == balance, (account, at)
        if at is not None:
            assert sum(row.total for row in await use(OpenItems).ageing(client, account, at)) == balance
            assert all(0 < i.open <= i.amount or i.amount <= i.open < 0 for i in items), "never more than there was"
    if at is not None:
        assert [t.difference for t in await ties_at(client, CONTROL, at)] == [0] * len(CONTROL)


async def settled_by_hand(client: int, account: str) -> list[Settlement]:
    """Settlements that a person may undo, newest first."""
    made = await use(OpenItems).settlements(client, account)
    return [s for s in made if not s.undone and s.rule is not Rule.REVERSAL]


async def of_one_person(firm: TestFirm) -> None:
    """So that one person may post the reversals that they drafted."""
    async with acting(firm, "owner"):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
async def test_the_sum_of_open_items_is_the_balance_at_every_moment(firm: TestFirm, seed: int) -> None:
    """LEDG-6: random postings, settlements, undoings and reversals; afterwards at random days of the past too."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    c, posted = firm.restaurant, list[int]()
    await of_one_person(firm)
    async with acting(firm):
        service, ledger = use(OpenItems), use(Ledger)
        for _ in range(40):
            what = dice.random()
            if what < 0.5:
                account, other = dice.choice(CONTROL), dice.choice(("1002", "5001", "1405"))
                who, amount = dice.choice(("甲", "乙", "")), dice.choice((100, 250, -70, dice.randrange(1, 999)))
                lines = [Line(account, "", debit=amount, counterparty=who), Line(other, "", credit=amount)]
                if dice.random() < 0.5:
                    lines = [Line(other, "", debit=amount), Line(account, "", credit=amount, counterparty=who)]
                day = dt.date(2026, 3, dice.randrange(1, 29))
                kind = dice.choice((VoucherKind.NORMAL, VoucherKind.OPENING))
                day = dt.date(2024, 12, 31) if kind is VoucherKind.OPENING else day
                posted.append(await ledger.draft(draft(c, day, *lines, kind=kind)))
                await ledger.post(posted[-1])
            elif what < 0.75:
                for proposal in (await service.proposals(c, dice.choice(CONTROL)))[:2]:
                    parts = [Match(m.debit, m.credit, dice.randrange(1, m.amount + 1)) for m in proposal.matches]
                    await service.settle(c, parts)
            elif what < 0.85 and (made := await settled_by_hand(c, dice.choice(CONTROL))):
                await service.undo(made[0].step, "配错了")
            elif posted:
                again = posted.pop(dice.randrange(len(posted)))
                red = await ledger.reverse(again, dt.date(2026, 3, 30), "记错了")
                await ledger.post(red)
            await tied(c)
        for day in (dt.date(2024, 12, 31), dt.date(2026, 3, 9), dt.date(2026, 3, 21), dt.date(2026, 4, 1)):
            await tied(c, day)


async def test_items_are_proposed_settled_in_part_and_opened_again(firm: TestFirm) -> None:
    """LEDG-6: equal amounts first, then the oldest; refusals name their reason; both ways stand on the trail."""
    c = firm.restaurant
    async with acting(firm):
        await import_posted(
            c, [sale(c, 300, 1), sale(c, 500, 2), sale(c, 200, 3, "乙公司"), receipt(c, 500, 20), receipt(c, 100, 21)]
        )
        service = use(OpenItems)
        first, second, third, whole, part = await service.items(c, "1122")
        assert [i.open for i in (first, second, third, whole, part)] == [300, 500, 200, -500, -100]
        equal, oldest = await service.proposals(c, "1122")
        assert (equal.matches, equal.rule) == ((Match(second.id, whole.id, 500),), Rule.EQUAL)
        assert (oldest.matches, oldest.rule) == ((Match(first.id, part.id, 100),), Rule.OLDEST)
    for code, match in (
        ("open_items.too_much", Match(first.id, whole.id, 301)),
        ("open_items.too_much", Match(first.id, whole.id, 0)),
        ("open_items.sides", Match(first.id, second.id, 1)),
        ("open_items.unknown", Match(first.id, 10**12, 1)),
        ("open_items.parties_differ", Match(third.id, whole.id, 1)),
    ):
        with pytest.raises(Refusal) as refused:
            async with acting(firm):
                await use(OpenItems).settle(c, [match])
        assert refused.value.code == code
    async with acting(firm):
        made = [await service.settle(c, proposal.matches) for proposal in await service.proposals(c, "1122")]
        assert [(i.id, i.open) for i in await service.items(c, "1122")] == [(first.id, 200), (third.id, 200)]
        await service.undo(made[0], "配错了")
        assert [(i.id, i.open) for i in await service.items(c, "1122")][1] == (second.id, 500)
        trail = await connection().fetch(
            "select action from core_audit_entry where action like 'open_items%' order by id"
        )
        assert [row["action"] for row in trail] == ["open_items.settle"] * 2 + ["open_items.undo"]
    with pytest.raises(Refusal, match=r"open_items\.undone"):
        async with acting(firm):
            await use(OpenItems).undo(made[0], "再来")
    with pytest.raises(Refusal, match=r"access\.forbidden"):
        async with acting(firm, "boss", client=c):
            await use(OpenItems).settle(c, [Match(second.id, whole.id, 1)])
    with pytest.raises(Refusal, match=r"common\.not_found"):
        async with acting(firm, "boss", client=firm.trading):
            await use(OpenItems).items(c, "1122")


async def test_ageing_counts_from_the_due_date_at_any_day(firm: TestFirm) -> None:
    """LEDG-6: what was settled later was still open then."""
    c = firm.restaurant
    async with acting(firm):
        await import_posted(c, [sale(c, 300, 1, due=dt.date(2026, 3, 10)), sale(c, 500, 5), receipt(c, 300, 20)])
        service = use(OpenItems)
        await service.settle(c, (await service.proposals(c, "1122"))[0].matches)
        (row,) = await service.ageing(c, "1122", dt.date(2026, 3, 9))
        assert (row.counterparty, row.buckets) == ("甲公司", (300, 500, 0, 0, 0, 0, 0, 0))
        (row,) = await service.ageing(c, "1122", dt.date(2026, 4, 20))
        assert row.buckets == (0, 0, 500, 0, 0, 0, 0, 0)
        (row,) = await service.ageing(c, "1122", dt.date(2028, 3, 5))
        assert row.buckets == (0, 0, 0, 0, 0, 0, 0, 500)


async def test_a_counterparty_known_by_name_is_the_dimension_item(firm: TestFirm) -> None:
    """LEDG-1, LEDG-6: the customer's item stands on line, balance and open item; red lines take the quantity back."""
    c = firm.restaurant
    await of_one_person(firm)
    async with acting(firm):
        customer = await use(Dimensions).add(c, DimensionKind.CUSTOMER, "001", "甲公司")
        voucher = await use(Ledger).draft(sale(c, 300))
        await use(Ledger).post(voucher)
        await import_posted(c, [sale(c, 50)])
        assert (await use(Ledger).voucher(voucher)).lines[0].dimensions == {"customer": customer.id}
        assert {i.item for i in await use(OpenItems).items(c, "1122")} == {customer.id}
        (balance,) = await use(Dimensions).balances(c, "1122", DimensionKind.CUSTOMER, None, MARCH)
        assert (balance.item, balance.period, balance.debit, balance.credit) == (customer.id, MARCH, 350, 0)
        assert len(await use(Dimensions).entries(c, "1122", customer.id, MARCH, MARCH)) == 2
        goods = await use(Dimensions).add(c, DimensionKind.STOCK, "A1", "螺丝", unit="件")
        left = Line(
            "1405", "购入", debit=1050, dimensions={"stock": goods.id}, quantity=Decimal("10.5"), unit_price=Decimal(1)
        )
        bought = await use(Ledger).draft(draft(c, dt.date(2026, 3, 8), left, Line("1002", "付款", credit=1050)))
        assert (await use(Ledger).post(bought)).lines == (await use(Ledger).voucher(bought)).lines
        (stock,) = await use(Dimensions).balances(c, "1405", DimensionKind.STOCK, MARCH, MARCH)
        assert stock.quantity == Decimal("10.5")
        await use(Ledger).post(await use(Ledger).reverse(bought, dt.date(2026, 3, 9), "退货"))
        (stock,) = await use(Dimensions).balances(c, "1405", DimensionKind.STOCK, MARCH, MARCH)
        assert (stock.debit, stock.quantity) == (0, 0)


async def test_an_account_may_require_a_dimension(firm: TestFirm) -> None:
    """LEDG-1: refused with the reason, by draft and by import; a retired or foreign item is refused too."""
    c = firm.restaurant
    async with acting(firm):
        customer = await use(Dimensions).add(c, DimensionKind.CUSTOMER, "001", "甲公司")
        foreign = await use(Dimensions).add(firm.trading, DimensionKind.CUSTOMER, "001", "甲公司")
        await use(Dimensions).require_kinds(c, "1122", [DimensionKind.CUSTOMER], [DimensionKind.CUSTOMER])
        await use(Ledger).draft(sale(c, 100))
        await use(Dimensions).change(customer.id, retired=True)
    wrong = Line("1122", "", debit=1, dimensions={"customer": foreign.id})
    for code, bad in (
        ("ledger.dimension_missing", sale(c, 100)),
        ("ledger.dimension_unknown", draft(c, dt.date(2026, 3, 1), wrong, Line("5001", "", credit=1))),
        (
            "ledger.quantity_unreadable",
            draft(
                c, dt.date(2026, 3, 1), Line("1405", "", debit=1, quantity=Decimal("1e-7")), Line("1002", "", credit=1)
            ),
        ),
    ):
        with pytest.raises(Refusal) as refused:
            async with acting(firm):
                await use(Ledger).draft(bad)
        assert refused.value.code == code
        with pytest.raises(Refusal) as refused:
            async with acting(firm):
                await import_posted(c, [bad])
        assert refused.value.code == code


@pytest.mark.parametrize(
    "sql",
    [
        "update core_open_item set amount = 1",
        "delete from core_open_item",
        "update core_line_detail set due = null",
        "delete from core_line_detail",
        "update core_settlement set amount = 1",
        "delete from core_settlement",
        "insert into core_open_item (id, firm, client, account, date, amount, open) "
        "select id + 1, firm, client, account, date, 5, 5 from core_open_item limit 1",
    ],
)
async def test_what_stands_beside_a_posted_line_stays(firm: TestFirm, sql: str) -> None:
    """LEDG-1, LEDG-6, 财会〔2024〕12号: the application's role has no right to change it."""
    c = firm.restaurant
    async with acting(firm):
        await import_posted(c, [sale(c, 300, due=dt.date(2026, 3, 10)), receipt(c, 300)])
        await use(OpenItems).settle(c, (await use(OpenItems).proposals(c, "1122"))[0].matches)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(firm):
            await connection().execute(sql)
