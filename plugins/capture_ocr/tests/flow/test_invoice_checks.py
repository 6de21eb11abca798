"""CAP-4: invoices are checked with the tax administration's records by the vendor that the firm chose, never otherwise."""

import asyncio
import dataclasses
import datetime as dt
import logging
from collections.abc import AsyncIterator, Sequence
from types import ModuleType
from typing import Any

import pytest

from zhangfang_capture_ocr.jobs import check, recheck
from zhangfang_capture_ocr.records import ask_again
from zhangfang_capture_ocr.records.answering import TRIES
from zhangfang_capture_ocr.services import desk
from zhangfang_capture_ocr.services.showing import shown_invoice
from zhangfang_capture_ocr.tables import InvoiceCheck, Item
from zhangfang_capture_ocr.vendors.tencent_invoices import tencent_invoices_vendor
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, acting
from zhangfang_core.testing.vendors import OFFERING, offering
from zhangfang_core.vendors import service
from zhangfang_core.vendors.choices import choices, choose, offer_to_choose, remove
from zhangfang_core.vendors.keeping_count import close_breaker
from zhangfang_core.vendors.setting_forms import read_form
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import InvoiceQuery, Invoices, InvoiceState
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import NoVendorAnswered, VendorKind

NUMBER = "26332000000187654321"
SELLER = ("宁波远洋冷链物流有限公司", "91330206MA2TEXT91M")
BUYER = ("嘉喜餐饮有限公司", RESTAURANT_TAX_ID)


@pytest.fixture
def known(reference: ModuleType, server: Any) -> Any:
    """The record of the invoice that the tests hand in."""
    record = reference.KnownInvoice(
        NUMBER, "2026-11-03", net="1000.00", tax="90.00", total="1090.00", seller=SELLER, buyer=BUYER
    )
    server.invoices.append(record)
    return record


