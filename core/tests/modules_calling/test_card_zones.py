"""PLAT-4: a zone's cards stand on the page that the zone names, and a card's HTML stays within its card."""

import datetime as dt
import re
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from zhangfang_core.modules.afterwards import settled
from zhangfang_core.modules.troubles import troubles
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web import cards, pace
from zhangfang_core.web.balanced_html import Unbalanced, check_balanced
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.services import use
from zhangfang_sdk.web import Card, CardZone

PLUGIN = "collab"
"""Whose cards these are said to be: any plugin that runs will do."""
PAGES: dict[CardZone, str] = {
    "cockpit": "/cockpit",
    "statement": "/books/statements",
    "voucher": "/vouchers/{voucher}",
    "client": "/profile",
    "home": "/waiting",
}


async def load(client: int, period: str) -> dict[str, Any]:
    return {}


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    every = [Card(f"t.{zone}", zone, "t.html", "signed_in", load) for zone in PAGES]
    monkeypatch.setattr(cards, "_offered", lambda enabled: iter([(PLUGIN, card) for card in every]))
    monkeypatch.setattr(pace, "_last", {(PLUGIN, f"card {card.id}"): 0.01 for card in every})
    real = cards.environment()
    made = real.overlay(loader=DictLoader({"t.html": "<h2>here</h2>"}))
    monkeypatch.setattr(cards, "environment", lambda: made)


@pytest.mark.parametrize("zone", PAGES)
async def test_a_zone_stands_on_its_page_alone(firm: TestFirm, visit: Visit, offered: None, zone: CardZone) -> None:
    async with acting(firm, "owner"):
        lines = (Line("1002", "x", debit=100), Line("1001", "x", credit=100))
        voucher = await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2026, 3, 5), "x", lines))
    owner = await visit("owner")
    page = await owner.get(PAGES[zone].format(voucher=voucher))
    assert page.status_code == 200
    shown = re.findall(r'id="card-t-(\w+)"[^>]*>(.*?)</section>', page.text)
    assert shown == [(zone, "<h2>here</h2>")]


@pytest.mark.parametrize(
    "html",
    [
        "</section></main><div id='x'>",
        "<div>",
        "<p><b>x</p></b>",
        "x</div>",
        "<div/>x",
        "<table><tr><td>x</table></table>",
        "<!-- x",
        '<a href="',
        "<script>x",
        "<svg><path/>",
    ],
)
def test_html_that_reaches_beyond_itself(html: str) -> None:
    with pytest.raises(Unbalanced):
        check_balanced(html)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "a < b &amp; c",
        "<ul><li>a<li>b</ul><p>x<br><img src='x'><hr/>",
        "<table><thead><tr><th>a<tbody><tr><td>b</table>",
        '<svg viewBox="0 0 1 1"><path d="m0"/><use href="#x"/></svg>',
        "<!-- <div> --><script>'</div>'</script>",
        '<details><summary>a</summary><form><input name="x"></form></details>',
    ],
)
def test_html_that_stays_within_itself(html: str) -> None:
    check_balanced(html)


async def test_a_card_that_reaches_beyond_itself_is_missing_and_counted(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = Card("t.open", "cockpit", "t.html", "signed_in", load)
    monkeypatch.setattr(cards, "_offered", lambda enabled: iter([(PLUGIN, card)]))
    made = Environment(loader=DictLoader({"t.html": "</section></main><h1>out</h1>"}), autoescape=True)
    monkeypatch.setattr(cards, "environment", lambda: made)
    async with acting(firm, "boss"):
        assert await cards.one_card("t.open", firm.restaurant, "2026-11") == ""
    await settled()
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
    assert "Unbalanced: </section>" in trouble.reason
