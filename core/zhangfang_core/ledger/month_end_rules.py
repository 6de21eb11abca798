"""What a month's end calls for, counted from balances: pure rules, no database. Amounts are fen, debit positive."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zhangfang_sdk.ledger import Line
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import FixedAsset
from zhangfang_sdk.periods import Period

TEN_THOUSAND = 10_000


@dataclass(frozen=True, slots=True)
class Accrual:
    """Lines of one proposal and the sentences behind them."""

    lines: tuple[Line, ...]
    reasons: tuple[str, ...]


@cache
def _rates() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    text = (Path(__file__).parent / "month_end_rates.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def rates_in_force(tax: str, day: dt.date) -> list[Mapping[str, Any]]:
    """The rows of ``month_end_rates.toml`` for ``tax`` ("surtax", "income_tax") that hold on ``day``."""
    return [r for r in _rates()[tax] if r["from"] <= day and (r.get("until") is None or day <= r["until"])]


def part_of(amount: int, rate: int) -> int:
    """``rate`` parts of ten thousand of ``amount``, half a fen rounded up (四舍五入)."""
    return (amount * rate * 2 + TEN_THOUSAND) // (TEN_THOUSAND * 2)


def depreciation(asset: FixedAsset, period: Period) -> int:
    """直线法: from the month after it came into use, until the month in which it is retired; the last month takes the rest of the fen.

    小企业会计准则 第三十一条 (2013-01-01), 企业会计准则第4号 第十八条 (2007-01-01).
    """
    begun = Period.of(asset.in_use_from)
    past = (period.year - begun.year) * 12 + period.month - begun.month
    if not 1 <= past <= asset.months:
        return 0
    if asset.retired_on is not None and Period.of(asset.retired_on) < period:
        return 0
    total = asset.cost - asset.residual
    return total * past // asset.months - total * (past - 1) // asset.months


def depreciation_of(assets: Sequence[FixedAsset], period: Period) -> Accrual:
    lines: list[Line] = []
    reasons = []
    for asset in assets:
        amount = depreciation(asset, period)
        if amount:
            summary = f"计提折旧 {asset.name}"[:255]
            lines += [
                Line(asset.expense_account, summary, debit=amount),
                Line(asset.accumulated_account, summary, credit=amount),
            ]
            reasons.append(
                f"{asset.name}:原值 {yuan(asset.cost)} 减残值 {yuan(asset.residual)},{asset.months} 个月,直线法。"
            )
    return Accrual(tuple(lines), tuple(reasons))


def vat_transfer(vat_columns: int, out: str, unpaid: str) -> Accrual:
    """转出未交增值税 (财会〔2016〕22号, 2016-12-03). ``vat_columns`` is the balance of 应交增值税; a debit one is carried forward."""
    due = -vat_columns
    if due <= 0:
        return Accrual((), ())
    lines = (Line(out, "转出未交增值税", debit=due), Line(unpaid, "转出未交增值税", credit=due))
    return Accrual(lines, (f"应交增值税各专栏月末贷方余额 {yuan(due)},转入未交增值税(财会〔2016〕22号)。",))


def surtaxes(vat_due: int, accounts: Mapping[str, str], day: dt.date) -> Accrual:
    """City maintenance tax and the two education surcharges on ``vat_due``, by the rates in force on ``day``."""
    found: list[Line] = []
    reasons = []
    for row in rates_in_force("surtax", day) if vat_due > 0 else ():
        amount = part_of(vat_due, row["rate"] // 2 if row["halved"] else row["rate"])
        if amount:
            found.append(Line(accounts[row["key"]], f"计提{row['title']}", credit=amount))
            reasons.append(f"{row['title']} {yuan(amount)}:增值税 {yuan(vat_due)} 为计税依据;{row['source']}。")
    total = sum(line.credit for line in found)
    if not total:
        return Accrual((), ())
    return Accrual((Line(accounts["surtax_expense"], "计提附加税费", debit=total), *found), tuple(reasons))


def income_tax(profit: int, accrued: int, accounts: Mapping[str, str], day: dt.date) -> Accrual:
    """企业所得税按季预缴: tax on the year's ``profit`` before tax so far, less what was ``accrued``; a lower profit takes it back."""
    row = rates_in_force("income_tax", day)[0]
    rate = row["small_rate"] if profit <= row["limit"] else row["rate"]
    amount = part_of(max(profit, 0), rate) - accrued
    if not amount:
        return Accrual((), ())
    lines = (
        Line(accounts["income_tax_expense"], "计提企业所得税", debit=amount),
        Line(accounts["income_tax"], "计提企业所得税", credit=amount),
    )
    reason = (
        f"本年累计利润总额 {yuan(profit)},税率 {rate / 100:g}%,已计提 {yuan(accrued)};{row['source']}。"
        "没有考虑以前年度亏损和纳税调整,请核对小型微利企业条件。"
    )
    return Accrual(lines, (reason,))


def closing(balances: Mapping[str, int], profit_account: str, summary: str) -> Accrual:
    """Empty the given accounts (debit positive) into ``profit_account``; red on its own side is not needed, sides are turned."""
    lines = [
        Line(code, summary, credit=amount) if amount > 0 else Line(code, summary, debit=-amount)
        for code, amount in sorted(balances.items())
        if amount
    ]
    income = sum(line.debit for line in lines)
    expense = sum(line.credit for line in lines)
    if income:
        lines.append(Line(profit_account, summary, credit=income))
    if expense:
        lines.append(Line(profit_account, summary, debit=expense))
    reasons = (f"转出收入 {yuan(income)},转出成本费用 {yuan(expense)},差额 {yuan(income - expense)}。",)
    return Accrual(tuple(lines), reasons if lines else ())
