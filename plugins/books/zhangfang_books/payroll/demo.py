"""A payroll of the running month for the demo's first client, which waits for its boss. The people are invented: no place has their numbers' 999999."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from zhangfang_books.importing.files_before import Source
from zhangfang_books.payroll.bringing import bring_in
from zhangfang_books.payroll.id_numbers import check_of
from zhangfang_books.payroll.sheet import PersonRow, ReadSheet
from zhangfang_books.payroll.tables import Payroll
from zhangfang_books.payroll.withholding import Earned, withheld
from zhangfang_sdk import use
from zhangfang_sdk.context import in_scope, scope, transaction
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.periods import Period
from zhangfang_sdk.references import UserKey

ACCOUNTANT, JOB = "王会计", "demo_payroll"
PEOPLE = (
    *(("前厅主管", 6_200_00), ("服务员甲", 4_600_00), ("服务员乙", 4_600_00), ("服务员丙", 4_500_00), ("收银员", 4_800_00)),
    *(("厨师长", 9_500_00), ("厨师甲", 7_200_00), ("厨师乙", 6_800_00), ("凉菜师傅", 6_400_00), ("面点师傅", 6_200_00)),
    *(("洗碗工", 4_200_00), ("采购员", 5_200_00), ("店长", 9_800_00)),
)
"""Name and gross of the month, fen."""
BASE = 4_462_00
OWN_SHARES, EMPLOYERS = (800, 200, 50), 2_540
"""Pension, medical care and unemployment of the person, and all of the employer's, in ten-thousandths of the base."""


async def wish_payroll(clients: Sequence[int]) -> None:
    """In the caller's transaction; the rows are for named readers alone, so that a transaction of the accountant's own has to write them."""
    if clients:
        await use(Jobs).defer(f"books.{JOB}", once=f"books.{JOB}:{scope().firm}", client=clients[0])


async def bring_payroll(client: int) -> None:
    """The job. A client that has a payroll already is passed over, and a demo without the accountant."""
    async with transaction():
        user = await UserKey.objects().where(UserKey.name == ACCOUNTANT).order_by(UserKey.id).first()
        there = await Payroll.exists().where(Payroll.client == client)
    if user is None or there:
        return
    month = Period.current()
    people = [person(row, name, gross, month.first_day) for row, (name, gross) in enumerate(PEOPLE, 3)]
    with in_scope(replace(scope(), client=client, user=user.id, user_name=ACCOUNTANT)):
        async with transaction():
            await bring_in(client, month, ReadSheet(people), Source("demo", f"{month.label}工资表.xlsx"), really=True)


def person(row: int, name: str, gross: int, day: dt.date) -> PersonRow:
    """``day`` in the month; the tax is that of a first month here."""
    parts = dict(zip(("pension", "medical", "unemployment"), (BASE * share // 10_000 for share in OWN_SHARES), strict=True))
    social = sum(parts.values())
    tax = withheld([Earned(gross, social=social)], day)
    digits = f"99999919900101{row:03d}"
    return PersonRow(
        row, name, digits + check_of(digits), gross, 0, social, 0, 0, 0, tax, 0, gross - social - tax, BASE * EMPLOYERS // 10_000, 0, parts, BASE
    )
