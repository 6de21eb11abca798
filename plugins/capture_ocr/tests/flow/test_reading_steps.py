"""From file to draft voucher, once, whatever happens on the way (CAP-2, CAP-3, CAP-4, CAP-5, CAP-10)."""

import asyncio
import random
from datetime import date
from typing import Any

import pytest

from zhangfang_capture_ocr.reading.confined import read_confined
from zhangfang_capture_ocr.services import reading_steps
from zhangfang_capture_ocr.services.showing import shown_invoice
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, TRADING_TAX_ID, acting
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import replaced, use


@pytest.mark.parametrize("form", ["xml", "pdf"])
async def test_draft_voucher_with_reasons(office: Any, drawn: Any, form: str) -> None:
    """CAP-2, CAP-10: an invoice ends as a balanced draft with reasons, linked to its original, sure of itself."""
    data = getattr(drawn, form)()
    item = await office.handed_in(f"一.{form}", data, purpose="运费")
    assert await office.state(item) == ("drafted", "")
    row = await office.invoice_of(item)
    assert (row["number"], row["issued_on"], row["total"], row["sure"]) == (
        "26332000000187654321",
        date(2026, 11, 3),
        109000,
        True,
    )
    async with acting(office.firm, "accountant"):
        voucher = await use(Ledger).voucher(row["voucher"])
    assert sum(line.debit for line in voucher.lines) == sum(line.credit for line in voucher.lines) == 109000
    assert voucher.document == row["document"]
    assert any("运费" in reason for reason in voucher.reasons)
    assert voucher.source == "capture_ocr"


async def test_same_number_in_another_file(office: Any, drawn: Any) -> None:
    """CAP-3: the PDF of an invoice whose XML is there already is refused, naming day and uploader."""
    await office.handed_in("一.xml", drawn.xml())
    item = await office.handed_in("一.pdf", drawn.pdf())
    assert await office.state(item) == ("refused", "capture.same_number")
    row = await office.invoice_of(item)
    assert row["duplicate_of"] is not None
    assert row["voucher"] is None
    async with acting(office.firm, "accountant"):
        told = await Item.objects().get(Item.id == item)
        assert told is not None
        assert "李总" in told.refusal_sentence
        assert "26332000000187654321" in told.refusal_sentence


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"buyer": "别家商贸有限公司", "buyer_tax_id": TRADING_TAX_ID}, "buyer.other_company"),
        ({"buyer_tax_id": RESTAURANT_TAX_ID[:-1] + "A"}, "buyer.tax_id_other"),
        ({"buyer": "个人", "buyer_tax_id": ""}, "buyer.person"),
    ],
)
async def test_not_this_client(office: Any, drawn: Any, changes: dict[str, str], code: str) -> None:
    """CAP-4: another buyer or a wrong tax id goes back with its reason; the original and the facts are kept."""
    item = await office.handed_in("一.xml", drawn.xml(**changes))
    assert await office.state(item) == ("refused", code)
    row = await office.invoice_of(item)
    assert row["voucher"] is None
    assert row["live"] is False
    async with acting(office.firm, "accountant"):
        assert await use(Ledger).vouchers(office.firm.restaurant) == []


async def test_unsure_is_still_a_draft(office: Any, drawn: Any) -> None:
    """CAP-4: an invoice dated next year is marked for the accountant and still has its draft."""
    year = today().year + 1
    item = await office.handed_in(
        "一.xml", drawn.xml(number=f"{year % 100}332000000187654321", issued_on=date(year, 12, 31))
    )
    state, code = await office.state(item)
    assert (state, code) == ("needs_review", "date.plausible")
    assert (await office.invoice_of(item))["voucher"] is not None


async def test_the_page_says_what_the_signature_of_a_file_is_worth(office: Any, drawn: Any, sign: Any) -> None:
    """CAP-4: one sentence, kept with the invoice; a file without a signature has none."""
    signed = await office.handed_in("一.pdf", await asyncio.to_thread(sign, drawn.pdf()))
    plain = await office.handed_in("二.pdf", drawn.pdf(number="26332000000187654322"))
    async with acting(office.firm, "boss", client=office.firm.restaurant):
        shown, other = await shown_invoice(signed), await shown_invoice(plain)
    assert shown is not None
    assert other is not None
    assert "样本商贸（深圳）有限公司" in shown.seal
    assert "不等于已经验真" in shown.seal
    assert other.seal == ""


READ = "zhangfang_capture_ocr.services.reading_steps.read_confined"


class _Killed(BaseException):
    """The worker's end, as by kill -9: nothing catches it."""


class _Mortal:
    """Stands before a service and ends the worker before or after its nth call."""

    def __init__(self, real: Any, clock: "_Clock") -> None:
        self._real, self._clock = real, clock

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)

        async def called(*args: Any, **kwargs: Any) -> Any:
            self._clock.tick()
            answer = await method(*args, **kwargs)
            self._clock.tick()
            return answer

        return called


class _Clock:
    def __init__(self, until: int) -> None:
        self.left = until

    def tick(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise _Killed


async def test_killed_anywhere_ends_once(office: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """CAP-5: cut off before or after any call of any step, then run again: one invoice, one draft, nothing twice."""
    cuts = 0
    for round_ in range(1, 51):
        number = f"26332000000{round_:09d}"
        received = await office.send((f"{round_}.xml", drawn.xml(number=number)))
        item = received[0].item
        clock = _Clock(round_)

        async def mortal_read(data: bytes, name: str, clock: _Clock = clock) -> Any:
            clock.tick()
            answer = await read_confined(data, name)
            clock.tick()
            return answer

        monkeypatch.setattr(READ, mortal_read)
        try:
            with (
                replaced(Documents, _Mortal(use(Documents), clock)),
                replaced(Ledger, _Mortal(use(Ledger), clock)),
                replaced(Live, _Mortal(use(Live), clock)),
                replaced(Clients, _Mortal(use(Clients), clock)),
            ):
                await office.work(item)
        except _Killed:
            cuts += 1
        monkeypatch.setattr(READ, read_confined)
        for _ in range(random.Random(round_).randint(1, 3)):  # noqa: S311  # how often the job comes back
            await office.work(item)
        assert await office.state(item) == ("drafted", "")
    assert cuts >= 12
    async with acting(office.firm, "accountant"):
        assert await Invoice.count() == 50
        assert await connection().fetchval("select count(*) from core_voucher") == 50
        assert await connection().fetchval("select count(distinct voucher) from capture_ocr_invoice") == 50


async def test_gives_up_to_a_person(office: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """CAP-5: what fails at every try is left to the accountant, never silently in the queue."""
    received = await office.send(("一.xml", drawn.xml()))
    item = received[0].item

    async def broken(data: bytes, name: str) -> Any:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(READ, broken)
    for _ in range(reading_steps.TRIES - 1):
        with pytest.raises(RuntimeError):
            await office.work(item)
    await office.work(item)
    assert await office.state(item) == ("needs_review", "capture.gave_up")
