"""PLAT-1: one suite for the ways to reach people and for their fake."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.contacts import FirmContacts
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.contacts import Channel, Contacts, QuietHours, Reach
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.testing.fakes import FakeContacts

Acting = Callable[..., AbstractAsyncContextManager[Scope]]
PHONE = "+8613800138000"


@dataclass(frozen=True)
class Case:
    """``boss`` has a verified phone, ``clerk`` of the same client nothing; ``staff`` is of the firm."""

    contacts: Contacts
    acting: Acting
    client: int
    sibling: int
    boss: int
    clerk: int
    staff: int
    accountant: int


@asynccontextmanager
async def fake_acting(client: int | None = None, permitted: bool = True) -> AsyncIterator[Scope]:
    seen = None if client is None else frozenset({client})
    permissions = frozenset({"contacts.read"} if permitted else ())
    with in_scope(Scope(firm=1, user=1, client=client, clients=seen, permissions=permissions)) as made:
        yield made


@pytest_asyncio.fixture(params=["fake", "real"], loop_scope="session")
async def case(request: pytest.FixtureRequest, firm: TestFirm) -> Case:
    if request.param == "fake":
        boss = Reach(2, "李总", PHONE, phone_verified_at=dt.datetime.now(dt.UTC))
        people = {None: [Reach(1, "周老板"), Reach(4, "王会计")], 1: [boss, Reach(3, "陈出纳")], 2: []}
        roles = {
            1: ("owner", frozenset({"tasks.read", "admin.use"})), 4: ("accountant", frozenset({"tasks.read"})),
            2: ("boss", frozenset({"tasks.read", "alerts.read"})), 3: ("cashier", frozenset({"tasks.read"})),
        }  # fmt: skip
        return Case(FakeContacts(people, {4: frozenset({1})}, roles), fake_acting, 1, 2, 2, 3, 1, 4)
    made: dict[str, int] = {}
    async with scoped_transaction(system_scope(firm.id)):
        for role, name in (("boss", "李总"), ("cashier", "陈出纳")):
            made[role] = await make_member(
                login=role, name=name, password="eight quiet horses", role=role, client=firm.restaurant
            )
        made["accountant"] = await make_member(
            login="wang", name="王会计", password="eight quiet horses", role="accountant"
        )
        await assign(made["accountant"], [firm.restaurant])
    async with scoped_transaction(Scope(user=made["boss"])):
        await connection().execute(
            """insert into core_contact_point ("user", kind, address, verified_at) values ($1, 'phone', $2, now())""",
            made["boss"],
            PHONE,
        )

    def real_acting(client: int | None = None, permitted: bool = True) -> AbstractAsyncContextManager[Scope]:
        return acting(firm, "accountant" if permitted else "boss", client=client)

    return Case(
        FirmContacts(), real_acting, firm.restaurant, firm.trading, made["boss"], made["cashier"], firm.owner, made["accountant"]
    )


async def test_what_was_proved_is_there_and_nothing_else(case: Case) -> None:
    async with case.acting():
        boss, clerk = await case.contacts.reach(case.boss), await case.contacts.reach(case.clerk)
        assert (boss.name, boss.phone, boss.email) == ("李总", PHONE, "")
        assert boss.phone_verified_at is not None
        assert boss.phone_verified_at.utcoffset() == dt.timedelta(0)
        assert (clerk.phone, clerk.email, clerk.phone_verified_at) == ("", "", None)


async def test_who_chose_nothing_has_the_screen_and_quiet_nights(case: Case) -> None:
    async with case.acting():
        known = await case.contacts.reach(case.staff)
        assert (known.channels, known.quiet) == ({Channel.SCREEN}, QuietHours(dt.time(21), dt.time(9)))
        assert known.consents == {}


async def test_the_people_of_a_client_come_by_name(case: Case) -> None:
    async with case.acting():
        found = await case.contacts.of_client(case.client)
        assert {known.person for known in found} == {case.boss, case.clerk}
        assert [known.name for known in found] == sorted(known.name for known in found)
        assert list(await case.contacts.of_client(case.sibling)) == []


async def test_those_who_may_with_their_roles(case: Case) -> None:
    async with case.acting():
        both = await case.contacts.of_clients([case.client, case.sibling], may="tasks.read")
        assert {client: [(m.person, m.role) for m in of] for client, of in both.items()} == {
            case.client: sorted([(case.boss, "boss"), (case.clerk, "cashier")], key=lambda m: {case.boss: "李总"}.get(m[0], "陈出纳")),
            case.sibling: [],
        }
        alone = await case.contacts.of_clients([case.client], may="alerts.read")
        assert [member.person for member in alone[case.client]] == [case.boss]
        assert [(c.person, c.role) for c in await case.contacts.of_firm(may="admin.use")] == [(case.staff, "owner")]
        assert {c.person for c in await case.contacts.of_firm(may="tasks.read")} == {case.staff, case.accountant}
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await case.contacts.of_clients([case.client, 999_999], may="tasks.read")


async def test_the_people_of_the_firm_and_whom_they_look_after(case: Case) -> None:
    async with case.acting():
        found = {colleague.person: colleague for colleague in await case.contacts.of_firm()}
        assert set(found) == {case.staff, case.accountant}
        assert [c.name for c in await case.contacts.of_firm()] == sorted(c.name for c in found.values())
        assert (found[case.staff].clients, found[case.staff].looks_after(case.client)) == (None, False)
        assert found[case.accountant].clients == {case.client}
        assert found[case.accountant].looks_after(case.client)
        assert not found[case.accountant].looks_after(case.sibling)


async def test_whoever_sees_the_client_knows_who_does_its_tasks(case: Case) -> None:
    """The client's own people too, whom it is not told who else there is."""
    everybody = [case.boss, case.clerk, case.staff, case.accountant, 999_999]
    for permitted in (True, False):
        async with case.acting(client=case.client, permitted=permitted):
            found = await case.contacts.names(case.client, everybody)
            assert set(found) == {case.boss, case.clerk, case.staff, case.accountant}
            assert (found[case.boss], found[case.accountant]) == ("李总", "王会计")
            assert set(await case.contacts.names(case.client, [case.clerk])) == {case.clerk}
    async with case.acting(client=case.sibling):
        assert set(await case.contacts.names(case.sibling, everybody)) == {case.staff}, "who does not see it has no task of it"
    async with case.acting(client=case.client, permitted=False):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await case.contacts.names(case.sibling, everybody)


async def test_nobody_else_is_found(case: Case) -> None:
    async with case.acting():
        for asked in (case.contacts.reach(999_999), case.contacts.of_client(999_999)):
            with pytest.raises(Refusal, match="not_found"):
                await asked


async def test_without_the_permission_nothing_is_read(case: Case) -> None:
    async with case.acting(client=case.client, permitted=False):
        for asked in (
            case.contacts.reach(case.boss),
            case.contacts.of_client(case.client),
            case.contacts.of_firm(),
            case.contacts.of_clients([case.client], may="tasks.read"),
        ):
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                await asked
