"""Taking a client's books over: kept while unfinished, started by one act, corrected until the first month closes (LEDG-1)."""

import datetime as dt
from decimal import Decimal

import httpx
import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.open_items.standing import ties_at
from zhangfang_core.ledger.opening import service
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.openings import OpeningLine, Openings
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

DUE = dt.date(2025, 2, 28)
SHEET = [
    OpeningLine("1002", 70_000),
    OpeningLine("1122", 20_000, party="甲公司", due=DUE),
    OpeningLine("1122", 10_000, party="乙公司"),
    OpeningLine("3001", -100_000),
]


async def balances(firm: TestFirm) -> dict[str, int]:
    first = Period(2000, 1)
    return {b.account: b.debit - b.credit for b in await use(Ledger).balances(firm.restaurant, None, first) if b.debit != b.credit}


async def test_an_unfinished_sheet_is_kept_and_does_not_start(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await service.save(firm.restaurant, SHEET[:2])
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal, match=r"opening\.unbalanced"):
            await service.start(firm.restaurant)
    async with acting(firm, "accountant"):
        kept = await service.opening(firm.restaurant)
        assert (list(kept.lines), kept.started) == (SHEET[:2], False)
        assert await balances(firm) == {}


async def test_the_books_start_with_items_and_open_items(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await service.save(firm.restaurant, SHEET)
        assert await service.start(firm.restaurant) is not None
    async with acting(firm, "accountant"):
        assert await balances(firm) == {"1002": 70_000, "1122": 30_000, "3001": -100_000}
        assert {i.name for i in await use(Dimensions).items(firm.restaurant)} == {"甲公司", "乙公司"}
        items = await use(OpenItems).items(firm.restaurant, "1122")
        assert {(i.counterparty, i.due, i.open) for i in items} == {("甲公司", DUE, 20_000), ("乙公司", None, 10_000)}
        assert await use(Ledger).vouchers(firm.restaurant) == [], "an opening is no voucher to a reader"
        assert await service.start(firm.restaurant) is None, "twice changes nothing"
        assert not (await service.opening(firm.restaurant)).changed


async def test_it_is_corrected_by_the_difference_until_the_first_month_closes(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await service.save(firm.restaurant, SHEET)
        await service.start(firm.restaurant)
    corrected = [OpeningLine("1002", 75_000), *SHEET[1:3], OpeningLine("2202", -5_000, party="丙公司"), SHEET[3]]
    async with acting(firm, "accountant"):
        await service.save(firm.restaurant, corrected)
        assert (await service.opening(firm.restaurant)).changed
        await service.start(firm.restaurant)
        assert await balances(firm) == {"1002": 75_000, "1122": 30_000, "2202": -5_000, "3001": -100_000}
        start = (await service.opening(firm.restaurant)).books_start
        trail = await connection().fetchval("select count(*) from core_audit_entry where action = 'ledger.start_books'")
        assert trail == 2
    async with acting(firm, "owner"):
        await use(Ledger).close_period(firm.restaurant, Period.of(start))
    async with acting(firm, "accountant"):
        assert (await service.opening(firm.restaurant)).closed
        for act in (service.save(firm.restaurant, SHEET), service.start(firm.restaurant)):
            with pytest.raises(Refusal, match=r"opening\.closed"):
                await act


async def test_a_quantity_alone_is_corrected_too(firm: TestFirm) -> None:
    def sheet(quantity: str, amount: int = 9_000) -> list[OpeningLine]:
        return [OpeningLine("1405", amount, party="木桌", quantity=Decimal(quantity)), OpeningLine("3001", -amount)]

    async with acting(firm, "accountant"):
        for lines, stands in ((sheet("30"), ("30", 9_000)), (sheet("45"), ("45", 9_000)), (sheet("50", 9_500), ("50", 9_500))):
            await service.save(firm.restaurant, lines)
            await service.start(firm.restaurant)
            start = Period.of((await service.opening(firm.restaurant)).books_start)
            (stock,) = await use(Dimensions).stock(firm.restaurant, "1405", start, start)
            assert (stock.opening_quantity, stock.opening) == (Decimal(stands[0]), stands[1])
            assert (stock.in_quantity, stock.debit, stock.out_quantity) == (0, 0, 0)
            assert not (await service.opening(firm.restaurant)).changed
        await service.save(firm.restaurant, sheet("51", 9_500))
        assert (await service.opening(firm.restaurant)).changed


async def test_what_a_correction_takes_back_is_not_left_open(firm: TestFirm) -> None:
    """One item of what was brought along, whatever was written before; and nobody undoes that alone."""
    def sheet(amount: int, due: dt.date | None) -> list[OpeningLine]:
        return [OpeningLine("1122", amount, party="甲公司", due=due), OpeningLine("3001", -amount)]

    async with acting(firm, "owner"):
        for lines in (sheet(30_000, None), sheet(20_000, None), sheet(20_000, DUE)):
            await service.save(firm.restaurant, lines)
            await service.start(firm.restaurant)
        (item,) = await use(OpenItems).items(firm.restaurant, "1122")
        assert (item.open, item.due) == (20_000, DUE)
        (tie,) = await ties_at(firm.restaurant, ["1122"], today())
        assert tie.difference == 0
        step = (await use(OpenItems).settlements(firm.restaurant, "1122"))[0].step
        with pytest.raises(Refusal, match=r"open_items\.corrected"):
            await use(OpenItems).undo(step, "试")


async def test_who_may_not_write_books_does_not_take_them_over(firm: TestFirm) -> None:
    async with acting(firm, "boss"):
        for act in (service.save(firm.restaurant, SHEET), service.start(firm.restaurant)):
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                await act
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal, match=r"opening\.twice"):
            await service.save(firm.restaurant, [SHEET[0], SHEET[0]])
        await service.save(firm.restaurant, [OpeningLine("5001", 0, 30, 30)])
        assert await use(Openings).year_to_date(firm.restaurant) == {"5001": -30}


async def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(visit: Visit) -> None:
    visitor = await visit("owner")
    shown = await visitor.get("/opening")
    assert shown.status_code == 200
    assert "启用账套" in shown.text

    async def send(do: str, *rows: tuple[str, str, str]) -> httpx.Response:
        names = ("account", "party", "due", "year_debit", "year_credit", "amount")
        table = [dict(zip(names, (account, party, "", "", "", amount), strict=True)) for account, party, amount in rows]
        return await visitor.ask("POST", "/opening", form={"do": do, **{n: [row[n] for row in table] for n in names}})

    wrong = await send("save", ("1002", "", "12x"), ("3001", "", "700.00"))
    assert wrong.status_code == 422
    assert "12x" in wrong.text, "nothing typed is lost"
    twice = await send("save", ("1122", "", ""), ("1122", "甲公司", "5.11"), ("1122", "甲公司", "6.22"))
    assert (twice.status_code, "填了两行" in twice.text) == (422, True)
    assert all(text in twice.text for text in ("5.11", "6.22", "启用账套")), "nothing typed is lost"
    uneven = await send("start", ("1002", "", "600.00"), ("3001", "", "700.00"))
    assert uneven.status_code == 303
    kept = await visitor.get(uneven.headers["location"])
    assert "还不能入账" in kept.text
    assert "600.00" in kept.text
    done = await send("start", ("1002", "", "700.00"), ("3001", "", "700.00"))
    assert done.status_code == 303
    assert "已入账" in (await visitor.get("/opening")).text
    boss = await visit("boss")
    assert "启用账套" not in (await boss.get("/opening")).text
