"""PLAT-5: vendors are asked in the firm's order, with time-outs, repeats and a breaker, and it is counted what was asked."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.modules.switches import switch
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.testing.vendors import OFFERING, Steered, offering
from zhangfang_core.vendors import service
from zhangfang_core.vendors.keeping_count import FAILURES
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.recognition import Bitmap, TextBox, TextRecogniser
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Answered, NoVendorAnswered, VendorAway, VendorMisset, VendorRefused, Vendors

WHITE = Bitmap(8, 8, b"\xff" * 192)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.01)


async def ask(
    firm: TestFirm, *, effect: bool = False, vendor: str | None = None, seconds: float | None = None
) -> Answered[Sequence[TextBox]]:
    with in_scope(system_scope(firm.id)):
        return await use(Vendors).call(
            TextRecogniser, lambda v: v.recognise(WHITE), effect=effect, vendor=vendor, seconds=seconds
        )


async def refused(firm: TestFirm, *, effect: bool = False, vendor: str | None = None) -> NoVendorAnswered:
    with pytest.raises(NoVendorAnswered) as told:
        await ask(firm, effect=effect, vendor=vendor)
    return told.value


async def counted(firm: TestFirm) -> dict[str, tuple[int, int]]:
    """Calls and failures by vendor."""
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select vendor, calls, failures from core_vendor_call")
    return {row["vendor"].removeprefix(f"{OFFERING}."): (row["calls"], row["failures"]) for row in rows}


async def time_passes(firm: TestFirm) -> None:
    """Every pause is over."""
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_vendor_breaker set open_until = now() - interval '1 second'")


async def test_the_first_that_works_by_itself_is_asked_when_none_is_chosen(firm: TestFirm) -> None:
    """PLAT-5: in plugin order; what sends pictures out is never asked unasked."""
    out, first, second = Steered("out", outside=True), Steered("first"), Steered("second")
    with offering(out, first, second):
        answered = await ask(firm)
    assert answered.vendor == f"{OFFERING}.first"
    assert answered.value[0].text == "好"
    assert answered.title == "识别first"
    assert (out.asked, first.asked, second.asked) == (0, 1, 0)
    assert await counted(firm) == {"first": (1, 0)}


async def test_the_next_one_is_asked_when_the_first_runs_out_of_time(firm: TestFirm) -> None:
    """PLAT-5: a time-out is not repeated, so that nobody waits twice."""
    slow, next_one = Steered("slow", [3.0]), Steered("next")
    with offering(slow, next_one):
        answered = await ask(firm, seconds=0.1)
    assert answered.vendor == f"{OFFERING}.next"
    assert slow.asked == 1
    assert await counted(firm) == {"slow": (1, 1), "next": (1, 0)}


async def test_what_fails_quickly_is_repeated(firm: TestFirm) -> None:
    flaky = Steered("flaky", [VendorAway("busy", retry_after=0.01), OSError("cut"), "三"])
    with offering(flaky):
        assert (await ask(firm)).value[0].text == "三"
    assert await counted(firm) == {"flaky": (3, 2)}


async def test_settings_that_are_wrong_and_broken_adapters_are_not_repeated(
    firm: TestFirm, caplog: pytest.LogCaptureFixture
) -> None:
    """PLAT-5: what an adapter says in its exceptions goes into no log: it may hold a key."""
    misset, broken = Steered("misset", [VendorMisset("密钥 sk-1 不对")]), Steered("broken", [ValueError("sk-2")])
    busy = Steered("busy", [VendorAway("sk-3", retry_after=60.0)])
    with offering(misset, broken, busy), caplog.at_level(logging.DEBUG):
        told = await refused(firm)
    assert told.code == "vendor.none_answered"
    assert told.status == 503
    assert told.details["vendors"] == {
        f"{OFFERING}.misset": "misset",
        f"{OFFERING}.broken": "failed",
        f"{OFFERING}.busy": "away",
    }
    assert (misset.asked, broken.asked, busy.asked) == (1, 1, 1)
    assert "sk-" not in caplog.text + str(told)
    assert "misset" in caplog.text


async def test_an_answer_that_is_none_of_its_protocol_is_a_failure(firm: TestFirm) -> None:
    """The next vendor is asked; whoever called never meets the odd thing."""
    odd, other = Steered("odd", [7]), Steered("other")  # a whole number as text
    with offering(odd, other):
        answered = await ask(firm)
    assert answered.vendor == f"{OFFERING}.other"
    assert await counted(firm) == {"odd": (1, 1), "other": (1, 0)}


async def test_a_refusal_is_an_answer(firm: TestFirm) -> None:
    """One that refuses is well: the next is asked, the breaker stays shut, and when nobody does it the refusal comes out."""
    no = VendorRefused("ocr.too_big", "图片太大。")
    picky, other = Steered("picky", [no] * (FAILURES + 2)), Steered("other")
    with offering(picky, other):
        for _ in range(FAILURES + 1):
            assert (await ask(firm)).vendor == f"{OFFERING}.other"
        other.does = [VendorAway("down", retry_after=60.0)]
        with pytest.raises(VendorRefused) as told:
            await ask(firm)
    assert told.value is no
    assert (await counted(firm))["picky"] == (FAILURES + 2, 0)


async def test_what_may_have_been_done_is_never_done_again(firm: TestFirm) -> None:
    """PLAT-5: a call with an effect that breaks off ends there, with its own code; one that certainly did nothing goes on."""
    first, second = Steered("first", [OSError("cut")]), Steered("second")
    with offering(first, second):
        told = await refused(firm, effect=True)
        assert told.code == "vendor.maybe_done"
        assert (first.asked, second.asked) == (1, 0)
        first.does = [ConnectionRefusedError(), VendorAway("busy", maybe_done=False), VendorMisset("欠费")]
        assert (await ask(firm, effect=True)).vendor == f"{OFFERING}.second"
        assert (first.asked, second.asked) == (4, 1)
        first.does = [VendorRefused("sms.blocked", "号码已退订。")]
        with pytest.raises(VendorRefused):
            await ask(firm, effect=True)
        assert second.asked == 1


async def test_one_vendor_by_name(firm: TestFirm) -> None:
    """The one that made an order is asked how it stands, whatever the order."""
    first, second = Steered("first"), Steered("second")
    with offering(first, second):
        assert (await ask(firm, vendor=f"{OFFERING}.second")).vendor == f"{OFFERING}.second"
        assert (await refused(firm, vendor="gone.away")).code == "vendor.none_chosen"
    assert first.asked == 0


async def test_the_breaker_opens_half_opens_and_shuts(firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-5: after FAILURES in a row the vendor is left out; then one call alone tries it; each firm has its own."""
    slow_down = VendorAway("down", retry_after=60.0)
    bad, good = Steered("bad", [slow_down] * FAILURES), Steered("good")
    with offering(bad, good):
        for _ in range(FAILURES):
            assert (await ask(firm)).vendor == f"{OFFERING}.good"
        assert bad.asked == FAILURES
        await ask(firm)
        assert bad.asked == FAILURES, "left out"
        assert (await ask(other_firm)).vendor == f"{OFFERING}.bad"

        await time_passes(firm)
        bad.does = [slow_down]
        assert (await ask(firm)).vendor == f"{OFFERING}.good"
        assert bad.asked == FAILURES + 2, "one trial, not repeated"
        await ask(firm)
        assert bad.asked == FAILURES + 2, "open again"

        await time_passes(firm)
        bad.does = [0.3]
        first, second = await asyncio.gather(ask(firm), ask(firm))
        assert {first.vendor, second.vendor} == {f"{OFFERING}.bad", f"{OFFERING}.good"}, "one of both tries"
        assert (await ask(firm)).vendor == f"{OFFERING}.bad"


