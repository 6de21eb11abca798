"""Pages of a plugin are tried before they are served: one that Litestar refuses would stop the whole server."""

from collections.abc import Iterable, Sequence

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

Address = tuple[str, str]
"""Path and method."""


class PagesRefused(ValueError):
    """These pages cannot be served; the message says why."""


def addresses_of(pages: Sequence[HTTPRouteHandler]) -> set[Address]:
    """Every path and method that the pages answer. Raises PagesRefused for pages that no server could register."""
    try:
        app = Litestar(route_handlers=list(pages), openapi_config=None, logging_config=None)
    except Exception as error:
        raise PagesRefused(f"页面无法登记: {error}") from error
    return {
        (route.path, method) for route in app.routes for method in getattr(route, "methods", ()) if method != "OPTIONS"
    }


def refuse_clashes(own: Iterable[Address], taken: dict[Address, str]) -> None:
    """Raises PagesRefused when another module answers one of these addresses already."""
    for path, method in sorted(own):
        if (path, method) in taken:
            raise PagesRefused(f"页面地址 {method} {path} 已被模块“{taken[path, method]}”使用")
