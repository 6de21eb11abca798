"""From one place to another: what the layouts' menu shows. Going there is following a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.identity.places import is_operator, own_places
from zhangfang_core.tenancy.names import Names
from zhangfang_core.web.navigation import NavItem
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import Address, at, mine, portal


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


async def switcher(names: Names, nav: Sequence[NavItem], active: str) -> Switcher:
    """For the place in scope; ``active`` is the id of the navigation's entry that is open."""
    actor = scope()
    others = [(p.name, p.home) for p in await own_places() if p.membership != actor.membership]
    if others and actor.firm is not None:
        others.append(("我的首页", mine()))
    if not actor.operator and await is_operator():
        others.append(("平台运维", portal("/operator")))
    if not actor.staff or actor.firm is None:
        return Switcher(names.client or names.firm or actor.user_name, others)
    page = next((item.path for item in nav if item.id == active), "")
    label = names.client or f"{names.firm} · 全部客户"
    asked = f"?to={page}" if page else ""
    return Switcher(label, others, at(None, f"/clients{asked}"), at(None, f"/clients/find{asked}"), at(None), page)
