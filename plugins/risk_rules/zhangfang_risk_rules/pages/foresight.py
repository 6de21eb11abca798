"""如果我再开这张票: a form on the phone, the answer below it. A GET: nothing is written."""

from collections.abc import Mapping

from litestar.handlers import HTTPRouteHandler

from zhangfang_risk_rules.alerts.service import READ
from zhangfang_risk_rules.foreseeing.foreseeing import Desk, Foresight, desk_of, foresee
from zhangfang_risk_rules.foreseeing.invoice import read_thought
from zhangfang_risk_rules.judging.invoices import class_of, scope_words
from zhangfang_risk_rules.pages.listing import words
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.web import CLIENT, Page, page


@page("/risks/foresight", of=CLIENT, permission=READ)
async def foresight_page(total: str = "", rate: str = "", kind: str = "", goods: str = "") -> Page:
    """The form, and what the invoice in the query would do."""
    written = {"total": total, "rate": rate, "kind": kind, "goods": goods}
    desk = await desk_of(client_in_scope())
    foresight, refused = _answer(desk, written) if total or goods else (None, None)
    return Page(
        "risk_rules/foresight.html",
        title="如果我再开这张票",
        active="risks",
        desk=desk,
        written=written,
        choices=_goods(desk),
        options=[] if desk is None else [(r.printed, r.printed) for r in desk.rates],
        foresight=foresight,
        refused=refused,
        **words(),
    )


def _answer(desk: Desk | None, written: Mapping[str, str]) -> tuple[Foresight | None, Refusal | None]:
    if desk is None:
        return None, None
    try:
        return foresee(desk, read_thought(written, desk.rates)), None
    except Refusal as refusal:
        return None, refusal


def _goods(desk: Desk | None) -> list[str]:
    """Classifications to choose from: those that the client has issued of late, then those of which the scope of business is known."""
    if desk is None:
        return []
    months = desk.months
    issued = [class_of(line) for i in desk.known.invoices.issued(months.running.plus(-12), months.running) for line in i.lines]
    return [name for name in dict.fromkeys([*issued, *scope_words()]) if name]


PAGES: list[HTTPRouteHandler] = [foresight_page]
