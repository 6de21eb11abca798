"""PLAT-8: failures slow the next try down and lock nobody out; every node counts in the same place; the trail tells of them."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pyotp
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import pacing, sessions, set_up, sign_in
from zhangfang_core.identity.confirming import confirm_password
from zhangfang_core.identity.enter import enter
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.errors import Refusal

PASSWORD, WRONG = "eight quiet horses", "wrong"
HOME, ELSEWHERE = "203.0.113.9", "198.51.100.7"

Later = Callable[[float], Awaitable[None]]


@pytest_asyncio.fixture(loop_scope="session")
async def later(database: str, test_server: TestServer) -> AsyncIterator[Later]:
    """Lets so many seconds pass for the limiter."""
    superuser = await asyncpg.connect(test_server.superuser(database))

    async def pass_by(seconds: float) -> None:
        await superuser.execute(
            """update core_sign_in_pace set failed_at = failed_at - make_interval(secs => $1),
            succeeded_at = succeeded_at - make_interval(secs => $1)""",
            seconds,
        )

    yield pass_by
    await superuser.close()


async def add(firm: TestFirm, login: str, role: str = "accountant", totp: str | None = None) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await set_up.make_member(login=login, name=login, password=PASSWORD, role=role, totp_secret=totp)


async def attempt(login: str, password: str = WRONG, address: str = HOME) -> str:
    """ "in", "wrong" or the seconds to wait, as text."""
    try:
        async with DB.transaction():
            done = await sign_in.sign_in(login, password, address=address, user_agent="test")
    except Refusal as refusal:
        if (refusal.code, refusal.status) != ("sign_in.wait", 429):
            raise
        return str(refusal.details["retry_after_s"])
    return "wrong" if done is None else "in"


async def actions(firm: TestFirm) -> list[str]:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select action from core_audit_entry where firm = $1 order by id", firm.id)
    return [row["action"] for row in rows if row["action"].startswith(("session.", "password."))]


async def test_the_wait_grows_and_the_right_password_ends_it(firm: TestFirm, later: Later) -> None:
    await add(firm, "wang")
    assert [await attempt("wang") for _ in range(4)] == ["wrong"] * 4
    for wait in (1, 2, 4, 8, 16, 30, 30):
        assert await attempt("wang", PASSWORD) == str(wait), "not looked at, and not counted"
        await later(wait)
        assert await attempt("wang") == "wrong"
    await later(30)
    assert await attempt("wang", PASSWORD) == "in"
    assert [await attempt("wang") for _ in range(4)] == ["wrong"] * 4, "forgotten with the success"


async def test_an_hour_without_a_try_begins_anew(firm: TestFirm, later: Later) -> None:
    await add(firm, "wang")
    for _ in range(4):
        await attempt("wang")
    await later(3601)
    assert [await attempt("wang") for _ in range(4)] == ["wrong"] * 4


async def test_a_login_that_nobody_has_waits_alike(firm: TestFirm) -> None:
    await add(firm, "wang")
    assert [await attempt("wang") for _ in range(5)] == [await attempt("nobody") for _ in range(5)]


async def test_a_stranger_does_not_keep_the_person_out_from_their_own_line(firm: TestFirm) -> None:
    await add(firm, "wang")
    assert await attempt("wang", PASSWORD) == "in"
    for last in range(1, 16):
        await attempt("wang", address=f"198.51.100.{last}")
    assert await attempt("wang", PASSWORD, "192.0.2.77") != "in", "spread over lines the login is slowed too"
    assert await attempt("wang", PASSWORD, HOME) == "in"
    for _ in range(8):
        await attempt("wang", address=ELSEWHERE)
    assert await attempt("wang", PASSWORD, HOME) == "in"


async def test_logins_sprayed_from_one_line_are_slowed(firm: TestFirm) -> None:
    answers = [await attempt(f"login{n}", address=f"2001:db8::{n + 1:x}") for n in range(30)]
    assert answers[:21] == ["wrong"] * 21
    assert set(answers[21:]) == {"1"}
    assert await attempt("login1", address="2001:db8:0:1::1") == "wrong", "another customer's line"


async def test_ones_own_success_does_not_free_a_line_to_spray(firm: TestFirm) -> None:
    await add(firm, "wang")
    for n in range(21):
        assert await attempt(f"login{n}") == "wrong"
        if n % 5 == 4:
            assert await attempt("wang", PASSWORD) == "in"
    assert await attempt("another") == "1"
    assert await attempt("wang", PASSWORD) == "in", "who got in from here before is not held up by others"


async def test_tries_in_parallel_count_one_by_one(firm: TestFirm) -> None:
    await add(firm, "wang")
    answers = await asyncio.gather(*(attempt("wang", f"wrong {n}") for n in range(9)))
    assert sorted(answers) == ["1"] * 5 + ["wrong"] * 4


async def test_two_nodes_count_together(firm: TestFirm, database: str, test_server: TestServer) -> None:
    """The second node is a connection that the first one's pool knows nothing of."""
    await add(firm, "wang")
    for _ in range(3):
        await attempt("wang")
    other = await asyncpg.connect(test_server.addresses(database).application)
    await other.execute("begin")
    keys = [pacing._key(pacing.Tried.PASSWORD, "wang", HOME), pacing._key(pacing.Tried.PASSWORD, "wang", "")]
    await other.execute("select set_config('app.token', $1, true)", ",".join(keys))
    held = await other.fetch(pacing._HOLD, keys, pacing.KNOWN_DAYS)
    assert [row["failures"] for row in held] == [3, 3]
    waiting = asyncio.create_task(attempt("wang"))
    await asyncio.sleep(0.1)
    assert not waiting.done(), "held by the other node's try"
    await other.execute("update core_sign_in_pace set failures = failures + 1, failed_at = clock_timestamp()")
    await other.execute("commit")
    assert await waiting == "1"
    await other.close()


