"""Vouchers of other programs: the trial is the import, all or nothing, faults with row and column (LEDG-3)."""

import asyncio
import time

import pytest

from months.importing.bringing import REALLY, STRAIGHT, brought, understood
from months.importing.files import excel, sale
from months.test_worked_months import booked
from months.worked import Worked, ours
from zhangfang_books import reading
from zhangfang_books.importing.exporting import voucher_excel
from zhangfang_books.importing.gbt24589_writing import gbt24589_xml
from zhangfang_books.importing.kept_profiles import remember
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.importing.services import Choices
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Voucher, VoucherState
from zhangfang_sdk.periods import Period

MARCH = Period(2025, 3)
TRIAL = Choices()


async def vouchers(firm: TestFirm, client: int) -> list[Voucher]:
    async with acting(firm, "owner", client=client):
        return list(await use(Ledger).vouchers(client, limit=1000))


@pytest.mark.parametrize("program", ["kingdee_kis", "yonyou", "lemon", "gbt24589_2010"])
async def test_what_was_exported_comes_in_again(firm: TestFirm, program: str) -> None:
    """LEDG-3: a month exported in each program's format and imported elsewhere gives the same balances."""
    month: Worked = next(m for m in ours() if m.name.startswith("商贸公司"))
    client = await booked(firm, month)
    async with acting(firm, "accountant", client=client):
        there = await reading.posted_vouchers(client, month.period, month.period)
        accounts = await use(Ledger).accounts(client)
        names = {a.code: a.full_name for a in accounts}
        content = gbt24589_xml(there, accounts) if program == "gbt24589_2010" else voucher_excel(program, there, names)
        before = (await reading.books_of(client, month.period)).closing(month.period)
    tried = await brought(firm, firm.trading, content, TRIAL)
    assert tried.clean, tried.faults
    assert not await vouchers(firm, firm.trading)
    done = await brought(firm, firm.trading, content, STRAIGHT)
    assert done.brought == len(month.vouchers)
    async with acting(firm, "accountant", client=firm.trading):
        after = (await reading.books_of(firm.trading, month.period)).closing(month.period)
    moved = {k: v - month.opening.get(k, 0) for k, v in before.items()}
    assert {k: v for k, v in after.items() if v} == {k: v for k, v in moved.items() if v}


async def test_unknown_accounts_are_mapped_once(firm: TestFirm) -> None:
    """LEDG-3: an account of the other program that the client lacks is named, mapped, and remembered."""
    content = excel(sale(1, 100.1) + sale(2, 0.3, "6001.01"))
    tried = await brought(firm, firm.restaurant, content)
    assert tried.unknown == {"6001.01": ("收入", 1)}
    assert [(f.row, f.column) for f in tried.faults] == [(5, "F 列(科目代码)")]
    assert not await vouchers(firm, firm.restaurant)
    async with scoped_transaction(system_scope(firm.id)):
        await remember(firm.restaurant, {"6001.01": "5001"})
    done = await brought(firm, firm.restaurant, content)
    assert (done.vouchers, done.debit) == (2, 100_40)
    assert len(await vouchers(firm, firm.restaurant)) == 2


async def test_one_bad_row_in_a_hundred_thousand(firm: TestFirm) -> None:
    """LEDG-3: the row and its column are named, and nothing is written."""
    rows = [row for number in range(50_000) for row in sale(number + 1, 12.5)]
    rows[77_776][7] = "十二元"
    content = excel(rows)
    started = time.monotonic()
    outcome = await brought(firm, firm.restaurant, content)
    print(f"100,000 rows read in {time.monotonic() - started:.1f} s")  # noqa: T201  # a measured figure of the run
    assert [(f.row, f.column) for f in outcome.faults] == [(77_778, "H 列(借方金额)")]
    assert not await vouchers(firm, firm.restaurant)


async def test_what_the_ledger_refuses_names_every_row(firm: TestFirm) -> None:
    """LEDG-3, B10: the trial refuses what the import refuses, each with its row; a file of no kind, with a sentence."""
    early = [[("2024-12-31" if place == 0 else cell) for place, cell in enumerate(row)] for row in sale(2, 6)]
    late = [[("2025-04-01" if place == 0 else cell) for place, cell in enumerate(row)] for row in sale(3, 7)]
    content = excel(sale(1, 5) + early + late)
    async with acting(firm, "accountant"):
        for number in (1, 2, 3):
            await use(Ledger).close_period(firm.restaurant, Period(2025, number))
    for choices in (TRIAL, REALLY, STRAIGHT):
        outcome = await brought(firm, firm.restaurant, content, choices)
        assert [(f.row, f.column) for f in outcome.faults] == [(2, "记-1"), (4, "记-2")]
        assert "已经结账" in outcome.faults[0].sentence
        assert "建账日" in outcome.faults[1].sentence
    assert not await vouchers(firm, firm.restaurant)
    with pytest.raises(Refusal) as unreadable:
        async with rows_of(b"PK\x03\x04 no excel"):
            pass
    assert unreadable.value.code == "books.import_unreadable"
    nothing = await understood(firm, firm.restaurant, excel([["一", "二"]], ["甲", "乙"]))
    assert nothing.guess is not None
    assert not nothing.vouchers


