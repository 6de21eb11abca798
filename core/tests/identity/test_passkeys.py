"""PLAT-8: passkeys beside codes: made, asked and removed through the pages; what is forged, late, foreign or copied proves nothing."""

import json
import re
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import asyncpg
import pyotp
import pytest
import pytest_asyncio
from httpx import Response

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import resets, set_up
from zhangfang_core.identity.passkeys import ceremonies, challenges
from zhangfang_core.identity.passkeys.challenges import Purpose, forget_challenges, give, take
from zhangfang_core.identity.passkeys.party import party_of
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.passkeys import SoftPasskey
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import Scope, in_scope, system_scope

PASSWORD, SECRET = "eight quiet horses", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ORIGIN = "http://portal.localhost:8400"
PAGE = "/me/account/passkeys"
CODES = re.compile(r"<li><code[^>]*>([2-9A-Z-]{14})</code>")
OPTIONS = re.compile(r'data-options="([^"]+)"')


@pytest_asyncio.fixture(loop_scope="session")
async def app(firm: TestFirm, settings: Settings, test_server: TestServer, database: str) -> Portal:
    async with scoped_transaction(system_scope(firm.id)):
        await set_up.make_member(login="wang", name="王", password=PASSWORD, role="accountant")
        await set_up.make_member(login="liu", name="刘", password=PASSWORD, role="admin", totp_secret=SECRET)
        await set_up.make_member(login="new", name="新", password=PASSWORD, role="admin")
    return Portal(create_app(replace(settings, dsn=test_server.addresses(database).application)))


@pytest_asyncio.fixture(loop_scope="session")
async def browser(app: Portal) -> AsyncIterator[Visitor]:
    async with app.visitor(None, origin=ORIGIN) as visitor:
        yield visitor


@pytest.fixture
def six_minutes_later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """For what was asked."""
    return lambda: monkeypatch.setattr(challenges, "time", lambda: time.time() + 360)


def options_in(answer: Response) -> str:
    found = OPTIONS.search(answer.text)
    assert found is not None, answer.text[:2000]
    return found[1].replace("&#34;", '"').replace("&quot;", '"')


async def asked(browser: Visitor) -> str:
    answer = await browser.post("/sign-in/passkey/ask")
    assert answer.status_code == 200
    return answer.text


async def password(browser: Visitor, login: str) -> Response:
    await browser.get("/sign-in")
    answer = await browser.post("/sign-in", login=login, password=PASSWORD)
    await browser.get("/sign-in/code")
    return answer


async def added(browser: Visitor, key: SoftPasskey, name: str = "办公室电脑", **proof: str) -> Response:
    """Make a passkey as the person who is signed in."""
    await browser.get(PAGE)
    begun = await browser.post(f"{PAGE}/new", password=PASSWORD, **proof)
    return await browser.post(PAGE, name=name, passkey=key.make(options_in(begun)))


async def wang_with(browser: Visitor, key: SoftPasskey) -> list[str]:
    """Wang, who needs no second factor, makes a passkey and signs out; returns the recovery codes."""
    await password(browser, "wang")
    codes = CODES.findall((await added(browser, key)).text)
    assert len(codes) == 10
    await browser.get("/me/account")
    await browser.post("/sign-out")
    return codes


async def on_the_trail(firm: TestFirm, action: str) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        found: int = await connection().fetchval(
            "select count(*) from core_audit_entry where firm = $1 and action = $2", firm.id, action
        )
    return found


def signed_in(answer: Response) -> bool:
    return answer.status_code == 303 and answer.headers["location"] == "/"


async def test_a_passkey_is_the_second_factor(browser: Visitor, firm: TestFirm) -> None:
    key = SoftPasskey(ORIGIN)
    await wang_with(browser, key)
    assert (await password(browser, "wang")).headers["location"].startswith("/sign-in/code")
    page = await browser.get("/sign-in/code")
    assert "data-passkey" in page.text
    assert "6 位验证码" not in page.text
    assert (await browser.get("/me/account")).status_code == 303, "the factor is owed"
    assert signed_in(await browser.post("/sign-in/code", passkey=key.answer(await asked(browser))))
    assert (await browser.get("/me/account")).status_code == 200
    assert await on_the_trail(firm, "passkey.add") == 1
    assert await on_the_trail(firm, "session.sign_in") == 2


