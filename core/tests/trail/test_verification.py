"""One verification sees every change made behind the portal's back, by the database's owner (PLAT-9, LEDG-1)."""

import datetime as dt
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.digests import Beside, Form, digest
from zhangfang_core.ledger.periods import close_period
from zhangfang_core.ledger.reading import vouchers_called
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm, acting, session_of
from zhangfang_core.trail import heads
from zhangfang_core.trail.audit import seal_job
from zhangfang_core.trail.report import report
from zhangfang_core.trail.verification import Verification, run, verify_all
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import Period

SOLD = (Line("1122", "", debit=900), Line("5001", "", credit=900))
PAID = (Line("5401", "", debit=300), Line("1002", "", credit=300))
CARRIED = (Line("5001", "结转", debit=900), Line("4103", "结转", credit=900))


@dataclass
class Books:
    """A firm with posted vouchers, closed months and files, sealed; ``sql`` is the database's owner's own."""

    firm: TestFirm
    vouchers: list[int]
    documents: list[int]
    sql: asyncpg.Connection
    settings: Settings

    async def verified(self) -> Verification:
        with in_scope(system_scope(self.firm.id)):
            return await verify_all(whole=True)

    async def seal(self) -> None:
        with in_scope(system_scope(self.firm.id)):
            await seal_job()
            await heads.keep_head()


def drafts(client: int, month: int, count: int, lines: tuple[Line, ...] = PAID) -> list[VoucherDraft]:
    return [VoucherDraft(client, dt.date(2025, month, 2 + n), f"第 {n} 笔", lines, source="test") for n in range(count)]


@pytest_asyncio.fixture(loop_scope="session")
async def books(firm: TestFirm, database: str, test_server: TestServer, settings: Settings) -> AsyncIterator[Books]:
    vouchers: list[int] = []
    async with acting(firm, "owner"):
        for month in (1, 2, 3):
            balanced = tuple(Line(line.account.replace("5401", "1001"), "", line.debit, line.credit) for line in PAID)
            vouchers += await import_posted(firm.restaurant, drafts(firm.restaurant, month, 4, balanced))
            await close_period(firm.restaurant, Period(2025, month))
        vouchers += await import_posted(firm.trading, drafts(firm.trading, 5, 6))
    documents = []
    async with acting(firm, "boss") as _:
        for number in range(4):
            stored = await StoredDocuments().store(
                firm.restaurant, f"{number}.pdf", "application/pdf", b"%PDF-" + bytes([number])
            )
            documents.append(stored.id)
    owner = await asyncpg.connect(test_server.superuser(database))
    made = Books(firm, vouchers, documents, owner, settings)
    await owner.execute("set session_replication_role = replica")
    await made.seal()
    assert (await made.verified()).holds
    await made.seal()
    yield made
    await owner.close()


NOBODY = Beside("", "", "", None, None, None)
Plant = Callable[[Books, int], Awaitable[str]]
"""``plant(books, n)`` makes the n-th alteration of its kind and returns a word by which its fault names it."""


async def line_changed(books: Books, n: int) -> str:
    voucher = books.vouchers[n * 2]
    await books.sql.execute("update core_voucher_line set debit = debit * 10 where voucher = $1 and debit > 0", voucher)
    return f"(编号 {voucher})的内容与"


async def summary_changed(books: Books, n: int) -> str:
    voucher = books.vouchers[n * 2 + 1]
    await books.sql.execute("update core_voucher set summary = '办公用品' where id = $1", voucher)
    return f"(编号 {voucher})的内容与"


FORGED = """insert into core_voucher (firm, client, period, date, word, number, summary, kind, state, total, source,
    drafted_by_name, posted_by_name, posted_at, discard_reason, version)
    select firm, client, period, date, word, 90 + $2::int, '补记', kind, 'posted', total, source, '', '', now(), '', 1
    from core_voucher where id = $1 returning id"""


async def voucher_inserted(books: Books, n: int) -> str:
    forged = await books.sql.fetchval(FORGED, books.vouchers[n], n)
    await books.sql.execute(
        """insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary)
        select $1::bigint * 1000 + id % 1000, firm, client, $1, account, date, debit, credit, counterparty, summary
        from core_voucher_line where voucher = $2""",
        forged,
        books.vouchers[n],
    )
    return f"(编号 {forged})没有记账的记录"


async def voucher_without_lines(books: Books, n: int) -> str:
    return f"(编号 {await books.sql.fetchval(FORGED, books.vouchers[n], n)})没有记账的记录"


