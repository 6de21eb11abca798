"""CAP-9: lines are classified by code, then short name, then text, and drafts use it."""

from datetime import date

import pytest

from zhangfang_capture_ocr.booking import ClientProfile, FactLine, InvoiceFacts, propose
from zhangfang_capture_ocr.booking.rules import load_rules
from zhangfang_capture_ocr.classification import MatchedBy, classified, presets
from zhangfang_sdk.clients import TaxpayerKind

TRADER = ClientProfile("乙商贸有限公司", TaxpayerKind.GENERAL, "trading")
SOFTWARE = ClientProfile("丙软件有限公司", TaxpayerKind.GENERAL, "software")


@pytest.mark.parametrize(
    ("code", "short", "words", "name", "by"),
    [
        ("3040201990000000000", "其他软件服务", "软件订阅", "信息技术服务", MatchedBy.CODE),
        ("3040502020400000000", "", "办公室", "经营租赁", MatchedBy.CODE),
        ("", "运输服务", "冷链运输", "运输服务", MatchedBy.SHORT_NAME),
        ("9999999999999999999", "餐饮服务", "工作餐", "餐饮服务", MatchedBy.SHORT_NAME),
        ("", "", "办公用家具及配件一批", "家具及配件", MatchedBy.TEXT),
    ],
)
def test_matched_by_code_then_short_name_then_text(code: str, short: str, words: str, name: str, by: MatchedBy) -> None:
    found = classified(code, short, words)
    assert found is not None
    assert (found.tax_class.short_name, found.by) == (name, by)


def test_what_tells_nothing_is_not_classified() -> None:
    assert classified("", "", "一批") is None


def test_every_short_name_has_a_rate_and_leads_to_an_account() -> None:
    """409 short names: each is booked by a rule or by its class, none by the fallback."""
    rules = load_rules()
    assert len(presets()) == 409
    for tax_class in presets().values():
        rule = rules.rule(tax_class.short_name, "")
        if rule is rules.fallback:
            rule = rules.of_class(tax_class.code)
        assert rule is not rules.fallback, tax_class
        assert set(tax_class.rates) <= {"13%", "9%", "6%", "不征税"}
    assert sum(tax_class.is_given for tax_class in presets().values()) > 20


def _drafted(client: ClientProfile, line: FactLine) -> tuple[str, str]:
    facts = InvoiceFacts(
        "数电专票", "purchase", "某某公司", "", client.name, date(2026, 11, 3), (line,), line.amount_fen, line.tax_fen,
        line.amount_fen + line.tax_fen, True,
    )  # fmt: skip
    got = propose(facts, client)
    return got.lines[0].account_code, got.reasons[0]


def test_a_draft_uses_the_class() -> None:
    """A name that no rule knows goes by its class; a line without a short name by its code or its words."""
    by_class, why = _drafted(SOFTWARE, FactLine("*核燃料*燃料棒", "核燃料", 100_00, "13%", 13_00))
    assert (by_class, "编码大类" in why) == ("560112", True)
    by_code, _ = _drafted(SOFTWARE, FactLine("办公室", "", 100_00, "9%", 9_00, None, "3040502020400000000"))
    assert by_code == "560207"
    by_text, why = _drafted(SOFTWARE, FactLine("餐饮服务费", "", 100_00, "6%", 6_00))
    assert (by_text, "按品名归到“餐饮服务”类" in why) == ("560202", True)


def test_a_rate_that_the_class_does_not_bear_is_told() -> None:
    _, why = _drafted(TRADER, FactLine("*运输服务*国内货物运输", "运输服务", 100_00, "13%", 13_00))
    assert "通常是9%，票上是13%" in why
    _, why = _drafted(TRADER, FactLine("*运输服务*国内货物运输", "运输服务", 100_00, "1%", 1_00))
    assert "请核对税率" not in why
