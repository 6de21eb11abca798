"""PLAT-1: one suite for the clients' profiles and for their fake."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from zhangfang_core.tenancy.service import FirmClients
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, TRADING_TAX_ID, TestFirm, acting
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.profile import (
    LONGEST_AHEAD,
    Answer,
    ContactPerson,
    ContactRole,
    FactKind,
    FactSource,
    FactValue,
    NewFact,
    QuarterEnds,
    RegisteredAddress,
    Standing,
    TaxpayerKind,
    YearAmount,
)
from zhangfang_sdk.testing.fakes import FakeClients

Acting = Callable[..., AbstractAsyncContextManager[Scope]]
STAFF = frozenset({"clients.read", "profile.read", "profile.write", "profile.propose"})
BOSS = frozenset({"clients.read", "profile.read", "profile.propose", "profile.confirm"})
START = dt.date(2025, 1, 1)


@dataclass(frozen=True)
class Case:
    """``staff()`` acts for the firm, ``boss()`` for the client, ``other()`` for its sibling."""

    clients: Clients
    staff: Acting
    boss: Acting
    other: Acting
    client: int


@asynccontextmanager
async def fake_acting(name: str, client: int | None, permissions: frozenset[str]) -> AsyncIterator[Scope]:
    seen = None if client is None else frozenset({client})
    made = Scope(firm=1, user=1, user_name=name, client=client, clients=seen, permissions=permissions)
    with in_scope(made):
        yield made


@pytest_asyncio.fixture(params=["fake", "real"], loop_scope="session")
async def case(request: pytest.FixtureRequest, firm: TestFirm) -> Case:
    if request.param == "fake":
        made = [
            Client(1, "餐饮", RESTAURANT_TAX_ID, TaxpayerKind.SMALL_SCALE, "small_business_2013", "restaurant", START),
            Client(2, "商贸", TRADING_TAX_ID, TaxpayerKind.GENERAL, "small_business_2013", "trading", START),
        ]
        return Case(
            FakeClients(made),
            lambda: fake_acting("王会计", None, STAFF),
            lambda: fake_acting("李总", 1, BOSS),
            lambda: fake_acting("赵总", 2, BOSS),
            1,
        )
    return Case(
        FirmClients(),
        lambda: acting(firm, "accountant", name="王会计"),
        lambda: acting(firm, "boss", name="李总"),
        lambda: acting(firm, "boss", client=firm.trading, name="赵总"),
        firm.restaurant,
    )


def capital(fen: int, day: dt.date = START) -> NewFact:
    return NewFact(FactKind.REGISTERED_CAPITAL, fen, day, FactSource.BUSINESS_LICENCE)


async def test_packages_with_how_many_have_them(case: Case) -> None:
    def package(name: str, day: dt.date) -> NewFact:
        return NewFact(FactKind.SERVICE_PACKAGE, name, day)

    async with case.staff():
        assert await case.clients.packages() == {}
        for known in await case.clients.clients():
            await case.clients.record(known.id, package("基础", START))
        await case.clients.record(case.client, package("全包", dt.date(2026, 1, 1)))
        assert await case.clients.packages() == {"全包": 1, "基础": 1}
        assert await case.clients.packages(START) == {"基础": 2}
    async with case.boss():
        assert await case.clients.packages() == {"全包": 1}


async def test_many_profiles_are_those_of_each(case: Case) -> None:
    async with case.staff():
        wanted = [case.client, case.client]
        assert await case.clients.profiles(wanted) == [await case.clients.profile(case.client)] * 2
        assert await case.clients.profiles([]) == []
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await case.clients.profiles([case.client, 99_999])


async def test_first_facts_are_there_from_the_books_start(case: Case) -> None:
    async with case.staff():
        known = await case.clients.profile(case.client)
        assert known.taxpayer_kind is not None
        assert known.taxpayer_kind.value is TaxpayerKind.SMALL_SCALE
        assert known.taxpayer_kind.valid_from == START
        assert known.industry is not None
        assert known.industry.value == "restaurant"
        assert known.small_low_profit.answer is Answer.UNKNOWN
        assert (await case.clients.profile(case.client, dt.date(2024, 12, 31))).taxpayer_kind is None


@pytest.mark.parametrize(
    "fact",
    [
        NewFact(FactKind.BUSINESS_SCOPE, "餐饮服务;\n食品销售", START),
        NewFact(FactKind.FOUNDED_ON, dt.date(2019, 5, 6), START),
        NewFact(FactKind.LEGAL_REPRESENTATIVE, "李文", START, FactSource.BUSINESS_LICENCE),
        NewFact(FactKind.REGISTERED_ADDRESS, RegisteredAddress("杭州市西湖区文三路 1 号", "330106"), START),
        NewFact(FactKind.RESTRICTED_INDUSTRY, False, START),
        NewFact(FactKind.EMPLOYEES, QuarterEnds(8, 11), dt.date(2026, 7, 1)),
        NewFact(FactKind.TOTAL_ASSETS, QuarterEnds(1_000_000_00, 1_100_000_00), dt.date(2026, 7, 1), FactSource.LEDGER),
        NewFact(FactKind.TAXABLE_INCOME, YearAmount(2026, -5_000_00), dt.date(2026, 1, 1)),
        NewFact(FactKind.LOSS, YearAmount(2024, 80_000_00), START, FactSource.TAX_AUTHORITY),
        NewFact(FactKind.SERVICE_PACKAGE, "小规模基础套餐", START),
        NewFact(FactKind.CONTACT, ContactPerson(ContactRole.FINANCE, "张敏", "+8613800138000", "z@x.cn"), START),
        capital(1_000_000_00),
    ],
    ids=lambda fact: fact.kind.value,
)
async def test_a_fact_of_each_kind_comes_back_as_it_was(case: Case, fact: NewFact) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, fact)
        kept = (await case.clients.history(case.client, fact.kind))[0]
        assert (kept.id, kept.kind, kept.value, kept.valid_from, kept.source) == (
            made, fact.kind, fact.value, fact.valid_from, fact.source
        )  # fmt: skip
        assert type(kept.value) is type(fact.value)
        assert (kept.standing, kept.entered_by, kept.confirmed_at) == (Standing.IN_FORCE, "王会计", None)
        assert kept.entered_at.utcoffset() == dt.timedelta(0)
        shown = await case.clients.profile(case.client, dt.date(2026, 9, 30))
        assert made in [f.id for f in shown.facts()]


async def test_a_fact_holds_from_its_day_until_the_next(case: Case) -> None:
    async with case.staff():
        await case.clients.record(
            case.client, NewFact(FactKind.TAXPAYER_KIND, TaxpayerKind.GENERAL, dt.date(2026, 4, 1))
        )

        async def kind_on(day: dt.date) -> FactValue | None:
            found = (await case.clients.profile(case.client, day)).taxpayer_kind
            return found and found.value

        assert await kind_on(dt.date(2026, 3, 31)) is TaxpayerKind.SMALL_SCALE
        assert await kind_on(dt.date(2026, 4, 1)) is TaxpayerKind.GENERAL
        assert (await case.clients.client(case.client)).taxpayer_kind is TaxpayerKind.GENERAL
        await case.clients.record(case.client, NewFact(FactKind.INDUSTRY, "trading", today() + LONGEST_AHEAD))
        assert (await case.clients.client(case.client)).industry == "restaurant"


async def test_the_same_twice_is_one_and_a_correction_takes_the_place(case: Case) -> None:
    async with case.staff():
        first = await case.clients.record(case.client, capital(100_00))
        assert await case.clients.record(case.client, capital(100_00)) == first
        second = await case.clients.record(case.client, capital(200_00))
        history = await case.clients.history(case.client, FactKind.REGISTERED_CAPITAL)
        assert [(f.id, f.standing) for f in history] == [(second, Standing.IN_FORCE), (first, Standing.WITHDRAWN)]
        assert history[1].reason == "已更正"


async def test_who_saw_an_older_state_is_told(case: Case) -> None:
    async with case.staff():
        first = await case.clients.record(case.client, capital(100_00), seen=0)
        await case.clients.record(case.client, capital(200_00, dt.date(2026, 1, 1)), seen=first)
    async with case.staff():
        with pytest.raises(Refusal, match=r"profile\.changed"):
            await case.clients.record(case.client, capital(300_00, dt.date(2026, 1, 1)), seen=first)


async def test_a_proposal_waits_until_the_firm_accepts_it(case: Case) -> None:
    async with case.boss():
        proposed = await case.clients.propose(case.client, capital(500_00))
        assert await case.clients.propose(case.client, capital(500_00)) == proposed
        assert (await case.clients.profile(case.client)).registered_capital is None
    async with case.staff():
        assert [f.id for f in await case.clients.waiting()] == [proposed]
        await case.clients.accept(proposed)
        held = (await case.clients.profile(case.client)).registered_capital
        assert held is not None
        assert (held.id, held.entered_by, held.decided_by) == (proposed, "李总", "王会计")
        assert await case.clients.waiting(case.client) == []
        with pytest.raises(Refusal, match=r"profile\.decided"):
            await case.clients.accept(proposed)


async def test_the_client_confirms_once(case: Case) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, capital(100_00))
    async with case.boss():
        assert (await case.clients.history(case.client, FactKind.REGISTERED_CAPITAL))[0].waits_for_client
        assert await case.clients.confirm(case.client, [made]) == 1
        assert await case.clients.confirm(case.client, [made]) == 0
        kept = (await case.clients.history(case.client, FactKind.REGISTERED_CAPITAL))[0]
        assert kept.confirmed_by == "李总"
        assert kept.confirmed_at is not None


async def test_a_fact_has_words(case: Case) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, capital(100_00))
        (fact,) = [f for f in await case.clients.history(case.client, FactKind.REGISTERED_CAPITAL) if f.id == made]
        worded = case.clients.worded(fact)
    assert "100" in worded.text
    assert worded.title
    assert worded.source


async def test_what_was_replaced_meanwhile_is_not_confirmed(case: Case) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, capital(100_00))
        await case.clients.record(case.client, capital(200_00))
    async with case.boss():
        with pytest.raises(Refusal, match=r"profile\.changed"):
            await case.clients.confirm(case.client, [made])


async def test_an_objection_waits_for_the_firm_and_an_answer_clears_it(case: Case) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, capital(100_00))
    async with case.boss():
        await case.clients.object_to(made, "去年增资到 200 万")
    async with case.staff():
        waiting = await case.clients.waiting()
        assert [(f.id, f.objection, f.objected_by) for f in waiting] == [(made, "去年增资到 200 万", "李总")]
        assert not waiting[0].waits_for_client
        await case.clients.record(case.client, capital(200_00))
        assert await case.clients.waiting() == []


async def test_what_was_entered_wrongly_is_withdrawn_with_a_reason(case: Case) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, capital(100_00, dt.date(2026, 1, 1)))
        await case.clients.withdraw(made, "录错了客户")
        assert (await case.clients.profile(case.client)).registered_capital is None
        assert (await case.clients.history(case.client, FactKind.REGISTERED_CAPITAL))[0].reason == "录错了客户"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda c, id_: c.record(id_, capital(1, dt.date(1949, 9, 30))), "profile.date_wrong"),
        (lambda c, id_: c.record(id_, capital(1, today() + LONGEST_AHEAD + dt.timedelta(days=1))), "profile.date_wrong"),
        (lambda c, id_: c.record(id_, NewFact(FactKind.EMPLOYEES, QuarterEnds(1, 2), dt.date(today().year + 1, 1, 1))), "profile.quarter_wrong"),
        (
            lambda c, id_: c.record(id_, NewFact(FactKind.EMPLOYEES, QuarterEnds(1, 1), dt.date(2026, 2, 1))),
            "profile.quarter_wrong",
        ),
        (lambda c, id_: c.record(id_, NewFact(FactKind.SERVICE_PACKAGE, " ", START)), "profile.value_wrong"),
        (lambda c, id_: c.profile(99_999), "common.not_found"),
        (lambda c, id_: c.withdraw(99_999, "x"), "common.not_found"),
    ],
)
async def test_what_cannot_be_is_refused(case: Case, wrong: Callable[..., object], code: str) -> None:
    async with case.staff():
        with pytest.raises(Refusal, match=code):
            await wrong(case.clients, case.client)  # type: ignore[misc]  # a coroutine


async def test_the_kind_of_taxpayer_never_goes(case: Case) -> None:
    async with case.staff():
        known = (await case.clients.profile(case.client)).taxpayer_kind
        assert known is not None
        with pytest.raises(Refusal, match=r"profile\.needed"):
            await case.clients.withdraw(known.id, "x")


async def test_another_clients_people_find_nothing(case: Case) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, capital(100_00))
        await case.clients.propose(case.client, NewFact(FactKind.SERVICE_PACKAGE, "乙", START))
    async with case.other():
        assert await case.clients.waiting() == []
        for asked in (
            case.clients.profile(case.client),
            case.clients.history(case.client),
            case.clients.confirm(case.client, [made]),
            case.clients.object_to(made, "x"),
            case.clients.propose(case.client, capital(1)),
        ):
            with pytest.raises(Refusal, match="not_found"):
                await asked


@pytest.mark.parametrize("who", ["staff", "boss"])
async def test_each_side_does_its_own_part(case: Case, who: str) -> None:
    async with case.staff():
        made = await case.clients.record(case.client, capital(100_00))
    async with getattr(case, who)():
        forbidden = (
            (case.clients.confirm(case.client, [made]), case.clients.object_to(made, "x"))
            if who == "staff"
            else (case.clients.record(case.client, capital(1)), case.clients.withdraw(made, "x"), case.clients.accept(made))
        )
        for asked in forbidden:
            with pytest.raises(Refusal, match=r"access\.forbidden"):
                await asked
