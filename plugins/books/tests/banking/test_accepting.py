"""Suggestions taken: lines tied to vouchers, vouchers drafted against open items, for fees and between own accounts."""

import asyncio
import datetime as dt
import re

import pytest

from zhangfang_books.bank import accepting
from zhangfang_books.bank.accepting import Counter
from zhangfang_books.bank.accounts import account_of, accounts_of
from zhangfang_books.bank.bringing import Chosen, bring_in
from zhangfang_books.bank.service import StatementBank
from zhangfang_books.bank.settling import settle_posted
from zhangfang_books.bank.statements import ReadStatements, Statement, StatementLine
from zhangfang_books.bank.suggesting import Suggestion, suggestions
from zhangfang_books.bank.tables import BankAccount
from zhangfang_books.importing.files_before import Source
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, Voucher, VoucherDraft, VoucherState
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.periods import Period

DAY = dt.date(2026, 3, 5)
PARTY = "杭州晨光食品有限公司"


async def stated(firm: TestFirm, *lines: StatementLine, number: str = "622800001", account: str = "1002") -> BankAccount:
    statement = Statement(number, opening=0, closing=sum(line.amount for line in lines), lines=list(lines))
    with in_scope(system_scope(firm.id)):
        await bring_in(firm.trading, ReadStatements([statement]), {number: Chosen(account)}, Source("x", "流水"), really=True)
    async with scoped_transaction(system_scope(firm.id)):
        return next(a for a in await accounts_of(firm.trading) if a.number == number)


def line(row: int, amount: int, party: str = "", text: str = "", number: str = "") -> StatementLine:
    return StatementLine(row, DAY, None, amount, None, party, number, text, f"S{row}{amount}")


async def posted(firm: TestFirm, *lines: Line, day: dt.date = DAY) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)
        voucher = await use(Ledger).draft(VoucherDraft(firm.trading, day, "测试", lines))
        await use(Ledger).post(voucher)
        return voucher


async def asked(firm: TestFirm, account: BankAccount) -> list[Suggestion]:
    async with scoped_transaction(system_scope(firm.id)):
        return (await suggestions(account)).suggestions


async def accept(firm: TestFirm, account: BankAccount, key: str) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await accepting.accept(await account_of(firm.trading, account.id), key)


async def drafts(firm: TestFirm) -> list[Voucher]:
    async with scoped_transaction(system_scope(firm.id)):
        return list(await use(Ledger).vouchers(firm.trading, state=VoucherState.DRAFT))


async def unmatched(firm: TestFirm) -> list[int]:
    async with scoped_transaction(system_scope(firm.id)):
        return [each.amount for each in await StatementBank().unmatched(firm.trading, Period.of(DAY))]


async def test_who_chose_the_other_side_does_not_post_it(firm: TestFirm) -> None:
    """LEDG-1: a suggestion taken is drafted by the system; an account or an open item that a person chose, by that person."""
    owed = await posted(firm, Line("1122", "赊销", debit=900_00, counterparty=PARTY), Line("5001", "赊销", credit=900_00))
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_firm set single_person = false where id = $1", firm.id)
    account = await stated(firm, line(2, -321_09, "某物业"), line(3, 500_00, "不知道是谁"), line(4, -15_00, "", "手续费"))
    async with acting(firm, "owner"):
        rent, paid = sorted((await suggestions(account)).unknown, key=lambda each: each.amount)
        (open_item,) = await use(OpenItems).items(firm.trading, "1122")
        assert open_item.voucher == owed
        by_hand = [
            await accepting.book(account, rent.id, Counter("560203", summary="付物业费")),
            await accepting.settle(account, paid.id, open_item.id),
        ]
        for voucher in by_hand:
            with pytest.raises(Refusal, match=r"ledger\.same_person"):
                await use(Ledger).post(voucher)
        (fee,) = [each for each in (await suggestions(account)).suggestions if each.rule == "fee"]
        await accepting.accept(account, fee.key)
        (taken,) = [v for v in await use(Ledger).vouchers(firm.trading, state=VoucherState.DRAFT) if v.id not in by_hand]
        await use(Ledger).post(taken.id)


async def test_a_line_is_tied_to_the_voucher_that_stands(firm: TestFirm) -> None:
    account = await stated(firm, line(1, 113_001, PARTY))
    await posted(firm, Line("1002", "收款", debit=113_001), Line("1122", "收款", credit=113_001, counterparty=PARTY))
    assert await unmatched(firm) == [113_001]
    (one,) = await asked(firm, account)
    assert (one.rule, one.sure, len(one.entries)) == ("equal", True, 1)
    await accept(firm, account, one.key)
    assert await asked(firm, account) == []
    assert await unmatched(firm) == []
    assert await drafts(firm) == []


