"""The demo's payroll is brought in by the accountant, waits for the boss, and its rows are the accountant's to read."""

from zhangfang_books.payroll.checking import questions_about
from zhangfang_books.payroll.demo import ACCOUNTANT, PEOPLE, bring_payroll, person
from zhangfang_books.payroll.id_numbers import problem_of
from zhangfang_books.payroll.tables import Payroll, PayrollReader, PayrollRow, PayrollState
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.periods import Period


async def test_it_waits_for_the_boss_once(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await make_member(login="wang@嘉喜", name=ACCOUNTANT, password="a long enough secret", role="accountant")
    with in_scope(system_scope(firm.id)):
        for _ in range(2):
            await bring_payroll(firm.restaurant)
    async with scoped_transaction(system_scope(firm.id)):
        (payroll,) = await Payroll.objects().where(Payroll.client == firm.restaurant)
        assert (payroll.state, payroll.people, payroll.period) == (PayrollState.WAITING, len(PEOPLE), Period.current().number)
        assert payroll.net == payroll.gross - payroll.social - payroll.tax
        assert await PayrollReader.count() == 1
        assert await PayrollRow.count() == 0, "not even the platform's own jobs"


def test_its_people_are_invented_and_raise_no_question() -> None:
    day = Period.current().first_day
    people = [person(row, name, gross, day) for row, (name, gross) in enumerate(PEOPLE, 3)]
    assert all(p.id_number.startswith("999999") and not problem_of(p.id_number) for p in people)
    assert questions_about(people, {}, day) == []
