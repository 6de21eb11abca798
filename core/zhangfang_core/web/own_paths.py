"""Which pages stand in a place, by their own paths."""

import re
from functools import lru_cache

from litestar import Litestar
from litestar.routes import HTTPRoute

from zhangfang_sdk.places import Place

_PARAMETER = re.compile(r"\{\w+:(\w+)\}")


@lru_cache(maxsize=16)
def pages_of(app: Litestar, place: Place) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Path template and pattern of each page (GET) that stands in ``place``, both without the place's prefix."""
    placed = {
        route.path.removeprefix(place.prefix) or "/"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "GET" in handler.http_methods and handler.opt.get("place", Place.PORTAL) == place
    }
    return tuple((path, _pattern(path)) for path in sorted(placed))


def stands(app: Litestar, place: Place, path: str) -> bool:
    """Whether ``path`` ("/vouchers/7") is a page of such a place."""
    return any(pattern.fullmatch(path) for _, pattern in pages_of(app, place))


def stands_for_all(app: Litestar, place: Place, path: str) -> bool:
    """Whether it is one of every such place, since it names no row ("/vouchers")."""
    return any(template == path and "{" not in template for template, _ in pages_of(app, place))


def _pattern(path: str) -> re.Pattern[str]:
    pieces = _PARAMETER.split(path)
    return re.compile(
        "".join(
            re.escape(piece) if number % 2 == 0 else r"\d+" if piece == "int" else "[^/]+"
            for number, piece in enumerate(pieces)
        )
    )