async def voucher_deleted(books: Books, n: int) -> str:
    voucher = books.vouchers[n * 3]
    await books.sql.execute("delete from core_voucher_line where voucher = $1", voucher)
    await books.sql.execute("delete from core_voucher where id = $1", voucher)
    return f"凭证(编号 {voucher})于"


async def number_changed(books: Books, n: int) -> str:
    voucher = books.vouchers[n]
    await books.sql.execute("update core_voucher set number = number + 50 where id = $1", voucher)
    return f"(编号 {voucher})的内容与"


async def balance_changed(books: Books, n: int) -> str:
    await books.sql.execute(
        "update core_balance set debit = debit + 1 where account = '1001' and period = $1", 202501 + n
    )
    return f"2025年{1 + n}月 科目 1001"


async def month_removed(books: Books, n: int) -> str:
    statement = (
        "delete from core_period where period = $1",
        "update core_period set closed_at = null where period = $1",
    )[n % 2]
    await books.sql.execute(statement, 202501 + n)
    return f"2025年{1 + n}月 于"


async def bytes_replaced(books: Books, n: int) -> str:
    document = books.documents[n]
    if n == 0:
        # In the store itself, by somebody who has the machine.
        name = await books.sql.fetchval(
            "select o.name from core_object o join core_document d on d.object = o.id where d.id = $1", document
        )
        path: Path = books.settings.objects_dir / name
        path.write_bytes(path.read_bytes()[:-1] + b"!")
    elif n == 1:
        await books.sql.execute("update core_document set object = $2 where id = $1", document, await _object(books, 3))
    else:
        # A whole other file, row and bytes, in its place.
        await books.sql.execute(
            "update core_document set object = $2, sha256 = (select sha256 from core_object where id = $2) where id = $1",
            document,
            await _object(books, 3),
        )
    return f"文件“{n}.pdf”"


async def _object(books: Books, n: int) -> int:
    found: int = await books.sql.fetchval("select object from core_document where id = $1", books.documents[n])
    return found


async def line_dated_elsewhere(books: Books, n: int) -> str:
    voucher = books.vouchers[n * 2]
    await books.sql.execute("update core_voucher_line set date = date + 31 where voucher = $1", voucher)
    return f"(编号 {voucher})的内容与"


async def voucher_moved_to_another_month(books: Books, n: int) -> str:
    voucher = books.vouchers[n]
    await books.sql.execute("update core_voucher set period = period + 100 where id = $1", voucher)
    return f"(编号 {voucher})的所属月份与"


async def total_changed(books: Books, n: int) -> str:
    voucher = books.vouchers[n]
    await books.sql.execute("update core_voucher set total = total * 10 where id = $1", voucher)
    return f"(编号 {voucher})的合计金额与"


async def who_drafted_or_the_proof_changed(books: Books, n: int) -> str:
    voucher = books.vouchers[n]
    change = ("drafted_by_name = '别人'", "posted_by_name = '别人'", f"document = {books.documents[0]}")[n]
    await books.sql.execute(f"update core_voucher set {change} where id = $1", voucher)  # noqa: S608 - of these three
    return f"(编号 {voucher})的内容与"


async def posted_at_another_time(books: Books, n: int) -> str:
    voucher = books.vouchers[n]
    await books.sql.execute("update core_voucher set posted_at = posted_at - interval '1 microsecond' where id = $1", voucher)
    return f"(编号 {voucher})的内容与"


ACCOUNTS = ("1122", "2202", "5001")


async def account_renamed(books: Books, n: int) -> str:
    change = ("name = '应收', full_name = '应收'", "normal_balance = 'debit'", "retired = not retired")[n]
    await books.sql.execute(
        f"update core_account set {change} where client = $1 and code = $2",  # noqa: S608 - of these three
        books.firm.restaurant,
        ACCOUNTS[n],
    )
    return f"科目 {ACCOUNTS[n]} "


async def account_coded_otherwise(books: Books, n: int) -> str:
    await books.sql.execute(
        "update core_account set code = '9' || code where client = $1 and code = $2", books.firm.restaurant, ACCOUNTS[n]
    )
    return f"科目 {ACCOUNTS[n]} 于"


async def account_put_in(books: Books, n: int) -> str:
    await books.sql.execute(
        """insert into core_account (firm, client, code, name, full_name, parent, category, normal_balance, is_leaf)
        select firm, client, code || $3, '别的', full_name || '-别的', code, category, normal_balance, true
        from core_account where client = $1 and code = $2""",
        books.firm.restaurant,
        ACCOUNTS[n],
        "99",
    )
    return f"科目 {ACCOUNTS[n]}99 别的没有增设的记录"


