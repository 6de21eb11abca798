"""Ids, sums, cumulative income tax and insurance, against figures worked by hand (LEDG-8)."""

import datetime as dt

import pytest

from payrolls.drawing import HEADS, id_number, person, sheet
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.payroll.bringing import UnderstoodSheet, understood
from zhangfang_books.payroll.checking import earned, questions_about
from zhangfang_books.payroll.id_numbers import problem_of
from zhangfang_books.payroll.withholding import Earned, withheld

DAY = dt.date(2026, 1, 1)


async def reading(*people: list[object]) -> UnderstoodSheet:
    async with rows_of(sheet(*people)) as rows:
        return await understood(rows, {}, {})


def test_cumulative_withholding_over_the_brackets() -> None:
    """30,000 a month, 4,500 own insurance, 2,000 special: 18,500 taxable a month; 36,000 is passed in February, 144,000 in August."""
    month = Earned(3_000_000, social=450_000, special=200_000)
    months: list[Earned] = []
    due = []
    for _ in range(8):
        tax = withheld([*months, month], DAY)
        due.append(tax)
        months.append(Earned(3_000_000, social=450_000, special=200_000, tax=tax))
    # 18,500 × 3 % = 555; 37,000 × 10 % − 2,520 − 555 = 625; then 1,850 a month; 148,000 × 20 % − 16,920 − 10,430 = 2,250.
    assert due == [55_500, 62_500, 185_000, 185_000, 185_000, 185_000, 185_000, 225_000]


def test_nothing_is_withheld_below_the_basic_deduction_and_nothing_is_given_back() -> None:
    assert withheld([Earned(500_000)], DAY) == 0
    assert withheld([Earned(2_000_000, tax=45_000), Earned(0)], DAY) == 0


@pytest.mark.parametrize(
    ("number", "what"),
    [
        (id_number(7), ""),
        (id_number(7)[:16] + ("1" if id_number(7)[16] != "1" else "2") + id_number(7)[17], "校验位"),
        ("99999919901301007X", "出生日期"),
        ("H12345678", ""),
    ],
)
def test_id_numbers(number: str, what: str) -> None:
    assert what in problem_of(number) if what else problem_of(number) == ""


async def test_the_sums_of_a_row_must_be_right() -> None:
    wrong = person(1, 8000, 66)
    wrong[10] = 1
    ((fault,),) = [(await reading(wrong)).read.faults]
    assert (fault.row, fault.column) == (3, "K 列(实发工资)")


async def test_totals_rows_are_compared() -> None:
    total = ["合计", "", 8000, "", "", "", "", "", "", "", "", "", ""]
    assert (await reading(person(1, 8000, 66), total)).read.clean
    total[2] = 9000
    (fault,) = (await reading(person(1, 8000, 66), total)).read.faults
    assert fault.row == 4


async def test_what_the_rules_would_have_otherwise_is_asked() -> None:
    """8,000 less 775 and 5,000 is 2,225: 66.75 of tax."""
    (right,) = (await reading(person(1, 8000, 66.75))).read.people
    assert questions_about([right], {}, DAY) == []
    (wrong,) = (await reading(person(1, 8000, 100))).read.people
    (question,) = questions_about([wrong], {}, DAY)
    assert "66.75" in question.sentence
    assert "61号" in question.source
    february = questions_about([right], {right.id_number: [earned(right)]}, dt.date(2026, 2, 1))
    assert february == []
    low = person(2, 8000, 66.75)
    low[4], low[10] = 300, 8000 - 675 - 66.75
    (person_,) = (await reading(low)).read.people
    assert [q.source[:3] for q in questions_about([person_], {}, DAY)] == ["个人所", "国发〔"]


async def test_unknown_headings_are_named_by_a_person_and_known_again() -> None:
    row = person(1, 8000, 66.75)
    strange = [f"列{n}" for n in range(len(HEADS))]
    async with rows_of(sheet(row, heads=strange)) as rows:
        asked = await understood(rows, {}, {})
        assert asked.unnamed is not None
        chosen = {0: "name", 1: "id_number", 2: "gross", 4: "pension", 5: "medical", 6: "unemployment", 7: "fund", 9: "tax", 10: "net"}
        told = await understood(rows, {}, chosen)
        assert told.read.clean
        again = await understood(rows, told.made, {})
    assert again.read.people == told.read.people



UPPER = ["姓名", "身份证号", "应发合计", "社保基数", "个人扣款", "", "", "", "", "", "实发工资", "单位承担", ""]
LOWER = ["", "", "", "", *HEADS[4:10], "", *HEADS[11:]]


async def test_headings_in_two_rows() -> None:
    """The upper row names groups; what it names alone is the column's own name."""
    row = person(1, 8000, 66.75)
    async with rows_of(sheet(LOWER, row, heads=UPPER)) as rows:
        read = (await understood(rows, {}, {})).read
    assert (read.clean, [p.gross for p in read.people], read.people[0].parts["pension"]) == (True, [8_000_00], 400_00)


async def test_a_name_that_two_groups_have_is_not_guessed_and_a_person_may_name_both() -> None:
    """养老保险 stands below 个人 and below 单位."""
    lower = ["", "", "", "", "养老保险", "医疗保险", "失业保险", "公积金", "专项附加扣除", "个人所得税", "", "养老保险", "公积金"]
    row = person(1, 8000, 66.75)
    async with rows_of(sheet(lower, row, heads=UPPER)) as rows:
        asked = await understood(rows, {}, {})
        assert asked.unnamed is not None
        named = {0: "name", 1: "id_number", 2: "gross", 4: "pension", 5: "medical", 6: "unemployment", 7: "fund", 9: "tax", 10: "net"}
        told = await understood(rows, {}, {**named, 11: "employer_social"})
        again = await understood(rows, told.made, {})
    assert (told.read.clean, told.read.people[0].parts["pension"], told.read.people[0].employer_social) == (True, 400_00, 1_300_00)
    assert again.read.people == told.read.people
