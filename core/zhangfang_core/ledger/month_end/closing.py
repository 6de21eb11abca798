"""结转: what empties accounts of profit and loss, and of the year's profit. Pure; amounts are fen, debit positive."""

from collections.abc import Collection, Mapping

from zhangfang_sdk.ledger import Line
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import MonthBooks


def open_balances(books: MonthBooks, accounts: Collection[str]) -> dict[str, int]:
    """Those of ``accounts`` that are not zero at the month's end."""
    found: dict[str, int] = {}
    for b in books.balances:
        if b.account in accounts:
            moved = b.debit - b.credit + b.closing_debit - b.closing_credit
            found[b.account] = found.get(b.account, 0) + moved
    return {code: amount for code, amount in sorted(found.items()) if amount}


def emptied(balances: Mapping[str, int], into: str, summary: str) -> tuple[Line, ...]:
    """Empty the accounts into ``into``; what they earned and what they cost stand there apart."""
    lines = [
        Line(code, summary, credit=amount) if amount > 0 else Line(code, summary, debit=-amount)
        for code, amount in sorted(balances.items())
        if amount
    ]
    income = sum(line.debit for line in lines)
    expense = sum(line.credit for line in lines)
    if income:
        lines.append(Line(into, summary, credit=income))
    if expense:
        lines.append(Line(into, summary, debit=expense))
    return tuple(lines)


def said_of_year(balances: Mapping[str, int]) -> tuple[str, ...]:
    """What goes on from 本年利润; the account's credit balance is a profit."""
    profit = -sum(balances.values())
    return (f"本年{'净利润' if profit >= 0 else '净亏损'} {yuan(abs(profit))},转入未分配利润。",)


def said(balances: Mapping[str, int]) -> tuple[str, ...]:
    income = -sum(v for v in balances.values() if v < 0)
    expense = sum(v for v in balances.values() if v > 0)
    return (f"转出收入 {yuan(income)},转出成本费用 {yuan(expense)},差额 {yuan(income - expense)}。",)
