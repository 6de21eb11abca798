"""Messages to people: who gets them, once, and that only they see them (COLL-2)."""

from collections.abc import AsyncIterator, Iterator, Sequence

import asyncpg
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.registry import registry
from zhangfang_core.notices.badges import unread_count
from zhangfang_core.notices.kinds import notice_kinds
from zhangfang_core.notices.service import KeptNotices
from zhangfang_core.notices.tables import NoticeRow
from zhangfang_core.tenancy import facts
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.notices import DECLARING, declaring
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.fitting import unfit
from zhangfang_sdk.notices import Notice, NoticeKind, Notices, UnknownNoticeKind
from zhangfang_sdk.services import use

NOTICES = KeptNotices()
OTHER = list(registry().modules)[1]


KIND = f"{DECLARING}.asked"


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    with declaring(
        NoticeKind("asked", "请确认", "请确认进项发票", "{month} 月共 12 张", permission="ledger.read"),
        NoticeKind("named", "点名", "请看一下"),
    ):
        yield


def notice(client: int, key: str = "vat-2026-03", link: str = "/vouchers") -> Notice:
    return Notice(client, KIND, key, link, {"month": "3"})


@pytest_asyncio.fixture(loop_scope="session")
async def people(firm: TestFirm, test_server: TestServer, database: str) -> AsyncIterator[dict[str, int]]:
    """Ids by what they are: an accountant with and without the restaurant, its boss and driver, the trading company's boss."""
    connected = await asyncpg.connect(test_server.superuser(database))
    found = {"owner": firm.owner}
    wanted: Sequence[tuple[str, str, int | None]] = (
        ("assigned", "accountant", None),
        ("unassigned", "accountant", None),
        ("reviewer", "reviewer", None),
        ("boss", "boss", firm.restaurant),
        ("driver", "driver", firm.restaurant),
        ("neighbour", "boss", firm.trading),
        ("gone", "cashier", firm.restaurant),
    )
    for name, role, client in wanted:
        found[name] = await connected.fetchval(
            "insert into core_user (login, name, password_hash, totp_secret) values ($1, $1, '', '') returning id", name
        )
        await connected.execute(
            'insert into core_membership (firm, "user", client, role, active) values ($1, $2, $3, $4, $5)',
            firm.id,
            found[name],
            client,
            role,
            name != "gone",
        )
    await connected.execute(
        'insert into core_assignment (firm, client, "user") values ($1, $2, $3)',
        firm.id,
        firm.restaurant,
        found["assigned"],
    )
    await connected.close()
    yield found


async def receivers(firm: TestFirm) -> list[int]:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch('select "user" from core_notice order by "user"')
    return [row["user"] for row in rows]


async def test_everybody_concerned_gets_one(firm: TestFirm, people: dict[str, int]) -> None:
    """COLL-2, PLAT-13: by permission, by client, by assignment; also when a client's person, who sees no staff, causes it."""
    async with acting(firm, "driver"):
        assert await NOTICES.send(notice(firm.restaurant))
        # What the sender may see is as before.
        assert (
            await connection().fetch('select * from core_membership where client is null and "user" <> app_user()')
            == []
        )
        assert await connection().fetchval("select current_setting('app.staff', true)") == ""
    assert await receivers(firm) == sorted(people[name] for name in ("owner", "assigned", "reviewer", "boss"))


async def test_a_key_is_sent_once(firm: TestFirm, people: dict[str, int]) -> None:
    """COLL-2: never sent twice; a person who came later still gets it."""
    async with acting(firm, "owner"):
        assert await NOTICES.send(notice(firm.restaurant))
        assert not await NOTICES.send(notice(firm.restaurant))
        assert await NOTICES.send(notice(firm.restaurant, "another"))
    assert len(await receivers(firm)) == 8


async def test_people_see_their_own_only(firm: TestFirm, other_firm: TestFirm, people: dict[str, int]) -> None:
    """PLAT-13"""
    async with acting(firm, "owner"):
        await NOTICES.send(notice(firm.restaurant))
    async with acting(firm, "boss", user=people["boss"]):
        assert await unread_count() == 1
        assert [row["user"] for row in await NoticeRow.select()] == [people["boss"]]
    async with acting(firm, "driver", user=people["driver"]):
        assert await unread_count() == 0
    async with acting(firm, "boss", user=people["boss"], client=firm.trading):
        assert await unread_count() == 0
    async with acting(other_firm, "owner"):
        assert await connection().fetch("select * from core_notice") == []


@pytest.mark.parametrize("link", ["https://example.com", "//example.com", "javascript:alert(1)", "", "/" + "x" * 400])
async def test_a_message_links_into_the_portal_only(firm: TestFirm, link: str) -> None:
    """COLL-2"""
    async with acting(firm, "owner"):
        with pytest.raises(ValueError, match="links to a page"):
            await NOTICES.send(notice(firm.restaurant, link=link))


async def test_nobody_sends_about_a_client_out_of_sight(firm: TestFirm) -> None:
    """PLAT-13"""
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await NOTICES.send(notice(firm.trading))


async def test_a_kind_must_be_declared(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        with pytest.raises(UnknownNoticeKind, match="not declared by register_notice_kinds"):
            await NOTICES.send(Notice(firm.restaurant, f"{DECLARING}.none", "k", "/vouchers"))
        with pytest.raises(ValueError, match="need the value 'month'"):
            await NOTICES.send(Notice(firm.restaurant, KIND, "k", "/vouchers"))


async def test_a_plugin_speaks_for_itself_alone(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        with calling(OTHER, "test"), pytest.raises(UnknownNoticeKind, match=f"not declared by the plugin {OTHER}"):
            await use(Notices).send(notice(firm.restaurant))
        with calling(DECLARING, "test"):
            assert await use(Notices).send(notice(firm.restaurant))


async def test_named_people_only(firm: TestFirm, people: dict[str, int]) -> None:
    """Of those who see the client: naming a neighbour tells nobody."""
    async with acting(firm, "owner"):
        with pytest.raises(ValueError, match="say which people"):
            await NOTICES.send(Notice(firm.restaurant, f"{DECLARING}.named", "k", "/vouchers"))
        named = frozenset({people["driver"], people["neighbour"], people["unassigned"]})
        assert await NOTICES.send(Notice(firm.restaurant, f"{DECLARING}.named", "k", "/vouchers", people=named))
    assert await receivers(firm) == [people["driver"]]


@pytest.mark.parametrize("text", ["{0}", "{}", "{name!r}", "{name:>9}", "{name.upper}", "{name", "{a b}"])
def test_texts_hold_plain_names_only(text: str) -> None:
    manifest = registry().modules[DECLARING].manifest
    assert list(unfit(manifest, "register_notice_kinds", [NoticeKind("k", "题", text)]))
    assert not list(unfit(manifest, "register_notice_kinds", [NoticeKind("k", "题", "好 {name}")]))


def test_kinds_that_are_sent_are_declared() -> None:
    assert facts.TO_CONFIRM in notice_kinds()
