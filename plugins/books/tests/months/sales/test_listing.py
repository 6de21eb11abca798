"""Tax authority's lists of issued invoices: each once, all or nothing, faults by row and column (CAP-12)."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from months.sales.lists import BUYER, SPECIAL, Sold, e_invoice, number, workbook
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.sales.drafting import draft_sales
from zhangfang_books.sales.keeping import Kept, give_way, keep, read_list
from zhangfang_books.sales.reading import month_register
from zhangfang_books.sales.source import RECEIVED_SOURCE, SOURCE
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.module_settings.tables import ClientSetting
from zhangfang_core.testing.tenants import TRADING_TAX_ID, TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, InvoiceQuery, Invoices, InvoiceState, Party
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.invoice_sources import EVERY_STATE, InvoiceSourceContract

SEPTEMBER = Period(2026, 9)
OWN = TRADING_TAX_ID
MONTH = [
    Sold(number(1), "2026-09-03 09:00:00", [("*家具*书桌", "1000.00", "13%", "130.00"), ("*物流*送货", "100.00", "9%", "9.00")], SPECIAL),
    Sold(number(2), "2026-09-03 10:00:00", [("*图书*教材", "500.00", "免税", "0.00")]),
    Sold(number(3), "2026-09-10 10:00:00", [("*旧货*设备", "300.00", "3%", "9.00")]),
    Sold(
        number(4), "2026-09-20 10:00:00", [("*家具*书桌", "-1000.00", "13%", "-130.00")], SPECIAL,
        remark=f"被红冲蓝字数电票号码:{number(1)} 红字发票信息确认单编号:33010626091000000001",
    ),
    Sold(number(5), "2026-09-21 10:00:00", [("*家具*椅子", "200.00", "13%", "26.00")], state="作废"),
    Sold(number(6), "2026-09-22 10:00:00", [("*服务*检测", "50.00", "6%", "3.00")], seller=BUYER[1], buyer=("本企业", OWN)),
]  # fmt: skip


async def bring(firm: TestFirm, content: bytes, *, really: bool = True) -> Kept:
    async with rows_of(content) as rows, acting(firm, "accountant", client=firm.trading):
        return await keep(firm.trading, await read_list(firm.trading, rows), really=really)


async def issued(firm: TestFirm) -> list[Invoice]:
    async with acting(firm, "accountant", client=firm.trading):
        return list(await SOURCE.page(InvoiceQuery(firm.trading, states=EVERY_STATE), None, 100))


async def test_a_list_comes_in_once_with_red_and_void_ones(firm: TestFirm) -> None:
    """CAP-12: direction by the client's tax id; a red letter names what it reverses; the same list again adds nothing."""
    content = workbook(OWN, MONTH)
    tried = await bring(firm, content, really=False)
    assert (len(tried.new), len(tried.received.new), tried.listing.faults) == (5, 1, [])
    assert not await issued(firm)
    assert (await bring(firm, content)).done
    again = await bring(firm, content)
    assert (again.new, again.known, again.done) == ([], 5, False)
    found = {i.number: i for i in await issued(firm)}
    assert found[number(1)].state is InvoiceState.RED
    assert found[number(4)].reverses == number(1)
    assert found[number(5)].state is InvoiceState.VOIDED
    assert [line.rate for line in found[number(1)].lines] == ["13%", "9%"]
    async with acting(firm, "accountant", client=firm.trading):
        await InvoiceSourceContract(SOURCE).check_all()


@pytest.mark.parametrize("sheets", [("base", "lines"), ("lines",), ("base",)])
async def test_either_sheet_alone_gives_the_same_sums(firm: TestFirm, sheets: tuple[str, ...]) -> None:
    await bring(firm, workbook(OWN, MONTH[:4], sheets=sheets))
    assert sum(i.total for i in await issued(firm)) == 918_00


async def test_received_ones_are_invoices_like_others(firm: TestFirm) -> None:
    """Kept once, listed and summed by the Invoices of the SDK with their seller and lines, and in the basis of stamp duty."""
    content = workbook(OWN, MONTH[5:])
    assert (await bring(firm, content)).done
    again = await bring(firm, content)
    assert (again.received.new, again.received.known, again.done) == ([], 1, False)
    query = InvoiceQuery(firm.trading, SEPTEMBER, SEPTEMBER, InvoiceDirection.RECEIVED, party=BUYER[1])
    async with acting(firm, "accountant", client=firm.trading):
        (found,) = (await use(Invoices).page(query)).invoices
        assert (await use(Invoices).sums(query)).total == 53_00
        await InvoiceSourceContract(RECEIVED_SOURCE).check_all()
    assert (found.number, found.seller.name, found.total, found.lines[0].name) == (number(6), "本企业", 53_00, "*服务*检测")
    assert (found.state, found.source) == (InvoiceState.CHECKED, "books.received")
    gone = Sold(MONTH[5].number, MONTH[5].day, MONTH[5].lines, state="作废", seller=BUYER[1], buyer=("本企业", OWN))
    assert len((await bring(firm, workbook(OWN, [gone]))).received.voided) == 1
    async with acting(firm, "accountant", client=firm.trading):
        assert (await use(Invoices).sums(query)).count == 0