@pytest.fixture
async def chosen(server: Any, office: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The firm chose the vendor."""
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.01)
    with offering(tencent_invoices_vendor(server.endpoint)):
        async with scoped_transaction(system_scope(office.firm.id)):
            offer = await offer_to_choose("invoice_check", f"{OFFERING}.tencent_invoices")
            typed = {"secret_id": server.secret_id, "secret_key": server.secret_key}
            await choose(offer, read_form(offer.vendor.settings, typed))
        yield


async def checks_of(office: Any) -> Sequence[dict[str, Any]]:
    async with acting(office.firm, "accountant"):
        return [dict(row) for row in await InvoiceCheck.select().order_by(InvoiceCheck.id)]


async def work(office: Any) -> None:
    """What the worker does with every check that waits."""
    for row in await checks_of(office):
        if row["state"] == "waiting":
            with in_scope(system_scope(office.firm.id)):
                await check(row["id"])


async def ask(office: Any, item: int, reason: str = "", role: str = "accountant") -> None:
    async with acting(office.firm, role):
        await ask_again(item, reason)


async def shown(office: Any, item: int) -> Any:
    async with acting(office.firm, "accountant"):
        found = await shown_invoice(item)
    assert found is not None
    return found.check


async def checked(office: Any, drawn: Any) -> int:
    """One invoice handed in, read and checked; its item."""
    item: int = await office.handed_in("一.xml", drawn.xml())
    await work(office)
    return item


async def test_nothing_leaves_without_a_choice(server: Any, known: Any, office: Any, drawn: Any) -> None:
    with offering(tencent_invoices_vendor(server.endpoint)):
        item = await checked(office, drawn)
        with pytest.raises(Refusal) as told:
            await ask(office, item)
    assert told.value.code == "capture.check_no_vendor"
    assert await checks_of(office) == []
    assert await shown(office, item) is None
    assert server.asked == 0


async def test_a_valid_one_is_checked_once(chosen: None, server: Any, known: Any, office: Any, drawn: Any) -> None:
    """Kept with when, by whom and the vendor's number; it is a proof more, and says what it does not prove."""
    item = await checked(office, drawn)
    assert await office.state(item) == ("drafted", "")
    row = (await checks_of(office))[0]
    assert (row["state"], row["vendor"], row["number"]) == ("valid", f"{OFFERING}.tencent_invoices", NUMBER)
    assert row["reference"]
    assert row["answered_at"] is not None
    told = await shown(office, item)
    assert (told.mood, told.head, told.sentence) == ("good", "与税务局记录一致", "")
    assert "不说明业务真的发生" in told.note
    assert "腾讯云" in told.vendor
    assert told.reference == row["reference"]
    with in_scope(system_scope(office.firm.id)):
        await asyncio.gather(*(check(row["id"]) for _ in range(3)))
        await recheck()
    assert server.asked == 1
    assert server.checks == [{"InvoiceNo": NUMBER, "InvoiceDate": "2026-11-03", "Amount": "1090.00"}]


@pytest.mark.parametrize(
    ("abandoned", "head", "code", "state"),
    [
        ("Y", "已作废", "record.voided", InvoiceState.VOIDED),
        ("HF", "已红冲", "record.reversed", InvoiceState.RED),
        ("HP", "已红冲", "record.reversed", InvoiceState.RED),
    ],
)
async def test_voided_and_reversed_ones_go_to_a_person(
    chosen: None, known: Any, office: Any, drawn: Any, abandoned: str, head: str, code: str, state: InvoiceState
) -> None:
    """What was sure is no longer; everybody who asks the SDK's Invoices is told the state."""
    known.abandoned = abandoned
    item = await checked(office, drawn)
    assert await office.state(item) == ("needs_review", code)
    assert (await shown(office, item)).head == head
    assert (await office.invoice_of(item))["sure"] is False
    async with acting(office.firm, "accountant"):
        query = InvoiceQuery(office.client, states=frozenset({state}))
        found = (await use(Invoices).page(query)).invoices
        assert [(i.number, i.state) for i in found] == [(NUMBER, state)]
        assert (await use(Invoices).sums(query)).count == 1
        others = InvoiceQuery(office.client, states=frozenset(InvoiceState) - {state})
        assert (await use(Invoices).page(others)).invoices == []
        row = await Item.objects().get(Item.id == item)
    assert row is not None
    assert ("全额" in row.refusal_sentence) == (abandoned == "HF")


async def test_a_number_that_is_not_there(chosen: None, server: Any, office: Any, drawn: Any) -> None:
    item = await checked(office, drawn)
    assert await office.state(item) == ("needs_review", "record.not_found")
    assert (await shown(office, item)).head == "查无此票"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seller": ("宁波远洋冷链物流有限公司", "91330206MA2TEXT92K")}, "销售方税号是 91330206MA2TEXT92K，票面是 91330206MA2TEXT91M"),
        ({"seller": ("宁波远航冷链物流有限公司", SELLER[1])}, "销售方名称是 宁波远航冷链物流有限公司"),
        ({"tax": "80.00"}, "税额是 80.00，票面是 90.00"),
        ({"total": "1190.00"}, "至少有一项与票面不符"),
        ({"issued": "2026-11-04"}, "至少有一项与票面不符"),
    ],
    ids=["seller's id", "seller's name", "tax", "total", "date"],
)  # fmt: skip
async def test_a_record_that_differs_names_the_fields(
    chosen: None, known: Any, office: Any, drawn: Any, changes: dict[str, Any], words: str
) -> None:
    """As far as the record tells them."""
    for name, value in changes.items():
        setattr(known, name, value)
    item = await checked(office, drawn)
    assert await office.state(item) == ("needs_review", "record.mismatch")
    told = await shown(office, item)
    assert told.head == "与税务局记录不符"
    assert words in told.sentence
    assert told.differing <= {"seller_tax_id", "seller_name", "tax"}
    async with acting(office.firm, "accountant"):
        whole = await shown_invoice(item)
    assert whole is not None
    assert {name for name, fact in whole.facts.items() if fact.low} >= told.differing


async def test_a_person_asks_again_with_a_reason(
    chosen: None, known: Any, server: Any, office: Any, drawn: Any
) -> None:
    """The newest answer counts: what was voided since is told, and the trail has the reason."""
    item = await checked(office, drawn)
    with pytest.raises(Refusal) as told:
        await ask(office, item)
    assert told.value.code == "capture.check_reason_missing"
    known.abandoned = "Y"
    await ask(office, item, "供应商说作废了")
    waiting = await shown(office, item)
    assert (waiting.head, waiting.waiting, waiting.may_ask) == ("正在查验", True, False)
    await work(office)
    assert await office.state(item) == ("needs_review", "record.voided")
    async with acting(office.firm, "owner"):
        trail = await connection().fetch("select after from core_audit_entry where action = 'capture_ocr.check'")
    assert ["供应商说作废了" in row["after"] for row in trail] == [True]


