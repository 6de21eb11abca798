"""Roles that a firm makes: what their people see is held by the services, and said in words before it is kept (DASH-3)."""

import datetime as dt
import re
from dataclasses import replace

import asyncpg
import pytest

from zhangfang_core.admin.catalogue import screens
from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity.enter import Asked, enter
from zhangfang_core.identity.invitations import invite, look
from zhangfang_core.identity.members import change_role, members
from zhangfang_core.identity.own_roles import service
from zhangfang_core.identity.own_roles.service import RoleDraft
from zhangfang_core.identity.permissions import CORE_PERMISSIONS
from zhangfang_core.identity.roles import role_title, roles
from zhangfang_core.identity.set_up import join, make_person
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext, speaking
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.tables import ClientRows

MARCH = Period(2025, 3)
DUN = RoleDraft(
    "催款员", "client", frozenset({"receivables.read", "accounts.read"}), frozenset({"receivables"}), ("1122",)
)


async def made(firm: TestFirm, draft: RoleDraft) -> int:
    async with acting(firm, "owner"):
        return await service.make(draft)


async def person_with(firm: TestFirm, draft: RoleDraft) -> tuple[int, int, str]:
    """Person, membership, session."""
    async with scoped_transaction(system_scope(firm.id)):
        person = await make_person(f"somebody@{firm.id}.example", "小林", OWNER_PASSWORD)
        membership = await join(person, draft.title, firm.restaurant if draft.side == "client" else None)
    return person, membership, await session_for(person)


async def sold(firm: TestFirm) -> None:
    lines = (Line("1122", "赊销", debit=777_70), Line("1002", "收款", debit=1_00), Line("5001", "销售", credit=778_70))
    async with scoped_transaction(system_scope(firm.id)):
        voucher = await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "销售", lines))
        await connection().execute("update core_firm set single_person = true")
        await use(Ledger).post(voucher)


async def test_accounts_outside_are_not_found_and_not_shown_as_zero(firm: TestFirm, visit: Visit) -> None:
    await sold(firm)
    await made(firm, DUN)
    _, _, token = await person_with(firm, DUN)
    boss = await visit("boss")
    boss.http.cookies.clear()
    boss.http.cookies.set("zf_session", token)
    accounts = (await boss.get("/accounts?period=2025-03")).text
    assert "777.70" in accounts
    assert "/accounts/1002" not in accounts
    assert "银行存款" not in accounts
    assert "778.70" not in accounts
    assert (await boss.get("/accounts/1122?period=2025-03")).status_code == 200
    assert (await boss.get("/accounts/1002?period=2025-03")).status_code == 404
    for path in ("/vouchers", "/books/statements", "/chart"):
        assert (await boss.get(path)).status_code in (403, 404), path


async def test_the_services_hold_to_it(firm: TestFirm) -> None:
    await sold(firm)
    kept = await made(firm, DUN)
    async with acting(firm, "owner"):
        draft = (await service.made_role(kept)).draft
    scope = system_scope(firm.id)
    async with scoped_transaction(scope):
        held = replace(scope, permissions=draft.permissions, measures=draft.measures, accounts=draft.accounts)
        with in_scope(held):
            assert {a.code[:4] for a in await use(Ledger).accounts(firm.restaurant)} == {"1122"}
            assert set(await use(Ledger).account_names(firm.restaurant)) == {"1122"}
            assert {b.account for b in await use(Ledger).balances(firm.restaurant, None, MARCH)} == {"1122"}
            assert [d.key for d in await use(Measures).offered(firm.restaurant)] == ["receivables"]
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await use(Ledger).entries(firm.restaurant, "1", MARCH, MARCH)
            with pytest.raises(Refusal, match=r"measure\.unknown"):
                await use(Measures).series(firm.restaurant, ["sales"], MARCH, MARCH)
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                await use(Ledger).vouchers(firm.restaurant)


