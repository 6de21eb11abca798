"""CAP-4: the adapter of Tencent Cloud's check of invoices, against a server written from its published protocol."""

import datetime as dt
import logging
import socket
from collections.abc import AsyncIterator
from types import ModuleType
from typing import Any

import pytest

from zhangfang_capture_ocr.vendors.tencent_invoices import tencent_invoices_vendor
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.testing.vendors import OFFERING, offering
from zhangfang_core.vendors import service
from zhangfang_core.vendors.choices import choose, offer_to_choose
from zhangfang_core.vendors.setting_forms import read_form
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.invoice_check import InvoiceChecker, InvoiceQuestion, InvoiceState
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.vendors import InvoiceCheckContract
from zhangfang_sdk.vendors import NoVendorAnswered, VendorAway, VendorMisset, VendorRefused, Vendors

DIGITAL = InvoiceQuestion("26332000000187654321", today() - dt.timedelta(days=20), 109000, net=100000)


@pytest.fixture
def known(reference: ModuleType, server: Any) -> Any:
    """The record of DIGITAL."""
    record = reference.KnownInvoice(
        DIGITAL.number, DIGITAL.issued_on.isoformat(), net="1000.00", tax="90.00", total="1090.00"
    )
    server.invoices.append(record)
    return record


def settings_of(server: Any, **others: str) -> dict[str, str | int]:
    return {"secret_id": server.secret_id, "secret_key": server.secret_key, **others}


def opened(server: Any, **others: str) -> Any:
    return tencent_invoices_vendor(server.endpoint).open(settings_of(server, **others))


async def test_the_contract(server: Any, known: Any) -> None:
    """PLAT-5: the kit that every vendor of the kind runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = tencent_invoices_vendor(f"http://127.0.0.1:{taken.getsockname()[1]}")
        await InvoiceCheckContract(
            tencent_invoices_vendor(server.endpoint),
            settings_of(server),
            valid=DIGITAL,
            unknown=InvoiceQuestion("26332000000187654399", DIGITAL.issued_on, 109000),
            wrong=settings_of(server, secret_key="sk-wrong"),
            unreachable=nobody,
        ).check_all()


@pytest.mark.parametrize(
    ("abandoned", "state", "taken_back"),
    [
        ("N", InvoiceState.VALID, 0),
        ("Y", InvoiceState.VOIDED, 0),
        ("H", InvoiceState.REVERSED, 0),
        ("HF", InvoiceState.REVERSED, 109000),
        ("HP", InvoiceState.REVERSED, 0),
    ],
)
async def test_what_the_record_says(
    reference: ModuleType, server: Any, known: Any, abandoned: str, state: InvoiceState, taken_back: int
) -> None:
    """``IsAbandoned``; how much was reversed is told for 全额红冲 alone."""
    known.abandoned = abandoned
    record = await opened(server).check(DIGITAL)
    assert (record.state, record.reversed_amount) == (state, taken_back)
    assert (record.total, record.tax) == (109000, 9000)
    assert (record.seller_name, record.seller_tax_id) == known.seller
    assert record.buyer_name == "嘉喜餐饮有限公司"
    assert record.reference == reference.REQUEST_ID


async def test_other_values_are_a_mismatch(server: Any, known: Any) -> None:
    other = InvoiceQuestion(DIGITAL.number, DIGITAL.issued_on, 109001)
    assert (await opened(server).check(other)).state is InvoiceState.MISMATCH
    other = InvoiceQuestion(DIGITAL.number, DIGITAL.issued_on - dt.timedelta(days=1), 109000)
    assert (await opened(server).check(other)).state is InvoiceState.MISMATCH


@pytest.mark.parametrize(
    ("question", "sent"),
    [
        (DIGITAL, {"Amount": "1090.00"}),
        (InvoiceQuestion("12345678", DIGITAL.issued_on, 109000, "3302251130", 100000), {"InvoiceCode": "3302251130", "Amount": "1000.00"}),
        (InvoiceQuestion("12345678", DIGITAL.issued_on, 109000, "033022500113", 100000), {"InvoiceCode": "033022500113", "Amount": "1000.00"}),
        (
            InvoiceQuestion("12345678", DIGITAL.issued_on, 109000, "033022500111", 100000, "654321"),
            {"InvoiceCode": "033022500111", "CheckCode": "654321"},
        ),
        (InvoiceQuestion("12345678", DIGITAL.issued_on, 109000, "133022500120"), {"InvoiceCode": "133022500120", "Amount": "1090.00"}),
        (InvoiceQuestion(DIGITAL.number, DIGITAL.issued_on, -5), {"Amount": "-0.05"}),
    ],
    ids=["digital", "special on paper", "special electronic", "ordinary electronic", "used vehicle", "red"],
)  # fmt: skip
async def test_what_each_kind_is_asked_for_by(server: Any, question: InvoiceQuestion, sent: dict[str, str]) -> None:
    """The total of 数电票, the check code's end of ordinary invoices, the net amount of all others; and nothing else leaves."""
    await opened(server).check(question)
    head = {"InvoiceNo": question.number, "InvoiceDate": question.issued_on.isoformat()}
    assert server.checks == [head | sent]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (InvoiceQuestion("26332000000187654321", today(), 1), "invoice_check.too_new"),
        (InvoiceQuestion("12345678", today() - dt.timedelta(days=366 * 5 + 1), 1, "033022500104"), "invoice_check.too_old"),
        (InvoiceQuestion("12345678", DIGITAL.issued_on, 1, "033022500111", 1), "invoice_check.incomplete"),
    ],
)  # fmt: skip
async def test_what_cannot_be_answered_is_not_paid_for(server: Any, question: InvoiceQuestion, code: str) -> None:
    with pytest.raises(VendorRefused) as told:
        await opened(server).check(question)
    assert told.value.code == code
    assert server.asked == 0


