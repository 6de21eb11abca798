"""The field in every head, and the page behind it."""

import dataclasses
import datetime as dt
import re

import httpx
import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.search import writing
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.indexing import built, indexed
from zhangfang_core.testing.portal import Visitor
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.services import use


async def drafts(firm: TestFirm, client: int, summary: str, count: int = 1) -> None:
    async with acting(firm, "accountant"):
        lines = (Line("1002", summary, debit=123_456), Line("1001", summary, credit=123_456))
        for _ in range(count):
            await use(Ledger).draft(VoucherDraft(client, dt.date(2026, 11, 3), summary, lines))
    await indexed(firm.id)


async def on_own_pages(visitor: Visitor, path: str) -> httpx.Response:
    return await dataclasses.replace(visitor, place="/me").get(path)


async def test_at_a_client_at_the_firm_and_at_all_places(firm: TestFirm, visit: Visit) -> None:
    await drafts(firm, firm.restaurant, "<i>冷链</i>运费")
    await drafts(firm, firm.trading, "冷链设备")
    boss, owner = await visit("boss"), await visit("owner", of_firm=True)
    page = await boss.get("/search?q=冷链")
    assert "草稿 &lt;i&gt;<mark>冷链</mark>&lt;/i&gt;运费</span>" in page.text
    assert "冷链</mark>设备" not in page.text
    page = await owner.get("/search?q=冷链")
    assert "冷链</mark>设备" in page.text
    assert "嘉喜商贸有限公司 ·" in page.text
    assert f'href="/f/{firm.id}/c/{firm.trading}/vouchers/' in page.text
    page = await on_own_pages(owner, "/search?q=冷链")
    assert "<h2>嘉喜</h2>" in page.text
    assert f'href="/f/{firm.id}/c/{firm.trading}/vouchers/' in page.text
    assert (
        f'<a class="btn btn-sm btn-outline-secondary" href="/f/{firm.id}/vouchers">'
        in (await owner.get("/search?q=凭证")).text
    )


async def test_plain_words_for_nothing_and_too_much(firm: TestFirm, visit: Visit) -> None:
    await built(firm.id)
    owner = await visit("owner", of_firm=True)
    for asked, said in (
        ("", "想找什么?"),
        ("?q=+", "想找什么?"),
        ("?q=zzqq", "没有找到“zzqq”"),
        ("?q=%3Cb%3E", "没有找到“&lt;b&gt;”"),
        ("?q=" + "长" * 61, "最多 60 个字"),
        ("?q=a+b+c+d+e+f+g+h+i", "8 个词"),
        ("?q=%00&kind=%27&year=99999&after=%27", "想找什么?"),
        ("?q=zzqq&kind=core.vouchers&year=2026&after=20261103-1", "没有找到"),
    ):
        page = await owner.get(f"/search{asked}")
        assert page.status_code == 200, asked
        assert said in page.text, asked
        assert "索引正在建立" not in page.text
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("delete from core_search_kind where kind = 'core.vouchers'")
    assert "索引正在建立" in (await owner.get("/search")).text


async def test_traditional_and_simplified_characters_find_one_another(firm: TestFirm, visit: Visit) -> None:
    await drafts(firm, firm.restaurant, "運輸發票")
    await drafts(firm, firm.restaurant, "运输合同")
    boss = await visit("boss")
    for asked in ("运输", "運輸", "運输"):
        page = (await boss.get(f"/search?q={asked}")).text
        assert "<mark>運輸</mark>發票" in page, asked
        assert "<mark>运输</mark>合同" in page, asked


async def test_an_index_of_another_folding_is_built_anew(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    await built(firm.id)
    async with scoped_transaction(system_scope(firm.id)):
        assert await writing.missing() == []
        monkeypatch.setattr(writing, "FOLDING", writing.FOLDING + 1)
        assert "core.vouchers" in await writing.missing()


async def test_years_are_those_of_what_a_role_may_find(firm: TestFirm, visit: Visit) -> None:
    """A driver finds what they sent in alone: that there are vouchers of other years is none of their business."""
    async with acting(firm, "accountant"):
        lines = (Line("1002", "老账", debit=1), Line("1001", "老账", credit=1))
        for day in (dt.date(2025, 3, 1), dt.date(2026, 11, 3)):
            await use(Ledger).draft(VoucherDraft(firm.restaurant, day, "老账", lines))
    await built(firm.id)
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute(
            "update core_search_item set day = '2023-03-01' where client = $1 and kind = 'core.clients'", firm.trading
        )

    async def years(visitor: Visitor) -> list[str]:
        return re.findall(r'year=(\d{4})"', (await visitor.get("/search?q=zzqq")).text)

    driver, boss, owner = await visit("driver"), await visit("boss"), await visit("owner", of_firm=True)
    assert await years(driver) == []
    assert await years(boss) == ["2026", "2025"]
    assert await years(owner) == ["2026", "2025", "2024", "2023"]


async def test_page_by_page(firm: TestFirm, visit: Visit) -> None:
    await drafts(firm, firm.restaurant, "房租", count=25)
    boss = await visit("boss")
    first = (await boss.get("/search?q=房租")).text
    assert first.count('class="item hit"') == 20
    further = first.split("更多结果")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    rest = (await boss.get(further)).text
    assert (rest.count('class="item hit"'), "更多结果" in rest, "回到第一页" in rest) == (5, False, True)


async def test_the_field_stands_in_every_head(firm: TestFirm, visit: Visit) -> None:
    for role, path in (("boss", "/account"), ("owner", "/vouchers"), ("driver", "/account")):
        text = (await (await visit(role)).get(path)).text
        assert f'action="/f/{firm.id}/c/{firm.restaurant}/search"' in text
        assert 'class="find-link"' in text
    assert 'action="/me/search"' in (await on_own_pages(await visit("owner"), "/account")).text
