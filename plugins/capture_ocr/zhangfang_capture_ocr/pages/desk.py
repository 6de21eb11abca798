"""票据审核: queue, document and fields side by side; one key approves and brings the next (CAP-6, CAP-10)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_capture_ocr.pages.asking import Asked, text_form, wants_piece
from zhangfang_capture_ocr.reading import InvoiceKind
from zhangfang_capture_ocr.records import ask_again
from zhangfang_capture_ocr.records.asking import PERMISSION as CHECK
from zhangfang_capture_ocr.services import desk, listing
from zhangfang_capture_ocr.services.facts import leaf_accounts
from zhangfang_capture_ocr.services.line_corrections import RATES, SPARE
from zhangfang_capture_ocr.services.listing import Listed
from zhangfang_capture_ocr.services.showing import shown_invoice
from zhangfang_capture_ocr.states import TO_REVIEW
from zhangfang_sdk.context import transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import Address, here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

LINES_SHOWN = 40
RETURN_REASONS = (
    "照片不清楚,请重新拍一张,四个角都要拍到。",
    "抬头或税号不对,请让开票方重开。",
    "请补充这笔支出的用途,是谁、为了什么花的。",
    "这不是发票,请补传正式发票。",
)


@page("/desk", of=(FIRM, CLIENT), permission="capture_ocr.review")
async def desk_page(words: str = "", show: str = "all", passed: int | None = None, left: int = 0) -> Page:
    """The desk with the file that waits longest; ``passed`` and ``left`` tell what one press for all clean files did."""
    queue = await listing.queue(words[:60], show)
    return await _desk(queue, queue[0].id if queue else None, words[:60], show, passed, left)


@page("/desk/queue", of=(FIRM, CLIENT), permission="capture_ocr.review")
async def queue_part(words: str = "", show: str = "all", current: int | None = None) -> Page:
    """The queue alone, fetched again when files arrive."""
    queue = await listing.queue(words[:60], show)
    return Page("capture_ocr/queue.html", fragment=True, **await _queue_values(queue, current, words[:60], show))


@page("/desk/{item_id:int}", of=(FIRM, CLIENT), permission="capture_ocr.review")
async def desk_item_page(item_id: int, words: str = "", show: str = "all") -> Page:
    """The desk with one file open."""
    await listing.one(item_id)
    return await _desk(await listing.queue(words[:60], show), item_id, words[:60], show)


@action("/desk/{item_id:int}/preview", of=(FIRM, CLIENT), permission="capture_ocr.review")
async def preview(request: Asked, item_id: int) -> Page:
    """The voucher and what is wrong, with the form's changes; nothing is kept."""
    await listing.one(item_id)
    values = await _considered(item_id, await text_form(request))
    return Page("capture_ocr/voucher_preview.html", fragment=True, item_id=item_id, **values)


@action("/desk/{item_id:int}/approve", of=(FIRM, CLIENT), permission="capture_ocr.review")
async def approve(request: Asked, item_id: int, words: str = "", show: str = "all") -> Redirect:
    """Post the voucher with the form's corrections, then the next of the queue."""
    await listing.one(item_id)
    await desk.approve(item_id, await text_form(request))
    return go(await _next(item_id, words, show))


@action("/desk/{item_id:int}/check", of=(FIRM, CLIENT), permission=CHECK)
async def check(request: Asked, item_id: int, words: str = "", show: str = "all") -> Redirect:
    """Ask the tax administration's records about this invoice; the file stays open."""
    await listing.one(item_id)
    await ask_again(item_id, (await text_form(request)).get("reason", ""))
    asked = _asked(words, show)
    return go(here(f"/desk/{item_id}" + (f"?{asked}" if asked else "")))


@action("/desk/approve-clean", of=(FIRM, CLIENT), permission="capture_ocr.review", stream=True)
async def approve_clean(words: str = "", show: str = "all") -> Redirect:
    """Post everything in the queue of which nothing is in doubt, each in a transaction of its own; what is refused stays."""
    async with transaction():
        clean = [row.id for row in await listing.queue(words[:60], show) if row.sure]
    passed = 0
    for item_id in clean:
        try:
            async with transaction():
                await desk.approve(item_id, {})
            passed += 1
        except Refusal:
            continue  # It stays in the queue, and its page says why.
    told = {"passed": passed, "left": len(clean) - passed}
    return go(here(f"/desk?{urlencode(told)}" + (f"&{_asked(words, show)}" if _asked(words, show) else "")))


