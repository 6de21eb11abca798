"""Posting: numbers, balances, two persons, closed months (LEDG-1)."""

import asyncio
import datetime as dt

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft, VoucherKind, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

MARCH = Period(2026, 3)


def sale(client: int, amount: int = 10_000, day: int = 5, *, source: str = "test", month: int = 3) -> VoucherDraft:
    lines = (Line("1002", "销售商品", debit=amount, counterparty="甲公司"), Line("5001", "销售商品", credit=amount))
    return VoucherDraft(client, dt.date(2026, month, day), "销售商品", lines, source=source, reasons=("收款回单",))


async def posted(firm: TestFirm, draft: VoucherDraft) -> int:
    async with acting(firm):
        voucher = await use(Ledger).draft(draft)
        await use(Ledger).post(voucher)
        return voucher


async def test_a_posted_voucher_reads_back_with_number_lines_and_balances(firm: TestFirm) -> None:
    """LEDG-1."""
    async with acting(firm, name="李会计"):
        draft = sale(firm.restaurant)
        voucher = await use(Ledger).draft(draft)
        kept = await use(Ledger).voucher(voucher)
        assert (kept.state, kept.number, kept.label, kept.lines) == (VoucherState.DRAFT, None, "草稿", draft.lines)
        assert await use(Ledger).balances(firm.restaurant, None, MARCH) == []
        told = await use(Ledger).post(voucher)
    async with acting(firm, "reviewer"):
        read = await use(Ledger).voucher(voucher)
        assert read == told
        assert (read.label, read.total, read.posted_by, read.drafted_by) == ("记-0001", 10_000, "李会计", "系统")
        assert read.lines == draft.lines
        assert read.reasons == ("收款回单",)
        sums = {b.account: (b.debit, b.credit) for b in await use(Ledger).balances(firm.restaurant, MARCH, MARCH)}
        assert sums == {"1002": (10_000, 0), "5001": (0, 10_000)}
        (entry,) = await use(Ledger).entries(firm.restaurant, "1002", MARCH, MARCH)
        assert (entry.voucher, entry.label, entry.debit, entry.counterparty) == (voucher, "记-0001", 10_000, "甲公司")


async def test_32_posters_at_once_leave_no_gap_and_no_double(firm: TestFirm) -> None:
    """LEDG-1: numbers without gaps, balances equal to the lines."""
    async with acting(firm):
        drafts = [await use(Ledger).draft(sale(firm.restaurant, 100 + n)) for n in range(32)]

    async def post(voucher: int) -> int:
        async with acting(firm):
            done = await use(Ledger).post(voucher)
            if voucher % 4 == 0:
                raise Refusal("test.given_up", "试验中的回滚")
            return done.number or 0

    results = await asyncio.gather(*(post(v) for v in drafts), return_exceptions=True)
    numbers = sorted(r for r in results if isinstance(r, int))
    codes = {r.code for r in results if isinstance(r, Refusal)}
    assert codes == {"test.given_up"}
    assert len(numbers) == 24
    assert numbers == list(range(1, len(numbers) + 1))
    async with acting(firm):
        done = await use(Ledger).vouchers(firm.restaurant, state=VoucherState.POSTED)
        sums = {b.account: b.debit for b in await use(Ledger).balances(firm.restaurant, MARCH, MARCH)}
        assert sums["1002"] == sum(v.total for v in done)


async def test_one_draft_posted_by_two_at_once_posts_once(firm: TestFirm) -> None:
    """LEDG-1."""
    async with acting(firm):
        voucher = await use(Ledger).draft(sale(firm.restaurant))

    async def post() -> None:
        async with acting(firm):
            await use(Ledger).post(voucher)

    results = await asyncio.gather(post(), post(), post(), return_exceptions=True)
    refused = [r for r in results if isinstance(r, Refusal)]
    assert [r.code for r in refused] == ["ledger.not_a_draft"] * 2
    assert "记-0001" in refused[0].sentence


