"""勾稽: whether the statements of a month tie to one another. Pure; amounts are integer fen."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhangfang_books.statements.forms import Form
from zhangfang_books.statements.gathering import Books
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class Check:
    """Two figures that must be the same. ``title`` is shown to the accountant."""

    key: str
    title: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        return self.left == self.right


def tie(
    balance_sheet: tuple[Form, Mapping[int, int], Mapping[int, int]],
    income: tuple[Form, Mapping[int, int]],
    cash_flow: tuple[Form, Mapping[int, int], int],
    books: Books,
    months: tuple[Period, Period],
) -> list[Check]:
    """``balance_sheet``: form, values at the end of ``months`` and at their start; ``income`` and ``cash_flow``: form and values of
    the months; the last figure of ``cash_flow`` is the cash that stands on no line yet."""
    form, now, before = balance_sheet
    profit = income[1][income[0].ties["profit"]]
    undistributed = form.ties["undistributed"]
    flow_form, flow, unassigned = cash_flow
    kept = tuple(t.key for t in form.line(undistributed).terms if t.take == "c")
    other = _booked_directly(books, months, kept, str(form.ties.get("direct", "")))
    return [
        Check(
            "assets",
            "资产总计 = 负债和所有者权益总计",
            now[form.ties["assets"]],
            now[form.ties["liabilities_and_equity"]],
        ),
        Check(
            "profit",
            "未分配利润的变动 = 净利润 + 利润分配等直接记账",
            now[undistributed] - before[undistributed],
            profit + other,
        ),
        Check("cash", "期末现金余额 = 货币资金", flow[flow_form.ties["closing"]] + unassigned, now[form.ties["cash"]]),
        Check("trial", "科目余额表借方合计 = 贷方合计", *_sides(books, months[1])),
    ]


def _booked_directly(
    books: Books, months: tuple[Period, Period], kept: tuple[str, ...], adjustment: str
) -> int:
    """What reached undistributed profit (``kept``) in the months past the year's profit: 利润分配, and ``adjustment`` (以前年度损益调整)."""
    result, everything, earned = books.profit_and_loss(), books.moved(*months), books.turnover(*months)
    into = -sum(v for code, v in everything.items() if code.startswith(kept) and code not in result)
    carried_over = sum(everything[code] - earned.get(code, 0) for code in everything if code in result)
    adjusted = -sum(v for code, v in earned.items() if adjustment and code.startswith(adjustment))
    return into - carried_over + adjusted


def _sides(books: Books, period: Period) -> tuple[int, int]:
    balances = books.closing(period).values()
    return sum(v for v in balances if v > 0), -sum(v for v in balances if v < 0)
