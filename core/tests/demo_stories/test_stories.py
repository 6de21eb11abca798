"""The demo's books: they balance, make sense and are the same for the same day (LEDG-1, DASH-1)."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date

import pytest

from zhangfang_core.demo.stories import Story, StoryVoucher, firms, materials, neighbour, restaurant, software, trading
from zhangfang_core.demo.stories.rates import owes_no_vat
from zhangfang_core.demo.stories.workdays import OFFICE_DAYS
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.tenancy.tax_ids import tax_id_is_right
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.ledger import VoucherKind
from zhangfang_sdk.periods import Period

TODAY = date(2026, 11, 23)
DAYS = (TODAY, date(2026, 2, 28), date(2025, 12, 31), date(2027, 1, 1), date(2026, 7, 13))
TELLERS = (restaurant, trading, software, materials, neighbour)
LONG_TELLERS = (restaurant, trading, software)
Teller = Callable[[date], Story]

each = pytest.mark.parametrize("tell", TELLERS, ids=lambda tell: tell.__name__)
each_long = pytest.mark.parametrize("tell", LONG_TELLERS, ids=lambda tell: tell.__name__)
on_days = pytest.mark.parametrize("today", DAYS, ids=str)


def vouchers(story: Story) -> list[StoryVoucher]:
    return [voucher for month in story.months for voucher in month.vouchers]


def movement(found: tuple[StoryVoucher, ...], *accounts: str) -> int:
    """Net debit of accounts without closing vouchers, fen."""
    return sum(
        line.debit - line.credit
        for voucher in found
        if voucher.kind is not VoucherKind.CLOSING
        for line in voucher.lines
        if line.account_code.startswith(accounts)
    )


@each
@on_days
def test_vouchers_balance_on_leaves_in_their_month(tell: Teller, today: date) -> None:
    """LEDG-1: debits equal credits, accounts take postings, dates go forward, one side a line."""
    story = tell(today)
    company = story.company
    leaves = {a.code for a in load_chart(company.standard, company.taxpayer_kind.value).leaves()}
    months = {neighbour: 12, materials: 17}.get(tell, 14)
    assert [m.period for m in story.months] == [Period.of(today).plus(i - months + 1) for i in range(months)]
    assert company.books_start == story.months[0].period.first_day
    for month in story.months:
        assert [v.date for v in month.vouchers] == sorted(v.date for v in month.vouchers)
        for voucher in month.vouchers:
            assert Period.of(voucher.date) == month.period
            assert voucher.date <= today
            assert sum(line.debit for line in voucher.lines) == sum(line.credit for line in voucher.lines)
            assert all((line.debit == 0) != (line.credit == 0) for line in voucher.lines), voucher
            assert {line.account_code for line in voucher.lines} <= leaves
    assert {line.account_code for line in story.opening_balances} <= leaves


@each
@on_days
def test_balances_hold_every_day(tell: Teller, today: date) -> None:
    """DASH-1: the trial balance is zero; bank, cash, platforms and stocks never fall below nothing, payables never turn."""
    balances: dict[str, int] = defaultdict(int)
    parties: dict[tuple[str, str], int] = defaultdict(int)
    story = tell(today)
    for line in story.opening_balances:
        balances[line.account_code] += line.debit - line.credit
        parties[line.account_code, line.counterparty] += line.debit - line.credit
    assert sum(balances.values()) == 0
    assert balances["310415"] < 0
    for voucher in vouchers(story):
        for line in voucher.lines:
            balances[line.account_code] += line.debit - line.credit
            parties[line.account_code, line.counterparty] += line.debit - line.credit
        for account in ("1001", "1002", "1012", "1123", "1403", "1405", "1411", "1801"):
            assert balances[account] >= 0, (voucher.date, voucher.summary, account)
    assert sum(balances.values()) == 0
    for (account, party), amount in parties.items():
        if account == "2202":
            assert party
            assert amount <= 0
        if account == "1122":
            assert party
            assert amount >= 0


@on_days
def test_the_trading_company_counts_its_stock(today: date) -> None:
    """LEDG-1: each line of 1405 says how many of which item at what price; none is ever short, and what is left is what 1405 stands at."""
    story = trading(today)
    items, left = {item.name for item in story.stock}, defaultdict[str, int](int)
    value = 0
    told = vouchers(story)
    for line in (*story.opening_balances, *(line for voucher in told for line in voucher.lines)):
        assert (line.pieces is not None) == (line.account_code == "1405"), line
        if line.pieces is None:
            continue
        assert line.pieces.item in items
        assert line.pieces.quantity * line.pieces.unit_price * 100 == line.debit + line.credit
        left[line.pieces.item] += int(line.pieces.quantity) * (1 if line.debit else -1)
        value += line.debit - line.credit
        assert left[line.pieces.item] >= 0, line
    price = {line.pieces.item: line.pieces.unit_price for line in story.opening_balances if line.pieces is not None}
    assert set(price) == items
    assert sum(pieces * price[item] * 100 for item, pieces in left.items()) == value


@on_days
def test_the_small_shop_ends_each_quarter_just_below_the_threshold(today: date) -> None:
    """RISK-2: three whole quarters from 280,000 to below 300,000, the last one at 286,000, none of them taxed."""
    months = neighbour(today).months
    ended = [month for month in months if month.period.last_day < Period.of(today).plus(-((today.month - 1) % 3)).first_day]
    quarters = [ended[-3 * n - 3 : len(ended) - 3 * n] for n in range(3)]
    sales = [-sum(movement(month.vouchers, "5001") for month in quarter) for quarter in quarters]
    assert sales[0] == 286_000_00
    assert all(280_000_00 <= amount < 300_000_00 for amount in sales)
    assert all("未达起征点" in "".join(v.summary for v in quarter[-1].vouchers) for quarter in quarters)


@each
@on_days
def test_closing_empties_profit_and_loss(tell: Teller, today: date) -> None:
    """LEDG-1: after each ended month revenue and expense accounts stand at zero, after December 本年利润 too."""
    balances: dict[str, int] = defaultdict(int)
    story = tell(today)
    for line in story.opening_balances:
        balances[line.account_code] += line.debit - line.credit
    for month in story.months:
        for voucher in month.vouchers:
            for line in voucher.lines:
                balances[line.account_code] += line.debit - line.credit
        closed = any(voucher.kind is VoucherKind.CLOSING for voucher in month.vouchers)
        assert closed == (month.period.last_day <= today)
        if closed:
            assert {code for code, amount in balances.items() if code.startswith("5") and amount} == set()
            assert (balances["3103"] == 0) == (month.period.month == 12)


@each
def test_the_same_day_tells_the_same_story(tell: Teller) -> None:
    """The demo repeats itself, and a later day of the month only adds to what was told."""
    assert tell(TODAY) == tell(TODAY)
    earlier, later = tell(date(2026, 11, 10)), tell(TODAY)
    assert earlier.months[:-1] == later.months[:-1]
    assert later.months[-1].vouchers[: len(earlier.months[-1].vouchers)] == earlier.months[-1].vouchers
    assert len(later.months[-1].vouchers) > len(earlier.months[-1].vouchers)


@each_long
@on_days
def test_months_are_full(tell: Teller, today: date) -> None:
    """25 to 60 vouchers a month; invoices behind about ten to twenty of them."""
    for month in tell(today).months[:-1]:
        assert 25 <= len(month.vouchers) <= 60
        assert 8 <= sum(voucher.document is not None for voucher in month.vouchers) <= 21


@pytest.mark.parametrize(
    ("tell", "lowest", "highest"), [(restaurant, 55, 65), (trading, 18, 25), (software, 55, 72)]
)
@on_days
def test_margins_are_plausible(tell: Teller, lowest: int, highest: int, today: date) -> None:
    """DASH-1: gross margin within the trade's usual range, a profit each month, business grows over the year."""
    months = tell(today).months[:-1]
    sales = [-movement(month.vouchers, "5001") for month in months]
    for month, sold in zip(months, sales, strict=True):
        cost = movement(month.vouchers, "5401")
        assert lowest <= 100 - 100 * cost / sold <= highest, month.period
        assert 0 < -movement(month.vouchers, "5") < sold * 3 // 10, month.period
    assert sales[12] > sales[0]


