"""常用凭证: keeping a voucher to write from, or to be proposed every month, and giving it up."""

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, written
from zhangfang_core.ledger.writing.beginning import date_and_word
from zhangfang_core.ledger.writing.templates import kept_voucher, kept_vouchers
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.ledger import Ledger, VoucherDraft
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, Page, action, go, page


@page("/vouchers/templates", of=CLIENT, permission="ledger.draft")
async def templates_page() -> Page:
    """All of the client's, each to write from or to give up."""
    kept = await kept_vouchers(client_in_scope())
    return Page("ledger/voucher_templates.html", title="常用凭证", active="vouchers", templates=kept)


@action("/vouchers/{voucher_id:int}/template", of=CLIENT, permission="ledger.draft")
async def keep_form(voucher_id: int, data: Form) -> Redirect:
    """Keeps the voucher's lines under ``title``; with ``first`` ("2026-11") month's end proposes it from then to ``last``."""
    voucher = await use(Ledger).voucher(voucher_id)
    if voucher.client != client_in_scope():
        raise not_found("凭证")
    first, last = (written(data, name, 7) for name in ("first", "last"))
    monthly = written(data, "monthly", 1) == "1"
    date, _ = await date_and_word(voucher.client)
    draft = VoucherDraft(voucher.client, date, voucher.summary, voucher.lines, voucher.word)
    await use(MonthEnd).keep_template(
        written(data, "title", 120),
        draft,
        (Period.parse(first) if first else Period.current()) if monthly else None,
        Period.parse(last) if monthly and last else None,
    )
    return go(here("/vouchers/templates"))


@action("/vouchers/templates/{voucher_template_id:int}/stop", of=CLIENT, permission="ledger.draft")
async def stop_form(voucher_template_id: int) -> Redirect:
    await kept_voucher(client_in_scope(), voucher_template_id)
    await use(MonthEnd).stop_template(voucher_template_id)
    return go(here("/vouchers/templates"))


HANDLERS: list[HTTPRouteHandler] = [templates_page, keep_form, stop_form]
