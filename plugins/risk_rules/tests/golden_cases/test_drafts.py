"""RISK-1: a draft is looked at before it posts, and whoever reviews it reads what it would do; posted or mended, nothing is said any more."""

import datetime as dt

import pytest

from golden_cases.of_invoices import FROM_LISTED, LIST, LISTED
from golden_cases.story import MONTH, OTHER, Story, bought
from golden_cases.test_on_real_books import company, received
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.modules.hooks import call_one
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_risk_rules.drafts import looking
from zhangfang_risk_rules.pages.listing import alerts_of
from zhangfang_risk_rules.scanning import scanning
from zhangfang_risk_rules.scanning.reading import read
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Ledger, Line, Voucher, VoucherDraft
from zhangfang_sdk.periods import today
from zhangfang_sdk.remarks import VoucherRemark
from zhangfang_sdk.risk import RiskRules

BANK = "银行存款出现负数"


def paying(client: int, fen: int, *, account: str = "560205", document: int | None = None) -> VoucherDraft:
    lines = (Line(account, "付款", debit=fen), Line("1002", "付款", credit=fen))
    return VoucherDraft(client, today(), "付款", lines, document=document)


async def drafted(firm: TestFirm, draft: VoucherDraft) -> int:
    async with acting(firm, "owner", name="周老板"):
        voucher = await use(Ledger).draft(draft)
    await told(firm, draft.client, voucher)
    return voucher


async def told(firm: TestFirm, client: int, voucher: int) -> None:
    """The fact, and the job that it defers."""
    async with scoped_transaction(system_scope(firm.id)):
        await call_one("on_vouchers_drafted", "risk_rules", ids=[voucher])
        await scanning.scan_marked(client)


async def said_of(firm: TestFirm, voucher: int) -> list[VoucherRemark]:
    async with acting(firm, "owner"):
        asked: Voucher = await use(Ledger).voucher(voucher)
        return [*(await looking.kept_of([asked])).get(voucher, ())]


async def with_money(firm: TestFirm, fen: int) -> None:
    async with acting(firm, "owner"):
        lines = (Line("1002", "投入", debit=fen), Line("3001", "投入", credit=fen))
        await use(Ledger).draft(VoucherDraft(firm.restaurant, today(), "投入", lines))
    async with scoped_transaction(system_scope(firm.id)):
        for draft in await use(Ledger).vouchers(firm.restaurant):
            await use(Ledger).post(draft.id)


async def test_a_draft_that_overdraws_the_bank_says_so_and_one_that_does_not_is_silent(firm: TestFirm) -> None:
    await with_money(firm, 1_000_00)
    fits, overdraws = await drafted(firm, paying(firm.restaurant, 1_000_00)), await drafted(firm, paying(firm.restaurant, 1_000_01))
    assert await said_of(firm, fits) == []
    (remark,) = await said_of(firm, overdraws)
    assert (remark.title, remark.path) == (BANK, "")
    assert remark.sentence.startswith("记账以后:账上银行存款为 -0.01 元")
    async with scoped_transaction(system_scope(firm.id)):
        assert BANK not in {alert.title for alert in await alerts_of(firm.restaurant)}, "nothing has happened yet"


async def test_a_remark_ends_when_the_draft_is_mended_posted_or_the_books_have_moved(firm: TestFirm) -> None:
    await with_money(firm, 1_000_00)
    voucher = await drafted(firm, paying(firm.restaurant, 5_000_00))
    async with acting(firm, "owner", name="周老板"):
        await use(Ledger).redraft(voucher, paying(firm.restaurant, 500_00))
    assert await said_of(firm, voucher) == [], "before anything has looked again"
    await told(firm, firm.restaurant, voucher)
    assert await said_of(firm, voucher) == []
    other = await drafted(firm, paying(firm.restaurant, 800_00))
    assert await said_of(firm, other) == []
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(voucher)
        await call_one("on_vouchers_posted", "risk_rules", ids=[voucher])
        await scanning.scan_marked(firm.restaurant)
    assert [remark.title for remark in await said_of(firm, other)] == [BANK], "the money went meanwhile"
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(other)
        await call_one("on_vouchers_posted", "risk_rules", ids=[other])
        await scanning.scan_marked(firm.restaurant)
        assert await connection().fetchval("select count(*) from risk_rules_draft") == 0
        assert BANK in {alert.title for alert in await alerts_of(firm.restaurant)}