@on_days
def test_restaurant_stays_small_scale(today: date) -> None:
    """RISK-2: twelve months of sales stay under the 5,000,000 of a small-scale taxpayer (增值税法第九条)."""
    months = restaurant(today).months
    for start in range(3):
        assert -sum(movement(month.vouchers, "5001") for month in months[start : start + 12]) < 5_000_000_00


@on_days
def test_small_scale_vat_follows_sales(today: date) -> None:
    """LEDG-5: 1 % accrues on all takings and is paid after the quarter, since its sales reach the threshold."""
    months = restaurant(today).months
    for month in months:
        sold = -movement(month.vouchers, "5001")
        accrued = sum(
            line.credit for v in month.vouchers for line in v.lines if line.account_code == "222101"
        )
        assert abs(sold - accrued * 100) < 100 * len(month.vouchers)
        paid = sum(line.debit for v in month.vouchers for line in v.lines if line.account_code == "222101")
        if month.period.month % 3 == 1 and today >= date(month.period.year, month.period.month, 16):
            assert paid > 3_000_00
        elif month.period.month % 3 != 1:
            assert paid == 0


@pytest.mark.parametrize("tell", [trading, software, materials])
@on_days
def test_input_vat_is_that_of_the_special_invoices(tell: Teller, today: date) -> None:
    """LEDG-5, CAP-8: every fen of input VAT has a special invoice; VAT due is output less input."""
    for month in tell(today).months:
        documents = [v.document for v in month.vouchers if v.document and v.document.kind == "数电专票"]
        assert movement(month.vouchers, "22210101") == sum(document.tax_fen for document in documents)
        if month.period.last_day <= today:
            output = -movement(month.vouchers, "22210107")
            due = -sum(
                line.debit - line.credit
                for v in month.vouchers
                if v.summary == "转出本月未交增值税"
                for line in v.lines
                if line.account_code == "222102"
            )
            assert due == output - movement(month.vouchers, "22210101")
            assert due > 0


