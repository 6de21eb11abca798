"""Every number of the returns opens into the entries or invoices that it is made of, which add up to it (LEDG-5)."""

import datetime as dt
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

import pytest

from months.sales.lists import ORDINARY, SPECIAL, Sold, number, workbook
from months.taxes.test_figures import SEPTEMBER, START, adds_up, know, of, sizes
from zhangfang_books.figures.behind import EntriesBehind, InvoicesBehind
from zhangfang_books.figures.behind_reading import entries_behind, invoices_behind
from zhangfang_books.figures.service import WorkedOut, known_facts, spans_of
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.sales.drafting import draft_sales
from zhangfang_books.sales.keeping import keep, read_list
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, TRADING_TAX_ID, TestFirm, acting
from zhangfang_core.web.balanced_html import check_balanced
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind, NewFact, YearAmount
from zhangfang_sdk.tax_figures import ReturnFigures, Step, Tax

AUGUST = Period(2026, 8)
OWN = {"general": TRADING_TAX_ID, "small": RESTAURANT_TAX_ID}
ELSEWHERE = re.compile(r"/opening|/profile/loss|/books/taxes\?period=[\d-]+#(months-before|tax-\w+)")
NO_PLACE = ("本表", "请核对")


async def bring(firm: TestFirm, client: int, own: str, sold: Sequence[Sold]) -> None:
    async with rows_of(workbook(own, sold)) as rows, acting(firm, "accountant", client=client):
        await keep(client, await read_list(client, rows), really=True)


async def book(firm: TestFirm, client: int, month: Period) -> None:
    """The month's invoices that have no voucher yet are posted."""
    async with acting(firm, "accountant", client=client):
        made = await draft_sales(client, month)
    async with scoped_transaction(system_scope(firm.id)):
        for voucher in made:
            await use(Ledger).post(voucher)


async def post(firm: TestFirm, client: int, day: dt.date, *lines: tuple[str, str]) -> None:
    """Yuan by account, debit positive, against the bank."""
    rest = -sum(fen(amount) for _, amount in lines)
    drawn = [(code, fen(amount)) for code, amount in lines] + [("1002", rest)]
    made = tuple(Line(code, "试", debit=max(n, 0), credit=max(-n, 0)) for code, n in drawn if n)
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(client, [VoucherDraft(client, day, "试", made)])


async def every_return(firm: TestFirm, client: int, month: Period = SEPTEMBER) -> list[ReturnFigures]:
    async with acting(firm, "accountant", client=client):
        facts = await known_facts(client, month)
        return [await WorkedOut().figures(client, span.tax, span.first, span.last) for span in spans_of(month, facts)]


async def opened(firm: TestFirm, client: int, path: str) -> int:
    """The sum of what stands on the page, which is what the page says it is."""
    place, asked = urlsplit(path).path, dict(parse_qsl(urlsplit(path).query, keep_blank_values=True))
    async with acting(firm, "accountant", client=client):
        if place == "/books/taxes/invoices":
            assert InvoicesBehind.parse(asked).path == path
            return sum(row.amount for row in await invoices_behind(client, InvoicesBehind.parse(asked)))
        assert place == "/books/taxes/entries", path
        assert EntriesBehind.parse(asked).path == path
        found = await entries_behind(client, EntriesBehind.parse(asked))
    assert found.opening + sum(row.amount for row in found.rows) == found.total
    return found.total


async def all_open(firm: TestFirm, client: int, found: Sequence[ReturnFigures]) -> int:
    """How many numbers of the returns were opened."""
    count = 0
    for figures in found:
        adds_up(figures)
        for line in figures.lines:
            for step in line.derivation:
                if step.path and not ELSEWHERE.fullmatch(step.path):
                    assert await opened(firm, client, step.path) in (step.amount, -step.amount), (figures.tax, line.name, step)
                    count += 1
                elif not step.path:
                    assert step.source in NO_PLACE or re.search(r"\d{4}-\d\d-\d\d 起", step.source), (figures.tax, line.name, step)
        for path in figures.paths.values():
            assert path.startswith("/"), path
    return count


