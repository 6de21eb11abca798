"""One suite for the SDK's ``TaxFigures``, run against the fake and the books' own over the same sales of a quarter."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.tax_figures import FigureLine, ReturnFigures, Step, Tax, TaxFigures
from zhangfang_sdk.testing.fake_tax_figures import FakeTaxFigures

JULY, SEPTEMBER = Period(2026, 7), Period(2026, 9)
SOLD, TAX = 400_000_00, 4_000_00
Make = Callable[[], Awaitable[TaxFigures]]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, firm: TestFirm) -> Make:
    async def fake() -> TaxFigures:
        lines = (
            FigureLine("本期应纳税额", 12_000_00, (Step("销售额", 12_000_00, "增值税法"),)),
            FigureLine("应纳税额合计", TAX, (Step("本期应纳税额", 12_000_00, "本表"), Step("减征", -8_000_00, "公告"))),
        )
        found = ReturnFigures(Tax.VAT, JULY, SEPTEMBER, lines, rules_of="2026-09-30")
        return FakeTaxFigures({firm.restaurant: [found], firm.trading: []})

    async def real() -> TaxFigures:
        lines = (Line("1002", "卖", debit=SOLD + TAX), Line("5001", "卖", credit=SOLD), Line("222101", "卖", credit=TAX))
        async with acting(firm):
            await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2026, 8, 3), "卖", lines)])
        return use(TaxFigures)

    return fake if request.param == "fake" else real


async def test_figures_say_how_they_came_about(firm: TestFirm, make: Make) -> None:
    service = await make()
    async with acting(firm, "accountant"):
        found = await service.figures(firm.restaurant, Tax.VAT, JULY, SEPTEMBER)
    assert (found.tax, found.first, found.last, found.rules_of) == (Tax.VAT, JULY, SEPTEMBER, "2026-09-30")
    assert found.value("应纳税额合计") == TAX
    for line in found.lines:
        assert line.amount == sum(step.amount for step in line.derivation)
    with pytest.raises(KeyError):
        found.line("没有这一行")


async def test_what_is_refused(firm: TestFirm, other_firm: TestFirm, make: Make) -> None:
    service = await make()
    async with acting(firm, "accountant"):
        for client, first, code in (
            (firm.restaurant, Period(2026, 8), "taxes.no_return"),
            (firm.trading, JULY, "taxes.no_return"),
            (other_firm.trading, JULY, "common.not_found"),
        ):
            with pytest.raises(Refusal) as refusal:
                await service.figures(client, Tax.VAT, first, SEPTEMBER)
            assert refusal.value.code == code
    async with acting(firm, "boss", client=firm.restaurant):
        with pytest.raises(Refusal) as refusal:
            await service.figures(firm.trading, Tax.VAT, SEPTEMBER, SEPTEMBER)
        assert refusal.value.code == "common.not_found"
    async with acting(firm, "driver"):
        with pytest.raises(Refusal) as refusal:
            await service.figures(firm.restaurant, Tax.VAT, JULY, SEPTEMBER)
        assert refusal.value.code == "access.forbidden"