async def test_each_pause_is_longer_and_bounded(firm: TestFirm) -> None:
    down = VendorAway("down", retry_after=60.0)
    bad, pauses = Steered("bad"), []
    with offering(bad):
        for _ in range(FAILURES + 8):
            bad.does = [down]
            await refused(firm)
            async with scoped_transaction(system_scope(firm.id)):
                pauses.append(
                    await connection().fetchval(
                        "select extract(epoch from open_until - failed_at) from core_vendor_breaker"
                    )
                )
            await time_passes(firm)
    assert [None if p is None else round(p) for p in pauses[FAILURES - 2 :]] == [
        None, 30, 60, 120, 240, 480, 900, 900, 900, 900,
    ]  # fmt: skip


async def test_no_transaction_is_open_while_a_vendor_is_asked(firm: TestFirm) -> None:
    """A connection is not held for as long as somebody else's server likes; asking inside one is a programming error."""
    seen: list[object] = []

    async def look(vendor: TextRecogniser) -> None:
        seen.append(DB.current_transaction.get())
        await vendor.recognise(WHITE)

    with offering(Steered("one")):
        with in_scope(system_scope(firm.id)):
            await use(Vendors).call(TextRecogniser, look)
        assert seen == [None]
        async with scoped_transaction(system_scope(firm.id)):
            with pytest.raises(RuntimeError, match="no transaction"):
                await use(Vendors).call(TextRecogniser, look)
    with in_scope(system_scope(firm.id)), pytest.raises(ValueError, match="no kind"):
        await use(Vendors).call(Vendors, look)  # type: ignore[arg-type]  # a Protocol that is no vendor's


async def test_a_plugin_that_is_off_offers_nothing(firm: TestFirm) -> None:
    """PLAT-3, PLAT-5: from the next call on."""
    with offering(Steered("one")):
        await ask(firm)
        async with scoped_transaction(system_scope(firm.id)):
            await switch(OFFERING, on=False)
        told = await refused(firm)
    assert told.code == "vendor.none_chosen"
    assert "票据识别" in told.sentence
