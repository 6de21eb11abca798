"""Whatever leaves as a file, and pages that show what is sensitive, are on the trail in words (PLAT-9)."""

import datetime as dt

import pytest
from litestar.handlers import HTTPRouteHandler

from zhangfang_core.database.engine import connection
from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext, speaking
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.testing.words import refuse_nameless
from zhangfang_core.trail.action_names import CORE_ACTIONS, action_names
from zhangfang_core.trail.fact_names import CORE_FACTS
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.services import use

LINES = (Line("1002", "销售", debit=100), Line("5001", "销售", credit=100))


async def entries(firm: TestFirm, action: str) -> list[tuple[str, int | None, str | None, str]]:
    async with acting(firm, "owner"):
        rows = await connection().fetch(
            "select subject, client, after::text as after, user_name from core_audit_entry where action = $1 order by id", action
        )
    return [(row["subject"], row["client"], row["after"], row["user_name"]) for row in rows]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/open-items/export?account=1122", "账龄"),
        ("/books/export/statements/xlsx?period=2026-03", ".xlsx"),
        ("/books/export/statements/pdf?period=2026-03", ".pdf"),
        ("/books/export/vouchers/pdf?period=2026-03", ".pdf"),
    ],
)
async def test_a_file_that_leaves_is_told_of(firm: TestFirm, visit: Visit, path: str, name: str) -> None:
    async with acting(firm, "owner"):
        voucher = await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2026, 3, 1), "销售", LINES, source="test"))
        await use(Ledger).post(voucher)
    visitor = await visit("owner")
    place = f"/f/{firm.id}/c/{firm.restaurant}"
    answer = await visitor.get(place + path)
    assert answer.status_code == 200, answer.text[:300]
    assert answer.headers["content-disposition"].startswith("attachment")
    ((subject, client, after, person),) = await entries(firm, "export.download")
    assert (subject, client) == (f"page:{place}{path.partition('?')[0]}", firm.restaurant)
    assert after is not None
    assert name in after
    assert "2026-03" in after or "1122" in after
    assert person


async def test_what_is_refused_does_not_leave(firm: TestFirm, visit: Visit) -> None:
    visitor = await visit("cashier")
    answer = await visitor.get(f"/f/{firm.id}/c/{firm.restaurant}/books/export/statements/xlsx?period=2026-03")
    assert answer.status_code >= 400
    assert await entries(firm, "export.download") == []


async def test_a_sensitive_page_is_told_of_once_however_often_it_is_brought_up_to_date(firm: TestFirm, visit: Visit) -> None:
    visitor = await visit("owner")
    page = f"/f/{firm.id}/c/{firm.restaurant}/books/statements?period=2026-03"
    assert (await visitor.get(page)).status_code == 200
    assert (await visitor.ask("GET", page, headers={"hx-request": "true"})).status_code == 200
    assert len(await entries(firm, "books.statements_seen")) == 1


async def test_a_document_is_told_of_once(firm: TestFirm, visit: Visit) -> None:
    """Its service tells of each look, downloads included."""
    async with acting(firm, "owner"):
        stored = await StoredDocuments().store(firm.restaurant, "合同.pdf", "application/pdf", b"%PDF-1")
    visitor = await visit("owner")
    address = f"/f/{firm.id}/c/{firm.restaurant}/documents/{stored.id}/file?download=true"
    assert (await visitor.get(address)).status_code == 200
    assert await entries(firm, "export.download") == []
    assert len(await entries(firm, "documents.view")) == 1


def test_each_sensitive_page_names_an_action_that_readers_understand() -> None:
    pages = [page for module in registry().modules.values() for page in module.pages]
    declared = {page.opt["seen_as"] for page in pages if isinstance(page, HTTPRouteHandler) and page.opt.get("seen_as")}
    assert declared
    assert declared <= action_names().keys()


def test_every_name_is_said_in_english_too() -> None:
    """Of actions and of facts, core's and every plugin's; that each recorded key has one is asked of every test that records."""
    named = {"core": (*CORE_ACTIONS.values(), *CORE_FACTS.values())}
    for id_, module in registry().modules.items():
        named[id_] = (*module.manifest.actions.values(), *module.manifest.facts.values())
    with speaking("en"):
        silent = [(plugin, name) for plugin, names in named.items() for name in names if gettext(name, plugin) == name]
    assert silent == []


def test_a_key_without_a_name_fails_the_test_that_records_it() -> None:
    refuse_nameless("ledger.post", "core_voucher:1", {"total": 1})
    with pytest.raises(AssertionError, match="also_secret"):
        refuse_nameless("ledger.post", "core_voucher:1", {"also_secret": 1})
    with pytest.raises(AssertionError, match="core_unknown"):
        refuse_nameless("ledger.post", "core_unknown:1", None)
