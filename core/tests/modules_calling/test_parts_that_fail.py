"""PLAT-1, PLAT-4: a part of a plugin that fails or dawdles costs only itself, is left out after three times, and comes back."""

import asyncio
import datetime as dt
import itertools
import time
from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import DictLoader, Environment
from procrastinate import RetryStrategy

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.jobs import catalogue, worker
from zhangfang_core.ledger import bulk_checks
from zhangfang_core.modules import hooks
from zhangfang_core.modules.afterwards import settled
from zhangfang_core.modules.switches import switch
from zhangfang_core.modules.troubles import failed, failed_jobs, parts_off, troubles, try_again
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web import cards, navigation, pace
from zhangfang_sdk.acting import acting as acting_plugin
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.context import scope, system_scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.ledger import Ledger, Line, Objection, VoucherDraft
from zhangfang_sdk.services import use
from zhangfang_sdk.voucher_import import VoucherImport
from zhangfang_sdk.waiting import Urgency, Waiting, WaitingItem, WaitingSource, Waits
from zhangfang_sdk.web import Badge, Card

PLUGIN = "collab"
"""Whose parts these are said to be: any plugin that runs will do."""


async def good(client: int, period: str) -> dict[str, Any]:
    running = acting_plugin()
    return {"said": f"<b>{None if running is None else running.plugin}</b>"}


async def raising(client: int, period: str) -> dict[str, Any]:
    raise ValueError("broken")


async def failing_in_sql(client: int, period: str) -> dict[str, Any]:
    await connection().execute("select 1 / 0")
    return {}


async def sleeping(client: int, period: str) -> dict[str, Any]:
    await connection().execute("select pg_sleep(5)")
    return {}


async def empty(client: int, period: str) -> None:
    return None


BAD: dict[str, Callable[[int, str], Awaitable[dict[str, Any] | None]]] = {
    "raising": raising,
    "sql": failing_in_sql,
    "sleeping": sleeping,
    "template": good,
    "empty": empty,
}
TEMPLATES = {"good.html": "{{ said }}{{ actor.may('ledger.read') }}", "template.html": "{{ nothing.here }}"}


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cockpit's cards are one good one and one of each bad kind; all are known to be quick."""
    every = [Card("t.good", "cockpit", "good.html", "ledger.read", good)]
    every += [
        Card(f"t.{name}", "cockpit", "template.html" if name == "template" else "good.html", "ledger.read", load, order)
        for order, (name, load) in enumerate(BAD.items())
    ]
    monkeypatch.setattr(cards, "_offered", lambda enabled: iter([(PLUGIN, card) for card in every]))
    made = Environment(loader=DictLoader(TEMPLATES), autoescape=True)
    monkeypatch.setattr(cards, "environment", lambda: made)
    monkeypatch.setattr(pace, "_last", {(PLUGIN, f"card {card.id}"): 0.01 for card in every})


async def shown(firm: TestFirm) -> dict[str, tuple[str, bool]]:
    async with acting(firm, "boss"):
        found = await use(Cards).shown("cockpit", firm.restaurant, "2026-11")
        assert await connection().fetchval("select 1") == 1, "the page's transaction goes on"
    await settled()
    return {card.id.removeprefix("t."): (str(card.html), card.is_late) for card in found}


async def what_comes_after(firm: TestFirm) -> None:
    """As the browser does it: the cards that are late, each by itself."""
    for name, (_, is_late) in (await shown(firm)).items():
        if is_late:
            async with acting(firm, "boss"):
                await cards.one_card(f"t.{name}", firm.restaurant, "2026-11")
            await settled()


async def test_a_bad_card_costs_only_itself(firm: TestFirm, offered: None) -> None:
    began = time.monotonic()
    first = await shown(firm)
    assert time.monotonic() - began < in_time(1.0), "a card may take 0.3 s"
    assert first["good"] == ("&lt;b&gt;collab&lt;/b&gt;True", False)
    assert {name: html for name, (html, _) in first.items() if name != "good"} == dict.fromkeys(BAD, "")
    async with acting(firm, "owner"):
        kept = {trouble.part: trouble for trouble in await troubles()}
    assert set(kept) == {"card t.raising", "card t.sql", "card t.sleeping", "card t.template"}
    assert "broken" in kept["card t.raising"].reason
    assert "没有完成" in kept["card t.sleeping"].reason