async def test_codes_are_slowed(firm: TestFirm, later: Later) -> None:
    """Whoever has the password does not get at the code by guessing; each session counts with the others."""
    secret = pyotp.random_base32()
    await add(firm, "liu", "admin", secret)

    async def give(code: str, address: str = ELSEWHERE) -> bool:
        async with DB.transaction():
            done = await sign_in.sign_in("liu", PASSWORD, address=address, user_agent="test")
        assert done is not None
        async with scoped_transaction(Scope()):
            return await sign_in.give_code(done[0], code, address=address) is not None

    assert await give(pyotp.TOTP(secret).at(int(time.time()) - 30), HOME)
    assert not any([await give("000000x") for _ in range(4)])
    with pytest.raises(Refusal, match=r"sign_in\.wait"):
        await give(pyotp.TOTP(secret).now())
    for _ in range(14):
        await later(30)
        try:
            await give("000000x")
        except Refusal:
            break
    else:
        raise AssertionError("a day's guesses from elsewhere have no bound")
    assert await give(pyotp.TOTP(secret).now(), HOME)
    assert "session.wrong_code" in await actions(firm)


async def test_confirming_the_password_is_slowed(firm: TestFirm) -> None:
    person = await add(firm, "wang")
    actor = Scope(user=person, user_name="wang", address=HOME)

    async def confirm(password: str) -> bool:
        async with scoped_transaction(actor):
            return await confirm_password(password)

    assert await confirm(PASSWORD)
    assert [await confirm("wrong") for _ in range(4)] == [False] * 4
    with pytest.raises(Refusal, match=r"sign_in\.wait"):
        await confirm(PASSWORD)
    assert await attempt("wang", PASSWORD) == "in", "signing in is counted for itself"
    assert (await actions(firm)).count("password.wrong") == 4


async def test_failures_waits_and_sign_outs_are_on_the_trail(firm: TestFirm, other_firm: TestFirm) -> None:
    """In every firm where the person belongs, and in no other."""
    await add(firm, "wang")
    for _ in range(5):
        await attempt("wang")
    await attempt("nobody")
    assert await actions(firm) == ["session.failed"] * 4
    assert await actions(other_firm) == []
    async with scoped_transaction(system_scope(firm.id)):
        row = await connection().fetchrow(
            "select user_name, address, after::text as after from core_audit_entry where firm = $1 order by id desc limit 1",
            firm.id,
        )
    assert row is not None
    assert (row["user_name"], row["address"], row["after"]) == ("未登录", HOME, '{"wait_seconds": 1}')
    await add(firm, "li")
    async with DB.transaction():
        done = await sign_in.sign_in("li", PASSWORD, address=HOME, user_agent="test")
    assert done is not None
    async with DB.transaction():
        entered = await enter(done[0], HOME)
        assert entered is not None
        with in_scope(entered.scope):
            await sessions.sign_out(done[0])
    assert (await actions(firm))[-1] == "session.sign_out"


async def test_what_is_forgotten_leaves_the_table(firm: TestFirm, later: Later) -> None:
    await add(firm, "wang")
    await attempt("wang")
    await attempt("wang", PASSWORD)
    await attempt("nobody")

    async def left() -> int:
        with in_scope(system_scope(firm.id)):
            await pacing.forget_tries()
        async with DB.transaction():
            keys = [pacing._key(pacing.Tried.PASSWORD, who, line) for who in ("wang", "nobody") for line in (HOME, "")]
            await connection().execute("select set_config('app.token', $1, true)", ",".join(keys))
            count: int = await connection().fetchval("select count(*) from core_sign_in_pace")
            return count

    assert await left() == 4
    await later(3 * 86400)
    assert await left() == 1
    await later(92 * 86400)
    assert await left() == 0


async def test_a_known_login_and_one_that_nobody_has_take_the_same_steps(firm: TestFirm) -> None:
    """The same statements in the same order, from the first to the trail."""
    await add(firm, "wang")

    async def steps(login: str) -> list[str]:
        async with DB.transaction():
            seen: list[str] = []
            connection().add_query_logger(lambda record: seen.append(record.query))
            assert await sign_in.sign_in(login, WRONG, address=HOME, user_agent="test") is None
            await asyncio.sleep(0)
            # The driver asks for PostgreSQL's types when a connection first needs them.
            return [query for query in seen if "typeinfo" not in query and "'jit'" not in query]

    known = await steps("wang")
    assert any("core_audit_entry" in step for step in known)
    assert known == await steps("nobody")


async def taken(rounds: int) -> dict[str, list[float]]:
    """Seconds of a known login's wrong password and of one that nobody has, turn about."""
    found: dict[str, list[float]] = {"wang": [], "nobody": []}
    for n in range(rounds):
        for login in ("wang", "nobody") if n % 2 else ("nobody", "wang"):
            started = time.perf_counter()
            assert await attempt(login) == "wrong"
            found[login].append(time.perf_counter() - started)
    return found


async def test_the_time_tells_nothing_of_a_login(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """The short form: others' work only adds to a time, so that the quicker quarter is compared. With 200 rounds in each of five
    runs on a quiet machine, the middle ratio of medians is to be 1.05 at most, both ways."""
    monkeypatch.setattr(pacing.Pace, "wait", lambda self, failures: 0)
    await add(firm, "wang")
    await taken(2)
    ratios = []
    for _ in range(3):
        known, unknown = (statistics.quantiles(each, n=4)[0] for each in (await taken(16)).values())
        ratios.append(known / unknown)
    assert 1 / 1.2 < sorted(ratios)[1] < 1.2, ratios
