"""凭证审核: every voucher that waits, of one client or of all, with its document and what is doubtful; one key each."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, number, written
from zhangfang_core.ledger import drafts, posting
from zhangfang_core.ledger.choices import choices
from zhangfang_core.ledger.reviewing.doubts import CLEAN_MEANS
from zhangfang_core.ledger.reviewing.posting_many import Done, is_brought, post_brought, post_clean
from zhangfang_core.ledger.reviewing.waiting_vouchers import Waiting, waiting_number, waiting_vouchers
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.ledger import Ledger, Voucher
from zhangfang_sdk.places import Address, here
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import translatable
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

RETURN_REASONS = ("科目不对,请改。", "金额和单据不一致。", "请附上原始单据。", "摘要写得更清楚一些。", "月份不对。")
DOUBT_TITLES = translatable(
    {
        "account_gone": "科目不能用",
        "closed": "月份已结账",
        "own": "您自己制单的",
        "returned": "已退回",
        "no_document": "没有单据",
        "document_twice": "同一单据记了两次",
        "not_read": "单据没有识别结果",
        "not_sure": "识别没有全部一致",
        "amount_differs": "金额和票据不同",
        "month_differs": "月份和票据不同",
        "twin": "可能重复",
        "party_new": "第一次往来",
        "account_new": "科目和以前不同",
        "large": "金额大",
        "far_date": "日期远",
        "lonely_month": "月份里只有它",
        "empty_summary": "没有摘要",
        "item_missing": "缺辅助核算",
        "told": "有提醒",
        "told_missing": "有提醒没查到",
    }
)

Req = Request[Any, Any, Any]


@page("/vouchers/review", of=(FIRM, CLIENT), permission="ledger.post")
async def review_page(voucher: int | None = None) -> Page:
    """The queue by client, and one voucher open: ``voucher``, else the first."""
    queue = await waiting_vouchers(scope().client)
    current = next((w for w in queue if w.voucher.id == voucher), queue[0] if queue else None)
    return await _review(queue, current)


@action("/vouchers/review/{voucher_id:int}/post", of=(FIRM, CLIENT), permission="ledger.post")
async def approve_form(voucher_id: int, data: Form) -> Redirect:
    """Posts it as it was shown (``version``), then the next one."""
    voucher = await _of_place(voucher_id)
    await posting.post(voucher.id, version=number(data.get("version")))
    return go(await _next(voucher))


@page("/vouchers/review/{voucher_id:int}/return", of=(FIRM, CLIENT), permission="ledger.post")
async def return_page(request: Req, voucher_id: int) -> Page:
    """Why it goes back: one of the usual reasons, or another."""
    in_sheet = request.headers.get("hx-request") == "true"
    return Page(
        "ledger/voucher_return_form.html" if in_sheet else "ledger/voucher_return.html",
        title="退回制单人",
        active="review",
        fragment=in_sheet,
        voucher=await _of_place(voucher_id),
        choices=[(reason, reason) for reason in RETURN_REASONS],
    )


@action("/vouchers/review/{voucher_id:int}/return", of=(FIRM, CLIENT), permission="ledger.post")
async def return_form(voucher_id: int, data: Form) -> Redirect:
    """Back to its drafter with the reason, then the next one."""
    voucher = await _of_place(voucher_id)
    await drafts.hand_back(voucher.id, written(data, "reason", 255) or written(data, "choice", 255))
    return go(await _next(voucher))


@action("/vouchers/review/clean", of=(FIRM, CLIENT), permission="ledger.post")
async def clean_form(data: Form) -> Page:
    """Posts those of the page (``seen``: "id.version") that are clean, and names each that is not posted."""
    return await _posted(await post_clean(scope().client, _seen(data)))


@action("/vouchers/review/brought", of=CLIENT, permission="ledger.post")
async def brought_form(data: Form) -> Page:
    """Posts those of the page (``seen``) that a file brought in, whose sums the reviewer compared."""
    return await _posted(await post_brought(client_in_scope(), _seen(data)))


def _seen(data: Mapping[str, Any]) -> list[tuple[int, int]]:
    values = data.get("seen", [])
    pairs = [str(v).partition(".") for v in (values if isinstance(values, list) else [values])]
    return [(id_, version) for a, _, b in pairs if (id_ := number(a)) and (version := number(b))]


async def _posted(done: Done) -> Page:
    return Page(
        "ledger/voucher_review_done.html",
        title="凭证审核",
        active="review",
        done=done,
        names=await _client_names(),
    )


async def _review(queue: list[Waiting], current: Waiting | None) -> Page:
    clean = [w for w in queue if w.is_clean]
    left_out = Counter(w.doubts[0].code for w in queue if w.doubts)
    values: dict[str, Any] = {"accounts": {}, "document": None}
    if current is not None:
        accounts = await use(Ledger).accounts(current.voucher.client)
        values["accounts"] = {account.code: account.full_name for account in accounts}
        if current.voucher.document is not None and scope().may("documents.read"):
            values["document"] = await use(Documents).document(current.voucher.document)
    return Page(
        "ledger/voucher_review.html",
        title="凭证审核",
        active="review",
        queue=queue,
        waiting=await waiting_number(queue, scope().client),
        current=current,
        clean=clean,
        brought=[] if scope().client is None else [w for w in queue if w.doubts and is_brought(w)],
        left_out=[(DOUBT_TITLES[code], count) for code, count in left_out.most_common()],
        clean_means=CLEAN_MEANS,
        limit=(await choices()).clean_limit,
        names=await _client_names(),
        titles=DOUBT_TITLES,
        **values,
    )


async def _of_place(voucher_id: int) -> Voucher:
    """Raises Refusal ``common.not_found`` for a voucher of another client than the one that is open."""
    voucher = await use(Ledger).voucher(voucher_id)
    if scope().client not in (None, voucher.client):
        raise not_found("凭证")
    return voucher


async def _next(done: Voucher) -> Address:
    """The one after it in the queue, else the first."""
    queue = [w.voucher for w in await waiting_vouchers(scope().client) if not w.voucher.returned]
    following = [v.id for v in queue if (v.client, v.id) > (done.client, done.id)] or [v.id for v in queue]
    return here(f"/vouchers/review?voucher={following[0]}" if following else "/vouchers/review")


async def _client_names() -> dict[int, str]:
    return {client.id: client.name for client in await use(Clients).clients()}


HANDLERS: list[HTTPRouteHandler] = [review_page, approve_form, return_page, return_form, clean_form, brought_form]
