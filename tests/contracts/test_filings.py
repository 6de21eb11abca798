"""One suite for the SDK's ``Filings``, run against the fake and the register of the books."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from zhangfang_books.filing.tables import FilingRow
from zhangfang_core.database.engine import kept
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.filings import Filing, Filings, FilingStep
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.tax_figures import Tax
from zhangfang_sdk.testing.fake_filings import FakeFilings

OCTOBER, DAY = Period(2026, 10), dt.date(2026, 11, 16)


def month_of(due: dt.date) -> Period:
    """October, but for what is due far ahead: that is of a month that runs or comes."""
    return OCTOBER if due < DAY + dt.timedelta(days=9) else max(Period.current(), Period.of(due))


Make = Callable[[], Awaitable[tuple[Filings, list[int]]]]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, firm: TestFirm) -> Make:
    """Four returns: the restaurant's with figures and without, later one of the trading company with figures, and the restaurant's of a month
    to come; their ids in that order.
    """
    wanted = [
        (firm.restaurant, Tax.IIT, DAY, FilingStep.FIGURES, 70_00),
        (firm.restaurant, Tax.STAMP, DAY, FilingStep.OPEN, None),
        (firm.trading, Tax.VAT, DAY + dt.timedelta(days=1), FilingStep.FIGURES, 0),
        (firm.restaurant, Tax.IIT, DAY + dt.timedelta(days=60), FilingStep.FIGURES, 70_00),
    ]

    async def fake() -> tuple[Filings, list[int]]:
        made = [
            Filing(n, client, tax, month_of(due), month_of(due), due, step, payable)
            for n, (client, tax, due, step, payable) in enumerate(wanted, 1)
        ]
        return FakeFilings(made), [filing.id for filing in made]

    async def real() -> tuple[Filings, list[int]]:
        ids = []
        async with acting(firm, "owner"):
            for client, tax, due, step, payable in wanted:
                row = FilingRow(
                    client=client, tax=tax.value, first=month_of(due).number, last=month_of(due).number, due=due, step=step, payable=payable,
                    lines="" if payable is None else "{}",
                )  # fmt: skip
                await row.save()
                ids.append(int(row.id))
        return use(Filings), ids

    return fake if request.param == "fake" else real


async def test_they_stand_the_soonest_first_within_the_days_and_the_scope(firm: TestFirm, make: Make) -> None:
    service, ids = await make()
    async with acting(firm, "accountant"):
        assert [f.id for f in await service.standing(None, due_until=DAY + dt.timedelta(days=9))] == ids[:3]
        assert [f.id for f in await service.standing(firm.restaurant, due_until=DAY)] == ids[:2]
        assert [f.id for f in await service.standing(None, due_from=DAY + dt.timedelta(days=1), due_until=DAY + dt.timedelta(days=1))] == ids[2:3]
        found = await service.filing(ids[0])
        assert (found.tax, found.first, found.last, found.due, found.step, found.payable) == (Tax.IIT, OCTOBER, OCTOBER, DAY, FilingStep.FIGURES, 70_00)
    async with acting(firm, "boss", client=firm.restaurant):
        assert [f.id for f in await service.standing(None, due_until=DAY + dt.timedelta(days=9))] == ids[:2]
        await refused("common.not_found", service.filing(ids[2]))
        await refused("common.not_found", service.standing(firm.trading, due_until=DAY))
    async with acting(firm, "driver"):
        await refused("access.forbidden", service.standing(None, due_until=DAY))


async def refused(code: str, call: Awaitable[object]) -> None:
    with pytest.raises(Refusal) as refusal:
        await call
    assert refusal.value.code == code


async def test_the_boss_confirms_the_accountant_files_and_pays(firm: TestFirm, make: Make) -> None:
    service, (first, open_, *_) = await make()
    async with acting(firm, "boss", client=firm.restaurant):
        await refused("filings.no_figures", service.confirmed(open_, payable=0))
        await refused("filings.figures_changed", service.confirmed(first, payable=70_01))
        await service.confirmed(first, payable=70_00)
        await refused("filings.step_back", service.confirmed(first, payable=70_00))
        await refused("access.forbidden", service.filed(first, receipt=None, number="1"))
    async with acting(firm, "accountant"):
        await refused("filings.not_filed", service.paid(first, on=DAY, amount=70_00))
        await refused("filings.no_figures", service.filed(open_, receipt=None, number="1"))
        await refused("filings.number_missing", service.filed(first, receipt=None, number=" "))
        await service.filed(first, receipt=None, number="10013326000012345678")
        assert told(service) == [first]
        await refused("filings.step_back", service.filed(first, receipt=None, number="2"))
        await refused("filings.step_back", service.confirmed(first, payable=70_00))
        await refused("filings.amount_wrong", service.paid(first, on=DAY, amount=0))
        await refused("filings.why_missing", service.voided(first, why=" "))
        await service.voided(first, why="报错了")
        assert told(service, "returns_voided") == [first]
        found = await service.filing(first)
        assert (found.step < FilingStep.FILED, found.filed_on, found.receipt) == (True, None, None)
        await refused("filings.not_filed", service.voided(first, why="再来"))
        await service.filed(first, receipt=None, number="10013326000012345679")
        await service.paid(first, on=DAY, amount=70_00)
        await refused("filings.step_back", service.paid(first, on=DAY, amount=70_00))
        assert (await service.filing(first)).step is FilingStep.PAID
        await refused("filings.paid_already", service.voided(first, why="报错了"))


async def test_the_firm_may_say_that_the_client_agreed_a_reviewer_may_not(firm: TestFirm, make: Make) -> None:
    service, ids = await make()
    async with acting(firm, "reviewer"):
        await refused("access.forbidden", service.confirmed(ids[2], payable=0))
    async with acting(firm, "accountant"):
        await service.confirmed(ids[2], payable=0)
        assert (await service.filing(ids[2])).step is FilingStep.CONFIRMED
        await refused("common.not_found", service.confirmed(max(ids) + 999, payable=0))


async def test_a_month_that_is_not_over_is_not_confirmed_and_not_filed(firm: TestFirm, make: Make) -> None:
    service, ids = await make()
    async with acting(firm, "boss", client=firm.restaurant):
        await refused("filings.month_running", service.confirmed(ids[3], payable=70_00))
    async with acting(firm, "accountant"):
        await refused("filings.month_running", service.filed(ids[3], receipt=None, number="1"))


def told(service: Filings, fact: str = "returns_filed") -> list[int]:
    if isinstance(service, FakeFilings):
        return service.told if fact == "returns_filed" else service.told_void
    return [int(id_) for id_ in kept("facts").get(fact, {})]
