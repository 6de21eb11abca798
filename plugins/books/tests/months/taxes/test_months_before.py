"""A quarter that another's books began: its first months are asked for on the page of taxes, and used."""

import dataclasses
import datetime as dt

import pytest

from months.taxes.test_figures import JULY, SEPTEMBER, adds_up
from months.taxes.test_tax_rules import amounts, books, facts
from zhangfang_books.figures.material import Material
from zhangfang_books.figures.pages import months_asked
from zhangfang_books.figures.service import PAYABLE, worked_out
from zhangfang_books.tax.months_before import MonthBefore, tell, told
from zhangfang_books.tax.vat import exemption
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import CSRF_COOKIE, CSRF_HEADER, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.balanced_html import check_balanced
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Balance, Ledger, Line, VoucherDraft
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import ReturnFigures, Tax

AUGUST = Period(2026, 8)
ROWS = [Balance("5001", SEPTEMBER, 0, 100_000_00), Balance("222101", SEPTEMBER, 0, 1_000_00)]


def returned(tax: Tax, *before: MonthBefore) -> ReturnFigures:
    known = facts(starts=AUGUST, before={each.period: each for each in before})
    found = worked_out(Material(MonthBooks(1, SEPTEMBER, ROWS), known, JULY, SEPTEMBER), tax)
    adds_up(found)
    return found


def test_a_quarter_below_the_limit_with_its_first_month_is_free_but_for_special_invoices() -> None:
    """100,000 by the books, 150,000 before them, 20,000 of it on special invoices: 20,000 × 1 % = 200."""
    found = returned(Tax.VAT, MonthBefore(JULY, 150_000_00, 20_000_00, 0))
    assert found.value("小微企业免税销售额") == 230_000_00
    assert found.value(PAYABLE[Tax.VAT]) == 200_00
    assert not any("建账" in doubt for doubt in found.doubts), found.doubts


def test_a_quarter_that_passes_the_limit_with_its_first_month_is_taxed_whole() -> None:
    """100,000 and 200,000 are no less than 300,000: 3,000; halved surtaxes of 6 %: 180."""
    before = MonthBefore(JULY, 200_000_00, 0, 0)
    assert returned(Tax.VAT, before).value(PAYABLE[Tax.VAT]) == 3_000_00
    assert returned(Tax.SURCHARGES, MonthBefore(JULY, 200_000_01, 0, 0)).value(PAYABLE[Tax.SURCHARGES]) == 180_00
    quarter = books(("5001", -100_000_00), ("222101", -1_000_00))
    assert amounts(exemption(quarter, facts(starts=AUGUST, before={JULY: before}))) == {}
    below = {JULY: MonthBefore(JULY, 199_999_99, 0, 0)}
    assert amounts(exemption(quarter, facts(starts=AUGUST, before=below)))["222101"] == 1_000_00


def test_stamp_duty_counts_both_ways() -> None:
    """0.3 ‱ … of 100,000 + 150,000 sold and 50,000 bought, halved: 75 + 15 = 90, 45."""
    assert returned(Tax.STAMP, MonthBefore(JULY, 150_000_00, 0, 50_000_00)).value(PAYABLE[Tax.STAMP]) == 45_00


def test_every_month_of_the_quarter_before_the_books_is_wanted() -> None:
    known = facts(starts=SEPTEMBER, before={JULY: MonthBefore(JULY, 0, 0, 0)})
    assert known.lacks_months_of(JULY)
    assert [(month, before is None) for month, before in months_asked(known, SEPTEMBER)] == [
        (JULY, False),
        (AUGUST, True),
    ]
    assert months_asked(facts(), SEPTEMBER) == []
    assert months_asked(facts(starts=SEPTEMBER), SEPTEMBER.plus(1)) == []


async def taken_over(firm: TestFirm) -> int:
    """A small company whose books start in August."""
    async with scoped_transaction(system_scope(firm.id)):
        new = NewClient("中途接手有限公司", "91330106MA2TEXT07R", TaxpayerKind.SMALL_SCALE, "retail", AUGUST.first_day)
        return await use(Clients).take_on(new)


async def test_they_are_told_once_a_month_by_name_and_can_be_put_right(firm: TestFirm) -> None:
    client = await taken_over(firm)
    async with acting(firm, "owner"):
        await tell(client, MonthBefore(JULY, 100, 0, 0))
        await tell(client, MonthBefore(JULY, 200, 5, 7))
        assert await told(client) == {JULY: MonthBefore(JULY, 200, 5, 7)}
        for month in (AUGUST, JULY.plus(-1)):
            with pytest.raises(Refusal, match="month_has_books"):
                await tell(client, MonthBefore(month, 1, 0, 0))
        with pytest.raises(Refusal, match="special_above_sales"):
            await tell(client, MonthBefore(JULY, 1, 2, 0))
        with pytest.raises(Refusal, match="too_large"):
            await tell(client, MonthBefore(JULY, LARGEST_FEN + 1, 0, 0))
        assert (await told(firm.restaurant)) == {}


async def test_the_page_asks_for_them_and_counts_with_them(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    client = await taken_over(firm)
    async with scoped_transaction(system_scope(firm.id)):
        lines = (
            Line("1122", "销售", debit=101_000_00, counterparty="甲"),
            Line("5001", "销售", credit=100_000_00),
            Line("222101", "销售", credit=1_000_00),
        )
        await use(Ledger).post(await use(Ledger).draft(VoucherDraft(client, dt.date(2026, 8, 20), "销售", lines)))
    base = f"/f/{firm.id}/c/{client}"
    where = f"{base}/books/taxes?period=2026-09"
    chosen = dataclasses.replace(settings, dsn=test_server.addresses(database).application)
    async with running_portal(chosen) as portal, portal.visitor(await session_for(firm.owner)) as owner:
        asked = (await owner.get(where)).text
        check_balanced(asked)
        assert "建账以前的月份" in asked
        assert "补录后才知道是否达到起征点" in asked
        assert "待补录" in asked
        done = await owner.http.post(
            f"{base}/books/taxes/before",
            data={"month": "2026-07", "period": "2026-09", "sales": "250,000.00", "special": "", "purchases": ""},
            headers={CSRF_HEADER: owner.http.cookies[CSRF_COOKIE], "accept": "text/html"},
            follow_redirects=True,
        )
        assert done.status_code == 200, done.text
        assert "补录后才知道" not in done.text
        assert "3,500.00" in done.text, "350,000 at 1 %"
        assert 'value="250,000.00"' in done.text
