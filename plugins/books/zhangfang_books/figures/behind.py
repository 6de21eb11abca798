"""What a number of a return is made of: the entries or the invoices that its page opens into, adding up to it. Pure; amounts are fen."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode

from zhangfang_books.sales.register import Method
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import InvoiceDirection
from zhangfang_sdk.periods import Period

MOST_ACCOUNTS = 200


class Side(StrEnum):
    """How entries are counted: one side alone, or debits less credits, or credits less debits."""

    DEBIT = "debit"
    CREDIT = "credit"
    DEBIT_NET = "debit_net"
    CREDIT_NET = "credit_net"

    def of(self, debit: int, credit: int) -> int:
        return {Side.DEBIT: debit, Side.CREDIT: credit, Side.DEBIT_NET: debit - credit, Side.CREDIT_NET: credit - debit}[self]


class Which(StrEnum):
    """All in force; those whose vouchers were posted in the months, whenever they were issued; those of the months without such a voucher."""

    ALL = "all"
    BOOKED = "booked"
    UNBOOKED = "unbooked"


@dataclass(frozen=True, slots=True)
class EntriesBehind:
    """Posted entries of ``accounts``, each with all below it, without those of closing; with ``carried`` the balance before ``first`` counts too,
    and so does closing.
    """

    accounts: tuple[str, ...]
    first: Period
    last: Period
    side: Side
    carried: bool = False

    @property
    def path(self) -> str:
        """On the client's pages."""
        asked = {"accounts": ",".join(self.accounts), "first": self.first.key, "last": self.last.key, "side": self.side.value}
        return f"/books/taxes/entries?{urlencode(asked | ({'carried': '1'} if self.carried else {}))}"

    @classmethod
    def parse(cls, asked: Mapping[str, str]) -> "EntriesBehind":
        """Of the month before where no months are said. Raises Refusal ``period.unreadable``, ``taxes.behind_unreadable``."""
        codes = tuple(code for code in asked.get("accounts", "").split(",") if code)
        first, last = _months(asked)
        side = asked.get("side", Side.DEBIT_NET)
        if len(codes) > MOST_ACCOUNTS or side not in list(Side):
            raise _unreadable()
        return cls(codes, first, last, Side(side), carried=asked.get("carried") == "1")


@dataclass(frozen=True, slots=True)
class InvoicesBehind:
    """Invoices of the months, or those of their lines that have ``methods``, ``rate`` and ``special`` where these are said; by amount or ``tax``."""

    first: Period
    last: Period
    direction: InvoiceDirection = InvoiceDirection.ISSUED
    which: Which = Which.ALL
    methods: tuple[Method, ...] = ()
    rate: str | None = None
    special: bool | None = None
    tax: bool = False

    @property
    def path(self) -> str:
        """On the client's pages."""
        asked = {"first": self.first.key, "last": self.last.key, "direction": self.direction.value, "which": self.which.value}
        if self.methods:
            asked["methods"] = ",".join(self.methods)
        if self.rate is not None:
            asked["rate"] = self.rate
        if self.special is not None:
            asked["special"] = "1" if self.special else "0"
        return f"/books/taxes/invoices?{urlencode(asked | ({'tax': '1'} if self.tax else {}))}"

    @classmethod
    def parse(cls, asked: Mapping[str, str]) -> "InvoicesBehind":
        """Raises Refusal ``period.unreadable``, ``taxes.behind_unreadable``."""
        first, last = _months(asked)
        try:
            direction = InvoiceDirection(asked.get("direction", InvoiceDirection.ISSUED))
            which = Which(asked.get("which", Which.ALL))
            methods = tuple(Method(each) for each in asked.get("methods", "").split(",") if each)
        except ValueError:
            raise _unreadable() from None
        special = {"1": True, "0": False}.get(asked.get("special", ""))
        return cls(first, last, direction, which, methods, asked.get("rate"), special, tax=asked.get("tax") == "1")


def _months(asked: Mapping[str, str]) -> tuple[Period, Period]:
    before = Period.current().plus(-1).key
    first, last = (Period.parse(asked.get(name, before)) for name in ("first", "last"))
    if not first <= last <= first.plus(11):
        raise _unreadable()
    return first, last


def _unreadable() -> Refusal:
    return Refusal("taxes.behind_unreadable", "这个地址看不懂,请从税款页点开。", status=400)
