"""试算平衡: opening, turnover and closing of every leaf account of a month. Pure; amounts in fen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class Row:
    """``opening`` and ``closing`` are debit positive."""

    code: str
    name: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    rows: Sequence[Row]

    @property
    def opening_debit(self) -> int:
        return sum(r.opening for r in self.rows if r.opening > 0)

    @property
    def opening_credit(self) -> int:
        return -sum(r.opening for r in self.rows if r.opening < 0)

    @property
    def debit(self) -> int:
        return sum(r.debit for r in self.rows)

    @property
    def credit(self) -> int:
        return sum(r.credit for r in self.rows)

    @property
    def closing_debit(self) -> int:
        return sum(r.closing for r in self.rows if r.closing > 0)

    @property
    def closing_credit(self) -> int:
        return -sum(r.closing for r in self.rows if r.closing < 0)

    @property
    def is_balanced(self) -> bool:
        return (
            self.opening_debit == self.opening_credit
            and self.debit == self.credit
            and self.closing_debit == self.closing_credit
        )


def trial_balance(names: Mapping[str, str], balances: Iterable[Balance], period: Period) -> TrialBalance:
    """From balances since the opening up to ``period``, those before it by month or summed; accounts without any amount are left out."""
    sums: dict[str, list[int]] = {}
    for balance in balances:
        row = sums.setdefault(balance.account, [0, 0, 0])
        debit, credit = balance.debit + balance.closing_debit, balance.credit + balance.closing_credit
        if balance.period is None or balance.period < period:
            row[0] += debit - credit
        elif balance.period == period:
            row[1] += debit
            row[2] += credit
    rows = [Row(code, names.get(code, code), *amounts) for code, amounts in sorted(sums.items()) if any(amounts)]
    return TrialBalance(rows)