async def test_the_day_s_limit(server: Any, known: Any) -> None:
    """查验超过5次后当日无法再查."""
    for _ in range(5):
        await opened(server).check(DIGITAL)
    with pytest.raises(VendorRefused) as told:
        await opened(server).check(DIGITAL)
    assert told.value.code == "invoice_check.too_often"


@pytest.mark.parametrize("others", [{"secret_id": "AKIDother"}, {"secret_key": "sk-other"}], ids=["id", "key"])
async def test_a_wrong_key(server: Any, others: dict[str, str]) -> None:
    vendor = opened(server, **others)
    for asked in (vendor.test(), vendor.check(DIGITAL)):
        with pytest.raises(VendorMisset, match="密钥"):
            await asked


async def test_the_connection_is_tested_without_a_lookup(server: Any, known: Any) -> None:
    await opened(server).test()
    assert server.missed == {}


@pytest.mark.parametrize(
    ("way", "error", "code"),
    [
        ("error RequestLimitExceeded", VendorAway, ""),
        ("error InternalError", VendorAway, ""),
        ("error FailedOperation.DbError", VendorAway, ""),
        ("error FailedOperation.UnKnowError", VendorAway, ""),
        ("error ResourceUnavailable.TaxNetworkError", VendorAway, ""),
        ("error NeverHeardOf", VendorAway, ""),
        ("error AuthFailure.TokenFailure", VendorMisset, "密钥"),
        ("error FailedOperation.UnOpenError", VendorMisset, "发票核验"),
        ("error FailedOperation.ArrearsError", VendorMisset, "欠费"),
        ("error FailedOperation.UserQuotaError", VendorMisset, "用完"),
        ("error ResourceUnavailable.ResourcePackageRunOut", VendorMisset, "用完"),
        ("error ResourcesSoldOut.ChargeStatusException", VendorMisset, "用完"),
        ("error FailedOperation.CountLimitError", VendorRefused, "invoice_check.too_often"),
        ("error ResourceNotFound.NotSupportCurrentInvoiceQuery", VendorRefused, "invoice_check.too_new"),
        ("error ResourceNotFound.NoAreaCode", VendorRefused, "invoice_check.incomplete"),
        ("error InvalidParameterValue.PriceOrVerificationParameterValueLimit", VendorRefused, "invoice_check.incomplete"),
        ("error InvalidParameterValue.TicketCodeParameterValueLimit", VendorRefused, "发票代码"),
        ("error InvalidParameterValue.TicketDateParameterValueLimit", VendorRefused, "开票日期"),
        ("error InvalidParameterValue.TicketSnParameterValueLimit", VendorRefused, "发票号码"),
        ("error InvalidParameter", VendorRefused, "invoice_check.incomplete"),
        ("500", VendorAway, ""),
        ("302", VendorAway, ""),
        ("broken", VendorAway, ""),
        ("list", VendorAway, ""),
        ("other", VendorAway, ""),
        ("cut before", VendorAway, ""),
        ("cut within", VendorAway, ""),
    ],
)  # fmt: skip
async def test_what_goes_wrong_out_there(server: Any, known: Any, way: str, error: type[Exception], code: str) -> None:
    """Told as what it is; no text of the server's and no secret comes into the error; the next question is answered again."""
    server.ways = [way]
    with pytest.raises(error) as told:
        await opened(server).check(DIGITAL)
    assert code in str(told.value)
    assert "happened" not in str(told.value)
    assert server.secret_key not in repr(told.value)
    assert (await opened(server).check(DIGITAL)).state is InvoiceState.VALID


async def test_an_answer_about_another_invoice_is_none(
    server: Any, known: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = server.answer

    def other(headers: dict[str, str], body: bytes) -> dict[str, Any]:
        told: dict[str, Any] = asked(headers, body)
        told["Response"]["Invoice"]["Number"] = "26332000000187654300"
        return told

    monkeypatch.setattr(server, "answer", other)
    with pytest.raises(VendorAway):
        await opened(server).check(DIGITAL)


@pytest.fixture
async def chosen(server: Any, firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.01)
    with offering(tencent_invoices_vendor(server.endpoint)):
        async with scoped_transaction(system_scope(firm.id)):
            offer = await offer_to_choose("invoice_check", f"{OFFERING}.tencent_invoices")
            typed = {key: str(value) for key, value in settings_of(server).items()}
            await choose(offer, read_form(offer.vendor.settings, typed))
        yield


async def test_behind_the_service(
    server: Any, known: Any, chosen: None, firm: TestFirm, caplog: pytest.LogCaptureFixture
) -> None:
    """PLAT-5: repeated after a 5xx and a cut, left alone when slow; nothing secret in the log at its most talkative."""

    async def ask(seconds: float | None = None) -> Any:
        with in_scope(system_scope(firm.id)):
            return await use(Vendors).call(InvoiceChecker, lambda v: v.check(DIGITAL), seconds=seconds)

    with caplog.at_level(logging.DEBUG):
        server.ways = ["500", "cut within"]
        answered = await ask()
        assert (answered.value.state, answered.vendor) == (InvoiceState.VALID, f"{OFFERING}.tencent_invoices")
        assert server.asked == 3
        server.slow_s, server.ways = 1.5, ["slow"]
        with pytest.raises(NoVendorAnswered):
            await ask(seconds=0.3)
        assert server.asked == 4, "not repeated"
    assert server.secret_key not in caplog.text
