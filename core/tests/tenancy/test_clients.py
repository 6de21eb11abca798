"""PLAT-13: clients of a firm, who sees them, and the walls around them."""

import datetime as dt

import asyncpg
import pytest

from zhangfang_core.database.engine import DB, connection, scoped_transaction, show_scope
from zhangfang_core.identity import set_up, sign_in
from zhangfang_core.identity.enter import Asked, enter
from zhangfang_core.tenancy.assignments import assign, assigned
from zhangfang_core.tenancy.finding import found, recent_clients
from zhangfang_core.tenancy.tables import Assignment, Client
from zhangfang_core.tenancy.tax_ids import tax_id_is_right, tax_id_written
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, TRADING_TAX_ID, TestFirm, acting
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.services import use

PASSWORD = "eight quiet horses"
GOOD_TAX_ID = "91350100M000100Y43"  # the example of GB 32100-2015, appendix


def new(tax_id: str = GOOD_TAX_ID, name: str = "新开的店", start: dt.date = dt.date(2026, 11, 1)) -> NewClient:
    return NewClient(name, tax_id, TaxpayerKind.SMALL_SCALE, "restaurant", start)


@pytest.mark.parametrize("tax_id", [GOOD_TAX_ID, RESTAURANT_TAX_ID, TRADING_TAX_ID])
def test_right_tax_ids(tax_id: str) -> None:
    assert tax_id_is_right(tax_id)


@pytest.mark.parametrize("position", range(18))
def test_one_wrong_character_is_found(position: int) -> None:
    """GB 32100-2015: the check character finds every single wrong one."""
    for other in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        if other != GOOD_TAX_ID[position]:
            assert not tax_id_is_right(GOOD_TAX_ID[:position] + other + GOOD_TAX_ID[position + 1 :])


@pytest.mark.parametrize("tax_id", ["", "9135", GOOD_TAX_ID + "0", "I" * 18, "９" * 18])
def test_what_is_no_tax_id(tax_id: str) -> None:
    assert not tax_id_is_right(tax_id)


def test_spaces_and_small_letters_are_mended() -> None:
    assert tax_id_written(" 91350100 m000100y43 ") == GOOD_TAX_ID


async def test_a_client_is_taken_on_with_its_chart(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        client = await use(Clients).take_on(new())
        assert (await use(Clients).client(client)).tax_id == GOOD_TAX_ID
        assert await connection().fetchval("select count(*) from core_account where client = $1", client) > 30
        assert await connection().fetchval("select count(*) from core_audit_entry where action = 'client.take_on'") >= 1


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (new(tax_id="91350100M000100Y44"), "client.tax_id_wrong"),
        (new(tax_id=RESTAURANT_TAX_ID.lower()), "client.tax_id_taken"),
        (new(name="  "), "client.name_empty"),
        (new(start=dt.date(2026, 11, 2)), "client.start_not_first"),
        (new(start=dt.date(2099, 1, 1)), "client.start_too_far"),
    ],
)
async def test_reasons_against_a_client(firm: TestFirm, wanted: NewClient, code: str) -> None:
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=code):
            await use(Clients).take_on(wanted)


@pytest.mark.parametrize("role", ["accountant", "reviewer", "boss", "driver"])
async def test_only_owner_and_admin_take_clients_on(firm: TestFirm, role: str) -> None:
    async with acting(firm, role):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await use(Clients).take_on(new())


async def test_two_firms_may_have_the_same_client(firm: TestFirm, other_firm: TestFirm) -> None:
    async with acting(other_firm, "owner"):
        assert {c.tax_id for c in await use(Clients).clients()} == {RESTAURANT_TAX_ID, TRADING_TAX_ID}