async def test_a_passkey_alone_signs_in_who_it_verified(browser: Visitor, firm: TestFirm) -> None:
    key = SoftPasskey(ORIGIN)
    await wang_with(browser, key)
    await browser.get("/sign-in")
    options = await asked(browser)
    assert json.loads(options)["allowCredentials"] == [], "tells nobody which passkeys there are"
    key.verifies = False
    assert "没有通过" in (await browser.post("/sign-in/passkey", passkey=key.answer(options))).text
    key.verifies = True
    assert signed_in(await browser.post("/sign-in/passkey", passkey=key.answer(await asked(browser))))
    assert "王" in (await browser.get("/me/account")).text
    assert await on_the_trail(firm, "session.wrong_passkey") == 1


async def test_who_has_passkeys_alone_may_use_recovery_codes(browser: Visitor) -> None:
    codes = await wang_with(browser, SoftPasskey(ORIGIN))
    await password(browser, "wang")
    assert (await browser.post("/sign-in/code", code=codes[0])).headers["location"].startswith("/sign-in/news")
    await browser.get("/me/account/second-factor")
    anew = await browser.post("/me/account/second-factor/recovery-codes", proof=codes[1])
    assert len(CODES.findall(anew.text)) == 10


@pytest.mark.parametrize("alone", [True, False], ids=["alone", "second factor"])
@pytest.mark.parametrize(
    "wrong", ["origin", "rp", "challenge", "signature", "replayed", "of another browser", "late", "count"]
)
async def test_what_is_forged_replayed_or_foreign_proves_nothing(
    app: Portal,
    browser: Visitor,
    firm: TestFirm,
    six_minutes_later: Callable[[], None],
    wrong: str,
    alone: bool,
) -> None:
    key = SoftPasskey(ORIGIN)
    await wang_with(browser, key)
    where = "/sign-in/passkey" if alone else "/sign-in/code"

    async def begin(visitor: Visitor) -> str:
        await (visitor.get("/sign-in") if alone else password(visitor, "wang"))
        return await asked(visitor)

    options = await begin(browser)
    if wrong == "origin":
        answer = key.answer(options, origin="http://portal.localhost.evil.example")
    elif wrong == "rp":
        answer = key.answer(options, rp="evil.example")
    elif wrong == "challenge":
        answer = key.answer(options, challenge="AAAA")
    elif wrong == "signature":
        stranger = SoftPasskey(ORIGIN, id=key.id, count=9)
        answer = stranger.answer(options)
    elif wrong == "replayed":
        answer = key.answer(options)
        assert signed_in(await browser.post(where, passkey=answer))
        await browser.get("/me/account")
        await browser.post("/sign-out")
        await begin(browser)
    elif wrong == "of another browser":
        async with app.visitor(None, origin=ORIGIN) as other:
            answer = key.answer(await begin(other))
    elif wrong == "late":
        six_minutes_later()
        answer = key.answer(options)
    else:
        assert signed_in(await browser.post(where, passkey=key.answer(options)))
        await browser.get("/me/account")
        await browser.post("/sign-out")
        key.count -= 1
        answer = key.answer(await begin(browser))
    refused = await browser.post(where, passkey=answer)
    assert "没有通过" in refused.text
    assert (await browser.get("/me/account")).status_code == 303
    assert await on_the_trail(firm, "session.wrong_passkey") == 1


async def test_without_counting_a_passkey_signs_in_again(browser: Visitor) -> None:
    """Synchronised passkeys always tell 0."""
    key = SoftPasskey(ORIGIN, counts=False)
    await wang_with(browser, key)
    for _ in range(2):
        await browser.get("/sign-in")
        assert signed_in(await browser.post("/sign-in/passkey", passkey=key.answer(await asked(browser))))
        await browser.get("/me/account")
        await browser.post("/sign-out")