async def changed_and_posted_again(books: Books, n: int) -> str:
    """A line altered, and an entry on the trail that fits it, sealed with the next block."""
    voucher = books.vouchers[n * 2]
    await line_changed(books, n)
    async with scoped_transaction(system_scope(books.firm.id)):
        (row,) = await vouchers_called(books.firm.restaurant, [voucher])
    assert row.number is not None
    fits = digest(row.number, row.date.isoformat(), row.word, row.summary, row.kind.value, row.lines, NOBODY, Form.CONTENT)
    await books.sql.execute(
        """insert into core_audit_entry (firm, client, at, user_name, address, action, subject, after)
        values ($1, $2, now(), '', '', 'ledger.post', 'core_voucher:' || $3::bigint, jsonb_build_object('digest', $4::text))""",
        books.firm.id,
        books.firm.restaurant,
        voucher,
        fits,
    )
    await books.seal()
    return f"(编号 {voucher})有 2 条记账记录"


@pytest.mark.parametrize(
    "plant",
    [
        line_changed,
        line_dated_elsewhere,
        voucher_moved_to_another_month,
        total_changed,
        who_drafted_or_the_proof_changed,
        changed_and_posted_again,
        posted_at_another_time,
        account_renamed,
        account_coded_otherwise,
        account_put_in,
        summary_changed,
        voucher_inserted,
        voucher_without_lines,
        voucher_deleted,
        number_changed,
        balance_changed,
        month_removed,
        bytes_replaced,
    ],
)
async def test_what_is_altered_is_named(books: Books, plant: Plant) -> None:
    """PLAT-9: three of each kind, and nothing else is named for it."""
    words = [await plant(books, n) for n in range(3)]
    found = await books.verified()
    sentences = [fault.sentence for part in found.parts for fault in part.faults]
    for word in words:
        assert [s for s in sentences if word in s], (word, sentences)
    untouched = await books.sql.fetchval("select name from core_client where id = $1", books.firm.trading)
    assert all(untouched not in s for s in sentences) or plant in {line_changed, summary_changed}


async def chain(books: Books) -> list[str]:
    return [f.sentence for part in (await books.verified()).parts if part.id in {"chain", "heads"} for f in part.faults]


async def test_a_trail_cut_off_at_its_end_is_seen(books: Books) -> None:
    """PLAT-9: the chain that is left holds by itself; the signed head outside the database does not fit."""
    for _ in range(3):
        await books.verified()
        await books.seal()
    newest = await books.sql.fetchval("select max(number) from core_audit_block where firm = $1", books.firm.id)
    for number in range(newest, newest - 3, -1):
        await cut_off(books, number)
        assert any("末尾被截断" in sentence for sentence in await chain(books)), number
    # It goes on as if nothing had been, and is found all the same.
    for _ in range(5):
        await books.verified()
        await books.seal()
    assert any("整个重写过" in sentence for sentence in await chain(books))


async def cut_off(books: Books, number: int) -> None:
    """Blocks from ``number`` on, and entries that those before do not hold."""
    await books.sql.execute("delete from core_audit_block where firm = $1 and number >= $2", books.firm.id, number)
    await books.sql.execute(
        """delete from core_audit_entry where firm = $1
        and id > (select coalesce(max(last), 0) from core_audit_block where firm = $1)""",
        books.firm.id,
    )


async def test_a_chain_written_anew_is_seen(books: Books) -> None:
    """PLAT-9: whoever has the database can make a chain that holds, but not sign it."""
    await books.sql.execute(
        "update core_audit_entry set user_name = '别人' where firm = $1 and id = (select min(id) from core_audit_entry where firm = $1)",
        books.firm.id,
    )
    await books.sql.execute("delete from core_audit_block where firm = $1", books.firm.id)
    with in_scope(system_scope(books.firm.id)):
        await seal_job()
    sentences = await chain(books)
    assert any("整个重写过" in sentence or "末尾被截断" in sentence for sentence in sentences), sentences


