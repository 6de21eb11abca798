"""CAP-2: the kind of an invoice by its title, code and number."""

import pytest

from zhangfang_capture_ocr.reading.kinds import InvoiceKind, known_kind


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
