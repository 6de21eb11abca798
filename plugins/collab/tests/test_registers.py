"""A return filed, a payroll confirmed, a month of bank lines: the task that asks for exactly this closes, and opens when it is undone."""

import datetime as dt
from dataclasses import replace

import pytest

from zhangfang_collab import listing, making, registers_heard, ticking, waiting
from zhangfang_collab.keeping import is_filed
from zhangfang_collab.redone import redone
from zhangfang_collab.tables import Task
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.bank import Bank, BankBalance, BankLine
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.filings import Filing, Filings, FilingStep
from zhangfang_sdk.payrolls import Payrolls, PayrollStep, PayrollTotals
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import replaced
from zhangfang_sdk.tax_figures import Tax
from zhangfang_sdk.testing.fake_bank import FakeBank
from zhangfang_sdk.testing.fake_filings import FakeFilings
from zhangfang_sdk.testing.fake_payrolls import FakePayrolls

NOVEMBER, OCTOBER = Period(2026, 11), Period(2026, 10)
DUE = dt.date(2026, 11, 16)


def filing(firm: TestFirm, number: int, tax: Tax, *, first: Period = OCTOBER, last: Period = OCTOBER) -> Filing:
    return Filing(number, firm.trading, tax, first, last, DUE, FilingStep.FILED, 0, DUE)


async def month(firm: TestFirm, period: Period = NOVEMBER) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await making.make([await use(Clients).client(firm.trading)], period)


async def the(firm: TestFirm, template: str) -> Task:
    async with acting(firm, "accountant"):
        (row,) = await Task.objects().where(Task.template == template)
    return row


async def filed(firm: TestFirm, service: FakeFilings, *ids: int) -> None:
    with replaced(Filings, service):
        async with scoped_transaction(system_scope(firm.id)):
            await registers_heard.returns_filed(ids)


async def test_each_return_closes_its_own_step_and_opens_it_when_it_is_voided(firm: TestFirm) -> None:
    await month(firm)
    taxes = (Tax.IIT, Tax.SURCHARGES, Tax.VAT)
    service = FakeFilings([filing(firm, n, tax) for n, tax in enumerate(taxes, 1)])
    await filed(firm, service, 2)
    assert (await the(firm, "vat_return")).turn == "firm", "the surcharges alone"
    await filed(firm, service, 3)
    closed = await the(firm, "vat_return")
    assert (closed.turn, closed.result) == ("", "2026-11-16 已申报")
    assert (await the(firm, "iit_return")).turn == "firm", "another tax"
    await filed(firm, service, 1)
    assert (await the(firm, "iit_return")).turn == ""
    service.filings[3] = replace(service.filings[3], step=FilingStep.FIGURES)
    await filed(firm, service, 3)
    opened = await the(firm, "vat_return")
    assert (opened.turn, opened.reopened) == ("firm", "申报已作废,要重新申报")


async def test_what_was_filed_before_the_list_closes_it(firm: TestFirm) -> None:
    await filed(firm, FakeFilings([filing(firm, 1, Tax.IIT)]), 1)
    await month(firm)
    assert (await the(firm, "iit_return")).turn == ""


@pytest.mark.parametrize("tax", [Tax.VAT, Tax.SURCHARGES])
async def test_after_one_of_its_returns_what_stands_on_it_stays(firm: TestFirm, tax: Tax) -> None:
    await month(firm)
    await filed(firm, FakeFilings([filing(firm, 1, tax)]), 1)
    statement, payroll = await the(firm, "bank_statement"), await the(firm, "payroll")
    async with acting(firm, "accountant"):
        assert await is_filed(statement)
        assert not await is_filed(payroll)


async def test_a_quarter_s_return_stands_on_each_of_its_months(firm: TestFirm) -> None:
    for period in (NOVEMBER, NOVEMBER.plus(2)):
        async with scoped_transaction(system_scope(firm.id)):
            await making.make([await use(Clients).client(firm.restaurant)], period)
    quarter = Filing(1, firm.restaurant, Tax.VAT, OCTOBER, OCTOBER.plus(2), dt.date(2027, 1, 18), FilingStep.FILED, 0)
    async with acting(firm, "accountant"):
        (october,) = await Task.objects().where(Task.template == "bank_statement", Task.period == NOVEMBER.number)
        assert not await is_filed(october)
    await filed(firm, FakeFilings([quarter]), 1)
    async with acting(firm, "accountant"):
        assert await is_filed(october)


def sheet(firm: TestFirm, step: PayrollStep) -> FakePayrolls:
    return FakePayrolls([PayrollTotals(firm.trading, OCTOBER, step, 6, 1, 0, 0, 1)])


async def test_a_confirmed_payroll_closes_its_month(firm: TestFirm) -> None:
    await month(firm)
    for step, turn in ((PayrollStep.WAITING, "client"), (PayrollStep.CONFIRMED, ""), (PayrollStep.RETURNED, "client")):
        with replaced(Payrolls, sheet(firm, step)):
            async with scoped_transaction(system_scope(firm.id)):
                await registers_heard.payrolls_confirmed([firm.trading])
        assert (await the(firm, "payroll")).turn == turn, step


async def test_bank_lines_of_a_whole_month_are_its_statement(firm: TestFirm) -> None:
    await month(firm)
    balances = {firm.trading: [BankBalance("1002", "示例银行", "尾号 0011", 0, dt.datetime(2026, 11, 3, tzinfo=dt.UTC))]}
    for day, turn in ((dt.date(2026, 11, 3), "client"), (dt.date(2026, 10, 3), "")):
        lines = {firm.trading: [BankLine(1, "1002", day, 5, "甲公司", "往来")]}
        with replaced(Bank, FakeBank(balances, lines, {})):
            async with scoped_transaction(system_scope(firm.id)):
                await registers_heard.bank_lines_brought([firm.trading])
        assert (await the(firm, "bank_statement")).turn == turn


async def test_every_morning_what_nobody_told_and_nothing_that_a_person_took_back(firm: TestFirm) -> None:
    await month(firm)
    service = FakeFilings([filing(firm, 1, Tax.IIT)])

    async def morning() -> None:
        with replaced(Filings, service), replaced(Payrolls, sheet(firm, PayrollStep.CONFIRMED)), in_scope(system_scope(firm.id)):
            await registers_heard.judge_registers()

    await morning()
    assert [(await the(firm, name)).turn for name in ("iit_return", "payroll")] == ["", ""]
    task = (await the(firm, "iit_return")).id
    async with acting(firm, "accountant"):
        await ticking.untick(task, 0)
    await morning()
    assert (await the(firm, "iit_return")).turn == "firm"


@pytest.mark.parametrize(("step", "button"), [(PayrollStep.WAITING, "去确认"), (PayrollStep.RETURNED, "看看")])
async def test_nobody_is_asked_to_confirm_a_payroll_that_is_being_redone(firm: TestFirm, step: PayrollStep, button: str) -> None:
    await month(firm)
    with replaced(Payrolls, sheet(firm, step)):
        async with acting(firm, "boss", client=firm.trading):
            asked = {item.title: item.button for item in await waiting.waiting(50)}
            (task,) = [t for t in await listing.of_month(firm.trading, NOVEMBER) if t.title == "确认10月工资表"]
            assert await redone([task]) == (frozenset() if step is PayrollStep.WAITING else {task.id})
    assert asked["确认10月工资表"] == button
