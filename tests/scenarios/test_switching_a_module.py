"""A firm switches a plugin off and on: everything of it goes with the next request, for this firm only (PLAT-4, PLAT-7)."""

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest_asyncio

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.modules.hooks import listeners
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Portal, Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope


@pytest_asyncio.fixture(loop_scope="session")
async def portal(test_server: TestServer, database: str, settings: Settings) -> AsyncIterator[Portal]:
    dsn = test_server.addresses(database).application
    async with running_portal(dataclasses.replace(settings, dsn=dsn)) as found:
        yield found


@asynccontextmanager
async def owner_of(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    async with portal.visitor(await session_for(firm.owner)) as visitor:
        yield visitor


async def test_dashboard_off_takes_all_of_it_away_for_one_firm(
    portal: Portal, firm: TestFirm, other_firm: TestFirm
) -> None:
    """PLAT-4: pages and navigation of `dashboard` are gone here, still there next door, and come back."""
    client, next_door = f"/f/{firm.id}/c/{firm.restaurant}", f"/f/{other_firm.id}/c/{other_firm.restaurant}"
    async with owner_of(portal, firm) as here, owner_of(portal, other_firm) as there:
        assert (await here.get(f"{client}/cockpit")).status_code == 200
        assert (await here.ask("POST", f"/f/{firm.id}/modules/dashboard", form={"on": "0"})).status_code == 303

        assert (await here.get(f"{client}/cockpit")).status_code == 404
        assert (await here.get(f"{client}/figures/sales")).status_code == 404
        assert '/cockpit"' not in (await here.get(f"{client}/account")).text
        assert (await there.get(f"{next_door}/cockpit")).status_code == 200

        assert (await here.ask("POST", f"/f/{firm.id}/modules/dashboard", form={"on": "1"})).status_code == 303
        assert (await here.get(f"{client}/cockpit")).status_code == 200


async def test_admin_screens_go_with_their_module(portal: Portal, firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-4, PLAT-7: with `capture_ocr` off its tables are gone from this firm's desk, and still there next door."""
    tables, screen = f"/admin/{firm.id}/api/tables/", "供应商科目记忆"
    async with owner_of(portal, firm) as here, owner_of(portal, other_firm) as there:
        assert screen in (await here.get(tables)).text
        assert (await here.get(f"{tables}{screen}/")).status_code == 200
        assert (await here.ask("POST", f"/f/{firm.id}/modules/capture_ocr", form={"on": "0"})).status_code == 303
        assert screen not in (await here.get(tables)).text
        assert (await here.get(f"{tables}{screen}/")).status_code == 404
        assert screen in (await there.get(f"/admin/{other_firm.id}/api/tables/")).text


async def test_a_module_that_is_off_hears_of_nothing(portal: Portal, firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-1, PLAT-4: `risk_rules` off is not told of postings; the other firm's still is."""
    async with owner_of(portal, firm) as here:
        assert (await here.ask("POST", f"/f/{firm.id}/modules/risk_rules", form={"on": "0"})).status_code == 303
    async with scoped_transaction(system_scope(firm.id)):
        assert "risk_rules" not in await listeners("on_vouchers_posted")
    async with scoped_transaction(system_scope(other_firm.id)):
        assert "risk_rules" in await listeners("on_vouchers_posted")


async def test_an_accountant_may_not_use_the_admin_desk(portal: Portal, firm: TestFirm) -> None:
    """PLAT-7, PLAT-8: the admin desk is for those who hold the permission."""
    async with scoped_transaction(system_scope(firm.id)):
        person = await make_member(login="acc@test", name="会计", password="a long enough secret", role="accountant")
    async with portal.visitor(await session_for(person)) as visitor:
        assert (await visitor.get(f"/admin/{firm.id}/")).status_code == 403
        assert (await visitor.get(f"/admin/{firm.id}/api/tables/")).status_code == 403
