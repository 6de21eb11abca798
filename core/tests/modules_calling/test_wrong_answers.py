"""PLAT-1: what a part answers is looked at where it answers, and whatever it raises is an ordinary failure of its own."""

import asyncio
import datetime as dt
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from jinja2 import DictLoader, Environment

from zhangfang_core.database.engine import connection
from zhangfang_core.modules import hooks
from zhangfang_core.modules.afterwards import settled
from zhangfang_core.modules.answers import WrongAnswer, from_hook, from_part
from zhangfang_core.modules.calling import PartEnded, calling, tallies
from zhangfang_core.modules.time_limits import TookTooLong, within
from zhangfang_core.modules.troubles import failed, failed_for_good, failed_jobs, part_name, parts_off, troubles
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web import cards, pace
from zhangfang_core.web.parts import asked
from zhangfang_sdk.acting import NotDeclared
from zhangfang_sdk.acting import acting as acting_plugin
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import InvoiceSource, InvoiceSums
from zhangfang_sdk.ledger import Objection
from zhangfang_sdk.measures import Measure
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.waiting import Urgency, WaitingItem, WaitingSource
from zhangfang_sdk.web import Badge, Card

PLUGIN = "collab"
"""Whose parts these are said to be: any plugin that runs will do."""

MOMENT: Any = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
NO_NUMBER: Any = "x"
WRONG: dict[str, tuple[type[Any], str, Any]] = {
    "a moment for a day": (WaitingSource, "load", [WaitingItem(1, "t", "b", "/x", Urgency.LATE, until=MOMENT)]),
    "an urgency that is none": (WaitingSource, "load", [WaitingItem(1, "t", "b", "/x", 9)]),  # type: ignore[arg-type]
    "a client that is none": (WaitingSource, "load", [WaitingItem(NO_NUMBER, "t", "b", "/x", Urgency.LATE)]),
    "no list": (WaitingSource, "load", None),
    "a generator": (SearchSource, "ids", (id_ for id_ in [1])),
    "an entry that is none": (SearchSource, "write", [("only a title",)]),
    "a number that no page can show": (Badge, "count", 10**30),
    "less than nothing": (Badge, "count", -1),
    "a word for a number": (Badge, "count", "7"),
    "a list for values": (Card, "load", [1]),
    "sums that are none": (InvoiceSource, "sums", None),
    "a sum that is no number": (InvoiceSource, "sums", InvoiceSums("2", 1, 1)),  # type: ignore[arg-type]
    "a figure of half a fen": (Measure, "on_days", [1.5]),
    "a figure that no page can show": (Measure, "on_days", [10**30]),
    "a number that is longer than Python writes": (Measure, "on_days", [10**5000]),
    "a client that no column holds": (WaitingSource, "load", [WaitingItem(10**30, "t", "b", "/x", Urgency.LATE)]),
    "half a sign": (WaitingSource, "load", [WaitingItem(1, "报表\udc80", "b", "/x", Urgency.LATE)]),
}


@pytest.mark.parametrize("what", WRONG)
def test_an_answer_of_another_type_is_wrong(what: str) -> None:
    kind, field, answer = WRONG[what]
    with pytest.raises(WrongAnswer):
        from_part(kind, field, answer)


@pytest.mark.parametrize("answer", [5, "no", Objection("x.no", 5)])  # type: ignore[arg-type]
def test_a_check_answers_an_objection_or_nothing(answer: object) -> None:
    with pytest.raises(WrongAnswer):
        from_hook("check_voucher", answer)
    assert from_hook("check_voucher", None) is None
    assert from_hook("check_voucher", Objection("x.no", "不行。")) is not None


async def exits() -> int:
    sys.exit(3)


async def ends() -> int:
    raise BaseException("base")


async def cancels() -> int:
    raise asyncio.CancelledError


ENDINGS: list[Callable[[], Awaitable[int]]] = [exits, ends, cancels]


@pytest.mark.parametrize("ending", ENDINGS)
async def test_what_is_no_exception_is_a_failure_of_the_part(firm: TestFirm, ending: Callable[[], Awaitable[int]]) -> None:
    part = f"badge {ending.__name__}"
    async with acting(firm, "owner"):
        assert await asked(PLUGIN, part, ending, 0) == 0
        assert await connection().fetchval("select 1") == 1
    await settled()
    assert tallies()[PLUGIN, part].failures == 1
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
    assert trouble.part == part
    assert "PartEnded" in trouble.reason


async def test_a_cancellation_that_somebody_asked_for_goes_on() -> None:
    started = asyncio.Event()

    async def work() -> None:
        with calling(PLUGIN, "job asked"):
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(PartEnded), calling(PLUGIN, "job exits"):
        sys.exit(1)


