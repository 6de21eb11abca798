"""An auditor's link: a while, named clients and years, nothing to change, and every look on the trail."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import httpx
import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.auditing import links
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import use


async def sold(firm: TestFirm, client: int, year: int, fen: int) -> int:
    lines = (Line("1002", "收款", debit=fen), Line("5001", "收款", credit=fen))
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_firm set single_person = true")
        voucher = await use(Ledger).draft(VoucherDraft(client, dt.date(year, 3, 5), "收款", lines))
        await use(Ledger).post(voucher)
    return voucher


async def made(firm: TestFirm, *, until: dt.date | None = None) -> links.Made:
    async with acting(firm, "owner"):
        return await links.make("诚信所 王审计", [firm.restaurant], [2025], until or today() + dt.timedelta(days=30))


Open = Callable[[links.Made], object]


@asynccontextmanager
async def auditing(portal: Portal, link: links.Made) -> AsyncIterator[Visitor]:
    """The browser of who opened the link and typed the PIN."""
    async with AsyncExitStack() as stack:
        visitor = await stack.enter_async_context(portal.visitor(None))
        answer = await visitor.post(f"/auditing/{link.token}", pin=link.pin)
        assert (answer.status_code, answer.headers["location"]) == (303, "/me/auditing")
        yield visitor


async def test_they_see_the_named_client_and_year_and_nothing_else(firm: TestFirm, visit: Visit, portal: Portal) -> None:
    inside, outside = await sold(firm, firm.restaurant, 2025, 1_234_56), await sold(firm, firm.restaurant, 2026, 6_543_21)
    async with scoped_transaction(system_scope(firm.id)):
        lines = (Line("1002", "草稿", debit=9_87), Line("5001", "草稿", credit=9_87))
        draft = await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2025, 3, 6), "草稿", lines))
    at, other = f"/f/{firm.id}/c/{firm.restaurant}", f"/f/{firm.id}/c/{firm.trading}"
    async with auditing(portal, await made(firm)) as auditor:
        front = await auditor.get("/me/auditing")
        assert "嘉喜餐饮有限公司" in front.text
        assert "嘉喜商贸有限公司" not in front.text
        assert (await auditor.get("/")).headers["location"] == "/me/auditing"
        for path in ("/vouchers", "/accounts", "/books/statements", "/books/general", "/books/balances"):
            page = await auditor.get(f"{at}{path}?period=2025-03")
            assert page.status_code == 200, path
            assert "6,543.21" not in page.text, path
            assert (await auditor.get(f"{at}{path}?period=2026-03")).status_code == 404, path
            assert (await auditor.get(f"{at}{path}")).status_code == 404, path
            assert (await auditor.get(f"{other}{path}?period=2025-03")).status_code == 404, path
        assert "1,234.56" in (await auditor.get(f"{at}/vouchers?period=2025-03")).text
        assert "1,234.56" in (await auditor.get(f"{at}/accounts/1002?period=2025-03")).text
        assert (await auditor.get(f"{at}/accounts/1002?period=2025-03&to=2026-03")).status_code == 404
        assert (await auditor.get(f"{at}/vouchers/{inside}")).status_code == 200
        assert (await auditor.get(f"{at}/vouchers/{outside}")).status_code == 404
        assert (await auditor.get(f"{at}/vouchers/{draft}")).status_code == 404, "drafts are the firm's own work"
        assert "9.87" not in (await auditor.get(f"{at}/vouchers?period=2025-03&state=draft")).text
        assert (await auditor.get(f"{at}/books/export/statements/xlsx?period=2025-03")).status_code == 200
        for path in ("/cockpit", "/search?q=收款", "/events", "/chart", "/tasks", "/books/payroll", "/messages", "/account"):
            assert (await auditor.get(at + path)).status_code == 404, path
        for path in ("/me/account", "/me", f"/f/{firm.id}", f"/f/{firm.id}/people"):
            assert (await auditor.get(path)).status_code == 404, path
        changed = await auditor.post(f"{at}/vouchers/{inside}/reverse", date="2025-03-06", reason="看看")
        assert (changed.status_code, "只能查看" in changed.text) == (403, True)
    async with acting(firm, "owner"):
        told = await connection().fetch("select action, subject from core_audit_entry where action like 'auditor.%'")
    counted = [row["action"] for row in told]
    assert counted.count("auditor.view") == 10, "each page and file of this firm, and nothing that was refused"
    assert {"auditor.make", "auditor.enter"} <= set(counted)
    assert f"page:{at}/vouchers/{inside}" in {row["subject"] for row in told}


async def test_every_link_of_their_pages_opens(firm: TestFirm, portal: Portal) -> None:
    voucher = await sold(firm, firm.restaurant, 2025, 1_234_56)
    at = f"/f/{firm.id}/c/{firm.restaurant}"
    async with auditing(portal, await made(firm)) as auditor:
        waiting, seen = ["/me/auditing", f"{at}/vouchers/{voucher}"], set[str]()
        while waiting and len(seen) < 150:
            path = waiting.pop(0)
            page = await auditor.get(path)
            assert page.status_code in (200, 303), (path, page.status_code)
            seen.add(path)
            found = {found.replace("&amp;", "&").partition("#")[0] for found in re.findall(r'href="(/[^"]*)"', page.text)}
            waiting += sorted(x for x in found - seen - set(waiting) if not x.startswith("/static/") and "/vouchers/" not in x)
    assert len(seen) > 15


async def test_ended_at_once(firm: TestFirm, portal: Portal) -> None:
    link = await made(firm)
    at = f"/f/{firm.id}/c/{firm.restaurant}"
    async with auditing(portal, link) as auditor:
        assert (await auditor.get(f"{at}/vouchers?period=2025-03")).status_code == 200
        async with acting(firm, "owner"):
            kept = (await links.links())[0]
            await links.end(kept.id)
            assert not (await links.links())[0].stands
        assert (await auditor.get(f"{at}/vouchers?period=2025-03")).status_code in (303, 401)
    async with portal.visitor(None) as visitor:
        told = await visitor.get(f"/auditing/{link.token}")
        assert "审计链接已失效" in told.text
        assert "审计链接已失效" in (await visitor.post(f"/auditing/{link.token}", pin=link.pin)).text


async def test_over_when_its_time_is_over(firm: TestFirm, portal: Portal, test_server: TestServer, database: str) -> None:
    link = await made(firm)
    at = f"/f/{firm.id}/c/{firm.restaurant}"
    async with auditing(portal, link) as auditor:
        superuser = await asyncpg.connect(test_server.superuser(database))
        await superuser.execute("update core_auditor_link set expires_at = now() - interval '1 second'")
        await superuser.close()
        assert (await auditor.get(f"{at}/vouchers?period=2025-03")).status_code in (303, 401)
        told = await auditor.get(f"/auditing/{link.token}")
        assert "审计链接已失效" in told.text


async def test_a_pin_cannot_be_guessed(firm: TestFirm, portal: Portal) -> None:
    """Ten wrong ones, and the right one opens nothing any more."""
    link = await made(firm)
    wrong = "0" * links.PIN_LENGTH if link.pin != "0" * links.PIN_LENGTH else "1" * links.PIN_LENGTH
    async with portal.visitor(None) as visitor:
        for _ in range(links.TRIES):
            answer = await visitor.post(f"/auditing/{link.token}", pin=wrong)
            assert (answer.status_code, "PIN 不对" in answer.text) == (200, True)
        assert "审计链接已失效" in (await visitor.post(f"/auditing/{link.token}", pin=link.pin)).text
    async with acting(firm, "owner"):
        count = await connection().fetchval("select count(*) from core_audit_entry where action = 'auditor.wrong_pin'")
    assert count == links.TRIES


async def test_the_owner_makes_it_on_a_page_and_reads_link_and_pin_once(firm: TestFirm, visit: Visit) -> None:
    owner = await visit("owner", of_firm=True)
    until = (today() + dt.timedelta(days=10)).isoformat()
    form = {"auditor": "王审计", "client": [str(firm.restaurant)], "year": ["2025"], "until": until}
    answer: httpx.Response = await owner.post("/people/auditors", **form)
    assert answer.status_code == 200
    pin = re.search(r'id="pin">(\d+)<', answer.text)
    assert pin is not None
    again = (await owner.get("/people/auditors")).text
    assert "王审计" in again
    assert pin[1] not in again
    assert "王审计" not in (await owner.get("/people")).text, "an auditor is no member to be given another role"
    late = await owner.post("/people/auditors", **{**form, "until": (today() + dt.timedelta(days=91)).isoformat()})
    assert "90 天" in late.text
    assert late.status_code == 422


@pytest.mark.parametrize(
    ("clients", "years", "days", "code"),
    [([], [2025], 1, "clients"), ([1], [], 1, "years"), ([1], [2025], -1, "until"), ([1], [2025], 91, "until"), ([1], [2099], 1, "years")],
)
async def test_what_no_link_can_be(firm: TestFirm, clients: list[int], years: list[int], days: int, code: str) -> None:
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=rf"auditor\.{code}"):
            await links.make("王", clients, years, today() + dt.timedelta(days=days))


async def test_no_other_firm_and_no_clients_person_reads_links(firm: TestFirm, other_firm: TestFirm) -> None:
    await made(firm)
    async with acting(other_firm, "owner"):
        assert await links.links() == []
        assert await connection().fetchval("select count(*) from core_auditor_link") == 0
    async with acting(firm, "boss"):
        assert await connection().fetchval("select count(*) from core_auditor_link") == 0