async def test_what_the_machine_s_owner_can_hide_the_mailed_head_shows(books: Books, portal: Portal) -> None:
    """PLAT-9: with database and machine the chain and its heads go together; an e-mail or a store that keeps what it has stays."""
    async with scoped_transaction(system_scope(books.firm.id)):
        head = await heads.newest_head()
    assert head is not None
    mailed = heads.written(head)
    async with portal.visitor(await session_of(books.firm, "owner"), f"/f/{books.firm.id}") as visitor:
        assert "相符" in (await visitor.post("/audit/verification/compare", head=mailed)).text
        await cut_off(books, head.number)
        kept = books.settings.objects_dir / "seals" / str(books.firm.id)
        aside = kept.with_name("aside")
        shutil.copytree(kept, aside)
        for path in sorted(kept.iterdir())[-1:]:
            path.unlink()
        assert await chain(books) == []
        assert "不相符" in (await visitor.post("/audit/verification/compare", head=mailed)).text
        # A bucket under object lock would have kept it.
        shutil.copytree(aside, kept, dirs_exist_ok=True)
        assert any("末尾被截断" in sentence for sentence in await chain(books))
        wrong = await visitor.post("/audit/verification/compare", head="12-ab")
        assert (wrong.status_code, "audit.no_head" in wrong.text) == (422, True)


async def test_a_head_that_we_did_not_sign_is_none(books: Books) -> None:
    """PLAT-9"""
    folder = books.settings.objects_dir / "seals" / str(books.firm.id)
    newest = sorted(folder.iterdir())[-1]
    newest.write_text(newest.read_text().replace('"last"', '"first"'))
    assert any("不是本系统签的" in sentence for sentence in await chain(books))


async def test_a_head_kept_meanwhile_is_no_sign_of_a_cut(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """PLAT-9: verifying beside a portal that goes on sealing raises no false alarm."""
    listed = heads._Heads.names_after

    async def sealed_while_listing(self: heads._Heads, number: int) -> list[str]:
        monkeypatch.setattr(heads._Heads, "names_after", listed)
        await books.verified()
        await books.seal()
        return await listed(self, number)

    monkeypatch.setattr(heads._Heads, "names_after", sealed_while_listing)
    with in_scope(system_scope(books.firm.id)):
        assert not (await heads.check_heads()).found


async def test_another_head_under_a_name_is_none(books: Books) -> None:
    """PLAT-9: an old head, signed by us, in the newest one's place."""
    await books.verified()
    await books.seal()
    first, *_, newest = sorted((books.settings.objects_dir / "seals" / str(books.firm.id)).iterdir())
    newest.write_bytes(first.read_bytes())
    assert any("不是本系统签的" in sentence for sentence in await chain(books))


async def test_a_head_is_kept_once(books: Books) -> None:
    """PLAT-9: created and never replaced."""
    with in_scope(system_scope(books.firm.id)):
        await seal_job()
        assert await heads.keep_head() in {True, False}
        assert not await heads.keep_head()


async def test_the_page_shows_what_the_job_found(books: Books, portal: Portal) -> None:
    """PLAT-9: asked for with one button, run as a job, faults with since when; and it waits for the owner until it is gone."""

    async def verified(visitor: Visitor) -> str:
        assert (await visitor.post("/audit/verification/begin")).status_code == 303
        assert "正在校验" in (await visitor.get("/audit/verification")).text
        row = await books.sql.fetchval("select max(id) from core_verification where firm = $1", books.firm.id)
        with in_scope(system_scope(books.firm.id)):
            await run(row)
        return (await visitor.get("/audit/verification")).text

    async with portal.visitor(await session_of(books.firm, "owner"), f"/f/{books.firm.id}") as visitor:
        assert "还没有校验过" in (await visitor.get("/audit/verification")).text
        assert "数据完整,没有被改动" in await verified(visitor)
        await line_changed(books, 0)
        shown = await verified(visitor)
        assert "发现与记录不符的数据" in shown
        assert "上一次全部一致是" in shown
        assert "记账时不同" in shown
        assert "完整性校验发现" in (await visitor.get("/waiting")).text


async def test_the_command_says_it_for_every_firm(books: Books, other_firm: TestFirm) -> None:
    """PLAT-9: ``zhangfang verify``."""
    del other_firm
    lines, holds = await report()
    assert holds
    assert any(line.startswith("隔壁") for line in lines)
    await summary_changed(books, 0)
    lines, holds = await report()
    assert not holds
    assert any("记账时不同" in line for line in lines)


async def test_nobody_else_sees_it(books: Books, portal: Portal) -> None:
    """PLAT-8"""
    async with portal.visitor(await session_of(books.firm, "accountant"), f"/f/{books.firm.id}") as visitor:
        assert (await visitor.get("/audit/verification")).status_code == 403
        assert (await visitor.post("/audit/verification/begin")).status_code == 403
    async with scoped_transaction(system_scope(books.firm.id)):
        assert await connection().fetchval("select count(*) from core_verification") == 0
