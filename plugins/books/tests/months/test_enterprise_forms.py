"""企业会计准则 statements where they differ: sides of tax accounts, interest, research, lines by hand (LEDG-2)."""

import pytest

from zhangfang_books.statements.by_hand import HandFigure, fillable, moved_between, sources, written
from zhangfang_books.statements.evaluating import Figures, evaluate
from zhangfang_books.statements.forms import form
from zhangfang_sdk.periods import Period

SHEET = form("enterprise_2006", "balance_sheet")
INCOME = form("enterprise_2006", "income")
MAY, JUNE, JULY = Period(2026, 5), Period(2026, 6), Period(2026, 7)


def test_tax_accounts_stand_on_the_side_that_they_have() -> None:
    """财会〔2016〕22号: what is still to be deducted is an asset, what is still to be transferred another liability."""
    found = evaluate(
        SHEET, Figures({"22210101": 30_00, "22210107": -10_00, "222105": 5_00, "222106": -7_00, "222113": -40_00})
    )
    assert (found[13], found[43], found[47]) == (25_00, 40_00, 7_00)
    assert found[48] - found[14] == 22_00, "nothing is gained or lost by it"


def test_interest_and_research_have_lines_of_their_own() -> None:
    found = evaluate(INCOME, Figures({"660301": 9_00, "660302": 1_00, "660305": -4_00, "660204": 8_00, "660205": 2_00}))
    assert (found[8], found[9], found[7]) == (9_00, 4_00, 6_00)
    assert (found[6], found[5]) == (8_00, 2_00)
    assert found[16] == -16_00


def test_comprehensive_income() -> None:
    figures = Figures({"6001": -100_00, "4003": -5_00})
    found = evaluate(INCOME, figures, {24: 10_00, 29: 2_00})
    assert (found[21], found[23], found[25], found[26], found[31], found[38]) == (100_00, 90_00, 5_00, 2_00, 3_00, 105_00)


def test_an_amount_moved_by_hand_leaves_the_sheet_balanced_and_stands_until_the_next() -> None:
    loan = [HandFigure("balance_sheet", 46, MAY, 30_00, 49), HandFigure("balance_sheet", 46, JULY, 10_00, 49)]
    figures = Figures({"1002": 100_00, "2501": -100_00})
    for month, due in ((MAY.plus(-1), 0), (MAY, 30_00), (JUNE, 30_00), (JULY, 10_00)):
        found = evaluate(SHEET, figures, moved_between(loan, month))
        assert (found[46], found[49], found[68], found[34]) == (due, 100_00 - due, 100_00, 100_00)


def test_what_is_written_on_other_statements_is_the_months_own() -> None:
    figures = [HandFigure("income", 24, MAY, 3), HandFigure("income", 24, JUNE, 4), HandFigure("cash_flow", 24, JUNE, 9)]
    assert written(figures, "income", MAY, JUNE) == {24: 7}
    assert written(figures, "income", JUNE, JULY) == {24: 4}


@pytest.mark.parametrize("standard", ["small_business_2013", "enterprise_2006"])
def test_only_lines_without_a_formula_are_filled_and_only_within_a_side(standard: str) -> None:
    sheet = form(standard, "balance_sheet")
    for line in fillable(sheet):
        offered = sources(sheet, line)
        assert offered
        assert all(other.side == line.side and other.terms and not other.strong for other in offered)
    assert not sources(form(standard, "income"), fillable(form(standard, "income"))[0])
