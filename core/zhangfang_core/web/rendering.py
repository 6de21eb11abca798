"""The values that each layout needs, given to a page on its way out."""

from typing import Any

from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Stream
from litestar.template import TemplateConfig
from litestar.template.base import csrf_token

from zhangfang_core.database.engine import DB, scoped_transaction
from zhangfang_core.identity.presence import Asking, asking
from zhangfang_core.modules.translations import gettext, language
from zhangfang_core.notices.badges import urgent_unread
from zhangfang_core.tenancy.names import names_in_scope
from zhangfang_core.web.navigation import navigation
from zhangfang_core.web.pieces import actor_values
from zhangfang_core.web.streams import close_at_end
from zhangfang_core.web.switching import switcher
from zhangfang_core.web.templates import environment
from zhangfang_sdk.web import Page


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    engine = JinjaTemplateEngine.from_environment(environment())
    # Litestar's function of this name would stand, as it is, on a page that was given no token.
    del engine.engine.globals["csrf_token"]
    return TemplateConfig(instance=engine)


async def dress(response: Any) -> Any:
    """Give a page what its layout needs; fragments get the token, the language and the actor only.

    A handler that opens its own transactions has none left by now: the layout is read in one more.
    """
    if isinstance(response, Stream):
        close_at_end(response)
    request = asking()
    if request is None or not isinstance(response, Page):
        return response
    actor = request.presence.scope
    if actor is None or DB.current_transaction.get() is not None:
        return await _dressed(response, request)
    async with scoped_transaction(actor):
        return await _dressed(response, request)


async def _dressed(response: Page, request: Asking) -> Page:
    actor = request.presence.scope
    common: dict[str, Any] = {
        "csrf_token": csrf_token({"request": request.connection}),
        "lang": {"zh": "zh-CN"}.get(language(), language()),
        "large_type": request.connection.cookies.get("type") == "large",
        "flash": [],
        "nav": [],
        "urgent": [],
        "switcher": None,
        "actor": None,
    }
    if actor is not None and not request.presence.pending:
        names = await names_in_scope()
        common["actor"] = actor_values(actor, names)
        if not response.fragment:
            common["nav"] = await navigation(request.enabled)
            unread = next((item.badge for item in common["nav"] if item.id == "messages"), None)
            common["urgent"] = await urgent_unread() if unread else []
            common["switcher"] = await switcher(request, names, common["nav"], response.context.get("active", ""))
    context = {key: value for key, value in response.context.items() if key != "page_title" or value}
    if "page_title" in context:
        context["page_title"] = gettext(context["page_title"], request.module or "")
    response.context = {**common, **context}
    return response
