"""How text and words are made alike, and where the words are lit up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_sdk.search_words import excerpt, fold, lit, words_of


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("１，２３４．５６ 元", "1234.56 元"),
        ("¥1,234,567.00", "1234567.00"),
        ("￥12", "12"),
        ("ＡＢＣ公司", "abc公司"),
        ("（普通发票）", "(普通发票)"),
        ("买茶,买酒", "买茶,买酒"),
        ("第 1,\n\t 第 2", "第 1, 第 2"),
        ("a\x00b\u200bc", "a b c"),
        ("①㈱㎡", "1(株)m2"),
        ("增值稅專用發票,臺灣後臺", "增值税专用发票,台湾后台"),
    ],
)
def test_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("<b>运费</b>", ["运费"], "&lt;b&gt;<mark>运费</mark>&lt;/b&gt;"),
        ("冷链冷链", ["冷链"], "<mark>冷链冷链</mark>"),
        ("冷链运输", ["冷链", "链运"], "<mark>冷链运</mark>输"),
        ("共 ¥1,234.56 元", ["1234.5"], "共 ¥<mark>1,234.5</mark>6 元"),
        ("㎡ 与 M2", ["m2"], "<mark>㎡</mark> 与 <mark>M2</mark>"),
        ("增值稅發票與发票", ["发票"], "增值稅<mark>發票</mark>與<mark>发票</mark>"),
        ("没有", ["运费"], "没有"),
        ("", ["运费"], ""),
    ],
)
def test_lit_up(text: str, words: list[str], shown: str) -> None:
    assert str(lit(text, words)) == shown


def test_the_piece_that_holds_the_words() -> None:
    text = "甲" * 100 + "运费" + "乙" * 200
    assert excerpt(text, ["运费"], 40) == "…" + "甲" * 18 + "运费" + "乙" * 20 + "…"
    assert excerpt("短", ["运费"]) == "短"
    assert excerpt("一\n二  三", []) == "一 二 三"


@given(st.text(max_size=40))
def test_folding_leaves_nothing_to_compare_wrongly(text: str) -> None:
    """No control character, no run of spaces: what the database's tokens rely on."""
    folded = fold(text)
    assert "  " not in folded
    assert all(character >= " " for character in folded)
    assert all(word == word.strip() and word for word in words_of(text[:8]))


@given(st.text(max_size=40), st.data())
def test_lighting_up_changes_no_text(text: str, data: st.DataObject) -> None:
    words = [
        word
        for word in data.draw(st.lists(st.sampled_from(list(fold(text).strip()) or ["x"]), max_size=3))
        if word.strip()
    ]
    shown = str(lit(text, words)).replace("<mark>", "").replace("</mark>", "")
    assert shown == str(lit(text, []))
