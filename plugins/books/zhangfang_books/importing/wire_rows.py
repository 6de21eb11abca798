"""How statements in the formats of the wire (OFX, MT940, CAMT.053) become rows: a line of balances, headings, a row for each entry. Pure.

The headings are those that banks' own tables have, so that one reader understands both. Amounts are yuan as text, money out negative.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

HEADINGS = [
    *("本方账号", "币种", "交易日期", "交易时间", "发生额", "余额"),
    *("对方户名", "对方账号", "摘要", "附言", "交易流水号"),
]


@dataclass(slots=True)
class WireEntry:
    date: str
    amount: str
    time: str = ""
    counterparty: str = ""
    counterparty_account: str = ""
    text: str = ""
    remark: str = ""
    serial: str = ""


@dataclass(slots=True)
class WireStatement:
    account: str
    currency: str = ""
    opening: str = ""
    closing: str = ""
    entries: list[WireEntry] = field(default_factory=list)


def rows_of_statements(statements: Iterable[WireStatement]) -> Iterator[tuple[str, int, list[str]]]:
    """One sheet a statement; rows are counted within it."""
    for place, statement in enumerate(statements, 1):
        name = f"对账单 {place}"
        yield name, 1, ["期初余额", statement.opening, "期末余额", statement.closing]
        yield name, 2, list(HEADINGS)
        for number, e in enumerate(statement.entries, 3):
            head = [statement.account, statement.currency, e.date, e.time, e.amount, ""]
            yield name, number, [*head, e.counterparty, e.counterparty_account, e.text, e.remark, e.serial]


def plain_amount(text: str, *, out: bool = False) -> str:
    """Decimal comma or point → point; ``out`` turns the sign."""
    amount = text.strip().replace(",", ".").lstrip("+").removesuffix(".")
    if not out:
        return amount
    return amount[1:] if amount.startswith("-") else f"-{amount}"