async def test_a_slow_card_comes_after_the_page_and_is_off_after_three_failures(firm: TestFirm, offered: None) -> None:
    await shown(firm)
    began = time.monotonic()
    second = await shown(firm)
    assert time.monotonic() - began < in_time(0.25), "nobody waits any more for the one that sleeps"
    assert {name for name, (_, is_late) in second.items() if is_late} == {"raising", "sql", "sleeping", "template"}
    for _ in range(2):
        await what_comes_after(firm)
    after = await shown(firm)
    assert set(after) == {"good", "empty"}, "what failed three times in a row is left out"
    async with acting(firm, "owner"):
        assert {t.part for t in await troubles() if t.is_off} == await _off(firm)
        await try_again(PLUGIN)
    assert set(await shown(firm)) == {"good", *BAD}


async def _off(firm: TestFirm) -> set[str]:
    return {part.partition(" ")[2] for part in await parts_off()}


async def test_it_is_of_one_firm_only(firm: TestFirm, other_firm: TestFirm, offered: None) -> None:
    await shown(firm)
    for _ in range(2):
        await what_comes_after(firm)
    assert "raising" not in await shown(firm)
    assert "raising" in await shown(other_firm)


async def test_a_card_not_known_yet_is_not_waited_for(
    firm: TestFirm, offered: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "_last", {})
    first = await shown(firm)
    assert first["good"] == ("", True)
    async with acting(firm, "boss"):
        assert "collab" in await cards.one_card("t.good", firm.restaurant, "2026-11")
    assert (await shown(firm))["good"][1] is False


