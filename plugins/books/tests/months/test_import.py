"""Vouchers of other programs: dry run, all or nothing, faults with row and column (LEDG-3)."""

import asyncio
import io
import time

import pytest
from openpyxl import Workbook

from months.test_worked_months import booked
from months.worked import Worked, ours
from zhangfang_books import reading
from zhangfang_books.importing.exporting import voucher_excel
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.importing.services import Source, bring_in, remember
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period

KIS = ["日期", "凭证字", "凭证号", "附单据数", "摘要", "科目代码", "科目名称", "借方金额", "贷方金额"]
MARCH = Period(2025, 3)


def excel(rows: list[list[object]], head: list[str] = KIS) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    page.append(head)
    for row in rows:
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sale(number: int, amount: float, account: str = "5001") -> list[list[object]]:
    return [
        ["2025-03-05", "记", number, 1, "销售", "1002", "银行存款", amount, None],
        ["2025-03-05", "记", number, 1, "销售", account, "收入", None, amount],
    ]


@pytest.mark.parametrize("program", ["kingdee_kis", "yonyou", "lemon"])
async def test_what_was_exported_comes_in_again(firm: TestFirm, program: str) -> None:
    """LEDG-3: a month exported in each program's format and imported elsewhere gives the same balances."""
    month: Worked = next(m for m in ours() if m.taxpayer == "general")
    client = await booked(firm, month)
    async with acting(firm, "accountant", client=client):
        vouchers = await reading.posted_vouchers(client, month.period, month.period)
        names = {a.code: a.full_name for a in await use(Ledger).accounts(client)}
        content = voucher_excel(program, vouchers, names)
        before = (await reading.books_of(client, month.period)).closing(month.period)
    async with rows_of(content) as rows, scoped_transaction(system_scope(firm.id)):
        tried = await bring_in(firm.trading, rows, program, dry=True)
        assert tried.clean, tried.faults
        assert not await reading.posted_vouchers(firm.trading, month.period, month.period)
        done = await bring_in(firm.trading, rows, program, dry=False)
    assert done.vouchers == len(month.vouchers)
    async with acting(firm, "accountant", client=firm.trading):
        after = (await reading.books_of(firm.trading, month.period)).closing(month.period)
    moved = {k: v - month.opening.get(k, 0) for k, v in before.items()}
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in moved.items() if v}


async def test_unknown_accounts_are_mapped_once(firm: TestFirm) -> None:
    """LEDG-3: an account of the other program that the client lacks is named, mapped, and remembered."""
    content = excel(sale(1, 100.1) + sale(2, 0.3, "6001.01"))
    async with rows_of(content) as rows, scoped_transaction(system_scope(firm.id)):
        tried = await bring_in(firm.restaurant, rows, "kingdee_kis", dry=False)
        assert tried.unknown == {"6001.01": 1}
        assert [(f.row, f.column) for f in tried.faults] == [(5, "F 列(科目代码)")]
        assert not await reading.posted_vouchers(firm.restaurant, MARCH, MARCH)
        await remember(firm.restaurant, {"6001.01": "5001"})
        done = await bring_in(firm.restaurant, rows, "kingdee_kis", dry=False)
        assert (done.vouchers, done.debit) == (2, 100_40)
        assert len(await reading.posted_vouchers(firm.restaurant, MARCH, MARCH)) == 2


async def test_one_bad_row_in_a_hundred_thousand(firm: TestFirm) -> None:
    """LEDG-3: the row and its column are named, and nothing is written."""
    rows = [row for number in range(50_000) for row in sale(number + 1, 12.5)]
    rows[77_776][7] = "十二元"
    started = time.monotonic()
    async with rows_of(excel(rows)) as read, scoped_transaction(system_scope(firm.id)):
        outcome = await bring_in(firm.restaurant, read, "kingdee_kis", dry=False)
    print(f"100,000 rows read in {time.monotonic() - started:.1f} s")  # noqa: T201  # a measured figure of the run
    assert [(f.row, f.column) for f in outcome.faults] == [(77_778, "H 列(借方金额)")]
    async with acting(firm, "accountant", client=firm.restaurant):
        assert not await reading.posted_vouchers(firm.restaurant, MARCH, MARCH)


async def test_what_the_ledger_refuses_names_the_row(firm: TestFirm) -> None:
    """LEDG-3: a voucher in a closed month is refused with its row; a file that is no Excel, with a sentence."""
    async with acting(firm, "accountant"):
        for number in (1, 2, 3):
            await use(Ledger).close_period(firm.restaurant, Period(2025, number))
    with pytest.raises(Refusal) as refused:
        async with rows_of(excel(sale(1, 5))) as rows, scoped_transaction(system_scope(firm.id)):
            await bring_in(firm.restaurant, rows, "kingdee_kis", dry=False)
    assert refused.value.code == "ledger.period_closed"
    assert refused.value.details["row"] == 2
    with pytest.raises(Refusal) as unreadable:
        async with rows_of(b"PK\x03\x04 no excel"):
            pass
    assert unreadable.value.code == "books.import_unreadable"
    async with rows_of(excel([], ["甲", "乙"])) as rows, scoped_transaction(system_scope(firm.id)):
        with pytest.raises(Refusal) as no_heading:
            await bring_in(firm.restaurant, rows, "kingdee_kis", dry=True)
        assert no_heading.value.code == "books.import_no_heading"


async def test_the_same_file_comes_in_once(firm: TestFirm) -> None:
    """LEDG-3: sent twice, one after the other or at once, it does not double the books; another client may bring it in."""
    content = excel(sale(1, 12.5))
    source = Source.of(content, "凭证.xlsx")

    async def once(client: int) -> str:
        try:
            async with rows_of(content) as rows, acting(firm, "owner"):
                await bring_in(client, rows, "kingdee_kis", dry=False, source=source)
        except Refusal as refusal:
            return refusal.code
        return "in"

    async with acting(firm, "owner"):
        await connection().execute("update core_firm set single_person = true")
    assert sorted(await asyncio.gather(*(once(firm.restaurant) for _ in range(3)))) == [
        "books.imported_before",
        "books.imported_before",
        "in",
    ]
    assert await once(firm.restaurant) == "books.imported_before"
    assert await once(firm.trading) == "in"
    async with acting(firm, "owner"):
        assert len(await use(Ledger).vouchers(firm.restaurant)) == 1
