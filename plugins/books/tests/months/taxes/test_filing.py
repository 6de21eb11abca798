"""A return from its figures to its payment: confirmed as bytes, void when the books move, compared with the books (LEDG-7)."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Sequence

import pytest

from months.taxes.test_figures import know
from zhangfang_books.filing.board import board, counted
from zhangfang_books.filing.demo import file_demo_returns, pay_the_rest
from zhangfang_books.filing.lines import unpacked
from zhangfang_books.filing.opening import months_of, open_all, open_returns
from zhangfang_books.filing.service import (
    RegisteredFilings,
    against_books,
    follow_months,
    follow_postings,
    follow_profiles,
    work_out,
)
from zhangfang_books.filing.tables import Confirmation, FilingRow
from zhangfang_books.filing.waiting import due_soon, to_confirm
from zhangfang_books.plugin import Books
from zhangfang_core.calendar.service import move
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.module_settings.kept import choose_for_client
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting, make_member, session_of
from zhangfang_core.vendors.setting_forms import Filled
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, TaxpayerKind
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import FactKind, NewFact, RegisteredAddress, YearAmount
from zhangfang_sdk.tax_figures import Tax

LAST_MONTH = Period.current().plus(-1)
AHEAD = dt.timedelta(days=70)


def withheld(client: int, amount: int) -> VoucherDraft:
    lines = (Line("221101", "代扣", debit=amount), Line("222119", "代扣", credit=amount))
    return VoucherDraft(client, LAST_MONTH.last_day, "代扣个税", lines)


async def standing(firm: TestFirm, client: int) -> Sequence[Filing]:
    async with acting(firm, "accountant", client=client):
        return await RegisteredFilings().standing(client, due_until=today() + AHEAD)


async def opened(firm: TestFirm) -> int:
    """The restaurant's withheld tax of last month, 210.00 on the books; the filing's id."""
    async with scoped_transaction(system_scope(firm.id)):
        await open_returns([firm.restaurant])
        await import_posted(firm.restaurant, [withheld(firm.restaurant, 210_00)])
    return next(f.id for f in await standing(firm, firm.restaurant) if f.tax is Tax.IIT and f.last == LAST_MONTH)


async def row_of(firm: TestFirm, filing: int) -> FilingRow:
    async with acting(firm, "accountant", client=firm.restaurant):
        row = await FilingRow.objects().get(FilingRow.id == filing)
    assert row is not None
    return row


async def test_a_day_that_the_firm_moves_is_due_in_the_register_at_once(firm: TestFirm) -> None:
    filing = await opened(firm)
    later = (await row_of(firm, filing)).due + dt.timedelta(days=6)
    async with acting(firm, "owner"):
        await move("iit_withholding", LAST_MONTH.key, due=later, area="", reason="税务局通知")
    async with acting(firm, "owner"):
        facts = await connection().fetch("select args::text as args from procrastinate_jobs where args::text like '%deadlines_moved%'")
        assert any('"books"' in fact["args"] for fact in facts)
        await Books().on_deadlines_moved([])
    async with acting(firm, "owner"):
        assert await connection().fetchval("select count(*) from procrastinate_jobs where task_name = 'books.open_returns'") == 1
    with in_scope(system_scope(firm.id)):
        await open_all()
    assert (await row_of(firm, filing)).due == later


async def test_what_is_due_is_opened_once_by_kind_of_payer(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        assert await open_returns([firm.restaurant, firm.trading]) > 0
        assert await open_returns([firm.restaurant, firm.trading]) == 0
    general, small = [await standing(firm, client) for client in (firm.trading, firm.restaurant)]
    assert all(f.first == f.last for f in general if f.tax is Tax.VAT)
    assert all(f.first.plus(2) == f.last for f in small if f.tax in (Tax.VAT, Tax.CIT))
    for found in (general, small):
        vat = {(f.last, f.due) for f in found if f.tax is Tax.VAT}
        assert vat == {(f.last, f.due) for f in found if f.tax is Tax.SURCHARGES}
    assert months_of("2026Q3") == (Period(2026, 7), Period(2026, 9))


async def test_from_figures_to_payment_with_the_bytes_that_were_confirmed(firm: TestFirm) -> None:
    filing = await opened(firm)
    async with acting(firm, "accountant", client=firm.restaurant):
        await work_out(filing)
        told = await connection().fetchval("select count(*) from core_notice where kind = 'books.filing_to_confirm'")
    async with acting(firm, "boss", client=firm.restaurant, name="李总"):
        assert [(w.path, w.note) for w in await to_confirm(9)] == [(f"/books/filings/{filing}", "应缴 210.00 元")]
        await RegisteredFilings().confirmed(filing, payable=210_00)
        assert await to_confirm(9) == []
        (kept,) = await Confirmation.select().where(Confirmation.filing == filing)
    assert hashlib.sha256(kept["content"]).hexdigest() == kept["sha256"]
    assert (kept["confirmed_by"], kept["by_firm"], kept["payable"]) == ("李总", False, 210_00)
    assert "代扣代缴个人所得税".encode() in kept["content"]
    assert told == 0, "nobody of the client is there yet"
    async with acting(firm, "accountant", client=firm.restaurant):
        receipt = await use(Documents).store(firm.restaurant, "回执.pdf", "application/pdf", b"%PDF-1.7 receipt")
        await RegisteredFilings().filed(filing, receipt=receipt.id, number="10013326")
        await RegisteredFilings().paid(filing, on=today(), amount=210_00)
        assert await against_books(await FilingRow.objects().get(FilingRow.id == filing) or FilingRow()) == []
    (found,) = [f for f in await standing(firm, firm.restaurant) if f.id == filing]
    assert (found.step, found.receipt, found.filed_on) == (FilingStep.PAID, receipt.id, today())


async def hear_of_postings(firm: TestFirm, voucher: int) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await follow_postings([voucher])


async def hear_of_profile(firm: TestFirm, voucher: int) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await follow_profiles([firm.restaurant])


async def hear_of_sales(firm: TestFirm, voucher: int) -> None:
    """As the worker runs it: a job opens its transactions itself."""
    with in_scope(system_scope(firm.id)):
        await follow_months(firm.restaurant, LAST_MONTH.number)


HEARD = {"postings": hear_of_postings, "profile": hear_of_profile, "sales": hear_of_sales}


@pytest.mark.parametrize("heard", HEARD)
async def test_a_change_voids_the_confirmation(firm: TestFirm, heard: str) -> None:
    """What was confirmed stays on record; other lines ask for another word, whatever made them other ones."""
    filing = await opened(firm)
    async with acting(firm, "accountant", client=firm.restaurant):
        await work_out(filing)
    async with acting(firm, "boss", client=firm.restaurant):
        await RegisteredFilings().confirmed(filing, payable=210_00)
    before = await row_of(firm, filing)
    async with scoped_transaction(system_scope(firm.id)):
        same = await use(Ledger).draft(VoucherDraft(firm.restaurant, LAST_MONTH.last_day, "别的", (Line("1001", "x", debit=1), Line("1002", "x", credit=1))))
        await use(Ledger).post(same)
        await follow_postings([same])
    assert (await row_of(firm, filing)).confirmed_sha256 == before.confirmed_sha256
    async with scoped_transaction(system_scope(firm.id)):
        more = await use(Ledger).draft(withheld(firm.restaurant, 5_00))
        await use(Ledger).post(more)
    await HEARD[heard](firm, more)
    after = await row_of(firm, filing)
    assert (after.step, after.payable, after.confirmed_sha256) == (FilingStep.FIGURES, 215_00, "")
    async with acting(firm, "boss", client=firm.restaurant):
        with pytest.raises(Refusal, match=r"filings\.figures_changed"):
            await RegisteredFilings().confirmed(filing, payable=210_00)
        assert len(await Confirmation.select()) == 1


async def confirmed(firm: TestFirm) -> int:
    """The surcharges of the trading company's last month, worked out in a city and confirmed by its boss; the filing's id."""
    await know(firm, firm.trading, NewFact(FactKind.TAXABLE_INCOME, YearAmount(2025, 400_000_000), dt.date(2025, 1, 1)))
    lines = (Line("1002", "卖", debit=226_000_00), Line("5001", "卖", credit=200_000_00), Line("22210107", "卖", credit=26_000_00))
    async with scoped_transaction(system_scope(firm.id)):
        await open_returns([firm.trading])
        await import_posted(firm.trading, [VoucherDraft(firm.trading, LAST_MONTH.last_day, "卖", lines)])
    filing = next(f.id for f in await standing(firm, firm.trading) if f.tax is Tax.SURCHARGES and f.last == LAST_MONTH)
    async with acting(firm, "accountant", client=firm.trading):
        await work_out(filing)
    async with acting(firm, "boss", client=firm.trading):
        await RegisteredFilings().confirmed(filing, payable=(await RegisteredFilings().filing(filing)).payable or 0)
    return filing


UNKNOWABLE = {
    "a fact is missing": NewFact(FactKind.REGISTERED_ADDRESS, RegisteredAddress("某县示例路 1 号", "330122"), dt.date(2025, 1, 1)),
    "it is no return of theirs": NewFact(FactKind.TAXPAYER_KIND, TaxpayerKind.SMALL_SCALE, dt.date(2025, 1, 1)),
}


@pytest.mark.parametrize("why", UNKNOWABLE)
async def test_a_tax_that_can_t_be_told_any_more_leaves_no_confirmation(firm: TestFirm, why: str) -> None:
    filing = await confirmed(firm)
    async with scoped_transaction(system_scope(firm.id)):
        await use(Clients).record(firm.trading, UNKNOWABLE[why])
        await follow_profiles([firm.trading])
    async with acting(firm, "accountant", client=firm.trading):
        row = await FilingRow.objects().get(FilingRow.id == filing)
        assert row is not None
        assert (row.step, row.payable, row.confirmed_sha256) == (FilingStep.OPEN, None, "")
        assert unpacked(row.lines).doubts, "what is missing is said"
        assert filing not in [w.path.rpartition("/")[2] for w in await to_confirm(99)]
        assert await connection().fetchval("select count(*) from core_audit_entry where action = 'books.filing_voided'") == 1
    async with acting(firm, "boss", client=firm.trading):
        with pytest.raises(Refusal, match=r"filings\.no_figures"):
            await RegisteredFilings().confirmed(filing, payable=0)


async def test_a_choice_of_the_firm_that_changes_the_tax_voids_the_confirmation(firm: TestFirm) -> None:
    filing = await confirmed(firm)
    async with acting(firm, "owner", client=firm.trading):
        was = (await RegisteredFilings().filing(filing)).payable or 0
        await choose_for_client("books", firm.trading, Filled({"city_place": "town"}, {}, frozenset(), {}))
    async with scoped_transaction(system_scope(firm.id)):
        await Books().on_settings_changed([firm.trading])
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select args from procrastinate_jobs where task_name = 'books.follow'")
    assert [json.loads(row["args"])["arguments"]["client"] for row in rows] == [firm.trading]
    with in_scope(system_scope(firm.id)):
        await follow_months(firm.trading, LAST_MONTH.number)
    async with acting(firm, "accountant", client=firm.trading):
        row = await FilingRow.objects().get(FilingRow.id == filing)
    assert row is not None
    assert (row.step, row.confirmed_sha256) == (FilingStep.FIGURES, "")
    assert (row.payable or 0) < was


async def test_a_running_month_is_neither_asked_about_nor_confirmed(firm: TestFirm) -> None:
    await opened(firm)
    running = next(f.id for f in await standing(firm, firm.restaurant) if f.tax is Tax.IIT and f.last == Period.current())
    async with acting(firm, "accountant", client=firm.restaurant):
        with pytest.raises(Refusal, match=r"filings\.month_running"):
            await work_out(running)
        await FilingRow.update({FilingRow.step: FilingStep.FIGURES, FilingRow.payable: 0, FilingRow.lines: "{}"}).where(FilingRow.id == running)
    async with acting(firm, "boss", client=firm.restaurant):
        with pytest.raises(Refusal, match=r"filings\.month_running"):
            await RegisteredFilings().confirmed(running, payable=0)
    async with acting(firm, "accountant", client=firm.restaurant):
        with pytest.raises(Refusal, match=r"filings\.month_running"):
            await RegisteredFilings().filed(running, receipt=None, number="1", payable=0)


async def test_no_return_is_filed_within_its_own_months(firm: TestFirm) -> None:
    filing = await opened(firm)
    async with acting(firm, "accountant", client=firm.restaurant):
        with pytest.raises(Refusal, match=r"filings\.day_wrong"):
            await RegisteredFilings().filed(filing, receipt=None, number="1", payable=0, on=LAST_MONTH.last_day)


async def unread(firm: TestFirm, person: int) -> int:
    async with acting(firm, "boss", user=person):
        return await connection().fetchval("select count(*) from core_notice where read_at is null and kind = 'books.filing_to_confirm'")


@pytest.mark.parametrize("done", ["confirmed", "filed"])
async def test_what_is_done_is_not_asked_about_any_more(firm: TestFirm, portal: Portal, done: str) -> None:
    """Figures that change and come back are asked about each time; the last question is read once it is answered."""
    filing = await opened(firm)
    async with scoped_transaction(system_scope(firm.id)):
        boss = await make_member(login="boss@example.test", name="李总", password=OWNER_PASSWORD, role="boss", client=firm.restaurant)
    async with acting(firm, "accountant", client=firm.restaurant):
        await work_out(filing)
    for amount in (5_00, -5_00):
        async with scoped_transaction(system_scope(firm.id)):
            more = await use(Ledger).draft(withheld(firm.restaurant, amount))
            await use(Ledger).post(more)
            await follow_postings([more])
        assert await unread(firm, boss) == 1
    async with acting(firm, "accountant", client=firm.restaurant):
        if done == "confirmed":
            await RegisteredFilings().confirmed(filing, payable=210_00)
        else:
            await RegisteredFilings().filed(filing, receipt=None, number="1")
    assert await unread(firm, boss) == 0


async def test_a_filed_return_is_held_against_the_books(firm: TestFirm) -> None:
    filing = await opened(firm)
    async with acting(firm, "accountant", client=firm.restaurant):
        await work_out(filing)
        await RegisteredFilings().confirmed(filing, payable=210_00)
        await RegisteredFilings().filed(filing, receipt=None, number="1")
        with pytest.raises(Refusal, match=r"filings\.step_back"):
            await work_out(filing)
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, [withheld(firm.restaurant, 5_00)])
    async with acting(firm, "accountant", client=firm.restaurant):
        found = await against_books(await FilingRow.objects().get(FilingRow.id == filing) or FilingRow())
    assert [(d.name, d.filed, d.books) for d in found] == [("代扣代缴个人所得税", 210_00, 215_00)]


async def test_a_return_of_which_a_fact_is_missing_is_not_asked_to_be_confirmed(firm: TestFirm) -> None:
    """城建税 needs the place: no amount is claimed, and the sentence says what is missing."""
    month = LAST_MONTH
    lines = (Line("1002", "卖", debit=226_000_00), Line("5001", "卖", credit=200_000_00), Line("22210107", "卖", credit=26_000_00))
    async with scoped_transaction(system_scope(firm.id)):
        await open_returns([firm.trading])
        await import_posted(firm.trading, [VoucherDraft(firm.trading, month.last_day, "卖", lines)])
    filing = next(f.id for f in await standing(firm, firm.trading) if f.tax is Tax.SURCHARGES and f.last == month)
    async with acting(firm, "accountant", client=firm.trading):
        with pytest.raises(Refusal, match=r"filings\.not_known.*注册地"):
            await work_out(filing)


async def test_the_board_counts_what_is_late_and_what_is_done(firm: TestFirm) -> None:
    filing = await opened(firm)
    async with acting(firm, "accountant"):
        await FilingRow.update({FilingRow.due: today() - dt.timedelta(days=1)}).where(FilingRow.id == filing)
        found = await board(None, first=today() - dt.timedelta(days=45), state="late", part=1)
        assert filing in [row.filing.id for row in found.rows]
        assert (await counted(None, first=today() - dt.timedelta(days=45)))["late"] == len(found.rows)
        assert any(w.path.endswith(f"/{filing}") for w in await due_soon(99))
        await RegisteredFilings().filed(filing, receipt=None, number="1", payable=0)
        after = await board(None, first=today() - dt.timedelta(days=45), state="done", part=1)
        assert [row.filing.id for row in after.rows] == [filing]
        assert {row.client_name for row in after.rows} == {"嘉喜餐饮有限公司"}


async def test_the_boss_confirms_on_the_page_and_the_accountant_files_there(firm: TestFirm, portal: Portal) -> None:
    filing = await opened(firm)
    place = f"/f/{firm.id}/c/{firm.restaurant}"
    accountant, boss = await session_for(firm.owner), await session_of(firm, "boss", firm.restaurant)
    async with portal.visitor(accountant, place) as one, portal.visitor(boss, place) as two:
        assert (await one.post("/books/filings/open")).status_code == 303
        assert (await one.post(f"/books/filings/{filing}/work-out")).status_code == 303
        page = await two.get(f"/books/filings/{filing}")
        assert "210.00" in page.text
        assert "账上代扣的个人所得税" in page.text
        seen = re.findall(r'name="seen" value="([0-9a-f]{64})"', page.text)[0]
        assert (await two.post(f"/books/filings/{filing}/confirm", seen="0" * 64)).status_code == 409
        assert (await two.post(f"/books/filings/{filing}/confirm", seen=seen)).status_code == 303
        assert (await two.post(f"/books/filings/{filing}/filed", number="1")).status_code == 403
        receipt = str(id_in(await Sender(one).sent(b"%PDF-1.4\n", "受理回执.pdf", part=4)))
        assert (await one.post(f"/books/filings/{filing}/filed", number="10013326", upload=receipt)).status_code == 303
        assert "受理回执.pdf" in (await one.get(f"/books/filings/{filing}")).text
        assert (await one.post(f"/books/filings/{filing}/paid", on="昨天", amount="210")).status_code == 422
        assert (await one.post(f"/books/filings/{filing}/paid", on=today().isoformat(), amount="210")).status_code == 303
        assert "已完成" in (await one.get(f"/books/filings/{filing}")).text
        assert "10013326" in (await two.get(f"/books/filings/{filing}")).text
        async with portal.visitor(boss, f"/f/{firm.id}/c/{firm.trading}") as elsewhere:
            assert (await elsewhere.get(f"/books/filings/{filing}")).status_code == 404


async def test_the_demo_has_returns_in_every_state(firm: TestFirm) -> None:
    """Filed, paid, due and overdue, with receipts; a second telling changes nothing."""
    await know(firm, firm.restaurant)
    await know(firm, firm.trading, NewFact(FactKind.TAXABLE_INCOME, YearAmount(2025, 400_000_000), dt.date(2025, 1, 1)))
    async with scoped_transaction(system_scope(firm.id)):
        for client in (firm.restaurant, firm.trading):
            await import_posted(client, [withheld(client, 210_00)])
        await file_demo_returns([firm.restaurant, firm.trading])
        await pay_the_rest([firm.restaurant, firm.trading])
    before = [*await standing(firm, firm.restaurant), *await standing(firm, firm.trading)]
    steps = {f.step for f in before}
    assert {FilingStep.OPEN, FilingStep.FIGURES, FilingStep.CONFIRMED, FilingStep.FILED, FilingStep.PAID} <= steps
    late = [f for f in before if f.step < FilingStep.FILED and f.due < today()]
    assert {f.step for f in late} == {FilingStep.FIGURES, FilingStep.CONFIRMED}, "one waits for its boss, one for the firm"
    assert all(f.receipt for f in before if f.step >= FilingStep.FILED)
    async with scoped_transaction(system_scope(firm.id)):
        await file_demo_returns([firm.restaurant, firm.trading])
    assert [*await standing(firm, firm.restaurant), *await standing(firm, firm.trading)] == before


async def test_what_nobody_worked_out_is_filed_with_what_the_return_says(firm: TestFirm, portal: Portal) -> None:
    """Else a return of which nobody knows the tax would count as done."""
    filing = await opened(firm)
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{firm.restaurant}") as one:
        assert (await one.post(f"/books/filings/{filing}/filed", number="1")).status_code == 409
        assert (await one.post(f"/books/filings/{filing}/filed", number="1", payable="多少")).status_code == 422
        assert (await one.post(f"/books/filings/{filing}/filed", number="1", payable="12.50")).status_code == 303
        assert "待缴款" in (await one.get(f"/books/filings/{filing}")).text
    assert (await row_of(firm, filing)).payable == 12_50


async def test_a_payment_is_not_of_tomorrow_and_is_taken_back(firm: TestFirm) -> None:
    filing = await opened(firm)
    async with acting(firm, "accountant", client=firm.restaurant):
        service = RegisteredFilings()
        await service.filed(filing, receipt=None, number="1", payable=100)
        with pytest.raises(Refusal, match="day_ahead"):
            await service.paid(filing, on=today() + dt.timedelta(days=1), amount=100)
        with pytest.raises(Refusal, match="day_wrong"):
            await service.paid(filing, on=dt.date(1, 1, 1), amount=100)
        await service.paid(filing, on=today(), amount=100)
        await service.unpaid(filing)
        with pytest.raises(Refusal, match="not_paid"):
            await service.unpaid(filing)
    row = await row_of(firm, filing)
    assert (row.step, row.paid, row.paid_on) == (FilingStep.FILED, None, None)


async def test_the_day_of_the_receipt_counts_not_that_of_the_entry(firm: TestFirm, portal: Portal) -> None:
    filing = await opened(firm)
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{firm.restaurant}") as one:
        for day in ("2001-01-01", (today() + dt.timedelta(days=1)).isoformat(), "昨天"):
            answer = await one.post(f"/books/filings/{filing}/filed", number="1", payable="0", filed_on=day)
            assert answer.status_code == 422, day
        day = LAST_MONTH.plus(1).first_day
        assert (await one.post(f"/books/filings/{filing}/filed", number="1", payable="0", filed_on=day.isoformat())).status_code == 303
    assert (await row_of(firm, filing)).filed_on == day