async def test_a_new_passkey_asks_for_password_and_factor(browser: Visitor, firm: TestFirm) -> None:
    """A stolen session makes no key for itself."""
    await password(browser, "liu")
    await browser.post("/sign-in/code", code=pyotp.TOTP(SECRET).at(int(time.time()) - 30))
    await browser.get(PAGE)
    for given in ({"password": "wrong", "proof": ""}, {"password": PASSWORD, "proof": "000000x"}):
        answer = await browser.post(f"{PAGE}/new", **given)
        assert OPTIONS.search(answer.text) is None
    key = SoftPasskey(ORIGIN)
    for challenge in ("AAAA", json.loads(await asked(browser))["challenge"]):
        invented = json.dumps({"rp": {"id": "portal.localhost"}, "user": {"id": "eA"}, "challenge": challenge})
        answer = await browser.post(PAGE, name="x", passkey=key.make(invented))
        assert "没有收到有效的通行密钥" in answer.text, "nobody asked for a new one"
    answer = await added(browser, key, proof=pyotp.TOTP(SECRET).now())
    assert answer.headers["location"] == PAGE
    again = await browser.post(f"{PAGE}/new", password=PASSWORD, passkey=key.answer(await asked(browser)))
    assert OPTIONS.search(again.text) is not None, "a passkey is a proof too"
    twice = await browser.post(PAGE, name="再来", passkey=key.make(options_in(again)))
    assert "已经保存过" in twice.text
    assert await on_the_trail(firm, "passkey.add") == 1


async def test_removal_asks_for_the_factor_and_the_last_one_stays_where_it_must(
    browser: Visitor, firm: TestFirm
) -> None:
    await password(browser, "new")
    await browser.get("/sign-in/code")
    key = SoftPasskey(ORIGIN)
    begun = await browser.post("/sign-in/passkey/new", next="/")
    kept = await browser.post("/sign-in/passkey/keep", name="手机", next="/", passkey=key.make(options_in(begun)))
    codes = CODES.findall(kept.text)
    assert len(codes) == 10
    found = re.search(r'name="passkey_id" value="(\d+)"', (await browser.get(PAGE)).text)
    assert found is not None
    assert (
        await browser.post(f"{PAGE}/remove", passkey_id=found[1], password=PASSWORD, proof=codes[0])
    ).status_code == 409
    assert (await added(browser, SoftPasskey(ORIGIN), "备用", proof=codes[1])).headers["location"] == PAGE
    for given in ({"password": "wrong"}, {"password": PASSWORD}, {"password": PASSWORD, "proof": codes[1]}):
        assert (await browser.post(f"{PAGE}/remove", passkey_id=found[1], **given)).status_code == 200
    own = key.answer(await asked(browser))
    assert (await browser.post(f"{PAGE}/remove", passkey_id=found[1], password=PASSWORD, passkey=own)).headers[
        "location"
    ] == PAGE
    assert "手机" not in (await browser.get(PAGE)).text
    assert await on_the_trail(firm, "passkey.remove") == 1
    assert await on_the_trail(firm, "passkey.add") == 2


async def test_a_reset_of_the_factor_takes_passkeys_too(browser: Visitor, firm: TestFirm) -> None:
    key = SoftPasskey(ORIGIN)
    await wang_with(browser, key)
    async with acting(firm, "owner"):
        membership = await connection().fetchval(
            """select m.id from core_membership m join core_user u on u.id = m."user" where u.login = 'wang'"""
        )
        made = await resets.make_for_member(membership, also_factor=True)
    async with scoped_transaction(Scope()):
        await resets.choose_password(made.token, "nine quiet horses", address="203.0.113.9")
    await browser.get("/sign-in")
    assert "没有通过" in (await browser.post("/sign-in/passkey", passkey=key.answer(await asked(browser)))).text
    answer = await browser.post("/sign-in", login="wang", password="nine quiet horses")
    assert answer.headers["location"].startswith("/sign-in/news"), "no factor is owed, and the reset is told"


