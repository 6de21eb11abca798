"""Pages: the one way to declare what a person sees and does in the portal.

A page is a Litestar handler made by :func:`page` (GET) or :func:`action` (POST) with its place and a permission. The host
mounts it under its place, and puts it behind sign-in, the permission, the firm's switch for the plugin, both walls and one
transaction. ``of`` says whose page it is: a :data:`CLIENT`'s, a :data:`FIRM`'s, a :data:`PERSON`'s, or several of them
(a list that shows one client, or all of the firm's). Links are made by :mod:`zhangfang_sdk.places`.

Path parameters named ``<name>_id`` are ids of the table ``<plugin>_<name>`` or ``core_<name>``: the isolation kit fills
them in by itself; others give an example in ``examples`` (a function where it is known at run time only). ``firm_id`` and
``client_id`` belong to the place.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from litestar import delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Template
from markupsafe import Markup
from pydantic import Field

from zhangfang_sdk.places import CLIENT, FIRM, PERSON, PORTAL, Address, Place

Zone = Literal["tab", "side", "me"]
Of = Place | tuple[Place, ...]
ANYWHERE = (PERSON, FIRM, CLIENT)
"""Pages that a person has wherever they are: messages, the account."""
Examples = Mapping[str, str] | Callable[[], Mapping[str, str]] | None
Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]

PUBLIC = "public"
SIGNED_IN = "signed_in"


class Page(Template):
    """A template of the plugin with its values. The host adds the layout's (navigation, badges, switcher) unless ``fragment``."""

    def __init__(
        self,
        template: str,
        *,
        title: str = "",
        active: str = "",
        fragment: bool = False,
        status_code: int = 200,
        **values: Any,
    ) -> None:
        super().__init__(
            template,
            context={"page_title": title, "active": active, **values},
            status_code=status_code,
            media_type="text/html",
        )
        self.fragment = fragment


ForAuditors = Literal["", "page", "months"]


def page(
    path: str,
    *,
    of: Of,
    permission: str,
    examples: Examples = None,
    stream: bool = False,
    seen_as: str = "",
    for_auditors: ForAuditors = "",
    **options: Any,
) -> Decorator:
    """A GET handler. ``permission`` is one of the manifest's, ``SIGNED_IN`` or ``PUBLIC``. ``stream`` opens no transaction.

    ``seen_as`` puts each opening on the firm's trail as this action of the manifest, for pages that show what is sensitive (wages, a report on
    risks). Files that a browser saves stand there without being asked for.

    ``for_auditors`` opens the page to who came by an auditor's link, which sees no other: "months" where ``period`` and ``to`` say what is
    shown (only months of the link's years are asked for), "page" where the services that are asked hold to them.
    """
    own = {"seen_as": seen_as, "for_auditors": for_auditors}
    return get(path, opt={**_opt(of, permission, examples, stream=stream), **own}, **options)


def action(
    path: str,
    *,
    of: Of,
    permission: str,
    examples: Examples = None,
    stream: bool = False,
    **options: Any,
) -> Decorator:
    """A POST handler: one transaction, committed when the answer's status is below 400. ``stream`` opens none.

    A handler that waits for a child process or another server is a ``stream``: it opens ``transaction()`` itself, around what
    needs one, and may answer with a :class:`Page`.
    """
    options.setdefault("status_code", 200)
    return post(path, opt=_opt(of, permission, examples, stream=stream), **options)


def removal(
    path: str, *, of: Of, permission: str, examples: Examples = None, **options: Any
) -> Decorator:
    """A DELETE handler."""
    return delete(path, opt=_opt(of, permission, examples, stream=False), **options)


def examples_of(handler: HTTPRouteHandler) -> Mapping[str, str]:
    """What its path parameters may be, by their names, where they are no ids of a table."""
    given = handler.opt.get("examples") or {}
    return dict(given() if callable(given) else given)


def _opt(of: Of, permission: str, examples: Examples, *, stream: bool) -> dict[str, Any]:
    places = of if isinstance(of, tuple) else (of,)
    return {"of": places, "permission": permission, "examples": examples, "stream": stream}


def go(address: Address) -> Redirect:
    """After a form: see the result at ``address`` (303)."""
    return Redirect(address, status_code=303)


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One page in the navigation, by its own ``path`` ("/notes"), of the places where it stands.

    ``tab`` is the bar of a client's people, ``me`` their page 我的, ``side`` the desk of the firm's staff. ``for_auditors``: the page is open
    to an auditor too and takes ``?period=``.
    """

    id: str
    label: str
    icon: str
    path: str
    permission: str
    zone: Zone
    order: int = 50
    of: Of = CLIENT
    for_auditors: bool = False

    def stands_in(self, place: Place) -> bool:
        return place in (self.of if isinstance(self.of, tuple) else (self.of,))


Count = Annotated[int, Field(ge=0, le=1_000_000_000)]


@dataclass(frozen=True, slots=True)
class Badge:
    """A red dot on a nav entry. ``count()`` runs in the request's scope; ``topics`` say when it is to be asked again.

    One that does not answer within 0.3 s shows no dot; after three failures in a row it is left out until somebody tries again.
    """

    nav: str
    count: Callable[[], Awaitable[Count]]
    topics: tuple[str, ...] = ()


CardZone = Literal["cockpit", "statement", "voucher", "client", "home", "document", "taxes"]


@dataclass(frozen=True, slots=True)
class Card:
    """A card of a page that shows cards in ``zone``: ``cockpit`` (a client's overview), ``statement`` (财务报表), ``voucher`` (a voucher's
    page), ``client`` (企业资料), ``home`` (等您处理 of a client), ``taxes`` (税款 of a month) and ``document`` (a file's page, where
    browsers have no picture of it). Its HTML must close what it opens.

    ``load(client, period_key)`` gives the values of ``template``, or None to stay away; in the zone ``document`` it is
    ``load(client, document_id)``, the id in figures. The host renders the template with these
    values, ``actor`` and ``csrf_token``, and fetches the card again when one of ``topics`` moves. A card that fails is
    missing and nothing else; one that is slow comes after the page, and has 0.3 s; after three failures in a row it is
    left out until somebody tries again. ``order`` below 10 stands above what the page itself shows.
    """

    id: str
    zone: CardZone
    template: str
    permission: str
    load: Callable[[int, str], Awaitable[dict[str, Any] | None]]
    order: int = 50
    topics: tuple[str, ...] = ("ledger",)


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card on a page: ``html`` is its rendered template, "" while it is still to come or has nothing to say.

    Print it with ``{% from "macros/cards.html" import shown_cards %}``.
    """

    id: str
    html: Markup
    address: Address
    topics: tuple[str, ...]
    order: int
    is_late: bool


__all__ = [
    "ANYWHERE",
    "CLIENT",
    "FIRM",
    "PERSON",
    "PORTAL",
    "PUBLIC",
    "SIGNED_IN",
    "Address",
    "Badge",
    "Card",
    "CardZone",
    "NavEntry",
    "Page",
    "Place",
    "ShownCard",
    "Zone",
    "action",
    "examples_of",
    "go",
    "page",
    "removal",
]