async def a_year(firm: TestFirm, kind: str) -> int:
    """Sales on invoices of several rates, one that is not booked, one of August that September booked, sales without any, costs, taxes; the client."""
    client, own = (firm.trading, OWN[kind]) if kind == "general" else (firm.restaurant, OWN[kind])
    too_large = YearAmount(2025, 400_000_000)
    losses = NewFact(FactKind.LOSS, YearAmount(2025, 1_000_000_00), START)
    await know(firm, client, NewFact(FactKind.TAXABLE_INCOME, too_large, START), losses, *sizes(2026, 3))
    rates = ["13%", "9%", "3%", "免税"] if kind == "general" else ["1%", "1%", "3%", "免税"]
    august = Sold(number(90), "2026-08-30", [("*示例*货品", "2000.00", rates[0], str(20 if kind == "small" else 260))])
    await bring(firm, client, own, [august])
    async with acting(firm, "accountant", client=client):
        late = await draft_sales(client, AUGUST)
        for voucher in late:
            draft = await use(Ledger).voucher(voucher)
            await use(Ledger).redraft(voucher, VoucherDraft(client, dt.date(2026, 9, 2), draft.summary, draft.lines, source=draft.source))
    async with scoped_transaction(system_scope(firm.id)):
        for voucher in late:
            await use(Ledger).post(voucher)
    await bring(firm, client, own, [of(n, f"{1000 + n}.37", rate, SPECIAL if n % 2 else ORDINARY) for n, rate in enumerate(rates)])
    await book(firm, client, SEPTEMBER)
    await bring(firm, client, own, [of(50, "777.77", rates[0])])
    vat = "22210107" if kind == "general" else "222101"
    await post(firm, client, dt.date(2026, 9, 8), ("5001", "-500.00"), (vat, "-65.00" if kind == "general" else "-5.00"))
    await post(firm, client, dt.date(2026, 9, 9), ("1405", "600.00"), *((("22210101", "78.00"),) if kind == "general" else ()))
    if kind == "general":
        await post(firm, client, dt.date(2026, 8, 31), ("22210101", "31.11"))
        await post(firm, client, dt.date(2026, 9, 9), ("22210109", "-3.00"), ("22210103", "1.00"))
    await post(firm, client, dt.date(2026, 3, 9), ("5401", "300.00"), ("560101", "25.00"), ("5801", "12.00"), ("222113", "-12.00"))
    await post(firm, client, dt.date(2026, 9, 10), ("221101", "210.00"), ("222119", "-210.00"))
    return client


@pytest.mark.parametrize("kind", ["general", "small"])
async def test_every_number_opens_into_what_adds_up_to_it(firm: TestFirm, kind: str) -> None:
    client = await a_year(firm, kind)
    found = await every_return(firm, client)
    assert await all_open(firm, client, found) > 15
    await post(firm, client, dt.date(2026, 9, 28), ("222122", "-9.00"), ("5403", "9.00"))
    stamp = next(each for each in await every_return(firm, client) if each.tax is Tax.STAMP)
    assert await all_open(firm, client, [stamp]) == 1, "what is set aside opens into its entries"


async def test_december_counts_the_capital_by_its_entries(firm: TestFirm) -> None:
    await know(firm, firm.restaurant, *sizes(2026, 4))
    await post(firm, firm.restaurant, dt.date(2026, 5, 9), ("3001", "-1000.00"))
    await post(firm, firm.restaurant, dt.date(2026, 12, 9), ("3002", "-500.00"))
    found = await every_return(firm, firm.restaurant, Period(2026, 12))
    stamp = next(each for each in found if each.tax is Tax.STAMP)
    assert await all_open(firm, firm.restaurant, [stamp]) == 1
    assert stamp.value("营业账簿:实收资本和资本公积计税金额") == 1_500_00


@pytest.mark.parametrize("kind", ["general", "small"])
async def test_an_issued_invoice_that_is_not_booked_takes_nothing_off_other_sales(firm: TestFirm, kind: str) -> None:
    """It is named as what it is, with the way to it; sales without an invoice are those of the books beside the booked ones."""
    client = await a_year(firm, kind)
    vat = next(each for each in await every_return(firm, client) if each.tax is Tax.VAT)
    assert vat.value("未开票销售额") == 500_00
    (doubt,) = [each for each in vat.doubts if each.startswith("已开票未入账 1 张,不含税 777.77")]
    assert "which=unbooked" in vat.paths[doubt]
    assert await opened(firm, client, vat.paths[doubt]) == 777_77
    assert all(line.amount >= 0 for line in vat.lines if "未开票" in line.name)
    if kind == "general":
        issued = sum((fen(f"{1000 + n}.37") for n in range(2)), 777_77)
        assert vat.value("按适用税率计税销售额") == issued + 500_00
        assert vat.value("未开票销项税额") == 65_00
    await book(firm, client, SEPTEMBER)
    after = next(each for each in await every_return(firm, client) if each.tax is Tax.VAT)
    assert after.value("应纳税额合计") == vat.value("应纳税额合计"), "booking it changes nothing of the tax"
    assert not [each for each in after.doubts if "未入账" in each]