@on_days
def test_the_client_with_risks_has_what_early_warning_looks_for(today: date) -> None:
    """RISK-2: a year's burden of about one per cent, cheaper for some months, two invoices over consulting and nothing else beside goods."""
    months = materials(today).months
    year = months[-13:-1]
    due = sum(line.debit for m in year for v in m.vouchers for line in v.lines if line.account_code == "22210104")
    assert 80 <= -due * 10_000 // sum(movement(m.vouchers, "5001") for m in year) <= 120
    named = [(line.summary, line.credit) for m in months[-3:] for v in m.vouchers for line in v.lines if line.account_code == "5001" and line.credit]
    consulting = [fen for name, fen in named if name.startswith("*咨询服务*")]
    assert consulting == [68_000_00, 75_000_00][: 1 if today.day < 13 else 2]
    assert {name.split("*")[1] for name, _ in named if not name.startswith("*咨询")} == {"非金属矿物制品", "黑色金属冶炼压延品"}


def test_small_shop_below_the_threshold_pays_no_vat() -> None:
    """LEDG-5: a quarter under 300,000 turns the VAT accrued into income (增值税法第二十三条)."""
    story = neighbour(date(2026, 12, 31))
    last = story.months[-1].vouchers
    exempt = [v for v in last if "未达起征点" in v.summary]
    assert len(exempt) == 1
    assert [line.account_code for line in exempt[0].lines] == ["222101", "530104"]
    assert not any("附加税费" in v.summary and v.date.day > 20 for v in last)
    assert not owes_no_vat(300_000_00, date(2026, 3, 31))
    assert owes_no_vat(299_999_99, date(2026, 3, 31))
    assert owes_no_vat(300_000_00, date(2025, 12, 31))


