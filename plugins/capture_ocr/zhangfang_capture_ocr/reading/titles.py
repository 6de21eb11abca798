"""Titles and words that tell the kind of a document: data, and matching that forgives single misread characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from zhangfang_capture_ocr.reading.figures import half_width
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, with_code

# Longer titles stand before those that they contain.
TITLES: Final = (
    ("电子发票(铁路电子客票)", InvoiceKind.RAIL),
    ("电子发票(航空运输电子客票行程单)", InvoiceKind.AIR),
    ("电子发票(增值税专用发票)", InvoiceKind.DIGITAL_SPECIAL),
    ("电子发票(普通发票)", InvoiceKind.DIGITAL_ORDINARY),
    ("电子发票(机动车销售统一发票)", InvoiceKind.DIGITAL_VEHICLE),
    ("电子发票(二手车销售统一发票)", InvoiceKind.DIGITAL_USED_VEHICLE),
    ("增值税电子专用发票", InvoiceKind.SPECIAL_ELECTRONIC),
    ("增值税电子普通发票", InvoiceKind.ORDINARY_ELECTRONIC),
    ("增值税专用发票", InvoiceKind.SPECIAL_PAPER),
    ("增值税普通发票(卷票)", InvoiceKind.ROLL),
    ("增值税普通发票", InvoiceKind.ORDINARY_PAPER),
    ("机动车销售统一发票", InvoiceKind.VEHICLE),
    ("二手车销售统一发票", InvoiceKind.USED_VEHICLE),
    ("铁路电子客票", InvoiceKind.RAIL),
    ("航空运输电子客票行程单", InvoiceKind.AIR),
    # Issued over a block chain in Shenzhen since 2018-08-10 in place of the electronic ordinary invoice.
    ("深圳电子普通发票", InvoiceKind.ORDINARY_ELECTRONIC),
    ("区块链电子普通发票", InvoiceKind.ORDINARY_ELECTRONIC),
    ("出租汽车专用发票", InvoiceKind.TAXI),
    ("出租汽车发票", InvoiceKind.TAXI),
    ("出租车发票", InvoiceKind.TAXI),
    ("出租车专用发票", InvoiceKind.TAXI),
    ("定额发票", InvoiceKind.QUOTA),
    ("客运发票", InvoiceKind.COACH),
    ("客运客票", InvoiceKind.COACH),
    ("汽车客票", InvoiceKind.COACH),
    ("客运定额", InvoiceKind.QUOTA),
    ("财政电子票据", InvoiceKind.FISCAL),
    ("非税收入统一票据", InvoiceKind.FISCAL),
    ("非税收入一般缴款书", InvoiceKind.FISCAL),
    ("医疗门诊收费票据", InvoiceKind.FISCAL),
    ("医疗住院收费票据", InvoiceKind.FISCAL),
    ("公益事业捐赠统一票据", InvoiceKind.FISCAL),
    ("资金往来结算票据", InvoiceKind.FISCAL),
    ("业务回单", InvoiceKind.BANK_SLIP),
    ("电子回单", InvoiceKind.BANK_SLIP),
    ("客户回单", InvoiceKind.BANK_SLIP),
    ("收款回单", InvoiceKind.BANK_SLIP),
    ("付款回单", InvoiceKind.BANK_SLIP),
    ("转账回单", InvoiceKind.BANK_SLIP),
    ("签购单", InvoiceKind.POS),
)
TICKET_WORDS: Final = (
    (InvoiceKind.TAXI, ("出租汽车", "出租车", "上车", "下车", "里程", "等候", "车号"), 3),
    (
        InvoiceKind.RAIL_PAPER,
        ("二等座", "一等座", "硬座", "硬卧", "软卧", "无座", "商务座", "检票", "限乘当日", "仅供报销使用"),
        2,
    ),
    (
        InvoiceKind.POS,
        ("商户存根", "持卡人存根", "终端编号", "终端号", "商户编号", "参考号", "授权码", "批次号"),
        2,
    ),
    (InvoiceKind.FISCAL, ("票据代码", "票据号码", "交款人", "收款单位", "项目编码"), 4),
    (InvoiceKind.BANK_SLIP, ("付款人", "收款人", "账号", "交易流水", "回单编号", "开户行"), 5),
    (InvoiceKind.TILL, ("收银", "找零", "实收", "应收", "小票", "单号", "谢谢惠顾", "欢迎光临", "件数", "会员"), 2),
)
"""Kinds without a title of their own: words of which so many must stand on the page."""
_QUOTED: Final = re.compile(r"[:].*发票|所附|对应|原发票|红冲|开具|抵扣|据以")
"""A title in a sentence is talk of an invoice."""
_LONGEST_TITLE: Final = 34
_SHORTEST_FORGIVEN: Final = 7


def plain(text: str) -> str:
    """Text for matching: without spaces, its signs narrow."""
    return narrow("".join(text.split()))


def narrow(text: str) -> str:
    """Text with its signs narrow, letter for letter."""
    return half_width(text).translate(_NARROW)


_NARROW: Final = str.maketrans("【】〔〕［］；。", "()()[];.")


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


def kind_of_title(title: str, code: str | None = None) -> InvoiceKind | None:
    """The kind whose printed title stands in `title` (spaces and bracket width do not matter), or None."""
    text = plain(title)
    for words, kind in TITLES:
        if words in text:
            return with_code(kind, code)
    return None


@lru_cache(maxsize=20_000)
def is_title(text: str) -> bool:
    """Whether a run of text is a printed title, at most one character of it misread."""
    words = plain(text)
    if len(words) > _LONGEST_TITLE or _QUOTED.search(words):
        return False
    return any(title in words or (len(title) >= _SHORTEST_FORGIVEN and near(words, title)) for title, _ in TITLES)


def kind_of_words(texts: Sequence[str]) -> InvoiceKind | None:
    """The kind that the printed titles or, failing these, the usual words of tickets name."""
    for text in texts:
        kind = kind_of_title(text)
        if kind is not None:
            return kind
    for title, kind in TITLES:
        if len(title) >= _SHORTEST_FORGIVEN and any(near(text, title) for text in texts):
            return kind
    return _kind_of_ticket("\n".join(texts))


def _kind_of_ticket(whole: str) -> InvoiceKind | None:
    for kind, words, needed in TICKET_WORDS:
        if sum(word in whole for word in words) >= needed:
            return kind
    return None


def title_count(texts: Iterable[str]) -> int:
    """How many of these lines are titles. A bank's receipt says what it is in several ways; of those each way counts for itself."""
    titles = [text for text in texts if is_title(text)]
    ways = Counter(way for text in titles if (way := _way_of_a_bank(text)) is not None)
    return sum(1 for text in titles if _way_of_a_bank(text) is None) + max(ways.values(), default=0)


def _way_of_a_bank(title: str) -> str | None:
    """The words by which a title says that this is a bank's receipt, None for titles of other kinds."""
    words = plain(title)
    found = next(((title, kind) for title, kind in TITLES if title in words), None)
    return found[0] if found is not None and found[1] is InvoiceKind.BANK_SLIP else None
