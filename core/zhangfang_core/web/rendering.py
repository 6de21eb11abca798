"""Templates: one Jinja environment over core's and every plugin's folder, and the values that each layout needs."""

from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from litestar.contrib.jinja import JinjaTemplateEngine
from litestar.response import Stream
from litestar.template import TemplateConfig
from litestar.template.base import csrf_token

from zhangfang_core.database.engine import DB, scoped_transaction
from zhangfang_core.identity.presence import Asking, asking
from zhangfang_core.identity.roles import role_title
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext, language, ngettext
from zhangfang_core.tenancy.names import Names, names_in_scope
from zhangfang_core.web import charts, money_text
from zhangfang_core.web.assets_manifest import asset
from zhangfang_core.web.icons import icon
from zhangfang_core.web.navigation import navigation
from zhangfang_core.web.streams import close_at_end
from zhangfang_core.web.switching import switcher
from zhangfang_sdk.context import Scope
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.places import at, here, mine
from zhangfang_sdk.web import Page

HERE = Path(__file__).parents[1]


class Here:
    """``{{ here }}/tasks`` in a template: the place of the request that is answered."""

    def __str__(self) -> str:
        return here()

    __html__ = __str__


def environment() -> Environment:
    """Undefined names are errors; plugins' templates stand in a folder named after their id."""
    folders = [HERE / "templates", *(m.installed.folder / "templates" for m in registry().modules.values())]
    made = Environment(
        loader=ChoiceLoader([FileSystemLoader(f) for f in folders]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by jinja2.ext.i18n
    made.globals.update(asset=asset, icon=icon, charts=charts, here=Here(), at=at, mine=mine())
    made.filters.update(
        fen=money_text.fen,
        thousand=money_text.thousand,
        wan=money_text.wan,
        change=money_text.change,
        shanghai=lambda moment, shape="%Y-%m-%d %H:%M": moment.astimezone(BUSINESS_TIME_ZONE).strftime(shape),
    )
    return made


def template_config() -> TemplateConfig[JinjaTemplateEngine]:
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment()))


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
        "switcher": None,
        "actor": None,
    }
    if actor is not None and not request.presence.pending:
        names = await names_in_scope()
        common["actor"] = _actor(actor, names)
        if not response.fragment:
            common["nav"] = await navigation(request.enabled)
            common["switcher"] = await switcher(names, common["nav"], response.context.get("active", ""))
    context = {key: value for key, value in response.context.items() if key != "page_title" or value}
    if "page_title" in context:
        context["page_title"] = gettext(context["page_title"])
    response.context = {**common, **context}
    return response


def _actor(scope: Scope, names: Names) -> dict[str, Any]:
    return {
        "name": scope.user_name,
        "role": scope.role,
        "role_label": role_title(scope.role),
        "firm": scope.firm,
        "firm_name": names.firm,
        "client_name": names.client,
        "client": scope.client,
        "is_firm_staff": scope.staff,
        "is_operator": scope.operator,
        "may": scope.may,
    }
