"""``/audit/verification``: what the newest verification found, a new one, and the chain's head as people keep it."""

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, written
from zhangfang_core.trail import head_mail
from zhangfang_core.trail.heads import compare, newest_head
from zhangfang_core.trail.heads import written as head_written
from zhangfang_core.trail.verification import begin, newest, protects
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, Page, action, go, page

HOME = "/audit/verification"


@page(HOME, of=FIRM, permission="audit.read")
async def verification() -> Page:
    """The newest verification that ended, and whether one is under way."""
    return await _shown()


@action(f"{HOME}/begin", of=FIRM, permission="audit.read")
async def begin_verification() -> Redirect:
    """A whole one, soon; the one that waits already where one does."""
    await use(Jobs).defer("core.verify", once="verify", row=await begin())
    return go(here(HOME))


@action(f"{HOME}/compare", of=FIRM, permission="audit.read")
async def compare_head(data: Form) -> Page:
    """A head from an old e-mail against the chain of now. Raises Refusal ``audit.no_head``."""
    same = await compare(written(data, "head", 200))
    if same is None:
        raise Refusal(
            "audit.no_head", "封存指纹写成“12-3fa9…”的样子:段号、一横、64 位指纹,从邮件里整行复制过来。", field="head"
        )
    return await _shown(compared=same, status_code=200)


@action(f"{HOME}/mail", of=FIRM, permission="audit.read")
async def choose_mail(data: Form) -> Redirect:
    """Whether the person who asks gets the head by e-mail each day."""
    await head_mail.choose(written(data, "wanted", 3) == "on")
    return go(here(HOME))


async def _shown(*, compared: bool | None = None, status_code: int = 200) -> Page:
    head = await newest_head()
    return Page(
        "trail/verification.html",
        title="完整性校验",
        active="audit",
        status_code=status_code,
        shown=await newest(),
        protects=protects(),
        head=None if head is None else head_written(head),
        mailed=await head_mail.is_reader(),
        compared=compared,
    )


HANDLERS: list[HTTPRouteHandler] = [verification, begin_verification, compare_head, choose_mail]
