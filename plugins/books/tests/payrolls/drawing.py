"""Payroll sheets drawn here. Id numbers have no real place (999999) and right check characters."""

import io
from collections.abc import Sequence

from openpyxl import Workbook

from zhangfang_books.payroll.id_numbers import check_of

HEADS = [
    *("姓名", "身份证号", "应发合计", "社保基数", "养老(个人)", "医疗(个人)", "失业(个人)"),
    *("公积金(个人)", "专项附加扣除", "个人所得税", "实发工资", "单位社保合计", "单位公积金"),
]


def id_number(place: int) -> str:
    digits = f"99999919900101{place:03d}"
    return digits + check_of(digits)


def person(place: int, gross: int, tax: int, *, special: int = 0, name: str = "") -> list[object]:
    """Yuan. Insurance on a base of 5,000; the housing fund is 250."""
    own = 400 + 100 + 25 + 250
    return [
        *(name or f"员工{place}", id_number(place), gross, 5000, 400, 100, 25, 250, special, tax, gross - own - tax, 1300, 250),
    ]  # fmt: skip


def sheet(*people: Sequence[object], heads: Sequence[object] = HEADS) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (["2026年某月工资表"], heads, *people):
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()