async def test_a_bad_dot_costs_only_itself(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def counting() -> int:
        return 7

    async def broken() -> int:
        raise ValueError("broken")

    async def asleep() -> int:
        await asyncio.sleep(5)
        return 1

    module = navigation.registry().modules[PLUGIN]
    dots = (Badge("tasks", counting), Badge("a", broken), Badge("b", asleep))
    monkeypatch.setattr(type(module), "badges", property(lambda self: dots if self is module else ()), raising=False)
    async with acting(firm, "owner"):
        began = time.monotonic()
        assert await navigation.badges(frozenset({PLUGIN}), {"tasks", "a", "b"}) == {"tasks": 7, "a": 0, "b": 0}
        assert time.monotonic() - began < in_time(1)
        quick = await navigation.badges(frozenset({PLUGIN}), {"tasks", "a", "b"}, only_quick=True)
        assert quick["tasks"] == 7
        assert quick["b"] is None
    await settled()


@pytest.mark.parametrize(("kind", "said"), [("raising", "出了错"), ("sleeping", "没有及时完成")])
async def test_a_check_that_does_not_answer_refuses(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch, kind: str, said: str
) -> None:
    """The exception to the rule: nobody knows what it would have said. After three in a row the firm's admin is asked."""

    async def check(hook: str, module: str, **facts: Any) -> Objection | None:
        if kind == "raising":
            raise ValueError("broken")
        await connection().execute("select pg_sleep(5)")
        return None

    async def only(hook: str) -> list[str]:
        return [PLUGIN]

    monkeypatch.setattr(hooks, "call_one", check)
    monkeypatch.setattr(hooks, "listeners", only)
    monkeypatch.setattr(hooks, "LONGEST_CHECK_S", 0.1)
    for _ in range(3):
        async with acting(firm, "owner"):
            with pytest.raises(Refusal, match=r"module\.check_failed") as refused:
                await hooks.ask("check_voucher", voucher=None)
            assert said in refused.value.sentence
            assert "协同办税" in refused.value.sentence
            assert await connection().fetchval("select 1") == 1
        await settled()
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
        assert (trouble.part, trouble.failures, trouble.is_off) == ("check_voucher", 3, True)
        assert not trouble.is_left_out


@pytest.mark.parametrize(("part", "urgency"), [("check_voucher", Urgency.LATE), ("card collab.card", Urgency.LATER), ("page /x", None)])
async def test_the_admin_is_offered_to_switch_off_what_fails(firm: TestFirm, part: str, urgency: Urgency | None) -> None:
    """From the third failure in a row: a check refuses the firm's work, a card is missing; a page that fails says so itself."""
    for number in range(3):
        assert await modules_that_wait(firm, "owner") == [], number
        async with acting(firm, "owner"):
            failed(PLUGIN, part, "broken")
        await settled()
    expected = [] if urgency is None else [(f"/f/{firm.id}/modules", True, urgency)]
    waits = await modules_that_wait(firm, "owner")
    assert [(w.address, "协同办税" in w.item.title, w.item.urgency) for w in waits] == expected
    assert await modules_that_wait(firm, "accountant") == []
    async with acting(firm, "owner"):
        await switch(PLUGIN, on=False)
    assert await modules_that_wait(firm, "owner") == []


async def modules_that_wait(firm: TestFirm, role: str) -> Sequence[Waits]:
    async with acting(firm, role):
        return [w for w in await use(Waiting).items() if w.item.path == "/modules"]


async def test_an_objection_is_its_own_plugins(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def check(hook: str, module: str, **facts: Any) -> Objection:
        return Objection("books.no", "不行。", details={"module": "books", "title": "财务账表", "rows": 2})

    async def only(hook: str) -> list[str]:
        return [PLUGIN]

    monkeypatch.setattr(hooks, "call_one", check)
    monkeypatch.setattr(hooks, "listeners", only)
    async with acting(firm, "owner"):
        with pytest.raises(Refusal) as refused:
            await hooks.ask("check_voucher", voucher=None)
    assert refused.value.details == {"module": PLUGIN, "title": "协同办税", "rows": 2}


async def test_a_check_of_many_vouchers_that_does_not_answer_is_named(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of one: with the voucher's place, and all of the import is given up."""

    async def check(hook: str, module: str, **facts: Any) -> Objection | None:
        await asyncio.sleep(5)
        return None

    async def only(hook: str) -> list[str]:
        return [PLUGIN]

    monkeypatch.setattr(hooks, "call_one", check)
    monkeypatch.setattr(bulk_checks, "listeners", only)
    monkeypatch.setattr(hooks, "LONGEST_CHECK_S", 0.1)
    draft = VoucherDraft(
        firm.restaurant, dt.date(2026, 3, 1), "存现", (Line("1002", "存现", debit=1), Line("1001", "存现", credit=1))
    )
    with pytest.raises(Refusal, match=r"module\.check_failed") as refused:
        async with acting(firm, "owner"):
            await use(VoucherImport).import_vouchers(firm.restaurant, [draft])
    assert refused.value.details["place"] == 1
    assert "协同办税" in refused.value.sentence
    assert "没有及时完成" in refused.value.sentence
    await settled()
    async with acting(firm, "owner"):
        assert [(t.part, t.failures) for t in await troubles()] == [("check_voucher", 1)]
        assert not await use(Ledger).vouchers(firm.restaurant)


async def test_a_fact_is_not_told_to_a_plugin_that_was_switched_off(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    async def call_one(hook: str, module: str, **facts: Any) -> None:
        told.append(module)

    monkeypatch.setattr(catalogue, "call_one", call_one)
    from zhangfang_sdk.context import in_scope

    with in_scope(system_scope(firm.id)):
        await catalogue.tell_one("vouchers_posted", PLUGIN, [1])
        async with transaction():
            await switch(PLUGIN, on=False)
        await catalogue.tell_one("vouchers_posted", PLUGIN, [1])
    assert told == [PLUGIN]


async def test_a_job_that_failed_for_good_stands_with_its_reason(firm: TestFirm, other_firm: TestFirm) -> None:
    arguments = {"fact": "vouchers_posted", "module": PLUGIN, "ids": [1]}
    await worker._keep_failed(system_scope(firm.id), "core.tell", arguments, ValueError("broken"))
    async with scoped_transaction(system_scope(other_firm.id)):
        assert await failed_jobs() == []
    async with scoped_transaction(worker.OPERATOR):
        (kept,) = await failed_jobs()
    assert (kept.firm, kept.job, kept.plugin, kept.arguments) == (firm.id, "core.tell", PLUGIN, arguments)
    assert "broken" in kept.reason


async def test_a_job_that_never_ends_gives_its_place_back(firm: TestFirm) -> None:
    """Two of them would else hold every place of a worker, for all firms."""

    async def sleeps() -> None:
        await asyncio.sleep(60)

    run = worker._runner(f"{PLUGIN}.sleeps", Job("sleeps", sleeps, tries=0, seconds=0.05))
    context = SimpleNamespace(job=SimpleNamespace(attempts=0))
    with pytest.raises(TimeoutError):
        await run(context, firm=firm.id, arguments={})
    async with scoped_transaction(system_scope(firm.id)):
        (kept,) = await failed_jobs()
    assert (kept.job, kept.plugin) == (f"{PLUGIN}.sleeps", PLUGIN)


async def test_a_job_without_further_tries_is_not_tried_again() -> None:
    """Procrastinate takes "at most 0 attempts" for as many as one likes."""
    never, twice = Job("never", sleeping, tries=0), Job("twice", sleeping, tries=2)
    strategies = [worker._retries(job) for job in (never, twice)]
    assert strategies[0] is False
    assert isinstance(strategies[1], RetryStrategy)
    assert strategies[1].max_attempts == 2


async def test_rare_failures_do_not_add_up(firm: TestFirm) -> None:
    """Another node, on which the part worked meanwhile, does not know of the first ones; what is off stays off."""
    for days, expected in ((0, 1), (0, 2), (2, 1), (0, 2), (0, 3), (2, 4)):
        async with acting(firm, "owner"):
            await connection().execute("update core_part_trouble set failed_at = failed_at - make_interval(days => $1)", days)
            failed(PLUGIN, "card t.rare", "broken")
        await settled()
        async with acting(firm, "owner"):
            (trouble,) = await troubles()
        assert trouble.failures == expected


def test_a_card_has_a_largest_size_and_a_longest_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its template is the one thing of a card that no time-out of the loop would stop."""
    templates = {
        "large.html": "{{ 'x' * 300000 }}",
        "endless.html": "{% for n in range(1000000000) %}{{ n if n < 0 else '' }}{% endfor %}",
        "pieces.html": "{% for n in pieces %}{{ n }}{% endfor %}",
        "fits.html": "{{ '<' * 100 }}",
    }
    made = Environment(loader=DictLoader(templates), autoescape=True)
    monkeypatch.setattr(cards, "environment", lambda: made)
    assert cards._written("fits.html", {}) == "&lt;" * 100
    with pytest.raises(cards.CardTooLarge):
        cards._written("large.html", {})
    with pytest.raises(TimeoutError):
        cards._written("endless.html", {})
    clock, pieces = itertools.count(0, pace.MOST_S / 2), itertools.count()
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    with pytest.raises(TimeoutError):
        cards._written("pieces.html", {"pieces": pieces})
    assert next(pieces) == 3, "left at the first piece after its time"


async def test_a_persons_own_home_waits_for_nothing_slow(
    firm: TestFirm, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the home of a firm; the page says that they are still to be asked, and asks them after it."""

    async def slow() -> int:
        await asyncio.sleep(0.25)
        return 7

    async def slow_list(limit: int) -> Sequence[WaitingItem]:
        await asyncio.sleep(0.25)
        return [WaitingItem(scope().client, "一件事", "去处理", "/tasks", Urgency.LATER)]

    module = navigation.registry().modules[PLUGIN]
    dots = tuple(Badge(nav, slow) for nav in ("tasks", "cockpit", "vouchers", "accounts"))
    lists = tuple(WaitingSource(f"slow{n}", "collab.read", slow_list) for n in range(4))
    monkeypatch.setattr(type(module), "badges", property(lambda self: dots if self is module else ()), raising=False)
    monkeypatch.setattr(type(module), "waiting", property(lambda self: lists if self is module else ()), raising=False)
    owner = await visit("owner")
    for path in ("/me", f"/f/{firm.id}/waiting"):
        await owner.http.get(path)
        began = time.monotonic()
        page = await owner.http.get(path)
        assert page.status_code == 200
        assert time.monotonic() - began < in_time(0.25), path
    late = await owner.http.get("/me")
    assert "data-late" in late.text.partition('data-badge-for="place-')[2][:80]
    assert sum((await owner.http.get("/me/badges")).json().values()) == len(lists)