async def test_a_figure_of_accounts_beyond_the_role_is_hidden_whole(firm: TestFirm) -> None:
    """Half of a figure would be a wrong figure: 货币资金 is cash and bank."""
    draft = RoleDraft("现金员", "client", frozenset({"accounts.read"}), None, ("1001",))
    scope = system_scope(firm.id)
    async with scoped_transaction(scope):
        with in_scope(replace(scope, permissions=draft.permissions, measures=None, accounts=draft.accounts)):
            assert [d.key for d in await use(Measures).offered(firm.restaurant)] == ["cash_balance"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"permissions": frozenset({"ledger.read"})}, "role.whole_books"),
        ({"permissions": frozenset({"people.manage"})}, "role.permission_unknown"),
        ({"accounts": ("11a",)}, "role.accounts"),
        ({"accounts": ()}, "role.accounts"),
        ({"title": " "}, "role.title"),
        ({"title": "老板"}, "role.title_taken"),
        ({"title": "boss"}, "role.title_taken"),
        ({"side": "firm", "accounts": None, "clients": (99_999,)}, "common.not_found"),
        ({"side": "firm", "accounts": None, "permissions": frozenset({"people.manage"})}, "role.permission_unknown"),
        ({"side": "firm", "permissions": frozenset({"audit.read"})}, "role.whole_books"),
    ],
)
async def test_what_no_role_can_be(firm: TestFirm, change: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal, match=code.replace(".", r"\.")):
        await made(firm, replace(DUN, **change))  # type: ignore[arg-type]  # of several kinds


async def test_the_database_keeps_it_too(firm: TestFirm) -> None:
    """A role of some accounts with the whole books, or one that a client's person writes, is refused without any code of ours."""
    insert = """insert into core_role (firm, key, title, side, permissions, accounts) values ($1, 'x', 'x', 'client', $2, $3)"""
    with pytest.raises(asyncpg.CheckViolationError):
        async with acting(firm, "owner"):
            await connection().execute(insert, firm.id, '["ledger.read"]', '["1122"]')
    with pytest.raises(asyncpg.CheckViolationError):
        async with acting(firm, "owner"):
            await connection().execute(insert, firm.id, '["audit.read"]', '["1122"]')
    with pytest.raises(asyncpg.CheckViolationError):
        async with acting(firm, "owner"):
            await connection().execute(insert, firm.id, '["people.manage"]', None)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(firm, "boss"):
            await connection().execute(insert, firm.id, '["accounts.read"]', '["1122"]')


async def test_the_admin_desk_opens_tables_by_what_they_hold(firm: TestFirm, visit: Visit) -> None:
    """``admin.use`` opens the desk alone: vouchers, files, messages and invoices are read by whoever may read them elsewhere."""
    await sold(firm)
    draft = RoleDraft("后台文员", "firm", frozenset({"admin.use"}), every_client=True)
    await made(firm, draft)
    _, _, token = await person_with(firm, draft)
    clerk = await visit("admin")
    assert "778.70" in (await clerk.http.get(f"/admin/{firm.id}/api/tables/core_voucher/")).text
    clerk.http.cookies.clear()
    clerk.http.cookies.set("zf_session", token)
    listed = await clerk.http.get(f"/admin/{firm.id}/api/tables/")
    assert listed.status_code == 200
    assert "记账凭证" not in listed.text
    of_clients = [placed.item.table for placed in screens() if issubclass(placed.item.table, ClientRows)]
    assert len(of_clients) > 10
    for table in of_clients:
        name = table._meta.tablename
        assert (await clerk.http.get(f"/admin/{firm.id}/api/tables/{name}/")).status_code == 404, name


async def test_clients_of_a_role_of_the_firm(firm: TestFirm) -> None:
    """All, named ones, or those that each was given."""
    for number, (every, named, expected) in enumerate(
        [(True, None, {firm.restaurant, firm.trading}), (False, (firm.trading,), {firm.trading}), (False, None, set())]
    ):
        draft = RoleDraft(f"助理{number}", "firm", frozenset({"ledger.read"}), None, None, every, named)
        await made(firm, draft)
        async with scoped_transaction(system_scope(firm.id)):
            person = await make_person(f"a{number}@example.com", "助理", OWNER_PASSWORD)
            await join(person, draft.title)
        token = await session_for(person)
        async with DB.transaction():
            entered = await enter(token, "", Asked(firm.id))
            assert entered is not None
            with in_scope(entered.scope):
                assert {c.id for c in await use(Clients).clients()} == expected
        async with DB.transaction():
            there = await enter(token, "", Asked(firm.id, firm.trading))
            assert there is not None
            assert (there.scope.firm is not None) == (firm.trading in expected)
        async with acting(firm, "owner"):
            seen = next(m for m in await members() if m.user == person)
            assert seen.clients == (None if every else sorted(expected))


