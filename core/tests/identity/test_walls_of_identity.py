"""PLAT-8, PLAT-13: people, memberships and invitations of another firm are not there, on both walls."""

import asyncpg
import pytest
from piccolo.query import Select

from zhangfang_core.database.engine import DB, connection, scoped_transaction, show_scope
from zhangfang_core.identity import invitations, members, set_up
from zhangfang_core.identity.tables import Invitation, Membership, OwnRole, Session, User
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.errors import Refusal, ScopeMissing

PASSWORD = "eight quiet horses"
TABLES = (User, Membership, Session, Invitation, OwnRole)


async def counts(scope: Scope) -> dict[str, int]:
    async with scoped_transaction(scope):
        # Table.count is the first wall's; the bare query asks the database alone.
        return {t._meta.tablename: len(await Select(t).columns(t.id)) for t in TABLES}


async def invited(firm: TestFirm, role: str = "boss", client: int | None = None) -> str:
    async with acting(firm, "owner"):
        return await invitations.invite(role=role, contact="13900000000", client=client)


async def test_nobody_sees_nothing(firm: TestFirm) -> None:
    await invited(firm, client=firm.restaurant)
    assert set((await counts(Scope())).values()) == {0}


async def test_another_firm_sees_its_own_only(firm: TestFirm, other_firm: TestFirm) -> None:
    await invited(firm, client=firm.restaurant)
    found = await counts(system_scope(other_firm.id))
    assert found == {"core_user": 1, "core_membership": 1, "core_session": 0, "core_invitation": 0, "core_role": 0}


async def test_the_first_wall_asks_for_a_firm(firm: TestFirm) -> None:
    for table in (Membership, Invitation):
        with pytest.raises(ScopeMissing):
            table.select()
    async with acting(firm, "owner"):
        assert {m["user"] for m in await Membership.select()} == {firm.owner}
        assert [u["id"] for u in await User.select()] == [firm.owner]
        assert await Session.select() == []


async def test_people_of_a_client_see_only_themselves(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        boss = await set_up.make_member(
            login="boss", name="老板", password=PASSWORD, role="boss", client=firm.restaurant
        )
        await set_up.make_member(login="other", name="别家", password=PASSWORD, role="boss", client=firm.trading)
    async with acting(firm, "boss", client=firm.restaurant, user=boss):
        assert await connection().fetch("select id from core_user") == [(boss,)]
        assert await connection().fetch('select "user" from core_membership') == [(boss,)]
        assert await connection().fetchval("select count(*) from core_invitation") == 0


async def test_an_accountant_does_not_see_people_of_other_clients(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await set_up.make_member(login="b1", name="甲", password=PASSWORD, role="boss", client=firm.restaurant)
        await set_up.make_member(login="b2", name="乙", password=PASSWORD, role="boss", client=firm.trading)
    async with DB.transaction():
        await show_scope(Scope(firm=firm.id, user=firm.owner, staff=True, clients=frozenset({firm.trading})))
        found = await connection().fetch("select client from core_membership where client is not null")
    assert found == [(firm.trading,)]


@pytest.mark.parametrize(
    "statement",
    [
        "update core_user set is_operator = true",
        "delete from core_user",
        "update core_user set large_type = true",
        "update core_membership set role = 'owner'",
        "delete from core_membership",
        "update core_session set revoked_at = null",
        """insert into core_membership (firm, "user", role, active) select firm, "user", 'owner', true from core_membership""",
    ],
)
async def test_nobody_raises_themselves_by_raw_sql(firm: TestFirm, other_firm: TestFirm, statement: str) -> None:
    """The application's own role cannot, in the scope of a client's person: refused, or nothing changed but the own row."""
    async with scoped_transaction(system_scope(firm.id)):
        boss = await set_up.make_member(
            login="boss", name="老板", password=PASSWORD, role="boss", client=firm.restaurant
        )
    async with DB.transaction():
        await show_scope(Scope(firm=firm.id, user=boss, client=firm.restaurant, clients=frozenset({firm.restaurant})))
        done = "UPDATE 0"
        try:
            async with connection().transaction():
                done = await connection().execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            done = "refused"
    own_row = "large_type" in statement
    assert done in ({"UPDATE 1"} if own_row else {"refused", "UPDATE 0", "DELETE 0", "INSERT 0 0"})


async def test_a_firm_cannot_be_made_without_the_operator(firm: TestFirm) -> None:
    async with DB.transaction():
        await show_scope(system_scope(firm.id))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with connection().transaction():
                await connection().execute("insert into core_firm (name) values ('山寨')")


async def test_a_membership_cannot_join_one_firms_client_to_another_firm(firm: TestFirm, other_firm: TestFirm) -> None:
    async with DB.transaction():
        await show_scope(system_scope(firm.id))
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with connection().transaction():
                await connection().execute(
                    'insert into core_membership (firm, client, "user", role, active) values ($1, $2, $3, $4, true)',
                    firm.id,
                    other_firm.restaurant,
                    firm.owner,
                    "boss",
                )


async def test_members_of_another_firm_cannot_be_changed(firm: TestFirm, other_firm: TestFirm) -> None:
    async with acting(other_firm, "owner"):
        theirs = await connection().fetchval("select id from core_membership where role = 'owner'")
    async with acting(firm, "owner"):
        for change in (members.change_role(theirs, "admin"), members.set_active(theirs, active=False)):
            with pytest.raises(Refusal, match="not_found"):
                await change


async def test_an_admin_makes_no_owner_and_touches_none(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        admin = await set_up.make_member(login="adm", name="管理", password=PASSWORD, role="admin")
    async with acting(firm, "admin", user=admin):
        owner = next(m.id for m in await members.members() if m.role == "owner")
        mine = next(m.id for m in await members.members() if m.role == "admin")
        for change, code in (
            (invitations.invite(role="owner", contact="x", client=None), "role.not_to_grant"),
            (invitations.invite(role="boss", contact="x", client=None), "role.not_to_grant"),
            (members.change_role(owner, "admin"), "member.owner"),
            (members.set_active(owner, active=False), "member.owner"),
            (members.change_role(mine, "accountant"), "member.self"),
        ):
            with pytest.raises(Refusal, match=code):
                await change


@pytest.mark.parametrize("role", ["accountant", "reviewer", "boss", "driver"])
async def test_others_do_not_manage_people(firm: TestFirm, role: str) -> None:
    async with acting(firm, role):
        for doing in (
            members.members(),
            invitations.invite(role="boss", contact="x", client=firm.restaurant),
            invitations.open_invitations(),
        ):
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                await doing