async def test_a_challenge_is_good_once_for_five_minutes_and_one_purpose(
    firm: TestFirm, six_minutes_later: Callable[[], None]
) -> None:
    async with DB.transaction():
        challenge = give(Purpose.PROVE, "a")
        assert not await take(challenge, Purpose.ADD, "a")
        assert not await take(challenge, Purpose.PROVE, "b")
        later = (int.from_bytes(challenge[:8]) + 3600).to_bytes(8) + challenge[8:]
        assert not await take(later, Purpose.PROVE, "a"), "nobody else says until when it is good"
        assert await take(challenge, Purpose.PROVE, "a")
        assert not await take(challenge, Purpose.PROVE, "a")
        late = give(Purpose.PROVE, "a")
        six_minutes_later()
        assert not await take(late, Purpose.PROVE, "a")


async def kept_challenges(superuser: asyncpg.Connection) -> int:
    found: int = await superuser.fetchval("select count(*) from core_passkey_challenge")
    return found


async def test_asking_keeps_nothing_and_what_was_answered_is_forgotten(
    browser: Visitor, database: str, test_server: TestServer
) -> None:
    """Whoever asks without end, signed in or not, fills no table."""
    superuser = await asyncpg.connect(test_server.superuser(database))
    key = SoftPasskey(ORIGIN)
    await wang_with(browser, key)
    before = await kept_challenges(superuser)
    await browser.get("/sign-in")
    for _ in range(30):
        options = await asked(browser)
    for _ in range(3):
        await browser.post("/sign-in/passkey", passkey=SoftPasskey(ORIGIN).answer(options))
    assert await kept_challenges(superuser) == before
    assert signed_in(await browser.post("/sign-in/passkey", passkey=key.answer(await asked(browser))))
    assert await kept_challenges(superuser) == before + 1
    await superuser.execute(
        "update core_passkey_challenge set expires_at = expires_at - interval '61 minutes' where id > (select min(id) from core_passkey_challenge)"
    )
    with in_scope(system_scope(None)):
        await forget_challenges()
    assert await kept_challenges(superuser) == 1, "what may still be sent again stays"
    await superuser.close()


async def test_nobody_sees_anothers_passkeys(browser: Visitor, firm: TestFirm, other_firm: TestFirm) -> None:
    await wang_with(browser, SoftPasskey(ORIGIN))
    async with acting(other_firm, "owner"):
        assert await connection().fetchval("select count(*) from core_passkey") == 0
    async with DB.transaction():
        assert await connection().fetchval("select count(*) from core_passkey_challenge") == 0
        assert await connection().fetchval("select count(*) from core_passkey") == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{}",
        "[]",
        '{"id": 1}',
        '{"id": "x", "response": {}}',
        '{"id":"a","response":{"clientDataJSON":"e30"}}',
        "{" * 9000,
    ],
)
def test_what_is_no_answer_is_none(text: str) -> None:
    assert ceremonies.read(text) is None


@pytest.mark.parametrize(
    ("address", "id_"),
    [
        ("https://books.example.cn", "books.example.cn"),
        ("https://books.example.cn:8443", "books.example.cn"),
        ("http://localhost:8400", "localhost"),
        ("http://books.example.cn", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::1]", None),
    ],
)
def test_passkeys_are_made_for_names_over_tls(address: str, id_: str | None) -> None:
    found = party_of(address)
    assert (None if found is None else found.id) == id_
    assert found is None or found.origin == address


@pytest.mark.parametrize("credential", ["\ud800", "é", "a\x00", "x" * 20_000])
async def test_an_answer_that_no_browser_gives_is_counted_as_wrong(browser: Visitor, credential: str) -> None:
    """An id is base64url (W3C Web Authentication, 5.1): half a sign is text in JSON, and none that the database takes."""
    key = SoftPasskey(ORIGIN)
    await wang_with(browser, key)
    await browser.get("/sign-in")
    answer = json.loads(key.answer(await asked(browser)))
    for _ in range(4):
        refused = await browser.post("/sign-in/passkey", passkey=json.dumps({**answer, "id": credential}))
        assert (refused.status_code, "没有通过" in refused.text) == (200, True)
    assert (await browser.post("/sign-in/passkey", passkey=json.dumps({**answer, "id": credential}))).status_code == 429
