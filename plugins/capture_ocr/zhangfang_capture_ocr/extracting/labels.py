"""Words that invoices print, as recognisers see them: data, and matching that forgives single misread characters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from zhangfang_capture_ocr.reading.kinds import InvoiceKind, kind_of_title

TITLES: Final = (
    ("电子发票(铁路电子客票)", InvoiceKind.RAIL),
    ("航空运输电子客票行程单", InvoiceKind.AIR),
    ("电子发票(增值税专用发票)", InvoiceKind.DIGITAL_SPECIAL),
    ("电子发票(普通发票)", InvoiceKind.DIGITAL_ORDINARY),
    ("增值税电子专用发票", InvoiceKind.SPECIAL_ELECTRONIC),
    ("增值税电子普通发票", InvoiceKind.ORDINARY_ELECTRONIC),
    ("增值税专用发票", InvoiceKind.SPECIAL_PAPER),
    ("增值税普通发票(卷票)", InvoiceKind.ROLL),
    ("增值税普通发票", InvoiceKind.ORDINARY_PAPER),
)
TICKET_WORDS: Final = (
    (InvoiceKind.QUOTA, ("定额发票",), 1),
    (InvoiceKind.TAXI, ("出租汽车", "出租车", "上车", "下车", "里程", "等候", "车号"), 3),
    (InvoiceKind.TAXI, ("出租汽车专用发票", "出租车发票", "出租汽车发票"), 1),
    (
        InvoiceKind.RAIL_PAPER,
        ("二等座", "一等座", "硬座", "硬卧", "软卧", "无座", "商务座", "检票", "限乘当日", "仅供报销使用"),
        2,
    ),
    (
        InvoiceKind.POS,
        ("商户存根", "持卡人存根", "签购单", "终端编号", "终端号", "商户编号", "参考号", "授权码", "批次号"),
        2,
    ),
    (InvoiceKind.TILL, ("收银", "找零", "实收", "应收", "小票", "单号", "谢谢惠顾", "欢迎光临", "件数", "会员"), 2),
)
"""Kinds without a title of their own: words of which so many must stand on the page."""
CAPITALS: Final = str.maketrans(
    {
        "園": "圆", "圓": "圆", "囵": "圆", "元": "圆", "正": "整", "壶": "壹", "壸": "壹", "壺": "壹", "臺": "壹",
        "貳": "贰", "弍": "贰", "叄": "叁", "參": "叁", "肄": "肆", "伵": "伍", "陸": "陆", "柴": "柒", "染": "柒",
        "拐": "捌", "久": "玖", "玫": "玖", "恰": "拾", "抬": "拾", "陌": "佰", "伯": "佰", "百": "佰", "千": "仟", "仔": "仟",
        "萬": "万", "億": "亿", "雯": "零", "夸": "零", "○": "零", "O": "零", "〇": "零",
    }
)  # fmt: skip
"""Characters that recognisers give for those of sums in capitals."""
CAPITALS_RUN: Final = re.compile(r"(?:\(负数\))?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆角分整]{2,}")


@lru_cache(maxsize=20_000)
def near(text: str, word: str, wrong: int = 1) -> bool:
    """Whether `word` stands in `text` with at most so many wrong, lost or added characters."""
    if word in text:
        return True
    if wrong == 0 or len(word) < 4:
        return False
    row = [0] * (len(text) + 1)
    for i, letter in enumerate(word, start=1):
        last, row[0] = row[0], i
        for j, other in enumerate(text, start=1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (letter != other))
    return min(row) <= wrong


def kind_of_words(texts: list[str]) -> InvoiceKind | None:
    """The kind that the printed titles or, failing these, the usual words of tickets name."""
    for text in texts:
        kind = kind_of_title(text)
        if kind is not None:
            return kind
    for title, kind in TITLES:
        if any(near(text, title) for text in texts):
            return kind
    whole = "\n".join(texts)
    for kind, words, needed in TICKET_WORDS:
        if sum(word in whole for word in words) >= needed:
            return kind
    return None
