"""PLAT-1, LED-1: one suite for the ledger on PostgreSQL and for its fake."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.ledger.service import PostgresLedger
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm, acting
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account, DimensionKind, Ledger, Line, VoucherDraft, VoucherKind, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.fakes import FakeLedger

START = dt.date(2025, 1, 1)
JANUARY, FEBRUARY, MARCH = Period(2025, 1), Period(2025, 2), Period(2025, 3)
STAFF = frozenset({"ledger.read", "ledger.draft", "ledger.post", "ledger.close"})
CHART = (
    Account("1001", "库存现金", "库存现金", None, "asset", "debit", True),
    Account("1002", "银行存款", "银行存款", None, "asset", "debit", True),
    Account("1122", "应收账款", "应收账款", None, "asset", "debit", True, ("customer",), open_items=True),
    Account("2221", "应交税费", "应交税费", None, "liability", "credit", False),
    Account("222101", "应交增值税", "应交税费/应交增值税", "2221", "liability", "credit", True),
)
Acting = Callable[..., AbstractAsyncContextManager[Scope]]


@dataclass(frozen=True)
class Case:
    """``acting(person)`` acts as "drafter" or "reviewer" of the firm, or as the "boss" of ``sibling``. ``parent`` has accounts below it,
    ``goods`` is a stock item."""

    ledger: Ledger
    acting: Acting
    client: int
    sibling: int
    parent: str = "2221"
    goods: int = 1

    def draft(self, day: dt.date = START, amount: int = 12300, **changes: object) -> VoucherDraft:
        lines = (Line("1002", "存现", debit=amount), Line("1001", "", credit=amount, counterparty="银行"))
        made = VoucherDraft(self.client, day, "存现金", lines)
        return replace(made, **changes)  # type: ignore[arg-type]  # fields of the draft by name

    async def posted(self, draft: VoucherDraft) -> int:
        async with self.acting("drafter"):
            id_ = await self.ledger.draft(draft)
        async with self.acting("reviewer"):
            await self.ledger.post(id_)
        return id_


@asynccontextmanager
async def fake_acting(who: str) -> AsyncIterator[Scope]:
    boss = who == "boss"
    scope = Scope(
        firm=1,
        user=("drafter", "reviewer", "boss").index(who) + 1,
        user_name=who,
        clients=frozenset({2}) if boss else None,
        permissions=frozenset({"ledger.read"}) if boss else STAFF,
    )
    with in_scope(scope):
        yield scope


@pytest_asyncio.fixture(params=["fake", "real"], loop_scope="session")
async def case(request: pytest.FixtureRequest, firm: TestFirm) -> Case:
    if request.param == "fake":
        return Case(FakeLedger(CHART, {1: START, 2: START}), fake_acting, 1, 2)
    async with scoped_transaction(system_scope(firm.id)):
        reviewer = await make_member(login="reviewer", name="reviewer", password=OWNER_PASSWORD, role="admin")

    def real_acting(who: str) -> AbstractAsyncContextManager[Scope]:
        if who == "boss":
            return acting(firm, "boss", client=firm.trading, name=who)
        return acting(firm, "owner", user=reviewer if who == "reviewer" else firm.owner, name=who)

    async with real_acting("drafter"):
        goods = await use(Dimensions).add(firm.restaurant, DimensionKind.STOCK, "01", "货")
    return Case(PostgresLedger(), real_acting, firm.restaurant, firm.trading, goods=goods.id)


def refused(code: str) -> AbstractAsyncContextManager[None]:
    @asynccontextmanager
    async def expected() -> AsyncIterator[None]:
        with pytest.raises(Refusal) as caught:
            yield
        assert caught.value.code == code

    return expected()


async def test_a_draft_is_kept_as_it_was_written(case: Case) -> None:
    draft = case.draft(reasons=("一笔存款",))
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(draft)
        kept = await case.ledger.voucher(id_)
    assert (kept.id, kept.client, kept.date, kept.period) == (id_, case.client, START, JANUARY)
    assert (kept.state, kept.number, kept.label) == (VoucherState.DRAFT, None, "草稿")
    assert (kept.lines, kept.total, kept.reasons) == (draft.lines, 12300, ("一笔存款",))
    assert kept.drafted_by == "drafter"


async def test_a_wrong_draft_is_refused(case: Case) -> None:
    line = Line("1002", "", debit=100)
    wrong = {
        "ledger.no_lines": case.draft(lines=()),
        "ledger.unbalanced": case.draft(lines=(line, Line("1001", "", credit=99))),
        "ledger.line_one_sided": case.draft(lines=(Line("1002", "", debit=1, credit=1), Line("1001", ""))),
        "ledger.account_unknown": case.draft(lines=(line, Line("9999", "", credit=100))),
        "ledger.account_not_leaf": case.draft(lines=(line, Line(case.parent, "", credit=100))),
        "ledger.before_books": case.draft(dt.date(2024, 12, 31)),
        "ledger.date_too_far": case.draft(dt.date(2099, 1, 1)),
        "ledger.word_unknown": case.draft(word="杂"),
        "ledger.dimension_not_offered": case.draft(
            lines=(replace(line, dimensions={"stock": case.goods}), Line("1001", "", credit=100))
        ),
        "ledger.product_differs": case.draft(
            lines=(replace(line, quantity=Decimal(3), unit_price=Decimal("0.34")), Line("1001", "", credit=100))
        ),
        "money.too_large": case.draft(amount=10**16),
        "common.not_found": case.draft(client=10**9),
    }
    for code, draft in wrong.items():
        async with refused(code), case.acting("drafter"):
            await case.ledger.draft(draft)
    with pytest.raises(TypeError):
        async with case.acting("drafter"):
            await case.ledger.draft(case.draft(lines=(replace(line, debit=1.0), Line("1001", "", credit=1))))  # type: ignore[arg-type]  # the error under test
    async with case.acting("drafter"):
        assert await case.ledger.vouchers(case.client) == []


async def test_a_price_of_six_places_is_as_exact_as_it_can_be(case: Case) -> None:
    """100,000 pieces for 33,333.33 cost 0.333333 each, which multiplied back is 0.03 less."""
    amount, pieces, price = 33_333_33, Decimal(100_000), Decimal("0.333333")
    line = Line("1002", "", debit=amount, quantity=pieces, unit_price=price)
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(case.draft(lines=(line, Line("1001", "", credit=amount))))
        assert (await case.ledger.voucher(id_)).lines[0].quantity == pieces


async def test_the_second_of_two_who_change_a_draft_is_told(case: Case) -> None:
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(case.draft())
        seen = (await case.ledger.voucher(id_)).version
        await case.ledger.redraft(id_, case.draft(amount=100), version=seen)
    async with refused("ledger.changed_meanwhile"), case.acting("reviewer"):
        await case.ledger.redraft(id_, case.draft(amount=200), version=seen)
    async with case.acting("reviewer"):
        kept = await case.ledger.voucher(id_)
        assert (kept.total, kept.version) == (100, seen + 1)
        await case.ledger.redraft(id_, case.draft(amount=200), version=kept.version)


async def test_a_draft_handed_back_says_why_until_it_is_changed(case: Case) -> None:
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(case.draft())
        seen = (await case.ledger.voucher(id_)).version
    async with refused("ledger.reason_missing"), case.acting("reviewer"):
        await case.ledger.hand_back(id_, " ")
    async with case.acting("reviewer"):
        await case.ledger.review(id_)
        await case.ledger.hand_back(id_, "科目不对")
        back = await case.ledger.voucher(id_)
    assert (back.state, back.returned, back.returned_by) == (VoucherState.DRAFT, "科目不对", "reviewer")
    assert (back.reviewed_by, back.version) == ("", seen + 1)
    async with case.acting("drafter"):
        await case.ledger.redraft(id_, case.draft(amount=100))
        assert (await case.ledger.voucher(id_)).returned == ""
        await case.ledger.discard(id_, "不要了")
    async with refused("ledger.not_a_draft"), case.acting("reviewer"):
        await case.ledger.hand_back(id_, "晚了")


async def test_posting_numbers_without_gaps_within_month_and_word(case: Case) -> None:
    first, second = await case.posted(case.draft()), await case.posted(case.draft())
    next_month = await case.posted(case.draft(FEBRUARY.first_day))
    other_word = await case.posted(case.draft(word="收"))
    async with case.acting("drafter"):
        numbers = [(await case.ledger.voucher(v)).label for v in (first, second, next_month, other_word)]
        posted = await case.ledger.voucher(first)
    assert numbers == ["记-0001", "记-0002", "记-0001", "收-0001"]
    assert (posted.state, posted.drafted_by, posted.posted_by) == (VoucherState.POSTED, "drafter", "reviewer")
    assert posted.posted_at is not None
    assert posted.lines[1].counterparty == "银行"


async def test_who_drafted_does_not_post(case: Case) -> None:
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(case.draft())
    async with refused("ledger.same_person"), case.acting("drafter"):
        await case.ledger.post(id_)
    async with case.acting("drafter"):
        proposed = await case.ledger.draft(case.draft(source="capture_ocr"))
        assert (await case.ledger.post(proposed)).number == 1


async def test_a_draft_reviewed_by_another_is_posted_by_whoever_drafted_it(case: Case) -> None:
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(case.draft())
    async with refused("ledger.same_person"), case.acting("drafter"):
        await case.ledger.review(id_)
    async with case.acting("reviewer"):
        await case.ledger.review(id_)
        assert (await case.ledger.voucher(id_)).reviewed_by == "reviewer"
    async with case.acting("drafter"):
        await case.ledger.redraft(id_, case.draft(amount=5))
        assert (await case.ledger.voucher(id_)).reviewed_by == ""
    async with refused("ledger.same_person"), case.acting("drafter"):
        await case.ledger.post(id_)
    async with case.acting("reviewer"):
        await case.ledger.review(id_)
    async with case.acting("drafter"):
        posted = await case.ledger.post(id_)
        assert (await case.ledger.voucher(id_)).reviewed_by == posted.reviewed_by
    assert (posted.drafted_by, posted.reviewed_by, posted.posted_by) == ("drafter", "reviewer", "drafter")
    async with refused("ledger.not_a_draft"), case.acting("reviewer"):
        await case.ledger.review(id_)


async def test_only_a_draft_is_changed_posted_or_given_up(case: Case) -> None:
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(case.draft())
        await case.ledger.redraft(id_, case.draft(amount=777))
        assert (await case.ledger.voucher(id_)).total == 777
        given_up = await case.ledger.draft(case.draft())
        await case.ledger.discard(given_up, "重复")
        assert (await case.ledger.voucher(given_up)).state is VoucherState.DISCARDED
    async with case.acting("reviewer"):
        await case.ledger.post(id_)
    for voucher in (id_, given_up):
        async with refused("ledger.not_a_draft"), case.acting("drafter"):
            await case.ledger.redraft(voucher, case.draft())
        async with refused("ledger.not_a_draft"), case.acting("drafter"):
            await case.ledger.discard(voucher, "")
        async with refused("ledger.not_a_draft"), case.acting("reviewer"):
            await case.ledger.post(voucher)


async def test_a_reversal_is_red_and_happens_once(case: Case) -> None:
    id_ = await case.posted(case.draft())
    async with case.acting("drafter"):
        draft = await case.ledger.draft(case.draft())
    async with refused("ledger.not_posted"), case.acting("drafter"):
        await case.ledger.reverse(draft, FEBRUARY.first_day, "记错了")
    async with case.acting("drafter"):
        red = await case.ledger.reverse(id_, FEBRUARY.first_day, "记错了")
        made, original = await case.ledger.voucher(red), await case.ledger.voucher(id_)
    assert (made.kind, made.state, made.reverses, made.total) == (VoucherKind.REVERSAL, VoucherState.DRAFT, id_, -12300)
    assert [(line.debit, line.credit) for line in made.lines] == [(-12300, 0), (0, -12300)]
    assert original.reversed_by == red
    async with refused("ledger.already_reversed"), case.acting("drafter"):
        await case.ledger.reverse(id_, FEBRUARY.first_day, "再来一次")


async def test_balances_are_those_of_posted_lines_by_month(case: Case) -> None:
    await case.posted(case.draft(dt.date(2024, 12, 31), 5, kind=VoucherKind.OPENING))
    await case.posted(case.draft(amount=100))
    await case.posted(case.draft(amount=20))
    await case.posted(case.draft(FEBRUARY.first_day, 3, kind=VoucherKind.CLOSING))
    async with case.acting("drafter"):
        await case.ledger.draft(case.draft(amount=9999))
        every = await case.ledger.balances(case.client, None, MARCH)
        january = await case.ledger.balances(case.client, JANUARY, JANUARY)
        by_end = await case.ledger.balances(case.client, None, MARCH, ends=[JANUARY])
        at_once = await case.ledger.balances(case.client, None, FEBRUARY, ends=[])
    rows = [(b.period, b.account, b.debit, b.credit, b.closing_debit, b.closing_credit) for b in every]
    assert rows == [
        (None, "1001", 0, 5, 0, 0),
        (None, "1002", 5, 0, 0, 0),
        (JANUARY, "1001", 0, 120, 0, 0),
        (JANUARY, "1002", 120, 0, 0, 0),
        (FEBRUARY, "1001", 0, 0, 0, 3),
        (FEBRUARY, "1002", 0, 0, 3, 0),
    ]
    assert [b.period for b in january] == [JANUARY, JANUARY]
    assert [(b.period, b.account, b.debit, b.closing_debit) for b in by_end if b.account == "1002"] == [
        (None, "1002", 5, 0),
        (JANUARY, "1002", 120, 0),
        (MARCH, "1002", 0, 3),
    ]
    assert [(b.period, b.account, b.credit, b.closing_credit) for b in at_once if b.account == "1001"] == [
        (None, "1001", 5, 0),
        (FEBRUARY, "1001", 120, 3),
    ]


async def test_the_names_of_accounts_are_those_of_the_chart(case: Case) -> None:
    async with case.acting("drafter"):
        names = await case.ledger.account_names(case.client)
        assert names == {a.code: a.full_name for a in await case.ledger.accounts(case.client)}
        some = await case.ledger.account_names(case.client, codes=["1002", "no such account", "10\x0002"])
        assert some == {"1002": names["1002"]}


async def test_parties_add_up_to_the_account(case: Case) -> None:
    def owed(day: dt.date, amount: int, party: str, kind: VoucherKind = VoucherKind.NORMAL) -> VoucherDraft:
        lines = (
            Line("1122", "", debit=amount, counterparty=party),
            Line("1002", "", credit=amount, counterparty="银行"),
        )
        return VoucherDraft(case.client, day, "垫付", lines, kind=kind)

    await case.posted(owed(dt.date(2024, 12, 31), 70, "甲公司", VoucherKind.OPENING))
    await case.posted(owed(START, 30, "甲公司"))
    await case.posted(owed(START, -20, "乙公司"))
    await case.posted(owed(FEBRUARY.first_day, -100, "甲公司"))
    await case.posted(owed(FEBRUARY.first_day, 5, ""))
    async with case.acting("drafter"):
        found = await case.ledger.party_balances(case.client, ["1122", "1002"], [FEBRUARY, None, JANUARY])
    assert [(b.account, b.until, b.party, b.balance) for b in found] == [
        ("1002", None, "", -70),
        ("1002", JANUARY, "", -80),
        ("1002", FEBRUARY, "", 15),
        ("1122", None, "甲公司", 70),
        ("1122", JANUARY, "乙公司", -20),
        ("1122", JANUARY, "甲公司", 100),
        ("1122", FEBRUARY, "", 5),
        ("1122", FEBRUARY, "乙公司", -20),
    ]


async def test_entries_and_vouchers_come_newest_first(case: Case) -> None:
    first, second = await case.posted(case.draft(amount=1)), await case.posted(case.draft(FEBRUARY.first_day, 2))
    async with case.acting("drafter"):
        draft = await case.ledger.draft(case.draft())
        entries = await case.ledger.entries(case.client, "1002", JANUARY, FEBRUARY)
        assert [(e.voucher, e.debit, e.label, e.summary) for e in entries] == [
            (second, 2, "记-0001", "存现"),
            (first, 1, "记-0001", "存现"),
        ]
        assert (await case.ledger.entries(case.client, "1001", JANUARY, JANUARY))[0].summary == "存现金"
        assert len(await case.ledger.entries(case.client, "1002", JANUARY, FEBRUARY, limit=1)) == 1
        assert [v.id for v in await case.ledger.vouchers(case.client)] == [draft, second, first]
        assert [v.id for v in await case.ledger.vouchers(case.client, before=draft, limit=1)] == [second]
        assert [v.id for v in await case.ledger.vouchers(case.client, period=FEBRUARY)] == [second]
        assert [v.id for v in await case.ledger.vouchers(case.client, state=VoucherState.DRAFT)] == [draft]


async def test_months_close_in_order_and_without_drafts(case: Case) -> None:
    async with case.acting("drafter"):
        assert await case.ledger.closed_through(case.client) is None
        draft = await case.ledger.draft(case.draft())
    async with refused("ledger.close_in_order"), case.acting("drafter"):
        await case.ledger.close_period(case.client, FEBRUARY)
    async with refused("ledger.drafts_left"), case.acting("drafter"):
        await case.ledger.close_period(case.client, JANUARY)
    async with case.acting("drafter"):
        await case.ledger.discard(draft, "不要了")
        await case.ledger.close_period(case.client, JANUARY)
        assert await case.ledger.closed_through(case.client) == JANUARY
    async with refused("ledger.period_closed"), case.acting("drafter"):
        await case.ledger.draft(case.draft())
    async with refused("ledger.reason_missing"), case.acting("drafter"):
        await case.ledger.reopen_period(case.client, JANUARY, " ")
    async with refused("ledger.not_closed"), case.acting("drafter"):
        await case.ledger.reopen_period(case.client, FEBRUARY, "补一张")
    async with case.acting("drafter"):
        await case.ledger.reopen_period(case.client, JANUARY, "补一张")
        assert await case.ledger.closed_through(case.client) is None
        late = await case.ledger.draft(case.draft())
    async with case.acting("reviewer"):
        assert (await case.ledger.post(late)).number == 1


async def test_another_client_s_books_are_not_there(case: Case) -> None:
    id_ = await case.posted(case.draft())
    async with case.acting("boss"):
        assert await case.ledger.vouchers(case.sibling) == []
    for ask in (
        lambda: case.ledger.voucher(id_),
        lambda: case.ledger.voucher(10**9),
        lambda: case.ledger.vouchers(case.client),
        lambda: case.ledger.accounts(case.client),
        lambda: case.ledger.balances(case.client, None, MARCH),
        lambda: case.ledger.entries(case.client, "1002", JANUARY, MARCH),
        lambda: case.ledger.closed_through(case.client),
    ):
        async with refused("common.not_found"), case.acting("boss"):
            await ask()


async def test_permissions_are_asked_for(case: Case) -> None:
    async with case.acting("drafter"):
        id_ = await case.ledger.draft(case.draft(client=case.sibling))
    for do in (
        lambda: case.ledger.draft(case.draft(client=case.sibling)),
        lambda: case.ledger.redraft(id_, case.draft(client=case.sibling)),
        lambda: case.ledger.discard(id_, ""),
        lambda: case.ledger.post(id_),
        lambda: case.ledger.review(id_),
        lambda: case.ledger.hand_back(id_, "看看"),
        lambda: case.ledger.reverse(id_, START, "看看"),
        lambda: case.ledger.close_period(case.sibling, JANUARY),
        lambda: case.ledger.reopen_period(case.sibling, JANUARY, "看看"),
    ):
        async with refused("access.forbidden"), case.acting("boss"):
            await do()


async def test_posted_vouchers_are_counted_and_found_by_id(case: Case) -> None:
    opening = VoucherDraft(
        case.client,
        dt.date(2024, 12, 31),
        "期初",
        (Line("1002", "", debit=7), Line("1001", "", credit=7)),
        kind=VoucherKind.OPENING,
    )
    made = [await case.posted(d) for d in (opening, case.draft(), case.draft(amount=2), case.draft(FEBRUARY.first_day))]
    async with case.acting("drafter"):
        draft = await case.ledger.draft(case.draft())
        assert await case.ledger.posted_counts(case.client, JANUARY.plus(-1), FEBRUARY) == {JANUARY: 2, FEBRUARY: 1}
        assert await case.ledger.posted_counts(case.client, FEBRUARY, FEBRUARY) == {FEBRUARY: 1}
        found = await case.ledger.vouchers_by_id([made[1], draft, 10**12])
        assert {v.id for v in found} == {made[1], draft}
        assert not await case.ledger.vouchers_by_id([])
