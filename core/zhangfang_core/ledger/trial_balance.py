"""科目余额表 of one month: opening, debit, credit, closing of each account and of all above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.accounts import accounts
from zhangfang_core.ledger.reading import see_accounts, see_months
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.ledger import Account
from zhangfang_sdk.periods import Period

_SUMS = """select account,
    coalesce(sum(debit + closing_debit - credit - closing_credit) filter (where period < $3), 0)::bigint as opening,
    coalesce(sum(debit + closing_debit) filter (where period = $3), 0)::bigint as debit,
    coalesce(sum(credit + closing_credit) filter (where period = $3), 0)::bigint as credit
    from core_balance where firm = $1 and client = $2 and period <= $3 group by account"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Fen; ``opening`` and ``closing`` are debit positive, ``debit`` and ``credit`` the month's turnover, closing vouchers included."""

    opening: int = 0
    debit: int = 0
    credit: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit

    def plus(self, other: "Figures") -> "Figures":
        return Figures(self.opening + other.opening, self.debit + other.debit, self.credit + other.credit)


@dataclass(frozen=True, slots=True)
class TrialRow:
    """``level`` is 1 for accounts of the first level."""

    account: Account
    level: int
    figures: Figures


async def trial_balance(client: int, period: Period) -> Sequence[TrialRow]:
    """Accounts with any figure, by code, as far as the role sees; needs ``accounts.read`` or ``ledger.read``.

    Where it sees all, those of level 1 sum to equal debits and credits.
    """
    see_accounts(client)
    see_months(period, period)
    sums = await connection().fetch(_SUMS, firm_in_scope(), client, period.number)
    own = {
        row["account"]: Figures(row["opening"], row["debit"], row["credit"])
        for row in sums
        if scope().sees_account(row["account"])
    }
    return rolled_up(await accounts(client), own)


def rolled_up(chart: Sequence[Account], own: Mapping[str, Figures]) -> list[TrialRow]:
    """Add every account's figures to all above it; accounts with nothing at all are left out."""
    parents = {account.code: account.parent for account in chart}
    totals: dict[str, Figures] = {}
    levels: dict[str, int] = {}
    for account in chart:
        levels[account.code] = levels.get(account.parent or "", 0) + 1
    for code, figures in own.items():
        above: str | None = code
        while above in parents:
            totals[above] = totals.get(above, Figures()).plus(figures)
            above = parents.get(above)
    found = [TrialRow(a, levels[a.code], totals[a.code]) for a in chart if a.code in totals]
    return [row for row in found if row.figures != Figures()]
