"""登录安全: the firm's rule for signing in."""

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity import idle
from zhangfang_core.identity.forms import Form, as_sent, number
from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page


@page("/people/sign-in", of=FIRM, permission="people.manage")
async def rule_page() -> Page:
    return Page(
        "identity/sign_in_rule.html",
        title="登录安全",
        active="people",
        back=here("/people"),
        idle=await idle.idle_minutes(),
        offered=[(minutes, in_words(minutes)) for minutes in idle.OFFERED],
    )


@action("/people/sign-in", of=FIRM, permission="people.manage")
async def rule_form(data: Form) -> Redirect:
    await idle.choose_idle(number(as_sent(data, "idle")))
    return go(here("/people/sign-in"))


def in_words(minutes: int) -> str:
    """In the largest unit that it fills."""
    if minutes % 1440 == 0:
        return gettext("%(n)s 天") % {"n": minutes // 1440}
    if minutes % 60 == 0:
        return gettext("%(n)s 小时") % {"n": minutes // 60}
    return gettext("%(n)s 分钟") % {"n": minutes}


HANDLERS: list[HTTPRouteHandler] = [rule_page, rule_form]
