"""CAP-2: the kind of an invoice by its title, code and number."""

import pytest

from zhangfang_capture_ocr.reading.evidence import counted
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, known_kind
from zhangfang_capture_ocr.reading.titles import title_count


@pytest.mark.parametrize(
    ("titled", "code", "kind"),
    [
        (InvoiceKind.ORDINARY_PAPER, "035002513812", InvoiceKind.TOLL),
        (InvoiceKind.ORDINARY_PAPER, "035002513811", InvoiceKind.ORDINARY_ELECTRONIC),
        (InvoiceKind.SPECIAL_PAPER, "035002513813", InvoiceKind.SPECIAL_ELECTRONIC),
        (InvoiceKind.ORDINARY_PAPER, "035002513813", InvoiceKind.ORDINARY_PAPER),
        (InvoiceKind.ORDINARY_PAPER, "035002513804", InvoiceKind.ORDINARY_PAPER),
        (InvoiceKind.SPECIAL_PAPER, "3500243100", InvoiceKind.SPECIAL_PAPER),
    ],
)
def test_the_code_tells_where_a_word_of_the_title_is_lost(titled: InvoiceKind, code: str, kind: InvoiceKind) -> None:
    """电子 under the stamp is not read: the code's ending says it, for an ordinary title of ordinary kinds alone."""
    assert known_kind(titled, code, "50248386") is kind


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (("中国银行电子回单", "业务回单（付款）", "客户回单"), 1),
        (("中国银行电子回单", "客户回单", "中国银行电子回单", "客户回单"), 2),
        (("浙江增值税专用发票", "四川增值税普通发票"), 2),
    ],
)
def test_a_banks_receipt_is_titled_in_several_ways(words: tuple[str, ...], count: int) -> None:
    """CAP-1: two receipts on a page have the same words twice; one has several ways of saying what it is."""
    assert title_count(words) == count


def test_the_number_that_a_red_letter_invoice_reverses_is_none_of_its_own() -> None:
    """CAP-1: its remarks name the invoice that it reverses."""
    own = "发票号码：25311908457961628136"
    reversed_one = "被红冲蓝字数电发票号码：26331168301279189743"
    assert counted([own, reversed_one], [], [])["numbers"] == 1
    assert counted([own, "发票号码：26331168301279189743"], [], [])["numbers"] == 2
