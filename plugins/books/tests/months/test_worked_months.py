"""Worked months: statements, balances and cash flow agree to the fen (LEDG-2)."""

import datetime as dt
import json
import runpy
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from months.worked import KINDS, Worked, ours
from zhangfang_books import reading
from zhangfang_books.ledgers import balance_rows
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.opening.service import save
from zhangfang_core.ledger.opening.sheet import OpeningLine
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period

REFERENCE = Path(__file__).parents[4].parent / "shared" / "reference" / "domain"


def known() -> Sequence[Worked]:
    """Our own months, and the reference's files where they lie beside the repository."""
    return [*ours(), *(reference(path) for path in sorted(REFERENCE.glob("worked_month_*.json")))]


def reference(path: Path) -> Worked:
    raw = json.loads(path.read_text("utf-8"))

    def amounts(found: dict[str, str]) -> dict[str, int]:
        return {key: fen(Decimal(value)) for key, value in found.items()}

    def lines(found: dict[str, str]) -> dict[int, int]:
        return {int(key): value for key, value in amounts(found).items()}

    vouchers = tuple(
        (
            dt.date.fromisoformat(v["date"]),
            v["summary"],
            KINDS[v["kind"]],
            tuple(
                Line(each["account"], v["summary"], debit=fen(each["debit"]), credit=fen(each["credit"]))
                for each in v["lines"]
                if fen(each["debit"]) or fen(each["credit"])
            ),
        )
        for v in raw["vouchers"]
    )
    earned = ("5001", "5051", "5111", "5301")
    before = {k: -v if k.startswith(earned) else v for k, v in amounts(raw["ytd_before_month"]).items()}
    return Worked(
        path.stem,
        Period.parse(raw["meta"]["period"]),
        raw["meta"]["taxpayer"],
        amounts(raw["opening_balances_debit_positive"]),
        before,
        vouchers,
        lines(raw["balance_sheet_by_line"]),
        lines(raw["income_statement_month_by_line"]),
        lines(raw["income_statement_ytd_by_line"]),
        lines(raw["cash_flow_month_by_line"]),
        {t["account"]: fen(t["closing_debit"]) - fen(t["closing_credit"]) for t in raw["trial_balance"]},
    )


def brought(turnover: Mapping[str, int]) -> list[OpeningLine]:
    """Turnover of the year before the books start, by account and debit positive, as the opening sheet keeps it."""
    return [OpeningLine(code, year_debit=max(v, 0), year_credit=max(-v, 0)) for code, v in turnover.items()]


async def booked(firm: TestFirm, month: Worked) -> int:
    """A client of the firm with the month's opening balances, the year before them, and its vouchers, posted."""
    async with scoped_transaction(system_scope(firm.id)):
        client = await use(Clients).take_on(
            NewClient(month.name, "91330106MA2TEXT41B", TaxpayerKind(month.taxpayer), "trading", month.period.first_day, month.standard)
        )
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(client, [month.opening_draft(client), *month.drafts(client)])
        await save(client, brought(month.year_before))
        await reading.keep_brought_cash(client, month.cash_before)
    return client


@pytest.mark.parametrize("month", known(), ids=lambda m: m.name)
async def test_statements_agree_to_the_fen(firm: TestFirm, month: Worked) -> None:
    """LEDG-2: every line of the three statements and every account's closing balance is the worked one."""
    client = await booked(firm, month)
    async with acting(firm, "accountant", client=client):
        found = await reading.statements(client, month.period)
        books = await reading.books_of(client, month.period)
        equity = await reading.equity(client, month.period.year) if month.equity else None
    assert [c.title for c in found.checks if not c.holds] == []
    assert not found.unassigned
    assert not found.left_out
    now, year, of_month, cash = (
        found.balance_sheet.columns[0][1],
        found.income.columns[0][1],
        found.income.columns[1][1],
        found.cash_flow.columns[1][1],
    )
    assert {k: now[k] for k in month.balance_sheet} == month.balance_sheet
    assert {k: of_month[k] for k in month.income_month} == month.income_month
    assert {k: year[k] for k in month.income_year} == month.income_year
    assert {k: cash[k] for k in month.cash_flow} == month.cash_flow
    start, cash_year = found.balance_sheet.columns[1][1], found.cash_flow.columns[0][1]
    assert {k: start[k] for k in month.year_start} == month.year_start
    assert {k: cash_year[k] for k in month.cash_year} == month.cash_year
    if equity is not None:
        assert [c.title for c in equity.checks if not c.holds] == []
        shown = {key: {n: v for n, v in rows.items() if v} for key, rows in equity.this_year.values.items()}
        assert {key: rows for key, rows in shown.items() if rows} == month.equity
    closing = books.closing(month.period)
    assert {k: closing.get(k, 0) for k in month.closing} == month.closing
    top = [r for r in balance_rows(books, month.period, month.period) if r.level == 1]
    assert sum(r.closing for r in top) == 0
    assert sum(r.debit for r in top) == sum(r.credit for r in top)


def test_the_answers_are_what_the_script_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of our own three months are not edited: they are what a script that knows nothing of the product adds up."""
    script = Path(__file__).parent / "worked" / "compute.py"
    for file in (script, script.with_name("by_formula.py")):
        assert "zhangfang" not in file.read_text("utf-8")
    monkeypatch.syspath_prepend(str(script.parent))
    computed = runpy.run_path(str(script))
    for name, company in computed["made"]().items():
        assert (script.parent / f"{name}.toml").read_text("utf-8") == computed["written"](company), f"{name}: run compute.py"


async def test_what_no_rule_places_is_assigned_by_hand(firm: TestFirm) -> None:
    """LEDG-2: the accountant's word on an entry moves its cash to the line that was said, and the statements still tie."""
    month = next(m for m in ours() if m.name.startswith("商贸公司"))
    client = await booked(firm, month)
    async with acting(firm, "accountant", client=client):
        before = await reading.statements(client, month.period)
        (moved, amount) = (await reading.flows_of_line(client, month.period, month.period, 12))[0]
        await reading.assign_cash(client, moved.id, 1, 6)
        await reading.assign_cash(client, moved.id, 2, 6)
        after = await reading.statements(client, month.period)
    was, is_now = (each.cash_flow.columns[1][1] for each in (before, after))
    assert is_now[12] == was[12] + amount
    assert is_now[6] == was[6] - amount
    assert all(c.holds for c in after.checks)
