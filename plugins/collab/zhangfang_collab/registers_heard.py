"""What the platform's registers say, as arrivals: returns that are filed, payrolls that are confirmed, statements that the bank's lines are from.

Whether it stands is asked anew each time, so that what was told twice, late, or taken back ends as the register has it.
"""

import datetime as dt
from collections.abc import Sequence

from zhangfang_collab import arrivals
from zhangfang_collab.tables import ArrivalRow, Task
from zhangfang_sdk import use
from zhangfang_sdk.bank import Bank
from zhangfang_sdk.context import transaction
from zhangfang_sdk.filings import Filing, Filings, FilingStep
from zhangfang_sdk.payrolls import Payrolls, PayrollStep, PayrollTotals
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import ServiceMissing
from zhangfang_sdk.tasks import Arrival, AskedFor, return_filed

MONTHS_BACK = 3
"""How many months before this one are asked about although no task asks for them: their list may be made yet."""
DAYS_BACK = dt.timedelta(days=120)
DAYS_AHEAD = dt.timedelta(days=62)
PAYROLL, BANK = "register:payroll", "register:bank"
"""References: the register has one such fact a month."""


async def returns_filed(ids: Sequence[int]) -> None:
    """Returns were filed, or are not any more."""
    for id_ in ids:
        await _judge_return(await use(Filings).filing(id_))


async def payrolls_confirmed(clients: Sequence[int]) -> None:
    """Of which months is not told: those are asked about that a task may be for."""
    for client in clients:
        for month in await _months(client, AskedFor.PAYROLL):
            found = await use(Payrolls).standing(client, month)
            if found is not None:
                await _judge_payroll(found)


async def bank_lines_brought(clients: Sequence[int]) -> None:
    """New lines may make a month whole, and lines that were taken away a month that was whole a part."""
    for client in clients:
        for month in await _months(client, AskedFor.BANK_STATEMENT):
            until = await use(Bank).until(client, month)
            if until is None:
                await arrivals.undone(client, AskedFor.BANK_STATEMENT, month, BANK, f"{month.label}的银行流水不全了,有账户没有这个月的流水")
            else:
                what = f"{month.label}银行流水已导入"
                await arrivals.arrived(Arrival(client, AskedFor.BANK_STATEMENT, month, BANK, what, until=until))


async def judge_registers() -> None:
    """``collab.registers``: every morning, what nobody told: from before the plugin was on, or undone without a word.

    What a person took back stays so: it was told.
    """
    try:
        filings, payrolls = use(Filings), use(Payrolls)
    except ServiceMissing:
        return
    day, month = today(), Period.current()
    async with transaction():
        returns = await filings.standing(None, due_from=day - DAYS_BACK, due_until=day + DAYS_AHEAD)
        sheets = [p for n in range(MONTHS_BACK + 1) for p in await payrolls.of_month(month.plus(-n))]
        rows = await ArrivalRow.select(ArrivalRow.client, ArrivalRow.kind, ArrivalRow.covers, ArrivalRow.live)
        live = {(row["client"], row["kind"], row["covers"]): row["live"] for row in rows}
    for filing in returns:
        known = live.get((filing.client, return_filed(filing.tax), filing.last.number))
        if known if filing.step < FilingStep.FILED else known is None:
            async with transaction():
                await _judge_return(await filings.filing(filing.id))
    for sheet in sheets:
        known = live.get((sheet.client, AskedFor.PAYROLL, sheet.period.number))
        if known if sheet.step < PayrollStep.CONFIRMED else known is None:
            async with transaction():
                await payrolls_confirmed([sheet.client])


async def _judge_return(filing: Filing) -> None:
    kind, reference = return_filed(filing.tax), f"filing:{filing.id}"
    if filing.step < FilingStep.FILED:
        await arrivals.undone(filing.client, kind, filing.last, reference, "申报已作废,要重新申报")
        return
    what = "已申报" if filing.filed_on is None else f"{filing.filed_on} 已申报"
    await arrivals.arrived(Arrival(filing.client, kind, filing.last, reference, what, filing.receipt))


async def _judge_payroll(found: PayrollTotals) -> None:
    if found.step < PayrollStep.CONFIRMED:
        await arrivals.undone(found.client, AskedFor.PAYROLL, found.period, PAYROLL, "工资表有变动,要重新确认")
        return
    what = f"{found.period.label}工资表已确认,{found.people} 人"
    await arrivals.arrived(Arrival(found.client, AskedFor.PAYROLL, found.period, PAYROLL, what))


async def _months(client: int, kind: str) -> Sequence[Period]:
    """Those which a task of the client asks for the kind of, and the last ones."""
    rows = await Task.raw(
        "select distinct covers from collab_task where client = {} and covers % 100 > 0 and steps @> {}::jsonb",
        client,
        f'[{{"asks": "{kind}"}}]',
    )
    last = [Period.current().plus(-n) for n in range(MONTHS_BACK + 1)]
    return sorted({*last, *(Period.from_number(row["covers"]) for row in rows)})
