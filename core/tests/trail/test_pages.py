"""The pages of the trail (PLAT-9)."""

import datetime as dt
import html
import re
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm, acting, session_of
from zhangfang_core.trail.audit import AuditTrail
from zhangfang_core.vendors.offers import offers
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.profile import (
    ContactPerson,
    ContactRole,
    FactKind,
    FactSource,
    NewFact,
    QuarterEnds,
    TaxpayerKind,
)
from zhangfang_sdk.services import use


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


async def test_codes_stand_on_the_trail_in_words(owner: Visitor, firm: TestFirm) -> None:
    """Of the profile as its page shows them, of modules, vendors and kinds of notices by their titles; amounts in yuan, lists without brackets."""
    contact = ContactPerson(ContactRole.FINANCE, "陈出纳", "+8613800138000")
    async with acting(firm, "owner"):
        for kind, value in (
            (FactKind.EMPLOYEES, QuarterEnds(13, 14)),
            (FactKind.TAXPAYER_KIND, TaxpayerKind.GENERAL),
            (FactKind.REGISTERED_CAPITAL, 50_000_000),
            (FactKind.CONTACT, contact),
        ):
            await use(Clients).record(firm.trading, NewFact(kind, value, dt.date(2026, 1, 1), FactSource.BUSINESS_LICENCE))
        await AuditTrail().record("ledger.draft", "core_voucher:7", after={"total": -1_234_56, "source": "collab"})
        await AuditTrail().record("vendors.choose", f"vendor:{next(iter(offers().values())).id}", after={"kind": "sms"})
        await AuditTrail().record("notices.choose", "core_user:1", after={"closed": ["core.profile_to_confirm"]})
        await AuditTrail().record("test.do", "thing:1", after={"ids": list(range(200)), "value": {"name": "甲", "kind": "x"}})
    shown = html.unescape((await owner.get("/audit")).text)
    for words in ("季初 13 人,季末 14 人", "一般纳税人", "500,000.00 元", "陈出纳 · +8613800138000", "<dt>种类</dt><dd>从业人数</dd>", "营业执照"):
        assert words in shown, words
    assert "<dt>合计</dt><dd>-1,234.56 元</dd>" in shown
    assert f"<dd>{registry().modules['collab'].manifest.title}</dd>" in shown
    assert f"外部服务 {next(iter(offers().values())).vendor.title}</div>" in shown
    assert "<dd>短信</dd>" in shown
    assert "<dd>企业资料待确认</dd>" in shown
    assert "18、19 等 200 项</dd>" in shown
    assert "种类 x · 名称 甲</dd>" in shown
    details = shown.partition("<tbody>")[2]
    assert not re.search(r"[{\[]|total_assets|employees|business_licence|small_scale", details)


async def test_the_admin_desk_names_what_was_acted_on(owner: Visitor, firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        await AuditTrail().record("client.assign", "core_client:7")
    desk = f"/admin/{firm.id}/api/tables/core_audit_entry/"
    rows = (await replace(owner, place="").get(desk)).json()["rows"]
    assert "客户企业 7" in {row["subject"] for row in rows}
    assert not [row["subject"] for row in rows if row["subject"].startswith("core_")]


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