@pytest.mark.parametrize(("state", "counted"), [(InvoiceState.BOOKED, 0), (InvoiceState.RETURNED, 1)])
async def test_a_list_gives_way_to_the_document(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch, state: InvoiceState, counted: int
) -> None:
    await bring(firm, workbook(OWN, MONTH[5:]))
    party = Party("甲", BUYER[1])
    document = Invoice(7, firm.trading, InvoiceDirection.RECEIVED, state, "", number(6), dt.date(2026, 9, 22), party, party, 1, 0, 1, source="x.y")

    class Others:
        async def get(self, keys: Sequence[str]) -> Sequence[Invoice]:
            return [document] if "x.y:7" in keys else []

    async with scoped_transaction(system_scope(firm.id)):
        monkeypatch.setattr("zhangfang_books.sales.keeping.use", lambda kind: Others() if kind is Invoices else use(kind))
        await give_way(["x.y:7", "books.received:1"])
        monkeypatch.undo()
    async with acting(firm, "accountant", client=firm.trading):
        assert (await RECEIVED_SOURCE.sums(InvoiceQuery(firm.trading))).count == counted


@pytest.mark.parametrize(
    ("cell", "value", "row", "column", "said"),
    [
        (("发票基础信息", 3, "数电发票号码"), "123", 3, "D 列(数电发票号码)", "不是 20 位或 8 位"),
        (("发票基础信息", 2, "开票日期"), "9月初", 2, "I 列(开票日期)", "看不懂"),
        (("发票基础信息", 2, "价税合计"), "1239.01", 2, "L 列(价税合计)", "不等于"),
        (("信息汇总表", 2, "税率"), "一成三", 2, "R 列(税率)", "看不懂"),
        (("信息汇总表", 3, "金额"), "十", 3, "Q 列(金额)", "看不懂"),
        (("发票基础信息", 4, "销方识别号"), BUYER[1], 4, "E 列(销方识别号)", "都不是本企业"),
        (("发票基础信息", 5, "是否正数发票"), "是", 5, "P 列(是否正数发票)", "价税合计却是"),
        (("发票基础信息", 3, "数电发票号码"), number(1), 3, "D 列(数电发票号码)", "有两行"),
    ],
)  # fmt: skip
async def test_a_bad_row_is_named_and_nothing_is_written(
    firm: TestFirm, cell: tuple[str, int, str], value: str, row: int, column: str, said: str
) -> None:
    content = workbook(OWN, MONTH, mend={cell: value})
    tried = await bring(firm, content, really=False)
    assert any(f.sheet == cell[0] and f.row == row and f.column == column and said in f.sentence for f in tried.listing.faults), tried.listing.faults
    with pytest.raises(Refusal, match=r"books\.list_faulty"):
        await bring(firm, content)
    assert not await issued(firm)


async def test_an_invoice_that_changed_is_a_fault(firm: TestFirm) -> None:
    await bring(firm, workbook(OWN, MONTH[:1]))
    other = Sold(number(1), "2026-09-03", [("*家具*书桌", "1000.00", "13%", "130.00")], SPECIAL)
    tried = await bring(firm, workbook(OWN, [other]), really=False)
    assert "导入过" in tried.listing.faults[0].sentence


async def test_an_xml_invoice_comes_in(firm: TestFirm) -> None:
    kept = await bring(firm, e_invoice(OWN, number(9)))
    assert [(x.total, x.kind, len(x.lines)) for x in kept.new] == [(113_00, "增值税专用发票", 2)]


async def test_a_file_that_is_no_list_is_refused(firm: TestFirm) -> None:
    with pytest.raises(Refusal, match=r"books\.list_no_headings"):
        await bring(firm, "甲,乙\n1,2\n".encode())


async def posted(firm: TestFirm, ids: list[int]) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        for voucher in ids:
            await use(Ledger).post(voucher)


async def drafted(firm: TestFirm, month: Period = SEPTEMBER) -> list[int]:
    async with acting(firm, "accountant", client=firm.trading):
        return list(await draft_sales(firm.trading, month))


async def test_sales_vouchers_tie_to_the_register(firm: TestFirm) -> None:
    """CAP-12: one voucher each, red ones red, 简易 and 免税 apart; once posted the register equals the books."""
    await bring(firm, workbook(OWN, MONTH))
    made = await drafted(firm)
    assert len(made) == 4
    assert await drafted(firm) == []
    async with acting(firm, "accountant", client=firm.trading):
        red = await use(Ledger).voucher(made[-1])
        assert [(x.account, x.debit, x.credit) for x in red.lines] == [
            ("1122", -1130_00, 0), ("5001", 0, -1000_00), ("22210107", 0, -130_00)
        ]  # fmt: skip
        assert number(1)[-8:] in red.summary
        simple = await use(Ledger).voucher(made[2])
        assert ("222108", 9_00) in [(x.account, x.credit) for x in simple.lines]
        before = await month_register(firm.trading, SEPTEMBER)
        assert [t.difference for t in before.ties] == [-900_00, -18_00]
    await posted(firm, made)
    async with acting(firm, "accountant", client=firm.trading):
        after = await month_register(firm.trading, SEPTEMBER)
    assert [t.difference for t in after.ties] == [0, 0]
    assert [(r.method.value, r.rate, r.amount, r.tax) for r in after.rows] == [
        ("general", "13%", 0, 0), ("general", "9%", 100_00, 9_00), ("simple", "3%", 300_00, 9_00), ("exempt", "免税", 500_00, 0)
    ]  # fmt: skip