@pytest.mark.parametrize(
    ("handler", "raised"), [(signal.default_int_handler, KeyboardInterrupt), (lambda *_: None, PartEnded), (signal.SIG_IGN, PartEnded)]
)
def test_ctrl_c_that_nobody_pressed_is_a_failure(handler: Any, raised: type[BaseException]) -> None:
    """A process that handles the signal itself, as web and worker do, raises none."""
    before = signal.signal(signal.SIGINT, handler)
    try:
        with pytest.raises(raised), calling(PLUGIN, "job interrupts"):
            raise KeyboardInterrupt
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("answer", [5, SystemExit(7)])
async def test_a_check_that_answers_nonsense_or_ends_refuses_and_is_named(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    class Plugin:
        async def check_voucher(self, voucher: object) -> object:
            if isinstance(answer, BaseException):
                raise answer
            return answer

    async def only(hook: str) -> list[str]:
        return [PLUGIN]

    monkeypatch.setattr(hooks, "listeners", only)
    manager = hooks.registry().hooks
    monkeypatch.setattr(
        manager, "subset_hook_caller", lambda hook, remove_plugins: lambda **facts: [Plugin().check_voucher(**facts)]
    )
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"module\.check_failed") as refused:
            await hooks.ask("check_voucher", voucher=None)
        assert refused.value.details["module"] == PLUGIN
    await settled()


async def test_a_part_that_swallowed_its_end_took_too_long(firm: TestFirm) -> None:
    async def swallows() -> int:
        try:
            await asyncio.sleep(0.2)
        except BaseException:
            return 1
        return 2

    with pytest.raises(TookTooLong):
        async with within(0.05):
            await swallows()
    with pytest.raises(TimeoutError) as own:
        async with within(5):
            raise TimeoutError("the bank")
    assert not isinstance(own.value, TookTooLong)
    async with acting(firm, "owner"):
        assert await asked(PLUGIN, "badge swallows", swallows, 0, seconds=0.05) == 0
    await settled()
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
    assert "没有完成" in trouble.reason


async def test_a_part_that_asks_for_what_it_did_not_declare_is_counted(firm: TestFirm) -> None:
    async def greedy() -> int:
        running = acting_plugin()
        assert running is not None
        require("people.manage")
        return 1

    async with acting(firm, "owner"):
        assert await asked(PLUGIN, "badge greedy", greedy, 0) == 0
        with pytest.raises(NotDeclared), calling(PLUGIN, "page /greedy"):
            require("people.manage")
    await settled()
    assert tallies()[PLUGIN, "page /greedy"].failures == 1
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
    assert (trouble.part, trouble.failures) == ("badge greedy", 1)


@pytest.mark.parametrize("words", ["a\0b", "a\udc80b"])
async def test_a_reason_that_no_column_holds_is_kept(firm: TestFirm, words: str) -> None:
    async with acting(firm, "owner"):
        failed(PLUGIN, "card odd", words)
        await failed_for_good(firm.id, "collab.odd", PLUGIN, {}, words)
    await settled()
    async with acting(firm, "owner"):
        kept = [(await troubles())[0].reason, (await failed_jobs())[0].reason]
    assert all(reason.startswith("a\\") and reason.endswith("b") for reason in kept)


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise Unspeakable


class Ending(Exception):
    def __str__(self) -> str:
        raise SystemExit(9)


@pytest.mark.parametrize("error", [Unspeakable(), Ending(), ValueError("x\udc80" * 1000)], ids=lambda error: type(error).__name__)
async def test_an_error_that_cannot_be_told_is_a_failure_like_any_other(firm: TestFirm, error: Exception) -> None:
    async def raises() -> int:
        raise error

    async with acting(firm, "owner"):
        assert await asked(PLUGIN, f"badge {type(error).__name__}", raises, 0) == 0
    await settled()
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
    assert type(error).__name__ in trouble.reason
    last = tallies()[PLUGIN, f"badge {type(error).__name__}"].last_failure
    assert len(last.encode()) <= 500


async def test_a_card_that_no_page_can_hold_is_left_out(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(client: int, period: str) -> dict[str, Any]:
        return {"said": "报表\udc80"}

    card = Card("t.half", "cockpit", "t.html", "ledger.read", load)
    monkeypatch.setattr(cards, "_offered", lambda enabled: iter([(PLUGIN, card)]))
    monkeypatch.setattr(cards, "environment", lambda: Environment(loader=DictLoader({"t.html": "{{ said }}"}), autoescape=True))
    async with acting(firm, "boss"):
        assert await cards.one_card("t.half", firm.restaurant, "2026-11") == ""
    await settled()
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
    assert "no text that can be written" in trouble.reason


async def test_long_names_that_begin_alike_are_two_parts(firm: TestFirm) -> None:
    long = "card x." + "长" * 200
    async with acting(firm, "owner"):
        for _ in range(3):
            failed(PLUGIN, long + "a", "broken")
            await settled()
    async with acting(firm, "owner"):
        (trouble,) = await troubles()
        off = await parts_off()
    assert trouble.failures == 3
    assert f"{PLUGIN} {part_name(long + 'a')}" in off
    assert f"{PLUGIN} {part_name(long + 'b')}" not in off


async def test_the_hosts_values_of_a_card_are_the_hosts(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    async def load(client: int, period: str) -> dict[str, Any]:
        return {"actor": 5, "csrf_token": "x", "said": "y"}

    card = Card("t.own", "cockpit", "t.html", "ledger.read", load)
    monkeypatch.setattr(cards, "_offered", lambda enabled: iter([(PLUGIN, card)]))
    made = Environment(loader=DictLoader({"t.html": "{{ said }}{{ actor.may('ledger.read') }}"}), autoescape=True)
    monkeypatch.setattr(cards, "environment", lambda: made)
    monkeypatch.setattr(pace, "_last", {})
    async with acting(firm, "boss"):
        assert await cards.one_card("t.own", firm.restaurant, "2026-11") == "yTrue"