async def test_another_firms_clients_are_not_there(firm: TestFirm, other_firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        assert {c.id for c in await use(Clients).clients()} == {firm.restaurant, firm.trading}
        with pytest.raises(Refusal, match="not_found"):
            await use(Clients).client(other_firm.restaurant)
        assert await connection().fetchval("select count(*) from core_client") == 2
        assert await connection().fetchval("select count(*) from core_firm") == 1
        assert {c["id"] for c in await Client.select()} == {firm.restaurant, firm.trading}


async def by_raw_sql(firm: TestFirm, statement: str, *values: object) -> None:
    """What somebody could do who speaks to the database as the application."""
    async with DB.transaction():
        await show_scope(system_scope(firm.id))
        await connection().execute(statement, *values)


async def test_a_client_cannot_be_moved_or_removed_by_raw_sql(firm: TestFirm, other_firm: TestFirm) -> None:
    for statement in ("update core_client set firm = 2", "delete from core_client", "truncate core_client cascade"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await by_raw_sql(firm, statement)


async def accountant(firm: TestFirm, login: str = "wang") -> tuple[int, str]:
    async with scoped_transaction(system_scope(firm.id)):
        person = await set_up.make_member(login=login, name="王会计", password=PASSWORD, role="accountant")
    async with DB.transaction():
        done = await sign_in.sign_in(login, PASSWORD, address="", user_agent="")
    assert done is not None
    return person, done[0]


async def test_an_accountant_sees_assigned_clients_only(firm: TestFirm) -> None:
    """PLAT-13, on both walls; a changed assignment counts with the next request."""
    person, token = await accountant(firm)
    async with acting(firm, "owner"):
        await assign(person, [firm.trading])
        assert await assigned(person) == frozenset({firm.trading})
    async with DB.transaction():
        entered = await enter(token, "", Asked(firm.id))
        assert entered is not None
        assert entered.scope.clients == frozenset({firm.trading})
        with in_scope(entered.scope):
            assert [c.id for c in await use(Clients).clients()] == [firm.trading]
            with pytest.raises(Refusal, match="not_found"):
                await use(Clients).client(firm.restaurant)
            assert await connection().fetch("select id from core_client") == [(firm.trading,)]
            assert [a["client"] for a in await Assignment.select()] == [firm.trading]
    async with acting(firm, "owner"):
        await assign(person, [firm.restaurant])
    async with DB.transaction():
        entered = await enter(token, "", Asked(firm.id))
        assert entered is not None
        assert entered.scope.clients == frozenset({firm.restaurant})


async def test_a_clients_address_opens_that_client_alone(firm: TestFirm, other_firm: TestFirm) -> None:
    """Who keeps the books of both sees at one client's address nothing of the other; the owner neither."""
    person, token = await accountant(firm)
    async with acting(firm, "owner"):
        await assign(person, [firm.trading, firm.restaurant])
    async with DB.transaction():
        entered = await enter(token, "", Asked(firm.id, firm.trading))
        assert entered is not None
        assert (entered.scope.client, entered.scope.clients) == (firm.trading, frozenset({firm.trading}))
        assert await connection().fetch("select id from core_client") == [(firm.trading,)]
    async with acting(firm, "owner"):
        await assign(person, [])
    for asked in (
        Asked(firm.id, firm.trading),
        Asked(other_firm.id),
        Asked(other_firm.id, firm.trading),
        Asked(firm.id, other_firm.trading),
    ):
        async with DB.transaction():
            entered = await enter(token, "", asked)
            assert entered is not None
            assert (entered.scope.firm, entered.scope.client, entered.scope.clients) == (None, None, frozenset())
            assert await connection().fetchval("select count(*) from core_client") == 0


async def test_only_people_and_clients_of_the_firm_are_assigned(firm: TestFirm, other_firm: TestFirm) -> None:
    person, _ = await accountant(firm)
    async with acting(firm, "owner"):
        for user, client in ((person, other_firm.trading), (other_firm.owner, firm.trading)):
            with pytest.raises(Refusal, match="not_found"):
                await assign(user, [client])
    for user, client in ((person, other_firm.trading), (other_firm.owner, firm.trading)):
        with pytest.raises((asyncpg.ForeignKeyViolationError, asyncpg.InsufficientPrivilegeError)):
            await by_raw_sql(
                firm, 'insert into core_assignment (firm, client, "user") values ($1, $2, $3)', firm.id, client, user
            )
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await assign(person, [firm.trading])


async def test_people_of_a_client_open_no_other(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await set_up.make_member(login="boss", name="老板", password=PASSWORD, role="boss", client=firm.restaurant)
    async with DB.transaction():
        done = await sign_in.sign_in("boss", PASSWORD, address="", user_agent="")
    assert done is not None
    for asked, seen in (
        (Asked(firm.id, firm.restaurant), [(firm.restaurant,)]),
        (Asked(firm.id, firm.trading), []),
        (Asked(firm.id), []),
        (Asked(), []),
    ):
        async with DB.transaction():
            await enter(done[0], "", asked)
            assert await connection().fetch("select id from core_client") == seen


@pytest.mark.parametrize(
    ("words", "fit"),
    [
        ("餐饮", ["嘉喜餐饮"]),
        ("jxcy", ["嘉喜餐饮"]),
        ("JXSM", ["嘉喜商贸"]),
        ("j x", ["嘉喜商贸", "嘉喜餐饮"]),
        ("ｊｘｃｙ", ["嘉喜餐饮"]),
        (RESTAURANT_TAX_ID[:12].lower(), ["嘉喜商贸", "嘉喜餐饮"]),
        (RESTAURANT_TAX_ID[-4:], ["嘉喜餐饮"]),
        ("", ["嘉喜商贸", "嘉喜餐饮"]),
        ("zzz", []),
    ],
)
async def test_a_client_is_found_by_name_initials_and_tax_id(firm: TestFirm, words: str, fit: list[str]) -> None:
    """PLAT-13: and those that were opened last come first."""
    async with acting(firm, "owner"):
        clients = await use(Clients).clients()
    assert sorted(c.name[:4] for c in found(clients, words)) == sorted(fit)
    if words == "":
        assert next(c.id for c in found(clients, words, [firm.restaurant])) == firm.restaurant
        assert next(c.id for c in found(clients, words, [firm.trading, 99])) == firm.trading


@pytest.mark.parametrize("cookie", ["", "x", "1.x.２.-3.7", "9" * 500, "1" * 19])
def test_a_cookie_of_recent_clients_holds_numbers_only(cookie: str) -> None:
    assert recent_clients(cookie) == ([1, 7] if cookie.startswith("1.x") else [])