@each
@on_days
def test_documents_are_complete_and_agree_with_their_vouchers(tell: Teller, today: date) -> None:
    """DASH-5, CAP-2: each invoice adds up, names the company as buyer, and its total is what the voucher books."""
    story = tell(today)
    numbers: set[str] = set()
    for voucher in vouchers(story):
        document = voucher.document
        if document is None:
            continue
        assert re.fullmatch(r"\d{20}", document.number)
        assert document.number[:2] == f"{document.issued_on.year % 100:02d}"
        assert document.number not in numbers
        numbers.add(document.number)
        assert document.issued_on == voucher.date
        assert (document.buyer_name, document.buyer_tax_id) == (story.company.name, story.company.tax_id)
        assert document.total_fen == sum(line.credit for line in voucher.lines)
        for line in document.lines:
            assert re.fullmatch(r"\*[^*]+\*.+", line.name)
            assert line.quantity * line.unit_price * 100 == line.amount_fen > 0
            rate = 0 if line.rate == "免税" else int(line.rate.rstrip("%"))
            assert abs(line.amount_fen * rate - line.tax_fen * 100) <= 50


def test_tax_ids_are_right_and_plainly_invented() -> None:
    """PLAT-13: check digits hold (GB 32100-2015, GB 11714-1997), and no real company's organisation code begins MADEM."""
    ids: dict[str, str] = {}
    for firm in firms(TODAY):
        for story in firm.clients:
            ids[story.company.name] = story.company.tax_id
            for voucher in vouchers(story):
                if voucher.document:
                    ids[voucher.document.seller_name] = voucher.document.seller_tax_id
    assert len(set(ids.values())) == len(ids) > 30
    for tax_id in ids.values():
        assert tax_id_is_right(tax_id)
        assert tax_id[8:13] == "MADEM"
        weights = (3, 7, 9, 10, 5, 8, 4, 2)
        check = -sum(int(c, 36) * w for c, w in zip(tax_id[8:16], weights, strict=True)) % 11
        assert tax_id[16] == ("X" if check == 10 else str(check))


@each
@on_days
def test_offices_work_on_workdays(tell: Teller, today: date) -> None:
    """Wages, taxes, loans and bank bookings fall on working days; taxes are paid by the 15th but for long holidays."""
    for voucher in vouchers(tell(today)):
        if voucher.summary.startswith(("发放", "缴纳", "预缴", "支付", "收", "预付", "微信支付宝提现")):
            assert OFFICE_DAYS.is_working(voucher.date), (voucher.date, voucher.summary)
        if voucher.summary.startswith(("缴纳", "预缴")):
            assert voucher.date.day <= 16


def test_two_firms() -> None:
    """PLAT-4: a firm with a restaurant, a trading, a software and a building materials company, and another with one small client."""
    first, second = firms(TODAY)
    assert [story.company.key for story in first.clients] == ["restaurant", "trading", "software", "materials"]
    assert [story.company.key for story in second.clients] == ["neighbour"]
    assert first.clients[0].company.name == "味来香餐饮管理有限公司"
    kinds = [story.company.taxpayer_kind for story in first.clients]
    assert kinds == [TaxpayerKind.SMALL_SCALE, TaxpayerKind.GENERAL, TaxpayerKind.GENERAL, TaxpayerKind.GENERAL]


def test_some_customers_are_late() -> None:
    """DASH-3: the sales manager sees receivables of several customers."""
    story = trading(TODAY)
    owed: dict[str, int] = defaultdict(int)
    for line in story.opening_balances:
        if line.account_code == "1122":
            owed[line.counterparty] += line.debit - line.credit
    for voucher in vouchers(story):
        for line in voucher.lines:
            if line.account_code == "1122":
                owed[line.counterparty] += line.debit - line.credit
    assert sum(amount > 0 for amount in owed.values()) >= 3