async def test_what_stands_is_not_said_of_each_draft_again(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(await use(Ledger).draft(paying(firm.restaurant, 100_00)))
    assert await said_of(firm, await drafted(firm, paying(firm.restaurant, 100_00))) == []


async def test_the_draft_of_a_listed_seller_s_invoice_warns_whether_it_deducts_or_not(firm: TestFirm) -> None:
    """The alert on the invoice stands beside it; with its tax deducted it says what that would make of it."""
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(more=LIST))
        file = await use(Documents).store(client, "发票.pdf", "application/pdf", b"%PDF-1.4 draft")
        await received(client, "91330106MA2TEXT16P", file.id, FROM_LISTED, 0)
        await scanning.scan(client, only=frozenset({scanning.LISTED}), events=[MONTH])
        (alert,) = await alerts_of(client)
    deducting = (
        Line("560205", "费用", debit=100_000_00),
        Line("22210101", "进项", debit=13_000_00),
        Line("2202", "欠款", credit=113_000_00, counterparty=LISTED.name),
    )
    day = dt.date(MONTH.year, MONTH.month, 20)
    plain = (Line("560205", "费用", debit=113_000_00), Line("2202", "欠款", credit=113_000_00, counterparty=LISTED.name))
    with_tax = await drafted(firm, VoucherDraft(client, day, "进货", deducting, document=file.id))
    without = await drafted(firm, VoucherDraft(client, day, "进货", plain, document=file.id))
    (heavy,), (light,) = await said_of(firm, with_tax), await said_of(firm, without)
    assert heavy.path == light.path == f"/risks/{alert.id}"
    assert heavy.sentence.startswith("记账以后:")
    assert "其中已抵扣税额 1.3 万元" in heavy.sentence
    assert light.sentence == alert.sentence
    assert "其中已抵扣税额 0.00 元" in alert.sentence


async def test_a_draft_deducts_nothing_yet(firm: TestFirm) -> None:
    """An alert tells of posted vouchers: what is drafted for an invoice is no 已抵扣."""
    meal = bought(1_000_00, "*餐饮服务*餐费", party=OTHER, rate="6%")
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(invoices=(meal,)))
        lines = (Line("560202", "餐费", debit=1_000_00), Line("22210101", "进项", debit=60_00), Line("1002", "付款", credit=1_060_00))
        voucher = await use(Ledger).draft(VoucherDraft(client, meal.issued_on, "餐费", lines))
        await connection().execute("update capture_ocr_invoice set voucher = $1", voucher)
        rules = await use(RiskRules).known()
        known = await read(client, [(rules["risk_rules.V15"], [MONTH])])
        assert known is not None
        assert known.deducted == {}
    await told(firm, client, voucher)
    titles = [remark.title for remark in await said_of(firm, voucher)]
    assert "不能抵扣的发票已经抵扣" in titles


@pytest.mark.parametrize("role", ["owner", "boss"])
async def test_the_voucher_s_page_shows_it(firm: TestFirm, visit: Visit, role: str) -> None:
    voucher = await drafted(firm, paying(firm.restaurant, 70_00))
    page = (await (await visit(role)).get(f"/vouchers/{voucher}")).text
    assert "记账以后:账上银行存款为 -70.00 元" in page


async def test_the_queue_of_review_shows_it_and_does_not_hold_it_for_clean(firm: TestFirm, visit: Visit) -> None:
    voucher = await drafted(firm, paying(firm.restaurant, 70_00))
    desk = await visit("owner", of_firm=True)
    page = (await desk.get(f"/vouchers/review?voucher={voucher}")).text
    assert "记账以后:账上银行存款为 -70.00 元" in page
    assert "0 张无误的过账" in page
