"""体检报告: one tap, two pages, kept among the client's documents; sent once."""

import datetime as dt
import io

import pypdfium2  # type: ignore[import-untyped]  # ships no types

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_risk_rules.checkup.drawing import OpenAlert, Report, draw
from zhangfang_risk_rules.checkup.scoring import Score, scores
from zhangfang_risk_rules.scanning.scanning import scan
from zhangfang_sdk import use
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.risk import Lacking, NotApplicable

DAY = dt.date(2026, 11, 27)
FAMILIES = {"a": "增值税", "b": "增值税", "c": "发票", "d": "企业所得税"}


def words_of(pdf: bytes) -> list[str]:
    """Of each page, without line ends."""
    pages = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return ["".join(pages[n].get_textpage().get_text_range().split()) for n in range(len(pages))]


def test_what_could_not_be_looked_at_has_no_score() -> None:
    verdicts = {"a": [()], "b": [Lacking("缺")], "c": [Lacking("缺")], "d": [NotApplicable("不"), ()]}
    vat, invoices, income = scores(verdicts, FAMILIES, [("a", Severity.HIGH), ("b", Severity.LOW)])
    assert (vat.value, vat.looked, vat.lacking, vat.alerts) == (72, 1, 1, 2)
    assert (invoices.value, invoices.words) == (None, "1 项缺资料,没有检查")
    assert (income.value, income.lacking) == (100, 0)
    assert scores({}, FAMILIES, [("c", Severity.URGENT)] * 3)[1].value == 0
    assert [s.family for s in scores({}, FAMILIES, [("strange", Severity.NOTE)])][-1] == "其他"


async def test_two_pages_whatever_there_is_to_say(firm: TestFirm) -> None:
    long = "近 12 个月的增值税税负率是 1%,本机构参考值是 3%,可能存在少计收入或多抵进项的风险。" * 4
    for many in (0, 1, 80):
        report = Report(
            "名字很长很长很长很长的示例有限责任公司", "2026年10月", DAY, "王会计",
            [Score("增值税", 72, 9, 1, 2), Score("发票", None, 0, 3, 0)],
            [OpenAlert("严重", f"提醒{n}", long, "请核对有没有没开票也没入账的收入。") for n in range(many)],
            [f"2026-11-{n % 28 + 1:02d} 王会计:处理了第 {n} 条" for n in range(many)], ["增值税税负率偏低:缺资料"] * many,
        )  # fmt: skip
        first, second = words_of(draw(report))
        assert "增值税" in first
        assert "不是税务机关的评级" in first
        assert "做了什么" in second
        assert "不等于违法" in second
        assert ("还有" in first) == (many == 80)
        assert many != 1 or "提醒0" in first


async def test_what_no_typeface_has_is_seen_to_be_missing(firm: TestFirm) -> None:
    report = Report("示例公司", "2026年10月", DAY, "王会计", [], [], ["2026-11-01 王会计:👍🏽已核对\ufe0f喆"], [])
    _, second = words_of(draw(report))
    assert "王会计:□□已核对" in second
    assert "已核对喆" in second


async def test_one_tap(firm: TestFirm, visit: Visit) -> None:
    lines = (Line("1002", "付", debit=500_00), Line("1001", "付", credit=500_00))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "付款", lines)])
        await scan(firm.restaurant, only=frozenset({"risk_rules.B07"}))
    boss, owner, driver = await visit("boss"), await visit("owner"), await visit("driver")
    async with acting(firm, "owner"):
        alert = await connection().fetchval("select id from risk_rules_alert")
    assert (await owner.post(f"/risks/{alert}/explain", words="老板垫付了一笔")).status_code == 303
    assert "生成体检报告" in (await boss.get("/risks/checkups")).text
    made = await boss.post("/risks/checkups")
    assert made.status_code == 303
    assert (await boss.post("/risks/checkups")).headers["location"] == made.headers["location"]
    path = made.headers["location"].split("/c/1")[-1]
    assert "下载报告" in (await boss.get(path)).text
    assert "发给老板" not in (await boss.get(path)).text
    async with acting(firm, "owner"):
        document = await connection().fetchval("select document from risk_rules_checkup")
        pdf = await use(Documents).content(document)
        assert (await use(Documents).document(document)).client == firm.restaurant
    first, second = words_of(pdf)
    for words in ("税务体检报告", "库存现金不正常", "-500.00", "往来与资金"):
        assert words in first, words
    assert "老板垫付了一笔" in second
    assert (await boss.post(f"{path}/send")).status_code == 403
    assert (await owner.post(f"{path}/send")).headers["location"].endswith("sent=yes")
    assert (await owner.post(f"{path}/send")).headers["location"].endswith("sent=no")
    async with acting(firm, "owner"):
        told = await connection().fetch("select kind from core_notice where kind = 'risk_rules.checkup'")
    assert told
    assert (await driver.get(path)).status_code == 403
    assert (await driver.post("/risks/checkups")).status_code == 403
    assert (await owner.get("/risks/checkups/99999")).status_code == 404