async def test_a_retired_account_and_a_required_item_are_refused_in_the_trial(firm: TestFirm) -> None:
    """B10."""
    async with acting(firm, "owner"):
        await use(Ledger).accounts(firm.restaurant)
        await connection().execute(
            "update core_account set retired = true where client = $1 and code = '5001'", firm.restaurant
        )
        await connection().execute(
            "update core_account set dimensions = 'project', required = 'project' where client = $1 and code = '1002'",
            firm.restaurant,
        )
    outcome = await brought(firm, firm.restaurant, excel(sale(1, 5) + sale(2, 5, "5051")), TRIAL)
    assert ["必填" in f.sentence or "要求填写" in f.sentence for f in outcome.faults] == [True, True]
    async with acting(firm, "owner"):
        await connection().execute(
            "update core_account set required = '' where client = $1 and code = '1002'", firm.restaurant
        )
    outcome = await brought(firm, firm.restaurant, excel(sale(1, 5) + sale(2, 5, "5051")), TRIAL)
    assert [(f.row, "停用" in f.sentence) for f in outcome.faults] == [(2, True)]


async def test_a_trial_leaves_nothing(firm: TestFirm) -> None:
    """B10: no voucher, item, audit entry, fact or number; no counter stays locked."""
    counted = """select (select count(*) from core_voucher) + (select count(*) from core_audit_entry) + (select count(*) from core_voucher_counter)
        + (select count(*) from core_dimension_item) + (select count(*) from books_imported_file)"""
    content = excel(sale(1, 5))
    async with scoped_transaction(system_scope(firm.id)):
        before = await connection().fetchval(counted)
    for choices in (TRIAL, Choices(straight=True)):
        outcome = await brought(firm, firm.restaurant, content, choices, source=True)
        assert outcome.clean
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval(counted) == before
        await connection().execute("set local lock_timeout = '200ms'")
        await connection().execute("lock table core_voucher_counter in share row exclusive mode")


async def test_vouchers_are_drafts_of_who_brought_them(firm: TestFirm) -> None:
    """LEDG-3: the same person may not post them; the file's number is kept."""
    async with acting(firm, "accountant", name="陈会计") as scope:
        pass
    done = await brought(firm, firm.restaurant, excel(sale(12, 5)), scope=scope)
    assert done.brought == 1
    (voucher,) = await vouchers(firm, firm.restaurant)
    assert (voucher.state, voucher.drafted_by, voucher.source) == (VoucherState.DRAFT, "陈会计", "import")
    assert voucher.reasons[0] == "原凭证号 记-12"
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal) as refused:
            await use(Ledger).post(voucher.id)
    assert refused.value.code == "ledger.same_person"


async def test_straight_away_is_for_taking_over(firm: TestFirm) -> None:
    """LEDG-3: once books are kept here, what comes from outside waits for a second person; who took over is on the trail."""
    done = await brought(firm, firm.restaurant, excel(sale(1, 5)), STRAIGHT)
    assert done.brought == 1
    async with scoped_transaction(system_scope(firm.id)):
        after = await connection().fetchval("select after::text from core_audit_entry where action = 'books.import'")
        assert '"posted_straight_away": true' in after
        imported = (await use(Ledger).vouchers(firm.restaurant))[0]
        reversal = await use(Ledger).reverse(imported.id, imported.date, "错了")
        await use(Ledger).post(reversal)
    with pytest.raises(Refusal) as refused:
        await brought(firm, firm.restaurant, excel(sale(2, 6)), STRAIGHT)
    assert refused.value.code == "books.not_a_take_over"


async def test_what_stands_already_is_named_and_true_twins_stay(firm: TestFirm) -> None:
    """B9: the same vouchers in another file are named before anything is written; two of one file that are alike are two."""
    first = excel(sale(1, 5) + sale(2, 5) + sale(3, 9))
    assert (await brought(firm, firm.restaurant, first)).brought == 3
    more = excel(sale(2, 5) + sale(3, 9) + sale(4, 5))
    tried = await brought(firm, firm.restaurant, more)
    assert [(s.row, s.reference) for s in tried.standing] == [(2, "记-2"), (4, "记-3")]
    assert (tried.brought, len(await vouchers(firm, firm.restaurant))) == (0, 3)
    done = await brought(firm, firm.restaurant, more, Choices(really=True, leave_standing=True))
    assert (done.brought, done.left_out) == (1, 2)
    every = await brought(firm, firm.restaurant, more, Choices(really=True, leave_standing=False))
    assert every.brought == 3
    assert len(await vouchers(firm, firm.restaurant)) == 7


async def test_the_same_file_comes_in_once(firm: TestFirm) -> None:
    """LEDG-3: sent twice, one after the other or at once, it does not double the books; another client may bring it in."""
    content = excel(sale(1, 12.5))

    async def once(client: int, choices: Choices = REALLY) -> str:
        try:
            outcome = await brought(firm, client, content, choices, source=True)
        except Refusal as refusal:
            return refusal.code
        return "in" if outcome.brought else "named" if outcome.before or outcome.standing else ""

    answers = sorted(await asyncio.gather(*(once(firm.restaurant) for _ in range(3))))
    assert answers.count("in") == 1
    assert set(answers) <= {"in", "named", "books.imported_before"}
    assert await once(firm.restaurant) == "named"
    assert await once(firm.trading) == "in"
    assert len(await vouchers(firm, firm.restaurant)) == 1
    assert await once(firm.restaurant, Choices(really=True, leave_standing=False, again=True)) == "in"
    assert len(await vouchers(firm, firm.restaurant)) == 2