async def test_two_who_ask_at_once_ask_once(chosen: None, known: Any, server: Any, office: Any, drawn: Any) -> None:
    item = await checked(office, drawn)
    outcomes = await asyncio.gather(*(ask(office, item, "再看看") for _ in range(4)), return_exceptions=True)
    assert sorted(str(getattr(o, "code", "asked")) for o in outcomes) == ["asked", *["capture.check_waiting"] * 3]
    waiting = [row["id"] for row in await checks_of(office) if row["state"] == "waiting"]
    with in_scope(system_scope(office.firm.id)):
        await asyncio.gather(*(check(id_) for id_ in waiting * 2))
    assert [row["state"] for row in await checks_of(office)] == ["valid", "valid"]


async def test_a_correction_takes_the_answer_away(chosen: None, known: Any, office: Any, drawn: Any) -> None:
    """An answer speaks of the values that were asked by; a total that the record contradicts stays contradicted."""
    known.abandoned = "Y"
    item = await checked(office, drawn)
    async with acting(office.firm, "accountant"):
        other = await desk.consider(item, {"number": NUMBER[:-1] + "2"})
        same = await desk.consider(item, {})
    assert [p.code for p in other.verdict.proofs if p.code.startswith("record.")] == []
    assert [p.code for p in same.verdict.proofs if p.code.startswith("record.")] == ["record.voided"]
    known.abandoned = "N"
    await ask(office, item, "再看看")
    await work(office)
    async with acting(office.firm, "accountant"):
        dearer = await desk.consider(item, {"total": "1190.00"})
    told = [p.sentence for p in dearer.verdict.proofs if p.code == "record.mismatch"]
    assert len(told) == 1
    assert "1,090.00" in told[0]


async def test_what_was_booked_before_is_told(chosen: None, known: Any, office: Any, drawn: Any) -> None:
    """The answer comes after the posting: the item stays booked, and whoever may check is told."""
    known.abandoned = "Y"
    item = await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "accountant"):
        await desk.approve(item, {})
    await work(office)
    assert (await office.state(item))[0] == "approved"
    async with acting(office.firm, "owner"):
        told = await connection().fetch("select kind, body from core_notice where kind = 'capture_ocr.check_failed'")
    assert [NUMBER in row["body"] and "已作废" in row["body"] for row in told] == [True]


async def test_the_vendor_is_lost_in_the_middle(chosen: None, known: Any, server: Any, office: Any, drawn: Any) -> None:
    """Away: the desk says so, the job is tried again, after its tries the next morning is waited for; the answer comes at last."""
    item = await office.handed_in("一.xml", drawn.xml())
    server.ways = ["cut within"] * 3
    with pytest.raises(NoVendorAnswered):
        await work(office)
    told = await shown(office, item)
    assert (told.head, told.waiting) == ("正在查验", True)
    assert "自动再试" in told.sentence
    assert (await office.state(item))[0] == "drafted", "nothing is held up"
    async with acting(office.firm, "accountant"):
        await InvoiceCheck.update({InvoiceCheck.attempts: TRIES - 1})
    server.ways = ["500"] * 3
    await work(office)
    assert (await shown(office, item)).head == "明天自动再查"
    async with scoped_transaction(system_scope(office.firm.id)):
        await close_breaker(VendorKind.INVOICE_CHECK, f"{OFFERING}.tencent_invoices")
    server.missed.clear()  # the next morning the day's checks are there again
    with in_scope(system_scope(office.firm.id)):
        await recheck()
    await work(office)
    assert (await shown(office, item)).head == "与税务局记录一致"
    async with acting(office.firm, "accountant"):
        row = await connection().fetchrow("select calls, failures from core_vendor_call where kind = 'invoice_check'")
    assert tuple(row) == (7, 6)


async def test_a_vendor_that_is_too_slow(chosen: None, known: Any, server: Any, office: Any, drawn: Any) -> None:
    server.slow_s, server.ways = 1.5, ["slow"]
    item = await office.handed_in("一.xml", drawn.xml())
    with (
        offering(dataclasses.replace(tencent_invoices_vendor(server.endpoint), seconds=0.3)),
        pytest.raises(NoVendorAnswered),
    ):
        await work(office)
    assert "自动再试" in (await shown(office, item)).sentence
    assert server.asked == 1


