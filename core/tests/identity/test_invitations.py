"""PLAT-8: a firm invites people by link; PLAT-13: one person, several memberships."""

import asyncio

import pytest

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import invitations, members, set_up, sign_in
from zhangfang_core.identity.enter import Asked, enter
from zhangfang_core.identity.places import own_places
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.errors import Refusal

PASSWORD = "eight quiet horses"
FROM = {"address": "203.0.113.9", "user_agent": "test"}


async def invite(firm: TestFirm, role: str, client: int | None) -> str:
    async with acting(firm, "owner"):
        return await invitations.invite(role=role, contact="13900000000", client=client)


async def accept(token: str, login: str = "13900000000", password: str = PASSWORD) -> str | None:
    async with scoped_transaction(Scope()):
        return await invitations.accept(token, login=login, name="李老板", password=password, **FROM)


async def test_the_link_makes_a_member_and_signs_in(firm: TestFirm) -> None:
    token = await invite(firm, "boss", firm.restaurant)
    async with DB.transaction():
        seen = await invitations.look(token)
    assert seen is not None
    assert (seen.firm_name, seen.client_name, seen.role_title) == ("嘉喜", "嘉喜餐饮有限公司", "老板")
    session = await accept(token)
    async with DB.transaction():
        found = await enter(session, "", Asked(firm.id, firm.restaurant))
    assert found is not None
    assert (found.scope.role, found.scope.clients) == ("boss", frozenset({firm.restaurant}))
    async with acting(firm, "owner"):
        assert (
            await connection().fetchval(
                "select count(*) from core_audit_entry where action in ('invitation.make', 'invitation.accept')"
            )
            == 2
        )


async def test_the_link_works_once(firm: TestFirm) -> None:
    token = await invite(firm, "boss", firm.restaurant)
    await accept(token)
    with pytest.raises(Refusal, match=r"invitation\.over"):
        await accept(token, "13900000001")


async def test_the_link_works_once_in_parallel(firm: TestFirm) -> None:
    token = await invite(firm, "boss", firm.restaurant)
    answers = await asyncio.gather(*(accept(token, f"person{n}") for n in range(5)), return_exceptions=True)
    assert sum(isinstance(a, str) for a in answers) == 1
    async with acting(firm, "owner"):
        assert len([m for m in await members.members() if m.role == "boss"]) == 1


@pytest.mark.parametrize(
    "change", ["update core_invitation set expires_at = now()", "update core_invitation set revoked_at = now()"]
)
async def test_an_old_or_withdrawn_link_is_over(firm: TestFirm, change: str) -> None:
    token = await invite(firm, "boss", firm.restaurant)
    async with acting(firm, "owner"):
        await connection().execute(change)
        assert await invitations.open_invitations() == []
    with pytest.raises(Refusal, match=r"invitation\.over"):
        await accept(token)


async def test_withdrawing(firm: TestFirm, other_firm: TestFirm) -> None:
    token = await invite(firm, "boss", firm.restaurant)
    async with acting(firm, "owner"):
        waiting = (await invitations.open_invitations())[0].id
    async with acting(other_firm, "owner"):
        with pytest.raises(Refusal, match="not_found"):
            await invitations.withdraw(waiting)
    async with acting(firm, "owner"):
        await invitations.withdraw(waiting)
    async with DB.transaction():
        assert await invitations.look(token) is None


async def test_another_firms_client_cannot_be_invited_to(firm: TestFirm, other_firm: TestFirm) -> None:
    with pytest.raises(Refusal, match="not_found"):
        await invite(firm, "boss", other_firm.restaurant)


async def test_a_weak_password_is_refused_and_the_link_stays(firm: TestFirm) -> None:
    token = await invite(firm, "boss", firm.restaurant)
    with pytest.raises(Refusal, match=r"password\.weak"):
        await accept(token, password="12345678")
    assert await accept(token) is not None


async def test_one_person_two_memberships_and_the_switcher(firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13: the same login accepts a second invitation with its own password and goes to and fro."""
    await accept(await invite(firm, "boss", firm.restaurant))
    second = await invite(other_firm, "cashier", other_firm.trading)
    assert await accept(second, password="a wrong password") is None
    session = await accept(second)
    assert session is not None
    async with DB.transaction():
        found = await enter(session, "", Asked(other_firm.id, other_firm.trading))
        assert found is not None
        assert (found.scope.firm, found.scope.role) == (other_firm.id, "cashier")
        assert await connection().fetch("select id from core_client") == [(other_firm.trading,)]
        assert await connection().fetch("select id from core_firm") == [(other_firm.id,)]
        found = await enter(session, "", Asked(firm.id, firm.restaurant))
        assert found is not None
        assert (found.scope.role, found.scope.clients) == ("boss", frozenset({firm.restaurant}))
        found = await enter(session, "")
        assert found is not None
        assert (found.scope.firm, found.scope.permissions) == (None, frozenset())
        with in_scope(found.scope):
            assert [(p.firm_name, p.client_name, p.role) for p in await own_places()] == [
                ("嘉喜", "嘉喜餐饮有限公司", "boss"),
                ("隔壁", "隔壁商贸有限公司", "cashier"),
            ]
        assert await connection().fetchval("select count(*) from core_client") == 0


async def test_a_deactivated_person_is_out_with_the_next_request(firm: TestFirm) -> None:
    session = await accept(await invite(firm, "boss", firm.restaurant))
    async with acting(firm, "owner"):
        boss = next(m for m in await members.members() if m.role == "boss")
        await members.set_active(boss.id, active=False)
    async with DB.transaction():
        assert await enter(session, "", Asked(firm.id, firm.restaurant)) is None
        assert await enter(session, "") is None
        assert await connection().fetchval("select count(*) from core_client") == 0
    async with DB.transaction():
        with pytest.raises(Refusal, match=r"access\.no_place"):
            await sign_in.sign_in("13900000000", PASSWORD, **FROM)


async def test_a_changed_role_counts_with_the_next_request(firm: TestFirm) -> None:
    session = await accept(await invite(firm, "boss", firm.restaurant))
    async with acting(firm, "owner"):
        boss = next(m for m in await members.members() if m.role == "boss")
        await members.change_role(boss.id, "driver")
        with pytest.raises(Refusal, match=r"role\.not_to_grant"):
            await members.change_role(boss.id, "accountant")
    async with DB.transaction():
        found = await enter(session, "", Asked(firm.id, firm.restaurant))
    assert found is not None
    assert found.scope.may("documents.upload")
    assert not found.scope.may("ledger.read")


async def test_a_firms_own_version_of_a_role(firm: TestFirm) -> None:
    """PLAT-8: custom roles: the firm's own row stands for the role alone, and only with permissions that exist."""
    session = await accept(await invite(firm, "boss", firm.restaurant))
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute(
            "insert into core_role (firm, key, title, side, permissions) values ($1, 'boss', '老板', 'client', $2)",
            firm.id,
            '["documents.upload", "no.such"]',
        )
    async with DB.transaction():
        found = await enter(session, "", Asked(firm.id, firm.restaurant))
    assert found is not None
    assert found.scope.permissions == frozenset({"documents.upload"})


async def test_set_up_refuses_a_role_of_the_wrong_side(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        with pytest.raises(Refusal, match=r"role\.wrong_side"):
            await set_up.make_member(login="x", name="x", password=PASSWORD, role="boss")
