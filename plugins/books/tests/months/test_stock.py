"""数量金额账: quantities, prices and amounts of stock, from the postings to the file (LEDG-1, LEDG-2)."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from zhangfang_books.stock import Amount, stock_entries
from zhangfang_books.stock_pages import books_of, entries_of
from zhangfang_core.demo.fill import fill_books, take_on
from zhangfang_core.demo.stories import trading
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Ledger, LedgerEntry, Line, VoucherDraft
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

FEBRUARY, MARCH = Period(2026, 2), Period(2026, 3)
# Month, side, quantity, price, amount in fen; the red line takes back a part of the purchase before it.
STORY = [
    (2, "debit", "10", "6", 6000),
    (2, "credit", "4", "6", 2400),
    (3, "debit", "30", "7.5", 22500),
    (3, "debit", "-2", "7.5", -1500),
    (3, "credit", "12.5", "6.88", 8600),
]


async def told(firm: TestFirm) -> int:
    """Apples bought and sold in two months, a pear that nobody moved since; the apples' id."""
    c, ledger, items = firm.restaurant, use(Ledger), use(Dimensions)
    await items.require_kinds(c, "1405", [DimensionKind.STOCK], [DimensionKind.STOCK])
    apples = await items.add(c, DimensionKind.STOCK, "001", "苹果", unit="千克")
    pears = await items.add(c, DimensionKind.STOCK, "002", "梨", unit="箱")
    moves = [(apples.id, *each) for each in STORY] + [(pears.id, 2, "debit", "1", "9", 900)]
    for item, month, side, quantity, price, amount in moves:
        line = Line("1405", "", dimensions={"stock": item}, quantity=Decimal(quantity), unit_price=Decimal(price), **{side: amount})
        other = Line("1001", "", **{"credit" if side == "debit" else "debit": amount})
        draft = VoucherDraft(c, dt.date(2026, month, 5), "进出库", (line, other), source="test")
        await ledger.post(await ledger.draft(draft))
    return apples.id


async def test_what_came_went_and_is_left_in_quantity_price_and_amount(firm: TestFirm) -> None:
    async with acting(firm):
        apples = await told(firm)
        (book,) = await books_of(firm.restaurant, MARCH, MARCH)
        first, second = book.rows
        assert (first.opening, first.opening.price) == (Amount(Decimal(6), 3600), Decimal("6.0000"))
        assert first.came == Amount(Decimal(28), 21000), "a red line takes back on its own side"
        assert first.went == Amount(Decimal("12.5"), 8600)
        assert (first.closing, first.closing.price) == (Amount(Decimal("21.5"), 16000), Decimal("7.4419"))
        assert (second.item.name, second.closing) == ("梨", Amount(Decimal(1), 900))
        assert book.total == (4500, 21000, 8600, 16900)
        account, row, entries = await entries_of(firm.restaurant, apples, "1405", FEBRUARY, MARCH)
        assert (account.code, row.closing, entries[-1].left) == ("1405", first.closing, first.closing)
        balances = await use(Dimensions).balances(firm.restaurant, "1405", DimensionKind.STOCK, None, MARCH)
        assert sum(b.debit - b.credit for b in balances) == book.total[3]
        with pytest.raises(Refusal, match=r"books\.too_many_entries"):
            await entries_of(firm.restaurant, apples, "1405", FEBRUARY, MARCH, limit=4)


moved = st.tuples(st.booleans(), st.integers(-(10**9), 10**9).filter(bool), st.decimals(-(10**6), 10**6, places=6))


@given(st.lists(moved, max_size=20), st.integers(-(10**9), 10**9), st.decimals(-(10**6), 10**6, places=6))
def test_what_is_left_is_what_was_there_with_all_that_moved(moves: list[tuple[bool, int, Decimal]], amount: int, quantity: Decimal) -> None:
    entries = [
        LedgerEntry(n, "", MARCH.first_day, "", "1405", a if is_in else 0, 0 if is_in else a, "", None, quantity=q)
        for n, (is_in, a, q) in enumerate(moves)
    ]
    rows = stock_entries(Amount(quantity, amount), entries)
    left = rows[-1].left if rows else Amount(quantity, amount)
    assert left.amount == amount + sum(a if is_in else -a for is_in, a, _ in moves)
    assert left.quantity == quantity + sum((q if is_in else -q for is_in, _, q in moves), Decimal(0))


async def test_pages_and_files_of_stock(firm: TestFirm, visit: Visit) -> None:
    """Excel holds quantities and prices as numbers; another client's item is not found."""
    async with acting(firm):
        apples = await told(firm)
        elsewhere = await use(Dimensions).add(firm.trading, DimensionKind.STOCK, "1", "别家的")
    visitor = await visit("owner")
    assert "21.5" in (await visitor.get("/books/stock?period=2026-03")).text
    assert "7.4419" in (await visitor.get(f"/books/stock/{apples}?account=1405&period=2026-02&to=2026-03")).text
    assert (await visitor.get(f"/books/stock/{elsewhere.id}?period=2026-03")).status_code == 404
    whole = await visitor.get("/books/export/stock/xlsx?period=2026-03")
    rows = list(load_workbook(io.BytesIO(whole.content)).worksheets[0].iter_rows(min_row=5, values_only=True))
    assert rows[0] == ("1405", "001", "苹果", "千克", 6, 6, 36, 28, 7.5, 210, 12.5, 6.88, 86, 21.5, 7.4419, 160)
    one = await visitor.get(f"/books/export/stock/xlsx?period=2026-03&account=1405&item={apples}")
    assert [r[-3:] for r in load_workbook(io.BytesIO(one.content)).worksheets[0].iter_rows(min_row=9, max_row=9, values_only=True)] == [
        (21.5, 7.4419, 160)
    ]
    assert (await visitor.get("/books/export/stock/pdf?period=2026-03")).content.startswith(b"%PDF")


async def test_the_demo_s_trading_company_has_its_goods_by_the_piece(firm: TestFirm, portal: Portal) -> None:
    """Four items on the page of the last month, worth in all what 1405 stands at; each with its pieces, and from each to its entries."""
    client, last = await take_on(firm.id, trading(today())), Period.current().plus(-1)
    for _ in range(2):
        await fill_books(firm.id, client, trading(today()))
    async with acting(firm, client=client):
        items = await use(Dimensions).items(client, DimensionKind.STOCK)
        (book,) = await books_of(client, last, last)
        stands = sum(b.debit - b.credit for b in await use(Ledger).balances(client, None, last) if b.account == "1405")
    assert [(item.name, item.unit) for item in items] == [("实木餐桌", "张"), ("办公椅", "把"), ("护眼台灯", "台"), ("不锈钢保温壶", "只")]
    assert book.total[3] == stands > 0
    assert all(row.came.quantity > 0 and row.went.quantity > 0 and row.closing.quantity >= 0 for row in book.rows)
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{client}") as one:
        page = (await one.get(f"/books/stock?period={last.key}&to={last.key}")).text
        assert all(item.name in page for item in items)
        assert yuan(stands) in page
        entries = (await one.get(f"/books/stock/{items[0].id}?account=1405&period={last.key}&to={last.key}")).text
    assert "购进实木餐桌" in entries
    assert f"{book.rows[0].closing.quantity.normalize():f}" in entries