async def test_who_drafted_by_hand_may_not_post_unless_the_firm_is_one_person(firm: TestFirm, database: str) -> None:
    """LEDG-1: 制单 and 审核 are two persons; a plugin's draft may be reviewed by whoever set it off (CAP-10)."""
    async with acting(firm, name="周老板"):
        voucher = await use(Ledger).draft(sale(firm.restaurant, source="manual"))
    with pytest.raises(Refusal, match=r"ledger\.same_person.*周老板"):
        async with acting(firm, name="周老板"):
            await use(Ledger).post(voucher)
    async with acting(firm, "owner"):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)
    async with acting(firm, name="周老板"):
        assert (await use(Ledger).post(voucher)).drafted_by == "周老板"


async def test_drafts_are_changed_and_given_up_posted_vouchers_are_not(firm: TestFirm) -> None:
    """LEDG-1."""
    async with acting(firm):
        ledger = use(Ledger)
        voucher = await ledger.draft(sale(firm.restaurant))
        await ledger.redraft(voucher, sale(firm.restaurant, 777, month=4))
        changed = await ledger.voucher(voucher)
        assert (changed.total, changed.period) == (777, Period(2026, 4))
        other = await ledger.draft(sale(firm.restaurant))
        await ledger.discard(other, "重复")
        assert (await ledger.voucher(other)).state is VoucherState.DISCARDED
        await ledger.post(voucher)
    for wrong in (voucher, other):
        for attempt in (
            lambda v: use(Ledger).redraft(v, sale(firm.restaurant)),
            lambda v: use(Ledger).discard(v, "x"),
            lambda v: use(Ledger).post(v),
        ):
            with pytest.raises(Refusal, match=r"ledger\.not_a_draft"):
                async with acting(firm):
                    await attempt(wrong)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("ledger.no_lines", ()),
        ("ledger.unbalanced", (Line("1002", "", debit=100_000), Line("5001", "", credit=99_000))),
        ("ledger.line_one_sided", (Line("1002", "", debit=1, credit=1), Line("5001", "", credit=1))),
        ("ledger.line_one_sided", (Line("1002", ""), Line("5001", "", credit=1))),
        ("ledger.account_unknown", (Line("9999", "", debit=1), Line("5001", "", credit=1))),
        ("ledger.account_not_leaf", (Line("2221", "", debit=1), Line("5001", "", credit=1))),
        ("money.too_large", (Line("1002", "", debit=10**15 + 1), Line("5001", "", credit=10**15 + 1))),
        ("ledger.text_too_long", (Line("1002", "字" * 256, debit=1), Line("5001", "", credit=1))),
    ],
)
async def test_wrong_lines_are_refused_with_the_reason(firm: TestFirm, code: str, lines: tuple[Line, ...]) -> None:
    """LEDG-1."""
    with pytest.raises(Refusal) as refused:
        async with acting(firm):
            await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2026, 3, 1), "试", lines))
    assert refused.value.code == code
    if code == "ledger.unbalanced":
        assert refused.value.sentence.startswith("借方合计 1,000.00,贷方合计 990.00,相差 10.00")


async def test_signs_that_nobody_sees_are_not_kept(firm: TestFirm) -> None:
    """What is posted stays as it is: no export could ever hold it."""
    lines = (Line("1002", "钟\x07声\u202e", debit=1, counterparty="甲\x00公司"), Line("5001", "", credit=1))
    async with acting(firm):
        kept = await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2026, 3, 1), "试\x1b", lines))
        voucher = await use(Ledger).voucher(kept)
    assert (voucher.summary, voucher.lines[0].summary, voucher.lines[0].counterparty) == ("试", "钟声", "甲公司")


async def test_nothing_is_drafted_before_the_books(firm: TestFirm) -> None:
    """LEDG-1; the opening balance alone stands before them, in period 0."""
    early = VoucherDraft(firm.restaurant, dt.date(2024, 12, 31), "期初", sale(1).lines)
    with pytest.raises(Refusal, match=r"ledger\.before_books"):
        async with acting(firm):
            await use(Ledger).draft(early)
    async with acting(firm):
        opening = VoucherDraft(
            firm.restaurant,
            early.date,
            "期初",
            (Line("1002", "期初", debit=500), Line("3001", "期初", credit=500)),
            kind=VoucherKind.OPENING,
            source="test",
        )
        await use(Ledger).post(await use(Ledger).draft(opening))
        found = await use(Ledger).balances(firm.restaurant, None, MARCH)
        assert {(b.account, b.period, b.debit, b.credit) for b in found} == {
            ("1002", None, 500, 0),
            ("3001", None, 0, 500),
        }