@page("/desk/{item_id:int}/return", of=(FIRM, CLIENT), permission="capture_ocr.review")
async def return_form(request: Asked, item_id: int, words: str = "", show: str = "all") -> Page:
    """Why it goes back: the reason that the checks found, or a common one."""
    row = await listing.one(item_id)
    return Page(
        "capture_ocr/return.html" if not wants_piece(request) else "capture_ocr/return_form.html",
        title="退回客户",
        active="desk",
        fragment=wants_piece(request),
        row=row,
        choices=[(reason, reason) for reason in dict.fromkeys((*filter(None, [row.reason]), *RETURN_REASONS))],
        chosen=row.reason,
        asked=_asked(words, show),
    )


@action("/desk/{item_id:int}/return", of=(FIRM, CLIENT), permission="capture_ocr.review")
async def send_back(request: Asked, item_id: int, words: str = "", show: str = "all") -> Redirect:
    """Return it to the client with the chosen reason and what was written besides, then the next of the queue."""
    await listing.one(item_id)
    form = await text_form(request)
    await desk.send_back(item_id, " ".join(filter(None, (form.get(part, "").strip() for part in ("choice", "reason")))))
    return go(await _next(item_id, words, show))


def _asked(words: str, show: str) -> str:
    """What the queue was asked for, as the end of an address ("" for all of it)."""
    return urlencode({key: value for key, value in (("words", words[:60]), ("show", show)) if value not in ("", "all")})


async def _next(done: int, words: str, show: str) -> Address:
    queue = await listing.queue(words[:60], show)
    following = [row.id for row in queue if row.id > done] or [row.id for row in queue]
    asked = _asked(words, show)
    return here((f"/desk/{following[0]}" if following else "/desk") + (f"?{asked}" if asked else ""))


async def _queue_values(queue: Sequence[Listed], current: int | None, words: str, show: str) -> dict[str, Any]:
    return {
        "queue": queue,
        "names": await listing.client_names(),
        "current": current,
        "words": words,
        "show": show,
        "asked": _asked(words, show),
    }


async def _desk(
    queue: Sequence[Listed], current: int | None, words: str, show: str, passed: int | None = None, left: int = 0
) -> Page:
    values = await _queue_values(queue, current, words, show)
    values |= {
        "passed": passed,
        "left": left,
        "clean": sum(row.sure for row in queue),
        "today": await listing.booked_today(),
    }
    if current is not None:
        row = await listing.one(current)
        values |= {"row": row, "shown": await shown_invoice(current), "may_act": row.state in TO_REVIEW}
        values |= {"rates": RATES, "lines_shown": LINES_SHOWN, "spare": SPARE}
        values["kinds"] = [(kind.value, kind.value) for kind in InvoiceKind]
        if row.state in TO_REVIEW:
            values |= await _considered(current, {})
    return Page("capture_ocr/desk.html", title="票据审核", active="desk", **values)


async def _considered(item_id: int, form: dict[str, str]) -> dict[str, Any]:
    """Values of the voucher preview; a form that cannot be read is told in its place."""
    try:
        found = await desk.consider(item_id, form)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return {
            "problem": refusal,
            "lines": [],
            "accounts": [],
            "reasons": [],
            "warnings": [],
            "period": "",
            "total": "",
        }
    accounts = {account.code: account for account in leaf_accounts(await use(Ledger).accounts(found.client.id))}
    draft = found.draft
    lines = [
        {
            "side": "debit" if line.debit else "credit",
            "account": line.account,
            "name": accounts[line.account].full_name if line.account in accounts else "",
            "summary": line.summary,
            "amount": line.debit or line.credit,
        }
        for line in (draft.lines if draft else ())
    ]
    return {
        "problem": None,
        "lines": lines,
        "accounts": [(a.code, f"{a.code} {a.full_name}") for a in accounts.values()],
        "reasons": list(draft.reasons) if draft else [],
        "warnings": [proof.sentence for proof in found.verdict.proofs if proof.passed is False]
        or ([found.verdict.sentence] if found.verdict.sentence else []),
        "period": Period.of(draft.date).label if draft else "",
        "total": yuan(sum(line.debit for line in draft.lines)) if draft else "",
    }


PAGES: list[HTTPRouteHandler] = [
    desk_page,
    queue_part,
    approve_clean,
    desk_item_page,
    preview,
    approve,
    check,
    return_form,
    send_back,
]
