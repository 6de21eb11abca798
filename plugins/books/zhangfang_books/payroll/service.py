"""The SDK's ``Payrolls``: totals alone."""

from collections.abc import Sequence

from zhangfang_books.payroll import booking
from zhangfang_books.payroll.tables import Payroll, PayrollState
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.payrolls import PayrollStep, PayrollTotals
from zhangfang_sdk.periods import Period

STEPS = {
    PayrollState.REOPENED: PayrollStep.RETURNED,
    PayrollState.RETURNED: PayrollStep.RETURNED,
    PayrollState.WAITING: PayrollStep.WAITING,
    PayrollState.CONFIRMED: PayrollStep.CONFIRMED,
}


class KeptPayrolls:
    async def standing(self, client: int, period: Period) -> PayrollTotals | None:
        require("ledger.read")
        if not scope().sees(client):
            raise not_found("企业")
        row = await Payroll.objects().where(Payroll.client == client, Payroll.period == period.number).first()
        return None if row is None else await _totals(row)

    async def of_month(self, period: Period) -> Sequence[PayrollTotals]:
        require("ledger.read")
        rows = await Payroll.objects().where(Payroll.period == period.number).order_by(Payroll.client)
        return [await _totals(row) for row in rows]


async def _totals(row: Payroll) -> PayrollTotals:
    step = STEPS[PayrollState(row.state)]
    if await booking.standing_voucher(row) is not None:
        step = PayrollStep.BOOKED
    withheld = row.social + row.fund
    return PayrollTotals(row.client, Period.from_number(row.period), step, row.people, row.gross, withheld, row.tax, row.net)
