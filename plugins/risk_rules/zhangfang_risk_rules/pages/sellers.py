"""The firm's risk list: who is on it, who is brought in, who is taken off."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_risk_rules.ruling import MANAGE
from zhangfang_risk_rules.scanning import listing_sellers
from zhangfang_risk_rules.tables import Seller
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.texts import seen
from zhangfang_sdk.web import FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
MOST = 200
_ESCAPED = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


@page("/risks/sellers", of=FIRM, permission=MANAGE)
async def sellers_page(new: int | None = None, q: str = "") -> Page:
    """The newest, or those whose name or tax id holds ``q``."""
    return await _sellers_page(new, q)


async def _sellers_page(new: int | None = None, q: str = "", refused: Refusal | None = None, written: Mapping[str, Any] | None = None) -> Page:
    query, words = Seller.objects(), seen(q).strip()[:60]
    if words:
        like = f"%{words.translate(_ESCAPED)}%"
        query = query.where(Seller.name.ilike(like) | Seller.tax_id.ilike(like))
    sellers = await query.order_by(Seller.id, ascending=False).limit(MOST)
    return Page(
        "risk_rules/sellers.html", title="风险名单", active="risk-board", sellers=sellers, all=await Seller.count(), new=new, q=words, most=MOST,
        status_code=200 if refused is None else refused.status, refused=refused, written=written or {},
    )


@action("/risks/sellers", of=FIRM, permission=MANAGE)
async def bring_in_form(data: Form) -> Redirect | Page:
    """New sellers of the risk list, one a line."""
    try:
        made = await listing_sellers.bring_in(str(data.get("lines", "")), str(data.get("source", "")))
    except Refusal as refusal:
        return await _sellers_page(refused=refusal, written=data)
    return go(here(f"/risks/sellers?new={made}"))


@action("/risks/sellers/{seller_id:int}/off", of=FIRM, permission=MANAGE)
async def take_off_form(seller_id: int) -> Redirect:
    """Take one off the list."""
    await listing_sellers.take_off(seller_id)
    return go(here("/risks/sellers"))


PAGES: list[HTTPRouteHandler] = [sellers_page, bring_in_form, take_off_form]