async def test_a_payment_is_drafted_against_what_the_customer_owes(firm: TestFirm) -> None:
    account = await stated(firm, line(1, 112_000, PARTY))
    await posted(firm, Line("1122", "销售", debit=113_000, counterparty=PARTY), Line("5001", "销售", credit=113_000))
    (one,) = await asked(firm, account)
    assert (one.rule, one.fee, one.sure) == ("fee", 1_000, False)
    await accept(firm, account, one.key)
    (voucher,) = await drafts(firm)
    told = {(each.account, each.debit - each.credit) for each in voucher.lines}
    assert told == {("1002", 112_000), ("1122", -113_000), ("560302", 1_000)}
    assert await asked(firm, account) == []
    assert await unmatched(firm) == [112_000]  # a draft explains nothing yet
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).discard(voucher.id, "不对")
    assert len(await asked(firm, account)) == 1


async def test_a_fee_is_known_by_its_words_and_what_a_person_says_is_remembered(firm: TestFirm) -> None:
    account = await stated(firm, line(1, -1_050, text="跨行转账手续费"), line(2, -88_800, "某物业公司", "物业费"))
    (fee,) = await asked(firm, account)
    assert (fee.rule, fee.account) == ("fee", "560302")
    await accept(firm, account, fee.key)
    async with scoped_transaction(system_scope(firm.id)):
        unknown = (await suggestions(account)).unknown
        await accepting.book(account, unknown[0].id, Counter("560203", summary="付物业费"))
    assert len(await drafts(firm)) == 2
    account = await stated(firm, line(3, -88_800, "某物业公司", "物业费"))
    (again,) = await asked(firm, account)
    assert (again.rule, again.account) == ("memory", "560203")


async def test_a_withdrawal_that_names_its_fee_is_no_fee(firm: TestFirm) -> None:
    """A wallet writes the fee beside what was withdrawn: the whole is not the fee."""
    account = await stated(firm, line(1, -50_000, "示例银行", "零钱提现 服务费¥0.50"), line(2, -50, text="提现手续费"))
    assert [s.amount for s in await asked(firm, account) if s.title == "银行手续费"] == [-50]


async def test_a_transfer_explains_both_accounts(firm: TestFirm) -> None:
    one = await stated(firm, line(1, -500_000, number="622800002"))
    other = await stated(firm, line(1, 500_000, number="622800001"), number="622800002", account="1012")
    (found,) = await asked(firm, one)
    assert (found.rule, found.account) == ("transfer", "1012")
    await accept(firm, one, found.key)
    assert await asked(firm, other) == []
    assert len(await drafts(firm)) == 1


async def test_what_the_payment_was_for_is_settled_when_its_voucher_is_posted(firm: TestFirm) -> None:
    account = await stated(firm, line(1, 50_000, PARTY), line(2, 63_001, PARTY))
    await posted(firm, Line("1122", "销售", debit=113_001, counterparty=PARTY), Line("5001", "销售", credit=113_001))
    (split,) = await asked(firm, account)
    assert (split.rule, len(split.lines)) == ("split", 2)
    await accept(firm, account, split.key)
    async with scoped_transaction(system_scope(firm.id)):
        vouchers = [v.id for v in await use(Ledger).vouchers(firm.trading, state=VoucherState.DRAFT)]
        for voucher in vouchers:
            await use(Ledger).post(voucher)
    for _ in range(2):
        async with scoped_transaction(system_scope(firm.id)):
            await settle_posted(vouchers)
    async with scoped_transaction(system_scope(firm.id)):
        assert await use(OpenItems).items(firm.trading, "1122") == []


async def test_a_part_is_paid_and_the_rest_stays_open(firm: TestFirm) -> None:
    account = await stated(firm, line(1, 33_900, PARTY))
    await posted(firm, Line("1122", "销售", debit=113_000, counterparty=PARTY), Line("5001", "销售", credit=113_000))
    (part,) = await asked(firm, account)
    assert (part.rule, part.sure, part.reason) == ("part", False, "只付了一部分,付后还剩 791.00,请核对")
    await accept(firm, account, part.key)
    (draft,) = await drafts(firm)
    assert {(each.account, each.debit - each.credit) for each in draft.lines} == {("1002", 33_900), ("1122", -33_900)}
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(draft.id)
    async with scoped_transaction(system_scope(firm.id)):
        await settle_posted([draft.id])
    assert await still_open(firm) == [79_100]
    async with scoped_transaction(system_scope(firm.id)):
        await use(Ledger).post(await use(Ledger).reverse(draft.id, DAY, "付错了"))
    assert await still_open(firm) == [113_000]
    assert [each.rule for each in await asked(firm, account)] == ["part"]


