"""Pages under their places, and tried before they are served: one that Litestar refuses would stop the whole server."""

import re
from collections.abc import Container, Iterable, Sequence

from litestar import Litestar, Router
from litestar.handlers import HTTPRouteHandler

from zhangfang_core.modules.reasons import reason_of
from zhangfang_sdk.places import Place
from zhangfang_sdk.web import NavEntry

_PARAMETER = re.compile(r"\{[^}]*\}")
Endpoint = tuple[str, str]
"""Path and method."""


CORE_HEADS = frozenset({
    *("account", "accounts", "auditing", "assets", "audit", "badges", "calendar", "cards", "chart", "clients", "dimensions", "documents", "events"),
    *("funds", "healthz", "invitations", "messages", "modules", "open-items", "opening", "operator", "people", "periods", "profile", "resets"),
    *("search", "settings", "sign-in", "sign-out", "uploads", "vouchers", "waiting"),
})  # fmt: skip
"""First words of the addresses of core's pages, which plugins leave alone. A test compares them to the pages."""


class PagesRefused(ValueError):
    """These pages cannot be served; the message says why."""


def head(path: str) -> str:
    """The first word of a page's own address."""
    return path.strip("/").partition("/")[0]


def mounted(pages: Sequence[HTTPRouteHandler], module: str | None = None) -> list[Router]:
    """One router for each place, with the place's prefix; a page of several places stands in each. Raises PagesRefused.

    ``opt["place"]`` tells the gate what the address names, ``opt["module"]`` whose switch it asks; core's pages have none.
    """
    for handler in pages:
        if not handler.opt.get("of"):
            raise PagesRefused(f"页面 {sorted(handler.paths)} 没有说明属于谁 (of=CLIENT, FIRM 或 PERSON)")
        if module is not None and Place.PORTAL in handler.opt["of"]:
            raise PagesRefused(f"页面 {sorted(handler.paths)} 只能属于客户、公司或个人")
        if module is not None and (of_core := {p for p in handler.paths if head(p) in CORE_HEADS or not head(p)}):
            raise PagesRefused(f"页面地址 {', '.join(sorted(of_core))} 是平台自己的")
    routers = []
    for place in Place:
        own = [handler for handler in pages if place in handler.opt["of"]]
        if own:
            opt = {"place": place} if module is None else {"place": place, "module": module}
            routers.append(Router(path=place.prefix or "/", route_handlers=own, opt=opt))
    return routers


def addresses_of(pages: Sequence[HTTPRouteHandler], module: str | None = None) -> set[Endpoint]:
    """Every path and method that the pages answer, places included, whatever their parameters are called.

    Raises PagesRefused for pages that no server could register.
    """
    try:
        app = Litestar(route_handlers=list(mounted(pages, module)), openapi_config=None, logging_config=None)
    except PagesRefused:
        raise
    except Exception as error:
        raise PagesRefused(f"页面无法登记: {reason_of(error)}") from error
    return {
        (_PARAMETER.sub("{}", route.path), method)
        for route in app.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS"
    }


def refuse_clashes(own: Iterable[Endpoint], taken: dict[Endpoint, str]) -> None:
    """Raises PagesRefused when another module answers one of these addresses already."""
    for path, method in sorted(own):
        if (path, method) in taken:
            raise PagesRefused(f"页面地址 {method} {path} 已被模块“{taken[path, method]}”使用")


def refuse_dead_ends(entries: Iterable[NavEntry], own: Container[Endpoint]) -> None:
    """Raises PagesRefused for navigation that leads to none of the plugin's ``own`` pages, and to none of core's."""
    for entry in entries:
        path = entry.path.partition("?")[0]
        for place in Place:
            page = _PARAMETER.sub("{}", place.prefix) + path
            if entry.stands_in(place) and head(path) not in CORE_HEADS and (page, "GET") not in own:
                raise PagesRefused(f"导航“{entry.label}”指向 {entry.path},那里没有这个模块的页面")
