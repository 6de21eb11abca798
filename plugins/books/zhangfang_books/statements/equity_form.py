"""The form of 所有者权益变动表 and how movements are classified, read from ``data/statements/<standard>/equity.toml``.

小企业会计准则 has no such statement (财会〔2011〕17号 第七十九条: 资产负债表、利润表、现金流量表和附注).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from zhangfang_books.statements.forms import Form, FormFault, form, read_form


@dataclass(frozen=True, slots=True)
class EquityColumn:
    """``minus`` is shown as a positive debit and taken off the total; the one with ``result`` holds profit and loss too."""

    key: str
    name: str
    accounts: tuple[str, ...]
    minus: bool = False
    result: bool = False


@dataclass(frozen=True, slots=True)
class Within:
    """From one column to another; "*" is any."""

    source: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Outside:
    """Of one column, where the voucher has one of ``own`` or of ``against``; without either, always."""

    column: str
    line: int
    accounts: tuple[str, ...]

    def fits(self, accounts: Sequence[str]) -> bool:
        return not self.accounts or any(account.startswith(self.accounts) for account in accounts)


@dataclass(frozen=True, slots=True)
class EquityForm:
    rows: Form
    columns: tuple[EquityColumn, ...]
    within: tuple[Within, ...]
    outside: tuple[Outside, ...]
    errors_account: str

    @property
    def ties(self) -> Mapping[str, int]:
        return self.rows.ties

    def column_of(self, account: str) -> EquityColumn | None:
        """The one whose account is the longest that ``account`` begins with."""
        fitting = [(len(a), c) for c in self.columns for a in c.accounts if account.startswith(a)]
        return max(fitting, key=lambda each: each[0])[1] if fitting else None


@cache
def equity_form(standard: str) -> EquityForm | None:
    """None for a standard without this statement. Raises FormFault for data that contradict themselves."""
    try:
        about = read_form(standard, "equity")
    except FormFault:
        return None
    rows = form(standard, "equity")
    columns = tuple(
        EquityColumn(
            raw["key"], raw["name"], tuple(raw["accounts"]), bool(raw.get("minus", False)), bool(raw.get("result", False))
        )
        for raw in about["columns"]
    )
    within = tuple(Within(raw["from"], raw["to"], raw["line"]) for raw in about["within"])
    outside = tuple(
        Outside(raw["column"], raw["line"], (*raw.get("own", ()), *raw.get("against", ()))) for raw in about["outside"]
    )
    known = {line.number for line in rows.lines if not line.terms}
    named = {r.line for r in within} | {r.line for r in outside}
    if not named <= known or {c.key for c in columns} != {r.column for r in outside}:
        raise FormFault(f"{standard} equity: a rule names a row or column that is not there")
    return EquityForm(rows, columns, within, outside, about["errors_account"])
