"""进项抵扣: the register of a month, tied to the books; invoices are marked, and their tax is carried over (CAP-8)."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_capture_ocr import input_tax
from zhangfang_capture_ocr.input_tax import REASONS, Standing
from zhangfang_capture_ocr.pages.asking import Asked
from zhangfang_sdk.clients import Clients, TaxpayerKind
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, Page, action, go, page

MONTHS_BACK = 18
SHOWN_AT_MOST = 100
ID_DIGITS = 18


@page("/capture/input-tax", of=CLIENT, permission="taxes.read")
async def input_tax_page(period: str | None = None, show: str = "waiting", done: int | None = None) -> Page:
    """The month's register; ``show`` is a Standing, ``done`` how many were just decided."""
    client = await use(Clients).client(client_in_scope())
    month = Period.parse(period) if period else Period.current()
    found = await input_tax.register(client.id, month)
    chosen = Standing(show) if show in set(Standing) else Standing.WAITING
    months = [Period.current().plus(-back) for back in range(MONTHS_BACK)]
    return Page(
        "capture_ocr/input_tax.html",
        title="进项抵扣",
        active="input-tax",
        month=month,
        months=[(each.key, each.label) for each in dict.fromkeys((month, *months))],
        found=found,
        chosen=chosen,
        reasons=[(reason, reason) for reason in REASONS],
        is_general=client.taxpayer_kind is TaxpayerKind.GENERAL,
        may_decide=scope().may("capture_ocr.review"),
        may_draft=scope().may("capture_ocr.review") and scope().may("ledger.draft"),
        done=done,
        lacking=await input_tax.without_document(client.id, month) if scope().may("invoices.read") else (),
        shown_at_most=SHOWN_AT_MOST,
    )


@action("/capture/input-tax", of=CLIENT, permission="capture_ocr.review")
async def decide(request: Asked) -> Redirect:
    """Deduct, refuse or open again what was ticked (``invoice``, any number), by the button pressed."""
    form = await request.form()
    client, month = client_in_scope(), Period.parse(_text(form.getall("period", [])))
    ids = [int(value) for value in form.getall("invoice", []) if isinstance(value, str) and _is_id(value)]
    pressed = _text(form.getall("act", []))
    if pressed == "deduct":
        done = await input_tax.deduct(client, ids, month)
    elif pressed == "undo":
        done = await input_tax.undo(client, ids)
    else:
        done = await input_tax.refuse(client, ids, month, _text(form.getall("reason", [])))
    return go(here(f"/capture/input-tax?period={month.key}&done={done}"))


@action("/capture/input-tax/voucher", of=CLIENT, permission="capture_ocr.review")
async def carry(request: Asked) -> Redirect:
    """Draft the voucher that carries the month's decided tax over."""
    month = Period.parse(_text((await request.form()).getall("period", [])))
    made = await input_tax.draft_carrying(client_in_scope(), month)
    return go(here(f"/vouchers/{made}"))


def _text(values: Sequence[object]) -> str:
    return next((value for value in values if isinstance(value, str)), "")


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= ID_DIGITS


PAGES: list[HTTPRouteHandler] = [input_tax_page, decide, carry]
