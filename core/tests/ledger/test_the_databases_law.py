"""What the database refuses of the application's own role, whatever code runs there (LEDG-1, 会计法 第十三条、第十五条)."""

import asyncio
import datetime as dt

import asyncpg
import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.bulk_posting import post_drafts
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

LINES = (Line("1002", "销售", debit=100), Line("5001", "销售", credit=100))
JANUARY = Period(2025, 1)

VOUCHER = """insert into core_voucher (firm, client, period, date, word, number, summary, kind, state, total, source, drafted_by_name,
    posted_by_name, posted_at, discard_reason, version)
    values ($1, $2, {period}, '{date}', '记', {number}, '伪造', '{kind}', 'posted', {total}, 'x', '', '', now(), '', 1) returning id"""
LINE = """insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary)
    values {rows}"""


async def forge(firm: TestFirm, rows: list[tuple[int, str, str, int, int]], **given: object) -> int:
    """A posted voucher and its lines (place, account, date, debit, credit) in one statement each, as a plugin's SQL could write them."""
    values = {"period": 202603, "date": "2026-03-01", "kind": "normal", "total": 100, "number": 900} | given
    voucher: int = await connection().fetchval(VOUCHER.format(**values), firm.id, firm.restaurant)
    if rows:
        await insert_lines(firm, voucher, rows)
    return voucher


async def insert_lines(firm: TestFirm, voucher: int, rows: list[tuple[int, str, str, int, int]]) -> None:
    written = ",".join(
        f"({voucher * 1000 + place}, {firm.id}, {firm.restaurant}, {voucher}, '{account}', '{date}', {debit}, {credit}, '', '')"
        for place, account, date, debit, credit in rows
    )
    await connection().execute(LINE.format(rows=written))


def two(date: str = "2026-03-01", credit: int = 100, first: int = 1) -> list[tuple[int, str, str, int, int]]:
    return [(first, "1002", date, 100, 0), (first + 1, "5001", date, 0, credit)]


async def test_what_keeps_the_law_is_written_and_summed_by_the_database(firm: TestFirm) -> None:
    """The attacks below fail by the law, not by how they are written."""
    async with acting(firm):
        await forge(firm, two())
    async with acting(firm):
        found = {
            b.account: (b.debit, b.credit) for b in await use(Ledger).balances(firm.restaurant, None, Period(2026, 3))
        }
    assert found == {"1002": (100, 0), "5001": (0, 100)}


@pytest.mark.parametrize(
    ("rows", "given", "word"),
    [
        (two(credit=99), {}, "does not balance"),
        (two(), {"total": 101}, "does not balance"),
        (two("2026-04-01"), {}, "another date"),
        (two(), {"period": 202604}, "another date"),
        (two(first=2), {}, "not all its lines"),
        ([two()[0], (3, "5001", "2026-03-01", 0, 100)], {}, "not all its lines"),
        (two("2025-01-15"), {"date": "2025-01-15", "period": 202501}, "closed month"),
        (two("2026-03-01"), {"kind": "opening"}, "closed month"),
        ([], {}, "posted without lines"),
    ],
)
async def test_no_posted_voucher_that_breaks_the_law_comes_to_be(
    firm: TestFirm, rows: list[tuple[int, str, str, int, int]], given: dict[str, object], word: str
) -> None:
    async with acting(firm):
        await use(Ledger).close_period(firm.restaurant, JANUARY)
    with pytest.raises(asyncpg.CheckViolationError, match=word):
        async with acting(firm):
            await forge(firm, rows, **given)
    async with acting(firm):
        assert await connection().fetchval("select count(*) from core_voucher") == 0
        assert await connection().fetchval("select count(*) from core_balance") == 0


@pytest.mark.parametrize(
    ("firm_of", "client_of", "account", "error", "word"),
    [
        ("own", "trading", "1002", asyncpg.CheckViolationError, "another client's"),
        ("other", "restaurant", "1002", asyncpg.InsufficientPrivilegeError, "row-level security"),
        ("own", "restaurant", "9999", asyncpg.ForeignKeyViolationError, "core_balance_account_key"),
    ],
)
async def test_one_line_among_others_that_is_not_its_voucher_s(
    firm: TestFirm,
    other_firm: TestFirm,
    firm_of: str,
    client_of: str,
    account: str,
    error: type[asyncpg.PostgresError],
    word: str,
) -> None:
    """LEDG-1: of firm, client and account, the statement's other voucher being well."""

    def rows(voucher: int, firm_id: int, client: int, account: str) -> str:
        return (
            f"({voucher * 1000 + 1}, {firm.id}, {firm.restaurant}, {voucher}, '5001', '2026-03-01', 0, 100, '', ''),"
            f"({voucher * 1000 + 2}, {firm_id}, {client}, {voucher}, '{account}', '2026-03-01', 100, 0, '', '')"
        )

    firms, clients = {"own": firm.id, "other": other_firm.id}, {"restaurant": firm.restaurant, "trading": firm.trading}

    async def attempt() -> None:
        async with acting(firm):
            well, ill = [await forge(firm, [], number=number) for number in (901, 902)]
            written = f"{rows(well, firm.id, firm.restaurant, '1002')}, {rows(ill, firms[firm_of], clients[client_of], account)}"
            await connection().execute(LINE.format(rows=written))

    with pytest.raises(error, match=word):
        await attempt()