async def test_what_a_draft_will_settle_is_proposed_to_nobody_else(firm: TestFirm) -> None:
    account = await stated(firm, line(1, 113_000, PARTY), line(2, 113_000, PARTY))
    await posted(firm, Line("1122", "销售", debit=113_000, counterparty=PARTY), Line("5001", "销售", credit=113_000))
    (one,) = await asked(firm, account)
    await accept(firm, account, one.key)
    assert await asked(firm, account) == []


async def still_open(firm: TestFirm) -> list[int]:
    async with scoped_transaction(system_scope(firm.id)):
        return [item.open for item in await use(OpenItems).items(firm.trading, "1122")]


async def test_a_person_chooses_what_is_paid_in_part_and_never_more_than_is_open(firm: TestFirm, portal: Portal) -> None:
    account = await stated(firm, line(1, 40_000, "张三"), line(2, 120_000, "李四"))
    await posted(firm, Line("1122", "销售", debit=113_000, counterparty=PARTY), Line("5001", "销售", credit=113_000))
    async with scoped_transaction(system_scope(firm.id)):
        (item,) = await use(OpenItems).items(firm.trading, "1122")
        small, large = (suggestion.id for suggestion in (await suggestions(account)).unknown)
    base = f"/books/bank/{account.id}"
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{firm.trading}") as visitor:
        assert PARTY in (await visitor.get(f"{base}/line/{small}")).text
        assert PARTY not in (await visitor.get(f"{base}/line/{large}")).text
        assert (await visitor.get(f"{base}/line/999999")).status_code == 404
        for chosen, status in ((str(item.id), 422), ("x", 422), (str(item.id + 1), 404)):
            assert (await visitor.post(f"{base}/settle/{large}", item=chosen)).status_code == status
        assert (await visitor.post(f"{base}/settle/{small}", item=str(item.id))).status_code == 303
        assert (await visitor.post(f"{base}/settle/{small}", item=str(item.id))).status_code == 404, "it is explained"
    (draft,) = await drafts(firm)
    assert {(each.account, each.debit - each.credit) for each in draft.lines} == {("1002", 40_000), ("1122", -40_000)}


async def test_two_tabs_that_take_one_line_at_once_make_one_voucher(firm: TestFirm) -> None:
    account = await stated(firm, line(1, -1_050, text="跨行转账手续费"), line(2, -88_800, "某物业公司", "物业费"))
    (fee,) = await asked(firm, account)
    async with scoped_transaction(system_scope(firm.id)):
        other = (await suggestions(account)).unknown[0].id

    async def book() -> None:
        async with scoped_transaction(system_scope(firm.id)):
            await accepting.book(await account_of(firm.trading, account.id), other, Counter("560203"))

    done = await asyncio.gather(*(accept(firm, account, fee.key) for _ in range(2)), book(), book(), return_exceptions=True)
    refused = sorted(each.code for each in done if isinstance(each, Refusal))
    assert refused == ["bank.proposal_gone", "common.not_found"], done
    assert sorted(sum(each.debit for each in draft.lines) for draft in await drafts(firm)) == [1_050, 88_800]


async def test_a_key_takes_the_first_suggestion_and_another_passes_it_over(firm: TestFirm, portal: Portal) -> None:
    account = await stated(firm, line(1, -1_050, text="跨行转账手续费"), line(2, -2_070, text="账户管理费"))
    first, second = [suggestion.key for suggestion in await asked(firm, account)]
    base = f"/books/bank/{account.id}"

    def by_key(text: str) -> list[str]:
        return re.findall(r'name="key" value="([^"]+)"[^>]*data-key="a"', text)

    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{firm.trading}") as visitor:
        page = (await visitor.get(f"{base}/match")).text
        assert (by_key(page), f"{base}/match?skip=1" in page) == ([first], True)
        page = (await visitor.get(f"{base}/match?skip=1")).text
        assert (by_key(page), "skip=2" in page) == ([second], False)
        assert (await visitor.post(f"{base}/accept", key=second, skip="1")).headers["location"].endswith(f"{base}/match?skip=1")
        assert by_key((await visitor.get(f"{base}/match?skip=1")).text) == [first], "nothing is left behind it"
