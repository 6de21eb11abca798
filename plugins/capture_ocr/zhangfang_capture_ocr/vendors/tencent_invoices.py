"""Tencent Cloud's check of invoices with the tax administration's records (腾讯云 增值税发票核验(新版), VatInvoiceVerifyNew).

Sources: request and answer, https://cloud.tencent.com/document/api/866/73674 (version 2018-11-19, as of 2025-12-24); the answer's ``Invoice``,
VatInvoice of ``ocr/v20181119/models`` in https://github.com/TencentCloud/tencentcloud-sdk-java; error codes, see
:mod:`zhangfang_capture_ocr.vendors.tencent_api`.
Only what identifies the invoice is sent: number, code, day of issue, and one of net amount, total, check digits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from zhangfang_capture_ocr.vendors.tencent_api import ENDPOINT, KEYS, TencentApi, TencentFault, request_id
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoice_check import InvoiceQuestion, InvoiceRecord, InvoiceState
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import today
from zhangfang_sdk.vendors import Settings, Vendor, VendorAway, VendorKind, VendorMisset, VendorRefused

ACTION: Final = "VatInvoiceVerifyNew"
YEARS: Final = 5
"""支持五年以内开具的发票."""
_ORDINARY: Final = frozenset({"04", "05", "06", "07", "11", "12"})
"""Last two digits of 12-digit codes of ordinary invoices (paper, rolls, electronic, tolls), which are asked for by their check code."""
_LONG_CODE: Final = 12
_CHECK_DIGITS: Final = 6

_MISSET: Final = {
    "FailedOperation.UnOpenError": "这个腾讯云账号还没有开通发票核验,请在腾讯云控制台开通“增值税发票核验(新版)”。",
}
_ANSWERED: Final = {
    "ResourceNotFound.NoInvoice": InvoiceState.NOT_FOUND,
    "FailedOperation.InvoiceMismatch": InvoiceState.MISMATCH,
}
"""Errors that are answers."""
_TOO_OFTEN: Final = ("invoice_check.too_often", "这张发票今天的查验次数用完了(一张票一天最多查 5 次),明天可以再查。")
_TOO_OLD: Final = ("invoice_check.too_old", "只能查验五年以内开具的发票,这张太早了。")
_TOO_NEW: Final = ("invoice_check.too_new", "当天开的发票,税务局要到第二天才能查到。")
_REFUSED: Final = {
    "FailedOperation.CountLimitError": _TOO_OFTEN,
    "ResourceNotFound.NotSupportCurrentInvoiceQuery": _TOO_NEW,
    "ResourceNotFound.NoAreaCode": ("invoice_check.incomplete", "发票代码里的地区不存在,请对照原票核对发票代码。"),
    "InvalidParameterValue.PriceOrVerificationParameterValueLimit": (
        "invoice_check.incomplete",
        "金额或校验码后六位不合要求,请对照原票核对后再查。",
    ),
    "InvalidParameterValue.TicketCodeParameterValueLimit": (
        "invoice_check.incomplete",
        "发票代码不合要求,请对照原票核对后再查。",
    ),
    "InvalidParameterValue.TicketDateParameterValueLimit": (
        "invoice_check.incomplete",
        "开票日期不合要求,请对照原票核对后再查。",
    ),
    "InvalidParameterValue.TicketSnParameterValueLimit": (
        "invoice_check.incomplete",
        "发票号码不合要求,请对照原票核对后再查。",
    ),
    "InvalidParameter": ("invoice_check.incomplete", "发票的号码、日期或金额不合要求,请对照原票核对后再查。"),
    "InvalidParameterValue": ("invoice_check.incomplete", "发票的号码、日期或金额不合要求,请对照原票核对后再查。"),
}
"""By error code or the part before its dot."""
_STATES: Final = {
    "N": InvoiceState.VALID,
    "Y": InvoiceState.VOIDED,
    "H": InvoiceState.REVERSED,
    "HF": InvoiceState.REVERSED,
    "HP": InvoiceState.REVERSED,
}
"""``IsAbandoned``: N 未作废, Y 已作废, H 红冲, HF 全额红冲, HP 部分红冲."""
_IN_FULL: Final = frozenset({"HF"})


class TencentInvoices:
    """An `InvoiceChecker` out there."""

    def __init__(self, secret_id: str, secret_key: str, endpoint: str = ENDPOINT) -> None:
        self._api = TencentApi(secret_id, secret_key, endpoint)

    async def check(self, question: InvoiceQuestion) -> InvoiceRecord:
        """See the Protocol. What the service is known to refuse is refused before it is asked and paid for."""
        try:
            answer = await self._api.ask(ACTION, _parameters(question))
        except TencentFault as fault:
            state = _ANSWERED.get(fault.code)
            if state is None:
                raise _failure(fault) from None
            return InvoiceRecord(state, dt.datetime.now(dt.UTC), reference=fault.request_id)
        return _record(answer, question)

    async def test(self) -> None:
        """A number that no invoice has: the key is checked before the service says so, and nothing is looked up."""
        try:
            await self._api.ask(ACTION, {"InvoiceNo": "0", "InvoiceDate": str(today() - dt.timedelta(days=1))})
        except TencentFault as fault:
            failure = _failure(fault)
            if fault.code not in _ANSWERED and not isinstance(failure, VendorRefused):
                raise failure from None


def tencent_invoices_vendor(endpoint: str = ENDPOINT) -> Vendor:
    """The vendor as it is offered; tests name another endpoint."""

    def opened(settings: Settings) -> TencentInvoices:
        return TencentInvoices(str(settings["secret_id"]), str(settings["secret_key"]), endpoint)

    return Vendor(
        VendorKind.INVOICE_CHECK,
        "tencent_invoices",
        "腾讯云发票核验(新版)",
        opened,
        settings=KEYS,
        summary="发票的号码、代码、开票日期、金额或校验码会发给腾讯云,由它向税务机关查询;按次收费,一张票一天最多查 5 次。",
        seconds=30.0,
    )


def _parameters(question: InvoiceQuestion) -> dict[str, str]:
    """数电票 are asked for by their total, ordinary invoices by the end of their check code, all others by the net amount.

    Raises VendorRefused ``invoice_check.too_old``, ``too_new``, ``incomplete``.
    """
    if question.issued_on >= today():
        raise VendorRefused(*_TOO_NEW)
    if question.issued_on < _years_ago(today()):
        raise VendorRefused(*_TOO_OLD)
    asked = {"InvoiceNo": question.number, "InvoiceDate": question.issued_on.isoformat()}
    if not question.code:
        return asked | {"Amount": _yuan(question.total)}
    asked["InvoiceCode"] = question.code
    if question.check_digits:
        return asked | {"CheckCode": question.check_digits[-_CHECK_DIGITS:]}
    if len(question.code) == _LONG_CODE and question.code.startswith("0") and question.code[-2:] in _ORDINARY:
        raise VendorRefused("invoice_check.incomplete", "普通发票要有校验码才能查验,请对照原票补上。")
    # A used vehicle's invoice has one price, without tax.
    return asked | {"Amount": _yuan(question.total if question.net is None else question.net)}


def _years_ago(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year - YEARS)
    except ValueError:  # 29 February
        return day.replace(year=day.year - YEARS, day=28)


def _yuan(amount: int) -> str:
    return f"{Decimal(amount) / 100:.2f}"


def _failure(fault: TencentFault) -> VendorAway | VendorMisset | VendorRefused:
    refused = _REFUSED.get(fault.code) or _REFUSED.get(fault.family)
    return fault.told(_MISSET) if refused is None else VendorRefused(*refused)


def _record(answer: Mapping[str, Any], question: InvoiceQuestion) -> InvoiceRecord:
    try:
        invoice = answer["Invoice"]
        state = _STATES[invoice["IsAbandoned"]]
        number, date = _text(invoice, "Number"), _text(invoice, "Date").replace("-", "")
        total, tax = _fen(invoice, "AmountWithTax"), _fen(invoice, "TaxAmount")
        parties = {name: _text(invoice, field) for name, field in _PARTIES.items()}
    except (KeyError, TypeError, ValueError, AttributeError, Refusal) as error:
        raise VendorAway("the answer has another form than was promised") from error
    if number and number != question.number:
        raise VendorAway("the answer is about another invoice")
    if date and date != question.issued_on.strftime("%Y%m%d"):
        state = InvoiceState.MISMATCH
    in_full = invoice["IsAbandoned"] in _IN_FULL and total is not None
    return InvoiceRecord(
        state,
        dt.datetime.now(dt.UTC),
        **parties,
        total=total,
        tax=tax,
        reversed_amount=abs(total) if in_full and total is not None else 0,
        reference=request_id(answer),
    )


_PARTIES: Final = {
    "seller_name": "SellerName",
    "seller_tax_id": "SellerTaxCode",
    "buyer_name": "BuyerName",
    "buyer_tax_id": "BuyerTaxCode",
}


def _text(invoice: Mapping[str, Any], field: str) -> str:
    """A field that may be missing or null."""
    value = invoice.get(field)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{field} is no text")
    return (value or "").strip()


def _fen(invoice: Mapping[str, Any], field: str) -> int | None:
    value = _text(invoice, field)
    return fen(value) if value else None
