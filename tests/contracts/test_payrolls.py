"""One suite for the SDK's ``Payrolls``, run against the fake and the payrolls of the books."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from zhangfang_books.payroll.tables import Payroll
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.payrolls import Payrolls, PayrollStep, PayrollTotals
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.fake_payrolls import FakePayrolls

MARCH = Period(2026, 3)


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, firm: TestFirm) -> Callable[[], Awaitable[Payrolls]]:
    wanted = [
        PayrollTotals(firm.restaurant, MARCH, PayrollStep.WAITING, 2, 10_000, 1_500, 100, 8_400),
        PayrollTotals(firm.trading, MARCH, PayrollStep.CONFIRMED, 1, 9_000, 0, 0, 9_000),
    ]

    async def fake() -> Payrolls:
        return FakePayrolls(wanted)

    async def real() -> Payrolls:
        async with scoped_transaction(system_scope(firm.id)):
            for p in wanted:
                await Payroll(
                    client=p.client, period=MARCH.number, state=p.step.name.lower(), people=p.people, gross=p.gross, social=p.withheld,
                    fund=0, tax=p.tax, net=p.net, employer_social=0, employer_fund=0, made_at=dt.datetime.now(dt.UTC),
                ).save()  # fmt: skip
        return use(Payrolls)

    return fake if request.param == "fake" else real


async def test_totals_of_a_client_and_of_all_in_scope(firm: TestFirm, make: Callable[[], Awaitable[Payrolls]]) -> None:
    service = await make()
    async with acting(firm, "accountant"):
        found = await service.standing(firm.restaurant, MARCH)
        assert found == PayrollTotals(firm.restaurant, MARCH, PayrollStep.WAITING, 2, 10_000, 1_500, 100, 8_400)
        assert await service.standing(firm.restaurant, MARCH.plus(1)) is None
        assert [p.step for p in await service.of_month(MARCH)] == [PayrollStep.WAITING, PayrollStep.CONFIRMED]
    async with acting(firm, "boss", client=firm.restaurant):
        assert [p.client for p in await service.of_month(MARCH)] == [firm.restaurant]
        with pytest.raises(Refusal) as refused:
            await service.standing(firm.trading, MARCH)
        assert refused.value.code == "common.not_found"
