"""The pages of the trail (PLAT-9)."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm, acting, session_of
from zhangfang_core.trail.audit import AuditTrail


@pytest_asyncio.fixture(loop_scope="session")
async def owner(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    async with portal.visitor(await session_of(firm, "owner"), f"/f/{firm.id}") as visitor:
        yield visitor


async def test_the_trail_is_for_those_who_may_read_it(portal: Portal, firm: TestFirm, owner: Visitor) -> None:
    """PLAT-9, PLAT-8"""
    for role, client in (("accountant", None), ("boss", firm.restaurant)):
        async with portal.visitor(await session_of(firm, role, client), f"/f/{firm.id}") as visitor:
            assert (await visitor.get("/audit")).status_code == (403 if client is None else 404)
    async with acting(firm, "boss", name="王<老板>"):
        await StoredDocuments().store(firm.restaurant, "发票.pdf", "application/pdf", b"%PDF-")
    shown = await owner.get("/audit?action=documents.store&person=王")
    assert shown.status_code == 200
    assert "存入文件" in shown.text
    assert "王&lt;老板&gt;" in shown.text
    assert "发票.pdf" in shown.text
    assert "没有符合条件的记录" in (await owner.get("/audit?action=documents.store&person=%25")).text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?from=2026-01-01&to=2026-12-31&action=", 200),
        ("?from=gestern", 422),
        ("?to=9999-12-31", 422),
        ("?from=0001-01-01", 422),
        ("?before=99999999999999999999", 400),
        ("?before=x", 400),
        ("?person=%00", 200),
        ("?action=%00&person=" + "x" * 5000, 200),
    ],
)
async def test_filters_take_whatever_is_typed(owner: Visitor, query: str, status: int) -> None:
    """PLAT-9: bad input never gives a 500."""
    assert (await owner.get(f"/audit{query}")).status_code == status


async def test_older_entries_are_a_page_away(owner: Visitor, firm: TestFirm) -> None:
    """PLAT-9"""
    async with acting(firm, "owner"):
        for number in range(60):
            await AuditTrail().record("test.do", f"thing:{number:03}")
    first = (await owner.get("/audit?action=test.do")).text
    assert "thing 059" in first
    assert "thing 009" not in first
    older = first.split(f'href="/f/{firm.id}/audit?person=', 1)[1].split('"', 1)[0].replace("&amp;", "&")
    second = (await owner.get(f"/audit?person={older}")).text
    assert "thing 009" in second
    assert "thing 059" not in second


async def test_what_was_acted_on_reads_in_the_readers_language(owner: Visitor, firm: TestFirm) -> None:
    """Its kind by a name; a module by its title, which is Chinese, in English pages by its id."""
    title = registry().modules["collab"].manifest.title
    async with acting(firm, "owner"):
        await AuditTrail().record("module.enable", "module:collab")
        await AuditTrail().record("client.assign", "core_client:7")
    shown = (await owner.get("/audit")).text
    assert f"模块 {title}</div>" in shown
    assert "客户企业 7</div>" in shown
    await owner.post("/account/preferences", language="en")
    shown = (await owner.get("/audit")).text
    assert "Client 7</div>" in shown
    assert '<option value="module.enable">Switched a module on</option>' in shown
    options = re.findall(r"<option[^>]*>([^<]*)</option>", shown)
    assert [text for text in options if not text.isascii()] == []
    about = re.findall(r'<div class="xs mute">([^<]+)</div></td>', shown)
    assert len(about) > 1
    assert all(text.isascii() for text in about), about
