"""The trail: appended in the transaction, sealed in a chain that shows every change (PLAT-9)."""

import asyncio
import contextlib
import datetime as dt

import asyncpg
import pytest

from zhangfang_core.database.engine import connection, savepoint, scoped_transaction
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.queue import emptied
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.trail import audit
from zhangfang_core.trail.audit import AuditTrail, Verdict, seal, seal_job, verify
from zhangfang_sdk.context import Scope, in_scope, system_scope

TRAIL = AuditTrail()


class Undone(Exception):
    """Ends a transaction without a commit."""


FORGED_FOR = """insert into core_audit_entry (firm, at, user_name, address, action, subject)
    values ($1, now(), '', '', '', '')"""
OPERATOR = Scope(operator=True, user=None, user_name="运维")


async def record(firm: TestFirm, count: int = 1, action: str = "test.do") -> None:
    async with acting(firm, "accountant", name="李会计"):
        for number in range(count):
            await TRAIL.record(action, f"thing:{number}", client=firm.restaurant, before={"n": 0}, after={"n": number})


async def sealed(firm: TestFirm) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await seal()


async def verdict(firm: TestFirm) -> Verdict:
    async with scoped_transaction(system_scope(firm.id)):
        return await verify()


async def tamper(server: TestServer, database: str, *statements: str) -> None:
    """As the superuser, whom no wall and no right holds back."""
    connected = await asyncpg.connect(server.superuser(database))
    try:
        await connected.execute("set session_replication_role = replica")
        for statement in statements:
            await connected.execute(statement)
    finally:
        await connected.close()


async def test_an_entry_says_who_what_when_from_where(firm: TestFirm) -> None:
    """PLAT-9"""
    async with acting(firm, "boss", name="周老板") as scope:
        await TRAIL.record(
            "ledger.post", "core_voucher:17", client=firm.restaurant, before=None, after={"总额": "1.10"}
        )
    async with scoped_transaction(system_scope(firm.id)):
        row = await connection().fetchrow("select * from core_audit_entry where action = 'ledger.post'")
    assert row is not None
    assert (row["user"], row["user_name"], row["subject"], row["client"]) == (
        scope.user,
        "周老板",
        "core_voucher:17",
        firm.restaurant,
    )
    assert abs(dt.datetime.now(dt.UTC) - row["at"]) < dt.timedelta(seconds=30)
    assert (row["before"], row["after"]) == (None, '{"总额": "1.10"}')


async def test_an_entry_goes_with_its_transaction(firm: TestFirm) -> None:
    """PLAT-9: rolled back with the change; and deferred sealing with it."""
    async with acting(firm, "owner"):
        await emptied()
    with contextlib.suppress(Undone):
        async with acting(firm, "owner"):
            await TRAIL.record("test.gone", "x")
            raise Undone
    async with acting(firm, "owner"):
        assert await connection().fetchval("select count(*) from core_audit_entry where action = 'test.gone'") == 0
        assert await connection().fetchval("select count(*) from procrastinate_jobs") == 0


