"""Posted vouchers stay as they are, and nobody sees another's books: tried with raw SQL as the application's role (LEDG-1)."""

import datetime as dt

import asyncpg
import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.digests import altered
from zhangfang_core.ledger.tables import LedgerVoucher, MonthlyBalance, VoucherLine
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import Scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

LINES = (Line("1002", "销售", debit=100), Line("5001", "销售", credit=100))
MARCH = Period(2026, 3)


async def make(firm: TestFirm, client: int, *, post: bool = True) -> int:
    async with acting(firm):
        voucher = await use(Ledger).draft(VoucherDraft(client, dt.date(2026, 3, 1), "销售", LINES, source="test"))
        if post:
            await use(Ledger).post(voucher)
    return voucher


@pytest.mark.parametrize(
    "sql",
    [
        "update core_voucher set summary = 'x' where id = $1",
        "update core_voucher set state = 'draft', number = null where id = $1",
        "update core_voucher set posted_at = now() where id = $1",
    ],
)
async def test_no_update_reaches_a_posted_voucher(firm: TestFirm, sql: str) -> None:
    """LEDG-1, 财会〔2024〕12号."""
    voucher = await make(firm, firm.restaurant)
    waiting = await make(firm, firm.restaurant, post=False)
    async with acting(firm):
        assert await connection().execute(sql, voucher) == "UPDATE 0"
    if "summary" in sql:
        async with acting(firm):
            assert await connection().execute(sql, waiting) == "UPDATE 1"


@pytest.mark.parametrize(
    "sql",
    [
        "delete from core_voucher where id = $1",
        "update core_voucher_line set debit = 1 where voucher = $1",
        "delete from core_voucher_line where voucher = $1",
        "truncate core_voucher_line",
        "truncate core_voucher cascade",
        "alter table core_voucher disable row level security",
    ],
)
async def test_lines_and_rows_are_neither_changed_nor_added(firm: TestFirm, sql: str) -> None:
    """LEDG-1, 财会〔2024〕12号."""
    voucher = await make(firm, firm.restaurant)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(firm):
            await connection().execute(sql, *([voucher] if "$1" in sql else []))


async def test_no_line_is_added_to_a_posted_voucher(firm: TestFirm) -> None:
    voucher = await make(firm, firm.restaurant)
    with pytest.raises(asyncpg.CheckViolationError, match="not posted in this transaction"):
        async with acting(firm):
            await connection().execute(
                "insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary) "
                "select id + 5, firm, client, voucher, account, date, 7, 0, '', '' from core_voucher_line where voucher = $1 limit 1",
                voucher,
            )
    async with acting(firm):
        assert (await use(Ledger).voucher(voucher)).lines == LINES


async def test_a_line_goes_only_into_a_voucher_of_its_own_client(firm: TestFirm) -> None:
    """LEDG-1: a draft of one client takes no line of another, nor of its own."""
    draft = await make(firm, firm.restaurant, post=False)
    insert = """insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary)
        values ($1::bigint * 1000 + 1, $2, $3, $1, '1002', '2026-03-01', 1, 0, '', '')"""
    for client in (firm.trading, firm.restaurant):
        with pytest.raises(asyncpg.CheckViolationError, match="not posted in this transaction"):
            async with acting(firm):
                await connection().execute(insert, draft, firm.id, client)


async def test_another_firm_sees_nothing_on_either_wall(firm: TestFirm, other_firm: TestFirm) -> None:
    """LEDG-1, the two walls."""
    voucher = await make(firm, firm.restaurant)
    async with acting(other_firm):
        assert await connection().fetchval("select count(*) from core_voucher") == 0
        assert await connection().fetchval("select count(*) from core_voucher_line") == 0
        assert await connection().fetchval("select count(*) from core_balance") == 0
        assert await LedgerVoucher.count() == 0
        assert await VoucherLine.count() == 0
        assert await use(Ledger).vouchers(firm.restaurant) == []
        assert await use(Ledger).balances(firm.restaurant, None, MARCH) == []
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await use(Ledger).voucher(voucher)
    for change in (
        lambda: use(Ledger).post(voucher),
        lambda: use(Ledger).discard(voucher, "x"),
        lambda: use(Ledger).reverse(voucher, dt.date(2026, 3, 2), "x"),
        lambda: use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2026, 3, 1), "x", LINES)),
        lambda: use(Ledger).close_period(firm.restaurant, Period(2025, 1)),
    ):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            async with acting(other_firm):
                await change()