async def test_a_wrong_key_is_told_without_it(
    chosen: None, known: Any, server: Any, office: Any, drawn: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.secret_key, secret = "another", server.secret_key
    item = await office.handed_in("一.xml", drawn.xml())
    with caplog.at_level(logging.DEBUG), pytest.raises(NoVendorAnswered) as told:
        await work(office)
    assert told.value.details["vendors"] == {f"{OFFERING}.tencent_invoices": "misset"}
    assert server.asked == 1, "a wrong key is not tried again at once"
    kept = str(await checks_of(office)) + caplog.text + str(await shown(office, item))
    assert secret not in kept


@pytest.mark.parametrize(
    ("way", "head", "words"),
    [
        ("error FailedOperation.CountLimitError", "明天自动再查", "今天的查验次数用完了"),
        ("error ResourceNotFound.NotSupportCurrentInvoiceQuery", "明天自动再查", "第二天"),
        ("error InvalidParameterValue.TicketSnParameterValueLimit", "没有查成", "发票号码不合要求"),
    ],
)
async def test_what_the_vendor_refuses_is_told(
    chosen: None, known: Any, server: Any, office: Any, drawn: Any, way: str, head: str, words: str
) -> None:
    """A day's limit that is used up waits for another day; what cannot be asked ends."""
    server.ways = [way]
    item = await checked(office, drawn)
    told = await shown(office, item)
    assert told.head == head
    assert words in told.sentence
    assert (await office.state(item))[0] == "drafted"


async def test_it_is_given_up_after_a_week(chosen: None, known: Any, server: Any, office: Any, drawn: Any) -> None:
    server.ways = ["error FailedOperation.CountLimitError"]
    item = await checked(office, drawn)
    async with acting(office.firm, "accountant"):
        await InvoiceCheck.update({InvoiceCheck.asked_at: dt.datetime.now(dt.UTC) - dt.timedelta(days=8)})
    with in_scope(system_scope(office.firm.id)):
        await recheck()
    told = await shown(office, item)
    assert told.head == "没有查成"
    assert told.may_ask
    assert server.asked == 1


async def test_the_vendor_was_removed_meanwhile(chosen: None, server: Any, office: Any, drawn: Any) -> None:
    item = await office.handed_in("一.xml", drawn.xml())
    async with scoped_transaction(system_scope(office.firm.id)):
        for each in await choices():
            await remove(each)
    await work(office)
    assert (await shown(office, item)).head == "没有查成"
    assert server.asked == 0


@pytest.mark.parametrize("issued_on", [today(), dt.date(2026, 11, 3)])
async def test_duplicates_and_other_companies_are_not_paid_for(
    chosen: None, server: Any, office: Any, drawn: Any, issued_on: dt.date
) -> None:
    await office.handed_in("别家.xml", drawn.xml(buyer="个人", buyer_tax_id="", issued_on=issued_on))
    await office.handed_in("一.xml", drawn.xml(number="26332000000187654329", issued_on=issued_on))
    await office.handed_in("一.pdf", drawn.pdf(number="26332000000187654329", issued_on=issued_on))
    assert len(await checks_of(office)) == 1


async def test_someone_else_s_invoice(chosen: None, known: Any, people: Any, office: Any, drawn: Any) -> None:
    """An accountant without this client finds nothing to check; the client's boss may not."""
    item = await checked(office, drawn)
    stranger = await people.of_firm("accountant")
    assert (await stranger.post(f"/desk/{item}/check", reason="看看")).status_code == 404
    async with acting(office.firm, "boss", client=office.client):
        with pytest.raises(Refusal) as forbidden:
            await ask_again(item, "看看")
    assert forbidden.value.code == "access.forbidden"
    assert len(await checks_of(office)) == 1


async def test_the_button_and_the_answer_on_the_pages(
    chosen: None, known: Any, people: Any, office: Any, drawn: Any
) -> None:
    """Desk and item page: words, vendor, day; the button for those who may alone."""
    item = await checked(office, drawn)
    owner, boss = await people.of_firm("owner"), await people.of_client("boss")
    page = (await owner.get(f"/desk/{item}")).text
    assert "与税务局记录一致" in page
    assert "不说明业务真的发生" in page
    assert f'action="{owner.place}/desk/{item}/check"' in page
    theirs = (await boss.get(f"/capture/items/{item}")).text
    assert "与税务局记录一致" in theirs
    assert f"/capture/items/{item}/check" not in theirs
    assert (await boss.post(f"/capture/items/{item}/check", reason="看看")).status_code == 403
    assert (await owner.post(f"/desk/{item}/check", reason="看看")).status_code == 303
    assert 'data-live-topic="capture"' in (await owner.get(f"/desk/{item}")).text.partition('id="check"')[2][:80]
    assert (await owner.post(f"/desk/{item + 1000}/check", reason="看看")).status_code == 404
