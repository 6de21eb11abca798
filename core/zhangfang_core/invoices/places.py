"""Where a list over several sources stands: newest date first, of one date by source, of one source the highest id first. Pure."""

import datetime as dt
import re
from dataclasses import dataclass

from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import Before, Invoice

_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)~([a-z0-9_]+\.[\w-]+)~(\d{1,18})")
_EVERY_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """The last invoice of a page."""

    issued_on: dt.date
    source: str
    id: int

    def __str__(self) -> str:
        return f"{self.issued_on.isoformat()}~{self.source}~{self.id}"

    def before(self, source: str) -> Before:
        """From where on ``source`` is asked: of this date, the sources that come first were listed to their end."""
        if source == self.source:
            return Before(self.issued_on, self.id)
        return Before(self.issued_on, 0 if source < self.source else _EVERY_ID)


def place_of(invoice: Invoice) -> Place:
    return Place(invoice.issued_on, invoice.source, invoice.id)


def read_place(after: str) -> Place | None:
    """None for "". Raises Refusal ``invoices.place_unreadable``."""
    if not after:
        return None
    match = _WRITTEN.fullmatch(after)
    try:
        if match is not None:
            return Place(dt.date.fromisoformat(match[1]), match[2], int(match[3]))
    except ValueError:
        pass
    raise Refusal("invoices.place_unreadable", "翻页的位置不对,请从第一页重新查看。", status=400)


def in_order(invoice: Invoice) -> tuple[int, str, int]:
    """Sorts as the list runs."""
    return -invoice.issued_on.toordinal(), invoice.source, -invoice.id