async def test_people_of_one_client_see_their_own_books_only(firm: TestFirm) -> None:
    """LEDG-1, the client's wall."""
    own, others = await make(firm, firm.restaurant), await make(firm, firm.trading)
    async with acting(firm, "boss", client=firm.restaurant):
        assert [v.id for v in await use(Ledger).vouchers(firm.restaurant)] == [own]
        assert await connection().fetch("select distinct client from core_voucher_line") == [(firm.restaurant,)]
        assert await MonthlyBalance.count() == 2
        for attempt in (
            lambda: use(Ledger).voucher(others),
            lambda: use(Ledger).vouchers(firm.trading),
            lambda: use(Ledger).entries(firm.trading, "1002", MARCH, MARCH),
            lambda: use(Ledger).balances(firm.trading, None, MARCH),
            lambda: use(Ledger).accounts(firm.trading),
        ):
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await attempt()


@pytest.mark.parametrize("role", ["boss", "cashier", "sales_manager", "driver"])
async def test_people_of_a_client_change_nothing(firm: TestFirm, role: str) -> None:
    """LEDG-1: drafting, posting and closing are the firm's; reading is for those who hold ``ledger.read``."""
    draft = await make(firm, firm.restaurant, post=False)
    for change in (
        lambda: use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2026, 3, 1), "x", LINES)),
        lambda: use(Ledger).post(draft),
        lambda: use(Ledger).close_period(firm.restaurant, Period(2025, 1)),
    ):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            async with acting(firm, role, client=firm.restaurant):
                await change()
    async with acting(firm, role, client=firm.restaurant):
        if role == "boss":
            assert len(await use(Ledger).vouchers(firm.restaurant)) == 1
        else:
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                await use(Ledger).vouchers(firm.restaurant)


async def test_without_a_firm_in_scope_the_database_shows_nothing(firm: TestFirm) -> None:
    """LEDG-1: the second wall alone."""
    await make(firm, firm.restaurant)
    async with scoped_transaction(Scope()):
        assert await connection().fetchval("select count(*) from core_voucher") == 0
        assert await connection().fetchval("select count(*) from core_voucher_line") == 0


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("update core_voucher_line set debit = debit + 1 where id % 1000 = 1 and voucher = $1", "记-0002"),
        ("update core_voucher set summary = '改过' where id = $1", "记-0002"),
        ("update core_line_detail set due = '2027-01-01' where id / 1000 = $1", "记-0002"),
        ("update core_voucher set state = 'discarded', number = null where id = $1", "已不存在"),
    ],
)
async def test_a_change_by_the_database_s_owner_is_named(
    firm: TestFirm, database: str, test_server: TestServer, sql: str, word: str
) -> None:
    """LEDG-1: posted one by one and in bulk; untouched vouchers are not named."""
    await make(firm, firm.restaurant)
    sold = (Line("1122", "", debit=9, due=dt.date(2026, 3, 31)), Line("5001", "", credit=9))
    async with acting(firm):
        drafts = [VoucherDraft(firm.restaurant, dt.date(2026, 3, 2), "赊销", sold, source="test") for _ in range(3)]
        target, *_ = await import_posted(firm.restaurant, drafts)
        assert await altered(firm.restaurant) == []
    superuser = await asyncpg.connect(test_server.superuser(database))
    try:
        assert await superuser.execute(sql, target) == "UPDATE 1"
    finally:
        await superuser.close()
    async with acting(firm):
        (fault,) = await altered(firm.restaurant)
        assert word in fault.sentence
        assert fault.subject == f"core_voucher:{target}"
