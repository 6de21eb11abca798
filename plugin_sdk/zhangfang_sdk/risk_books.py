"""Sums of a client's books and invoices for rules, each made of parts that lead back to entries and invoices. Pure; amounts are fen."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from zhangfang_sdk.invoices import IN_FORCE, Invoice, InvoiceDirection
from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.periods import Period

MOST_PARTS = 24
"""Of one sum; what is left stands in one part more."""


@dataclass(frozen=True, slots=True)
class Part:
    """One addend. It leads to the posted lines of ``accounts`` from ``first`` to ``last``, to ``invoices`` (keys), or to the client's page ``path``.

    ``first`` None: from the opening balances on.
    """

    title: str
    amount: int
    accounts: tuple[str, ...] = ()
    first: Period | None = None
    last: Period | None = None
    invoices: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Sum:
    """Its amount is that of its parts, to the fen."""

    title: str
    parts: tuple[Part, ...] = ()

    @property
    def amount(self) -> int:
        return sum(part.amount for part in self.parts)


def months_between(first: Period, last: Period) -> Iterator[Period]:
    while first <= last:
        yield first
        first = first.plus(1)


def _net_debit(b: Balance) -> int:
    return b.debit - b.credit


def _net_credit(b: Balance) -> int:
    return b.credit - b.debit


def _standing(b: Balance) -> int:
    return b.debit - b.credit + b.closing_debit - b.closing_credit


class BookSums:
    """``roles`` name accounts of the client's standard ("sales": 5001 and 5051); methods take roles or codes, each with all below it.

    Turnover leaves closing vouchers out. ``closing``: codes of profit and loss keep their month's figures.
    """

    def __init__(self, balances: Iterable[Balance], roles: Mapping[str, tuple[str, ...]]) -> None:
        self._rows = list(balances)
        self._roles = roles
        self._found: dict[tuple[str, ...], Sequence[Balance]] = {}

    def plus(self, *more: Balance) -> "BookSums":
        """These sums with ``more``, which stand in no book."""
        sums = BookSums([*self._rows, *more], self._roles)
        sums._found = {codes: [*rows, *(b for b in more if b.account.startswith(codes))] if codes else [] for codes, rows in self._found.items()}
        return sums

    def codes(self, *names: str) -> tuple[str, ...]:
        """Accounts of roles and codes. Raises KeyError for a role that is none."""
        return tuple(c for n in names for c in ((n,) if n.isdigit() else self._roles[n]))

    def debited(self, title: str, first: Period, last: Period, *names: str) -> Sum:
        """Debits less credits of each month."""
        return self._monthly(title, first, last, names, _net_debit)

    def credited(self, title: str, first: Period, last: Period, *names: str) -> Sum:
        """Credits less debits of each month."""
        return self._monthly(title, first, last, names, _net_credit)

    def put_in(self, title: str, first: Period, last: Period, *names: str) -> Sum:
        """Credits alone."""
        return self._monthly(title, first, last, names, lambda b: b.credit)

    def taken(self, title: str, first: Period, last: Period, *names: str) -> Sum:
        """Debits alone."""
        return self._monthly(title, first, last, names, lambda b: b.debit)

    def stands(self, title: str, at: Period, *names: str) -> Sum:
        """What stands in debit at the end of ``at``, account by account."""
        return self._balances(title, at, names, 1)

    def owes(self, title: str, at: Period, *names: str) -> Sum:
        """What stands in credit at the end of ``at``."""
        return self._balances(title, at, names, -1)

    def moved(self, first: Period, last: Period) -> bool:
        """Whether anything was posted in these months."""
        return any(b.period is not None and first <= b.period <= last for b in self._rows)

    @cached_property
    def last_moved(self) -> Period | None:
        return max((b.period for b in self._rows if b.period is not None), default=None)

    def _of(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], Sequence[Balance]]:
        codes = self.codes(*names)
        if codes not in self._found:
            self._found[codes] = [b for b in self._rows if b.account.startswith(codes)] if codes else []
        return codes, self._found[codes]

    def _monthly(self, title: str, first: Period, last: Period, names: tuple[str, ...], amount: Callable[[Balance], int]) -> Sum:
        codes, rows = self._of(names)
        by_month: defaultdict[Period, int] = defaultdict(int)
        for row in rows:
            if row.period is not None and first <= row.period <= last:
                by_month[row.period] += amount(row)
        return Sum(title, tuple(Part(m.label, by_month[m], codes, m, m) for m in sorted(by_month) if by_month[m]))

    def _balances(self, title: str, at: Period, names: tuple[str, ...], sign: int) -> Sum:
        by_account: defaultdict[str, int] = defaultdict(int)
        for row in self._of(names)[1]:
            if row.period is None or row.period <= at:
                by_account[row.account] += sign * _standing(row)
        return Sum(title, tuple(Part(f"科目 {code} 余额", by_account[code], (code,), None, at) for code in sorted(by_account) if by_account[code]))


class InvoiceShelf:
    """Invoices of a client by direction and month of issue. ``missing`` are titles of sources that did not answer."""

    def __init__(self, invoices: Iterable[Invoice] = (), missing: Sequence[str] = ()) -> None:
        self.missing = tuple(missing)
        self._by_month: defaultdict[tuple[InvoiceDirection, Period], list[Invoice]] = defaultdict(list)
        for invoice in invoices:
            self._by_month[invoice.direction, Period.of(invoice.issued_on)].append(invoice)

    def of_voucher(self, voucher: int) -> Invoice | None:
        """The one whose voucher has this id, a draft or posted."""
        return self._places[0].get(voucher)

    def of_document(self, document: int) -> Invoice | None:
        """The only one that was read from this document; None where there are several."""
        of = self._places[1].get(document, ())
        return of[0] if len(of) == 1 else None

    @cached_property
    def _places(self) -> tuple[Mapping[int, Invoice], Mapping[int, Sequence[Invoice]]]:
        by_voucher: dict[int, Invoice] = {}
        by_document: defaultdict[int, list[Invoice]] = defaultdict(list)
        for invoice in (i for of in self._by_month.values() for i in of):
            if invoice.voucher is not None:
                by_voucher[invoice.voucher] = invoice
            if invoice.document is not None:
                by_document[invoice.document].append(invoice)
        return by_voucher, by_document

    def since(self, direction: InvoiceDirection) -> Period | None:
        """The month of the earliest invoice that is known; what was issued before it was never brought in."""
        return min((month for of, month in self._by_month if of is direction), default=None)

    def plus(self, *more: Invoice) -> "InvoiceShelf":
        """This shelf with ``more``, which nobody has issued yet."""
        return InvoiceShelf([*(i for of in self._by_month.values() for i in of), *more], self.missing)

    def issued(self, first: Period, last: Period, *, all_states: bool = False) -> list[Invoice]:
        return self._between(InvoiceDirection.ISSUED, first, last, all_states)

    def received(self, first: Period, last: Period, *, all_states: bool = False) -> list[Invoice]:
        return self._between(InvoiceDirection.RECEIVED, first, last, all_states)

    def _between(self, direction: InvoiceDirection, first: Period, last: Period, all_states: bool) -> list[Invoice]:
        return [
            invoice
            for month in months_between(first, last)
            for invoice in self._by_month.get((direction, month), ())
            if all_states or invoice.state in IN_FORCE
        ]


def billed(title: str, invoices: Iterable[Invoice], amount: Callable[[Invoice], int] = lambda i: i.amount) -> Sum:
    """The sum of invoices, the largest one by one and the rest as one part."""
    largest = sorted(((amount(i), i) for i in invoices), key=lambda pair: (-abs(pair[0]), pair[1].key))
    parts = [Part(f"{i.issued_on} {i.other_party.name} {i.number}", fen, invoices=(i.key,)) for fen, i in largest[:MOST_PARTS] if fen]
    if rest := [(fen, i) for fen, i in largest[MOST_PARTS:] if fen]:
        parts.append(Part(f"其余 {len(rest)} 张", sum(fen for fen, _ in rest), invoices=tuple(i.key for _, i in rest)))
    return Sum(title, tuple(parts))