async def test_by_day_there_is_one_voucher_and_red_letters_have_their_own(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await _choose(firm, '{"sales_vouchers": "day"}')
    await bring(firm, workbook(OWN, MONTH))
    made = await drafted(firm)
    async with acting(firm, "accountant", client=firm.trading):
        first = await use(Ledger).voucher(made[0])
    assert len(made) == 3
    assert first.total == 1739_00


async def _choose(firm: TestFirm, values: str) -> None:
    await ClientSetting(client=firm.trading, module="books", values=values, changed_at=dt.datetime.now(dt.UTC)).save()


async def test_an_invoice_voided_later_gives_its_draft_up(firm: TestFirm) -> None:
    await bring(firm, workbook(OWN, MONTH[2:3]))
    (made,) = await drafted(firm)
    gone = Sold(MONTH[2].number, MONTH[2].day, MONTH[2].lines, state="已作废")
    kept = await bring(firm, workbook(OWN, [gone]))
    assert len(kept.voided) == 1
    async with acting(firm, "accountant", client=firm.trading):
        assert (await use(Ledger).voucher(made)).state is VoucherState.DISCARDED
    assert await drafted(firm) == []


async def test_a_posted_voucher_of_a_voided_invoice_is_named(firm: TestFirm) -> None:
    await bring(firm, workbook(OWN, MONTH[2:3]))
    await posted(firm, await drafted(firm))
    gone = Sold(MONTH[2].number, MONTH[2].day, MONTH[2].lines, state="已作废")
    assert "请红冲" in (await bring(firm, workbook(OWN, [gone]))).notes[0]


async def test_who_gave_a_draft_up_drafts_again(firm: TestFirm) -> None:
    await bring(firm, workbook(OWN, MONTH[:1]))
    (made,) = await drafted(firm)
    async with acting(firm, "accountant", client=firm.trading):
        await use(Ledger).discard(made, "重做")
    (again,) = await drafted(firm)
    assert again != made


async def test_nobody_without_the_right_brings_a_list_in(firm: TestFirm) -> None:
    async with rows_of(workbook(OWN, MONTH)) as rows, acting(firm, "reviewer", client=firm.trading):
        listing: Any = await read_list(firm.trading, rows)
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await keep(firm.trading, listing, really=True)


async def test_a_row_without_amounts_is_a_fault_unless_it_is_void(firm: TestFirm) -> None:
    """A list that broke off must not lose an invoice in silence."""
    empty = {("发票基础信息", row, heading): "" for row in (2, 6) for heading in ("金额", "税额", "价税合计")}
    tried = await bring(firm, workbook(OWN, MONTH, sheets=("base",), mend=empty), really=False)
    assert [(f.row, f.column) for f in tried.listing.faults] == [(2, "J 列(金额)")]


async def test_a_list_without_sellers_whose_buyer_is_the_client_was_received(firm: TestFirm) -> None:
    heads = "数电发票号码,购方识别号,购买方名称,开票日期,金额,税额,价税合计"
    rows = [f"{number(1)},{OWN},本企业,2026-09-03,100.00,13.00,113.00", f"{number(2)},{BUYER[1]},{BUYER[0]},2026-09-03,100.00,13.00,113.00"]
    tried = await bring(firm, "\n".join((heads, *rows)).encode(), really=False)
    assert ([x.number for x in tried.received.new], [x.number for x in tried.new]) == ([number(1)], [number(2)])


async def test_a_red_letter_names_its_invoice_after_either_colon(firm: TestFirm) -> None:
    blue = Sold(number(1), "2026-09-03 09:00:00", [("*家具*书桌", "1000.00", "13%", "130.00")])
    remark = f"被红冲蓝字数电发票号码\uff1a{number(1)} 红字发票信息确认单编号\uff1a33010626091000000001"
    red = Sold(number(4), "2026-09-20 10:00:00", [("*家具*书桌", "-1000.00", "13%", "-130.00")], remark=remark)
    kept = await bring(firm, workbook(OWN, [blue, red]), really=False)
    assert [each.reverses for each in kept.new] == ["", number(1)]


async def test_an_invoice_of_a_day_that_has_not_come_is_a_fault(firm: TestFirm) -> None:
    kept = await bring(firm, workbook(OWN, [Sold(number(1), "2062-09-03 09:00:00", [("*家具*书桌", "1000.00", "13%", "130.00")])]), really=False)
    assert "还没有到" in kept.listing.faults[0].sentence
