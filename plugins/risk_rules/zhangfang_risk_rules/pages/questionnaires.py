"""The firm's own questionnaires: written here as lines of text, kept when they can be read."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_risk_rules.questionnaires import writing
from zhangfang_risk_rules.questionnaires.definition import LONGEST_BODY
from zhangfang_risk_rules.ruling import MANAGE
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
PLACE = "/risks/questionnaires"
EXAMPLE = """标题: 门店自查
说明: 三分钟答完。
依据: 本机构的服务约定
问 code: 收款码是用公司的户头开的吗?
- 是 | 分=10
- 不是 | 分=0 | 缺口=请换成公司的收款码。 | 期限=30
问 who: 是谁的?
如果: code=2
帮助: 以收款码显示的户名为准。
- 老板个人的 | 结论=个人收款码收到的营业款也是公司的收入。
- 员工的"""


@page(PLACE, of=FIRM, permission=MANAGE)
async def questionnaires_page(code: str = "", saved: str = "") -> Page:
    """All that clients may be asked; that of ``code`` in the form, an example where there is none."""
    return await _page(code, saved=saved)


@action(PLACE, of=FIRM, permission=MANAGE)
async def write_form(data: Form) -> Redirect | Page:
    """Keep one, in place of what stood under its code."""
    code = str(data.get("code", "")).strip()
    try:
        await writing.write(code, str(data.get("body", "")), is_on=data.get("is_on") == "1")
    except Refusal as refusal:
        return await _page(code, refused=refusal, written=data)
    return go(here(f"{PLACE}?code={code}&saved=1"))


async def _page(code: str, *, saved: str = "", refused: Refusal | None = None, written: Mapping[str, Any] | None = None) -> Page:
    known = await writing.known()
    shown = known.get(code)
    chosen = written or {"code": code if shown else "", "body": shown.body if shown else EXAMPLE, "is_on": "1" if shown is None or shown.is_on else ""}
    return Page(
        "risk_rules/questionnaires.html",
        title="自查问卷",
        active="risk-board",
        status_code=200 if refused is None else refused.status,
        known=known.values(),
        written=chosen,
        refused=refused,
        saved=shown if saved else None,
        longest=LONGEST_BODY,
    )


PAGES: list[HTTPRouteHandler] = [questionnaires_page, write_form]
