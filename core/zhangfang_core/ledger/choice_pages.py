"""凭证设置: the firm's 凭证字, and up to which amount a clean voucher posts with the others."""

import re

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, as_sent
from zhangfang_core.ledger.choices import PERMISSION, choices, choose
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen, yuan
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page


@page("/settings/vouchers", of=FIRM, permission=PERMISSION)
async def choices_page(saved: str = "") -> Page:
    chosen = await choices()
    return _form(" ".join(chosen.words), yuan(chosen.clean_limit), saved=bool(saved))


@action("/settings/vouchers", of=FIRM, permission=PERMISSION)
async def choices_form(data: Form) -> Redirect | Page:
    """Keeps them, or asks again."""
    words, limit = as_sent(data, "words"), as_sent(data, "clean_limit")
    try:
        await choose([w for w in re.split(r"[\s,、\uff0c]+", words) if w], fen(limit))
    except Refusal as refusal:
        refusal.field = refusal.field or "clean_limit"
        return _form(words, limit, refusal=refusal)
    return go(here("/settings/vouchers?saved=1"))


def _form(words: str, limit: str, *, saved: bool = False, refusal: Refusal | None = None) -> Page:
    return Page(
        "ledger/voucher_choices.html",
        title="凭证设置",
        active="voucher-choices",
        status_code=200 if refusal is None else refusal.status,
        words=words,
        clean_limit=limit,
        saved=saved,
        refusal=refusal,
    )


HANDLERS: list[HTTPRouteHandler] = [choices_page, choices_form]
