"""PLAT-12: what plugins and core declare, and core's pages show, is English for who chose English."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from zhangfang_core.modules.translations import speaking
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.extracting import texts_of
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.services import use

HAN = re.compile(r"[\u3400-\u9fff][^<]*")

DECLARATIONS = """
SOURCE = WaitingItem(client, f"{count} 件", "去办", "/shop", Urgency.TODAY, note="不是按钮")
KINDS = [NoticeKind("late", "晚了", "{client} 晚了"), NoticeKind(key="gone", title="没了", heading="没了")]
SOLD = Measure("shop.sold", "卖出", "卖出几件。", Unit.COUNT, "shop.read", series, entries, word="件")
MADE = Vendor(VendorKind.SMS, "post", "邮差", open_it, summary="送信。",
    settings=(SettingField("place", "地方", "choice", help="在哪里。", choices=(("a", "甲地"), ("b", "乙地"))),))
"""

MANIFEST = """
title = "网店"
summary = "卖东西。"
category = "不给人看"
[settings.open]
title = "开门"
help = "几点。"
choices = [["early", "早"], ["late", "晚"]]
"""


@pytest_asyncio.fixture(loop_scope="session")
async def owner(firm: TestFirm, portal: Portal) -> AsyncIterator[Visitor]:
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as visitor:
        await visitor.post("/account/preferences", language="en")
        yield visitor


def test_declarations_are_found(tmp_path: Path) -> None:
    (tmp_path / "plugin.py").write_text(DECLARATIONS, "utf-8")
    (tmp_path / "manifest.toml").write_text(MANIFEST, "utf-8")
    assert texts_of(tmp_path) == {
        *("去办", "晚了", "没了", "卖出", "卖出几件。", "件", "邮差", "送信。", "地方", "在哪里。", "甲地", "乙地"),
        *("网店", "卖东西。", "开门", "几点。", "早", "晚"),
    }


@pytest.mark.parametrize(
    "path",
    [
        *("/modules", "/settings/modules/books", "/settings/modules/risk_rules", "/settings/vendors", "/messages/choices"),
        *("/settings/vendors/add/email/messaging.smtp", "/settings/vendors/add/sms/messaging.aliyun"),
        "/settings/vendors/add/ocr/capture_ocr.tencent",
    ],
)
async def test_a_page_of_declarations_is_english(owner: Visitor, path: str) -> None:
    answer = await owner.get(path)
    assert answer.status_code == 200
    main = re.sub(r"<script.*?</script>|<title>.*?</title>", "", answer.text.partition("<main")[2], flags=re.DOTALL)
    own = re.compile("嘉喜[^<]*")  # names of the firm's clients
    found = HAN.findall(own.sub("", main))
    assert not found, found


async def test_figures_of_plugins_are_english(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        with speaking("en"):
            found = await use(Measures).definition("capture_ocr.received", client=firm.restaurant)
    assert (found.title, found.word, found.plugin) == ("Invoices received this month", "invoices", "Document capture")


async def test_industries_are_said_in_english(owner: Visitor) -> None:
    await owner.post("/account/preferences", language="en")
    assert "Restaurants" in (await owner.get("/clients")).text
    options = re.findall(r'<option value="[a-z]+"[^>]*>([^<]*)</option>', (await owner.get("/clients/new")).text)
    assert "Software and IT" in options
    assert "餐饮" not in options
