"""The life of an uploaded file, what may become of an invoice's input tax, and how far a check with the tax administration has come."""

from enum import StrEnum


class ItemState(StrEnum):
    """One state at a time; ``BUSY`` ones move on by themselves, the others end the job.

    Files with pictures pass through ``RECOGNISED``: their text is kept, its fields are not found yet. An archive ends ``UNPACKED``:
    its files go their own ways.
    """

    QUEUED = "queued"
    READING = "reading"
    RECOGNISED = "recognised"
    CHECKING = "checking"
    DRAFTED = "drafted"
    NEEDS_REVIEW = "needs_review"
    REFUSED = "refused"
    APPROVED = "approved"
    RETURNED = "returned"
    UNPACKED = "unpacked"

    @property
    def label(self) -> str:
        """What a person reads on the chip."""
        return _LABELS[self]


_LABELS = {
    ItemState.QUEUED: "排队中",
    ItemState.READING: "识别中",
    ItemState.RECOGNISED: "整理中",
    ItemState.CHECKING: "核对中",
    ItemState.DRAFTED: "等会计审核",
    ItemState.NEEDS_REVIEW: "会计核对中",
    ItemState.REFUSED: "不能入账",
    ItemState.APPROVED: "已入账",
    ItemState.RETURNED: "已退回",
    ItemState.UNPACKED: "已拆成单张",
}

BUSY = frozenset({ItemState.QUEUED, ItemState.READING, ItemState.RECOGNISED, ItemState.CHECKING})
TO_REVIEW = frozenset({ItemState.DRAFTED, ItemState.NEEDS_REVIEW})
BACK_TO_CLIENT = frozenset({ItemState.REFUSED, ItemState.RETURNED})


class InputTaxDecision(StrEnum):
    """用途确认 of one invoice at the tax authority."""

    DEDUCTED = "deducted"
    REFUSED = "refused"


class CheckState(StrEnum):
    """How far one check of an invoice with the tax administration's records has come; the answered ones are those of `InvoiceRecord`.

    ``WAITING`` for its job; ``LATER``: asked again on the next day; ``REFUSED``: the vendor does not answer this question.
    """

    WAITING = "waiting"
    LATER = "later"
    REFUSED = "refused"
    VALID = "valid"
    VOIDED = "voided"
    REVERSED = "reversed"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"


OPEN_CHECKS = frozenset({CheckState.WAITING, CheckState.LATER})
UNANSWERED_CHECKS = OPEN_CHECKS | {CheckState.REFUSED}
