"""From one place to another: what the layouts' menu shows. Going there is following a link."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from zhangfang_core.identity.places import own_standing
from zhangfang_core.identity.presence import Asking
from zhangfang_core.modules.translations import gettext
from zhangfang_core.tenancy.names import Names
from zhangfang_core.web.navigation import NavItem
from zhangfang_core.web.own_paths import stands_for_all
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import CLIENT, Address, at, here, mine, portal


@dataclass(frozen=True, slots=True)
class Switcher:
    """``label`` is where one is. ``clients`` is where the firm's staff choose a client, to stay on ``page`` of that client.

    ``find`` answers with the first that fit what is typed.
    """

    label: str
    others: Sequence[tuple[str, Address]]
    clients: Address | None = None
    find: Address | None = None
    firm: Address | None = None
    page: str = ""

    @property
    def useful(self) -> bool:
        return self.clients is not None or bool(self.others)


async def switcher(request: Asking, names: Names, nav: Sequence[NavItem], active: str) -> Switcher:
    """For the place in scope; ``active`` is the id of the navigation's entry that is open."""
    actor = scope()
    places, is_operator = await own_standing()
    others = [(p.name, p.home) for p in places if p.membership != actor.membership]
    if others and actor.firm is not None:
        others.append((gettext("我的首页"), mine()))
    if not actor.operator and is_operator:
        others.append((gettext("平台运维"), portal("/operator")))
    if not actor.staff or actor.firm is None:
        return Switcher(names.client or names.firm or actor.user_name, others)
    page = _page_for_all(request) or next((item.path for item in nav if item.id == active), "")
    label = names.client or f"{names.firm} · {gettext('全部客户')}"
    asked = f"?to={quote(page)}" if page else ""
    return Switcher(label, others, at(None, f"/clients{asked}"), at(None, f"/clients/find{asked}"), at(None), page)


def _page_for_all(request: Asking) -> str:
    """The page in hand with its query, when every client has it; "" for one that names a row."""
    connection = request.connection
    path = connection.url.path.removeprefix(here()) or "/"
    if not stands_for_all(connection.app, CLIENT, path):
        return ""
    return f"{path}?{connection.url.query}" if connection.url.query else path