async def test_it_is_read_in_words_before_it_is_kept(visit: Visit) -> None:
    owner = await visit("owner", of_firm=True)
    form = {
        "title": "催款员", "side": "client", "permission": ["receivables.read", "accounts.read"],
        "measures": "chosen", "measure": ["receivables"], "accounts_of": "chosen", "accounts": "1122,2203",
    }  # fmt: skip
    first = await owner.post("/people/roles/new", **form)
    assert first.status_code == 200
    for told in (
        "1122 应收账款",
        "2203 预收账款",
        "查看往来账龄",
        "看不到、不能做",
        "查看资金收支",
        "加入的那一家企业",
    ):
        assert told in first.text, told
    read = re.search(r'name="read" value="(\w+)"', first.text)
    assert read is not None
    other = await owner.post("/people/roles/new", **{**form, "accounts": "1122", "read": read[1]})
    assert other.status_code == 200, "what was read is not what would be kept: it is shown again"
    saved = await owner.post("/people/roles/new", **form, read=read[1])
    assert saved.status_code == 303
    assert "催款员" in (await owner.get("/people/roles")).text
    assert "催款员" in (await owner.get("/people")).text, "it can be given"
    assert "设立角色" in (await owner.get("/audit")).text
    copied = (await owner.get("/people/roles/new?copy=催款员")).text
    assert "1122、2203" in copied
    assert (await owner.get("/people/roles/new?copy=cashier")).status_code == 200
    assert (await owner.get("/people/roles/new?copy=nobody")).status_code == 404
    twice = await owner.post("/people/roles/new", **form)
    assert twice.status_code == 409
    assert "已经有叫这个名字的角色了" in twice.text


async def test_changed_and_removed_on_the_trail(firm: TestFirm) -> None:
    kept = await made(firm, DUN)
    await person_with(firm, DUN)
    async with acting(firm, "owner"):
        await service.change(kept, replace(DUN, accounts=("1122", "2203")))
        assert (await service.made_role(kept)).draft.accounts == ("1122", "2203")
        with pytest.raises(Refusal, match=r"role\.in_use"):
            await service.remove(kept)
        member = next(m for m in await members() if m.role == DUN.title)
        await change_role(member.id, "driver")
        await service.remove(kept)
        actions = [r["action"] for r in await connection().fetch("select action from core_audit_entry order by id")]
    assert [a for a in actions if a.startswith(("role.", "member.role"))] == [
        "role.make", "role.change", "member.role", "role.remove",
    ]  # fmt: skip


async def test_a_made_role_is_renamed_with_its_people_and_invitations(firm: TestFirm) -> None:
    kept = await made(firm, DUN)
    _, _, token = await person_with(firm, DUN)
    async with acting(firm, "owner"):
        link = await invite(role=DUN.title, contact="13900000000", client=firm.restaurant)
        await service.change(kept, replace(DUN, title="应收专员"))
        assert {m.role for m in await members()} >= {"应收专员"}
        assert (await service.made_role(kept)).people == 1
        with pytest.raises(Refusal, match=r"role\.title_taken"):
            await service.change(kept, replace(DUN, title="老板"))
    async with DB.transaction():
        entered = await enter(token, "", Asked(firm.id, firm.restaurant))
        assert entered is not None
        assert (entered.scope.role, entered.scope.accounts) == ("应收专员", ("1122",))
    async with DB.transaction():
        invited = await look(link)
        assert invited is not None
        assert invited.role == "应收专员"
    async with scoped_transaction(system_scope(firm.id)):
        told = await connection().fetchval("select before::text || after::text from core_audit_entry where action = 'role.change'")
    assert "催款员" in told
    assert "应收专员" in told


async def test_who_does_not_see_all_its_people_renames_no_role(firm: TestFirm) -> None:
    kept = await made(firm, DUN)
    async with acting(firm, "owner") as scope:
        with in_scope(replace(scope, clients=frozenset({firm.trading}))), pytest.raises(Refusal, match=r"role\.rename"):
            await service.change(kept, replace(DUN, title="应收专员"))


async def test_titles_of_roles_and_permissions_have_english() -> None:
    """Core's and every plugin's, as the page of roles shows them."""
    titles = [r.title for r in roles()] + [p.title for p in CORE_PERMISSIONS]
    titles += [p.title for m in registry().modules.values() for p in m.manifest.permissions]
    with speaking("en"):
        assert [title for title in titles if gettext(title) == title] == []
        assert role_title("owner") == gettext("负责人") != "负责人"