async def test_months_close_in_order_refuse_postings_and_open_again_with_a_reason(firm: TestFirm) -> None:
    """LEDG-1, 财会〔2024〕12号: no closing while vouchers are unposted."""
    ledger, january = use(Ledger), Period(2025, 1)
    async with acting(firm):
        waiting = await ledger.draft(
            VoucherDraft(firm.restaurant, dt.date(2025, 1, 9), "销售", sale(1).lines, source="t")
        )

    async def refused(code: str, period: Period) -> None:
        with pytest.raises(Refusal) as found:
            async with acting(firm):
                await ledger.close_period(firm.restaurant, period)
        assert found.value.code == code

    await refused("ledger.drafts_left", january)
    await refused("ledger.close_in_order", january.plus(1))
    await refused("ledger.before_books", january.plus(-1))
    async with acting(firm):
        await ledger.discard(waiting, "重复")
        await ledger.close_period(firm.restaurant, january)
        assert await ledger.closed_through(firm.restaurant) == january
    late = VoucherDraft(firm.restaurant, dt.date(2025, 1, 9), "补记", sale(1).lines, source="t")
    await refused("ledger.already_closed", january)
    with pytest.raises(Refusal, match=r"ledger\.period_closed.*2025年1月"):
        async with acting(firm):
            await ledger.draft(late)
    with pytest.raises(Refusal, match=r"ledger\.reason_missing"):
        async with acting(firm):
            await ledger.reopen_period(firm.restaurant, january, " ")
    async with acting(firm):
        await ledger.reopen_period(firm.restaurant, january, "漏记一笔")
        assert await ledger.closed_through(firm.restaurant) is None
        assert (await ledger.post(await ledger.draft(late))).number == 1


async def test_a_reversal_takes_the_figures_back_once(firm: TestFirm, other_firm: TestFirm) -> None:
    """LEDG-1: 红冲, with red lines on the same side; drafted by one person, posted by another."""
    voucher = await posted(firm, sale(firm.restaurant, 5_000))
    async with acting(firm):
        red = await use(Ledger).reverse(voucher, dt.date(2026, 4, 2), "金额有误")
    with pytest.raises(Refusal, match=r"ledger\.already_reversed"):
        async with acting(firm):
            await use(Ledger).reverse(voucher, dt.date(2026, 4, 2), "再来一次")
    async with acting(firm):
        drafted = await use(Ledger).voucher(red)
        assert drafted.lines[0].debit == -5_000
        assert (drafted.kind, drafted.reverses) == (VoucherKind.REVERSAL, voucher)
        assert (await use(Ledger).voucher(voucher)).reversed_by == red
        await use(Ledger).discard(red, "不用了")
        assert (await use(Ledger).voucher(voucher)).reversed_by is None
    with pytest.raises(Refusal, match=r"ledger\.not_posted"):
        async with acting(firm):
            await use(Ledger).reverse(red, dt.date(2026, 4, 2), "草稿")
    async with acting(firm):
        again = await use(Ledger).reverse(voucher, dt.date(2026, 3, 31), "金额有误")
    async with acting(firm, user=other_firm.owner):
        done = await use(Ledger).post(again)
        assert (done.number, done.total) == (2, -5_000)
        sums = await use(Ledger).balances(firm.restaurant, MARCH, MARCH)
        assert {(b.account, b.debit, b.credit) for b in sums} == {("1002", 0, 0), ("5001", 0, 0)}
        assert [e.debit for e in await use(Ledger).entries(firm.restaurant, "1002", MARCH, MARCH)] == [-5_000, 5_000]
