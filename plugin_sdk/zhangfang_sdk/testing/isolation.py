"""Walking a portal's routes, filling in ids, and judging answers: what core's isolation tests and a plugin's own are made of.

A path parameter ``<name>_id`` is an id of the table ``<module>_<name>`` or ``core_<name>``, the place's ``firm_id`` and
``client_id`` too; others take the route's example. A parameter for which there is neither raises: a route cannot be left out
by being forgotten.
"""

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from litestar import Litestar
from litestar.routes import ASGIRoute, HTTPRoute

from zhangfang_sdk.places import PORTAL, Place
from zhangfang_sdk.web import examples_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
"""OPTIONS tells what is offered to everybody."""

_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


@dataclass(frozen=True)
class Route:
    """One method of one path. ``permission`` is None where the handler names none; ``module`` None for core's own.

    ``own_name`` is what the page wrote itself ("GET /tasks"), the same in each place where it stands.
    """

    method: str
    path: str
    permission: str | None = None
    module: str | None = None
    examples: Mapping[str, str] = field(default_factory=dict, compare=False)
    is_stream: bool = False
    place: Place = PORTAL

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def own_name(self) -> str:
        return f"{self.method} {self.path.removeprefix(self.place.prefix) or '/'}"

    @property
    def row_parameters(self) -> frozenset[str]:
        """Those that name a row: without the place's and those with an example."""
        return frozenset(self.parameters) - frozenset(_PARAMETER.findall(self.place.prefix)) - frozenset(self.examples)

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.path))

    def tables(self, known: Iterable[str]) -> Mapping[str, str]:
        """Of each parameter that is an id, its table among ``known``. Raises LookupError for one with neither table nor example."""
        tables, found = frozenset(known), {}
        for parameter in self.parameters:
            name, is_id, rest = parameter.rpartition("_id")
            candidates = (f"{self.module}_{name}", f"core_{name}") if is_id and not rest else ()
            table = next((t for t in candidates if t in tables), None)
            if table is not None:
                found[parameter] = table
            elif parameter not in self.examples:
                raise LookupError(f"{self.name}: nothing says what {parameter!r} may be")
        return found

    def address(self, ids: Mapping[str, int]) -> str:
        """The path with ids by table filled in. Raises LookupError when one is missing."""
        tables = self.tables(ids)
        return _PARAMETER.sub(
            lambda found: str(ids[tables[found[1]]]) if found[1] in tables else self.examples[found[1]], self.path
        )


@dataclass(frozen=True)
class Walked:
    """All that an app answers to. ``static`` are the portal's own files, ``mounts`` paths of whole applications inside."""

    routes: tuple[Route, ...]
    static: tuple[str, ...]
    mounts: tuple[str, ...]


def walk(app: Litestar) -> Walked:
    """Every route of the app, in its order. Raises TypeError for a kind of route that this kit does not know."""
    routes: list[Route] = []
    static: list[str] = []
    mounts: list[str] = []
    for route in app.routes:
        if isinstance(route, ASGIRoute):
            mounts.append(route.path)
            continue
        if not isinstance(route, HTTPRoute):
            raise TypeError(f"{route.path} is a {type(route).__name__}: the isolation kit cannot ask it")
        for handler in route.route_handlers:
            if handler.opt.get("static"):
                static.append(route.path)
                continue
            for method in METHODS:
                if method in handler.http_methods:
                    routes.append(
                        Route(
                            method,
                            route.path,
                            handler.opt.get("permission"),
                            handler.opt.get("module"),
                            examples_of(handler),
                            bool(handler.opt.get("stream")),
                            handler.opt.get("place", PORTAL),
                        )
                    )
    return Walked(tuple(routes), tuple(dict.fromkeys(static)), tuple(mounts))


def leaked(body: bytes, headers: Mapping[str, str], markers: Iterable[str]) -> list[str]:
    """Those markers that stand in an answer, as text, as HTML or JSON escapes, or percent-encoded in a header."""
    text = body.decode("utf-8", "replace")
    shown = "\n".join((text, html.unescape(text), _unescaped(text), *(unquote(value) for value in headers.values())))
    return [marker for marker in markers if marker in shown]


def _unescaped(text: str) -> str:
    return re.sub(r"(?:\\u[0-9a-fA-F]{4})+", lambda found: str(json.loads(f'"{found[0]}"')), text)


def refuses(status: int) -> bool:
    """Whether somebody signed in was told that this is not theirs."""
    return status in (403, 404)


def asks_for_sign_in(status: int, location: str = "") -> bool:
    """Whether somebody signed out was told to sign in."""
    return status in (401, 403) or (status in (302, 303) and location.startswith("/sign-in"))