async def test_no_lines_go_to_a_draft_or_twice_to_a_voucher(firm: TestFirm) -> None:
    async with acting(firm):
        draft = await use(Ledger).draft(
            VoucherDraft(firm.restaurant, dt.date(2026, 3, 1), "销售", LINES, source="test")
        )
    with pytest.raises(asyncpg.CheckViolationError, match="not posted in this transaction"):
        async with acting(firm):
            await insert_lines(firm, draft, two())

    async def twice() -> None:
        async with acting(firm):
            await insert_lines(firm, await forge(firm, two()), two(first=3))

    with pytest.raises(asyncpg.CheckViolationError, match="not all its lines"):
        await twice()


@pytest.mark.parametrize("table", ["core_balance", "core_dimension_balance"])
@pytest.mark.parametrize(
    "sql",
    [
        "update {table} set debit = debit + 1",
        "update {table} set period = 202604",
        "delete from {table}",
        "insert into {table} select * from {table}",
        "alter table {table} disable trigger all",
    ],
)
async def test_balances_change_with_lines_alone(firm: TestFirm, table: str, sql: str) -> None:
    async with acting(firm):
        await forge(firm, two())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(firm):
            await connection().execute(sql.format(table=table))


async def test_a_month_closed_by_raw_sql_waits_for_the_posting_under_way(firm: TestFirm) -> None:
    """Nothing is posted into a month between the check and the commit, though no service holds the lock."""
    posted, may_end = asyncio.Event(), asyncio.Event()

    async def post() -> None:
        async with acting(firm):
            await forge(firm, two("2025-01-15"), date="2025-01-15", period=202501)
            posted.set()
            await may_end.wait()

    async def close() -> None:
        await posted.wait()
        async with acting(firm):
            await connection().execute(
                "insert into core_period (firm, client, period, closed_at, closed_by) values ($1, $2, 202501, now(), '')",
                firm.id,
                firm.restaurant,
            )

    posting, closing = asyncio.create_task(post()), asyncio.create_task(close())
    await posted.wait()
    _, waiting = await asyncio.wait({closing}, timeout=0.3)
    assert waiting
    may_end.set()
    await asyncio.gather(posting, closing)
    with pytest.raises(asyncpg.CheckViolationError, match="closed month"):
        async with acting(firm):
            await forge(firm, two("2025-01-15"), date="2025-01-15", period=202501, number=901)


async def test_drafts_posted_in_bulk_inside_a_savepoint_keep_the_law(firm: TestFirm) -> None:
    """The portal's own three ways of posting write what the database asks for."""

    def draft(day: int) -> VoucherDraft:
        return VoucherDraft(firm.restaurant, dt.date(2026, 3, day), "销售", LINES, source="test")

    async with acting(firm):
        waiting = [await use(Ledger).draft(draft(day)) for day in (1, 2)]
    async with acting(firm, "owner"):
        async with connection().transaction():
            await post_drafts(firm.restaurant, dict.fromkeys(waiting, 1))
        await import_posted(firm.restaurant, [draft(3), draft(4)])
    async with acting(firm):
        (bank,) = [b for b in await use(Ledger).balances(firm.restaurant, None, Period(2026, 3)) if b.account == "1002"]
        assert bank.debit == 400


async def test_the_databases_functions_are_nobodys_to_call(
    firm: TestFirm, database: str, test_server: TestServer
) -> None:
    """They run as the owner: what they do follows from the rows alone, and a table of the session does not stand in for one of the books."""
    async with acting(firm):
        await connection().execute(
            "create temporary table core_period (client bigint, period int, closed_at timestamptz) on commit drop"
        )
        await connection().execute("insert into pg_temp.core_period values ($1, 202612, now())", firm.restaurant)
        await forge(firm, two())
    owner = await asyncpg.connect(test_server.superuser(database))
    try:
        definers = await owner.fetch(
            """select p.proname, p.proconfig from pg_proc p join pg_roles r on r.oid = p.proowner
            where p.prosecdef and r.rolname = 'zhangfang_owner'"""
        )
    finally:
        await owner.close()
    assert {row["proname"] for row in definers} >= {
        "core_ledger_lines_law",
        "core_ledger_details_law",
        "core_ledger_voucher_law",
    }
    assert all(row["proconfig"] == ["search_path=pg_catalog, public, pg_temp"] for row in definers)