async def test_sealing_is_deferred_once_however_much_is_recorded(firm: TestFirm) -> None:
    """PLAT-9: sealed within seconds, without a job for every entry."""
    async with acting(firm, "owner"):
        await emptied()
    await asyncio.gather(*(record(firm, 3) for _ in range(10)))
    async with acting(firm, "owner"):
        jobs = await connection().fetch("select task_name from procrastinate_jobs where task_name = 'core.seal_audit'")
    assert len(jobs) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "update core_audit_entry set action = 'x'",
        "delete from core_audit_entry",
        "truncate core_audit_entry",
        "update core_audit_block set hash = 'x'",
        "delete from core_audit_block",
    ],
)
async def test_the_application_may_only_add(firm: TestFirm, statement: str) -> None:
    """PLAT-9"""
    await record(firm)
    async with acting(firm, "owner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with savepoint():
                await connection().execute(statement)


async def test_who_reads_the_trail(firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13: people of the firm; not its clients' people, who write to it, and no other firm."""
    await record(firm)
    async with acting(firm, "boss"):
        await TRAIL.record("test.boss", "x", client=firm.restaurant)
        assert await connection().fetch("select * from core_audit_entry") == []
    async with acting(other_firm, "owner"):
        assert await connection().fetch("select * from core_audit_entry where action like 'test.%'") == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with savepoint():
                await connection().execute(FORGED_FOR, firm.id)
    async with acting(firm, "owner"):
        rows = await connection().fetch("select action from core_audit_entry where action like 'test.%' order by id")
    assert [row["action"] for row in rows] == ["test.do", "test.boss"]


async def test_the_operators_own_trail(firm: TestFirm) -> None:
    """PLAT-9: what the operator does is kept, sealed, and seen by no firm."""
    async with scoped_transaction(OPERATOR):
        await TRAIL.record("operator.install", "plugin:x")
    with in_scope(system_scope(firm.id)):
        await seal_job()
    async with scoped_transaction(OPERATOR):
        found = await verify()
        assert found.holds
        assert found.entries >= 1
        assert found.unsealed == 0
    async with acting(firm, "owner"):
        assert await connection().fetchval("select count(*) from core_audit_entry where firm = 0") == 0


async def test_blocks_chain_and_hold(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """PLAT-9: several blocks, several sealings, nothing sealed twice."""
    monkeypatch.setattr(audit, "BLOCK", 4)
    await record(firm, 10)
    first = await sealed(firm)
    assert first >= 10
    assert await sealed(firm) == 0
    await record(firm, 2)
    found = await verdict(firm)
    assert (found.holds, found.entries, found.unsealed) == (True, first, 2)
    assert await sealed(firm) == 2
    found = await verdict(firm)
    assert (found.holds, found.entries, found.unsealed) == (True, first + 2, 0)
    assert found.blocks == -(-first // 4) + 1


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("update core_audit_entry set user_name = '别人' where subject = 'thing:4'", "内容与封存时不同"),
        ("update core_audit_entry set after = '{\"n\": 5}' where subject = 'thing:4'", "内容与封存时不同"),
        ("update core_audit_entry set at = at - interval '1 second' where subject = 'thing:4'", "内容与封存时不同"),
        ("delete from core_audit_entry where subject = 'thing:4'", "少了 1 条"),
        ("delete from core_audit_block where number = 2", "不相连"),
        ("update core_audit_block set sealed_at = now() + interval '1 day' where number = 2", "内容与封存时不同"),
        ("update core_audit_block set number = 77 where number = 2", "不相连"),
    ],
)
async def test_tampering_is_found(
    firm: TestFirm,
    test_server: TestServer,
    database: str,
    statement: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """PLAT-9: what the superuser of the database changes or removes."""
    monkeypatch.setattr(audit, "BLOCK", 4)
    await record(firm, 10)
    await sealed(firm)
    assert (await verdict(firm)).holds
    await tamper(test_server, database, statement)
    fault = (await verdict(firm)).fault
    assert fault is not None
    assert told in fault


async def test_an_entry_put_in_between_is_found(firm: TestFirm, test_server: TestServer, database: str) -> None:
    """PLAT-9: with a free id inside a sealed block (a rolled-back transaction leaves one)."""
    await record(firm, 2)
    async with acting(firm, "owner"):
        await connection().fetchval("select nextval('core_audit_entry_id_seq')")
    await record(firm, 2, "test.later")
    await sealed(firm)
    await tamper(
        test_server,
        database,
        "insert into core_audit_entry (id, firm, at, user_name, address, action, subject) select max(id) + 1, firm, max(at), "
        "'', '', 'test.forged', '' from core_audit_entry where action = 'test.do' group by firm",
    )
    fault = (await verdict(firm)).fault
    assert fault is not None
    assert "多出了" in fault


async def test_an_entry_dated_back_is_found(firm: TestFirm, test_server: TestServer, database: str) -> None:
    """PLAT-9: written today with last week's date, at the end of the trail."""
    await record(firm)
    await sealed(firm)
    await tamper(
        test_server,
        database,
        "insert into core_audit_entry (firm, at, user_name, address, action, subject) "
        "select id, now() - interval '7 days', '', '', 'test.forged', '' from core_firm",
    )
    await sealed(firm)
    fault = (await verdict(firm)).fault
    assert fault is not None
    assert "早于" in fault


async def test_a_lower_id_that_commits_later_is_not_lost(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """PLAT-9: while a transaction holds an id nobody sees, nothing past it is sealed; also after a savepoint was rolled back."""
    await sealed(firm)
    wrote, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        async with acting(firm, "accountant"):
            savepoint = connection().transaction()
            await savepoint.start()
            await TRAIL.record("test.undone", "x")
            await savepoint.rollback()
            await TRAIL.record("test.slow", "x")
            wrote.set()
            await go_on.wait()

    writing = asyncio.create_task(slow())
    await wrote.wait()
    await asyncio.wait_for(record(firm, 1, "test.fast"), 5)
    assert await sealed(firm) == 0
    go_on.set()
    await writing
    assert await sealed(firm) == 2
    found = await verdict(firm)
    assert (found.holds, found.unsealed) == (True, 0)


async def test_sealing_beside_many_writers_keeps_the_chain(firm: TestFirm) -> None:
    """PLAT-9"""
    writers = asyncio.gather(*(record(firm, 5) for _ in range(12)))
    seals = asyncio.gather(*(sealed(firm) for _ in range(3)))
    await writers
    await seals
    await sealed(firm)
    found = await verdict(firm)
    assert (found.holds, found.unsealed) == (True, 0)
    assert found.entries >= 60


@pytest.mark.parametrize(
    "statement",
    [
        "insert into core_audit_entry (firm, at, user_name, address, action, subject) values ($1, '2020-01-01', '', '', 'x', 'y')",
        """insert into core_audit_entry (firm, "user", user_name, address, action, subject) values ($1, 1, '', '', 'x', 'y')""",
        "delete from core_period where firm = $1",
        "delete from core_balance where firm = $1",
        "delete from core_voucher_counter where firm = $1",
    ],
)
async def test_the_database_keeps_time_person_and_months(firm: TestFirm, statement: str) -> None:
    """PLAT-9, LEDG-1: whatever the application's code says."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(firm, "owner"):
            await connection().execute(statement, firm.id)


async def test_an_entry_is_of_the_session_s_person(firm: TestFirm) -> None:
    """PLAT-9: by the transaction's settings, at the moment of writing."""
    async with acting(firm, "owner") as scope:
        await TRAIL.record("test.do", "thing:1")
        row = await connection().fetchrow(
            'select "user", clock_timestamp() - at as age from core_audit_entry where action = $1', "test.do"
        )
    assert row is not None
    assert (row["user"], row["age"] < dt.timedelta(seconds=5)) == (scope.user, True)


async def test_blocks_are_the_databases_to_make(firm: TestFirm) -> None:
    """PLAT-9: the application plants none."""
    await record(firm, 2)
    await sealed(firm)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(firm, "owner"):
            await connection().execute(
                """insert into core_audit_block (firm, number, first, last, entries, previous_hash, hash, sealed_at)
                select firm, number + 1, first, last, entries, hash, hash, sealed_at from core_audit_block where firm = $1""",
                firm.id,
            )


async def test_whatever_stands_in_an_entry_the_database_and_the_verification_read_alike(firm: TestFirm) -> None:
    """PLAT-9: the block's hash is made in SQL and held against one made in Python."""
    odd = "".join(map(chr, range(1, 0x180))) + "\u2028\u2029\ufeff\U0001f9fe\"\\/凭证"
    async with acting(firm, "owner"):
        await TRAIL.record(odd[:80], odd[:160], before={odd: [odd, None, 1.5e300, -0.0]}, after={"": {}})
        await TRAIL.record("test.odd", odd[-160:], client=firm.trading)
    await sealed(firm)
    async with acting(firm, "owner"):
        assert (await verify()).holds
        assert await connection().fetchval("select count(*) from core_audit_block") > 0