async def test_what_the_books_have_less_is_doubted_and_not_taken_off(firm: TestFirm) -> None:
    """Its sale was declared without an invoice in the month before: the books of the month have none."""
    await know(firm, firm.restaurant)
    await bring(firm, firm.restaurant, RESTAURANT_TAX_ID, [of(1, "1000.00", "1%")])
    await book(firm, firm.restaurant, SEPTEMBER)
    await post(firm, firm.restaurant, dt.date(2026, 9, 20), ("5001", "300.00"))
    vat = next(each for each in await every_return(firm, firm.restaurant) if each.tax is Tax.VAT)
    assert vat.value("未开票销售额") == 0
    assert vat.value("小微企业免税销售额") == 1_000_00
    assert any("少 300.00" in each for each in vat.doubts), vat.doubts
    assert await all_open(firm, firm.restaurant, [vat])


async def test_sales_that_a_person_booked_for_a_day_are_those_of_its_invoices(firm: TestFirm) -> None:
    """One voucher of the day for three invoices, none of which knows it: nothing is counted twice beside a sale without an invoice."""
    await know(firm, firm.restaurant)
    await bring(firm, firm.restaurant, RESTAURANT_TAX_ID, [of(n, "100.00", "1%") for n in range(3)])
    await post(firm, firm.restaurant, dt.date(2026, 9, 5), ("5001", "-300.00"), ("222101", "-3.00"))
    await post(firm, firm.restaurant, dt.date(2026, 9, 6), ("5001", "-40.00"), ("222101", "-0.40"))
    vat = next(each for each in await every_return(firm, firm.restaurant) if each.tax is Tax.VAT)
    assert vat.value("小微企业免税销售额") == 340_00
    assert vat.value("未开票销售额") == 40_00
    assert not [each for each in vat.doubts if "未入账" in each]


async def test_input_tax_without_invoices_and_goods_without_invoices_are_named(firm: TestFirm) -> None:
    client = await a_year(firm, "general")
    found = {each.tax: each for each in await every_return(firm, client)}
    assert any("账上抵扣的进项税额 78.00" in each and "只有 0.00" in each for each in found[Tax.VAT].doubts)
    stamp = found[Tax.STAMP]
    assert stamp.value("没有发票的购进") == 600_00
    assert stamp.value("买卖合同:采购计税金额") == 600_00
    assert any("账上购进 600.00" in each for each in stamp.doubts)
    await post(firm, client, dt.date(2026, 9, 12), ("4001", "100.00"))
    produced = next(each for each in await every_return(firm, client) if each.tax is Tax.STAMP)
    assert produced.value("买卖合同:采购计税金额") == 0, "what production brought in was not bought"
    assert any("进项税额" in each and "补计" in each for each in produced.doubts)


async def test_the_page_of_a_number_says_its_sum_and_refuses_what_no_number_asks(firm: TestFirm, portal: Portal) -> None:
    client = await a_year(firm, "general")
    found = await every_return(firm, client)
    steps = [step for each in found for line in each.lines for step in line.derivation if step.path.startswith("/books/taxes/")]
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{client}") as one:
        page = (await one.get("/books/taxes?period=2026-09")).text
        check_balanced(page)
        for step in steps:
            assert step.path.replace("&", "&amp;") in page, step
            foot = re.findall(r"<tfoot>.*?</tfoot>", (await one.get(step.path)).text, re.DOTALL)
            assert len(foot) == 1
            assert f"{abs(step.amount) / 100:,.2f}" in foot[0], (step, foot)
        for nothing in ("entries", "invoices", "entries?accounts=0000"):
            assert (await one.get(f"/books/taxes/{nothing}")).status_code == 200
        assert (await one.get("/books/taxes/entries?accounts=1&first=2026-09&last=2026-09&side=x")).status_code == 400
        assert (await one.get("/books/taxes/invoices?first=2026-09&last=2026-08")).status_code == 400
        assert (await one.get("/books/taxes/invoices?first=2026-09&last=2026-09&methods=x")).status_code == 400


def test_a_number_s_address_is_read_as_it_was_written() -> None:
    step = Step("x", 1, "账", InvoicesBehind(SEPTEMBER, SEPTEMBER, rate="13%", special=False, tax=True).path)
    assert InvoicesBehind.parse(dict(parse_qsl(urlsplit(step.path).query))) == InvoicesBehind(SEPTEMBER, SEPTEMBER, rate="13%", special=False, tax=True)
