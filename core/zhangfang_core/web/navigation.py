"""The navigation that this actor has in this place: core's pages and those of enabled plugins."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from zhangfang_core.admin.mount import admin_of
from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext
from zhangfang_core.modules.troubles import is_left_out, parts_off
from zhangfang_core.web.core_badges import CORE_BADGES
from zhangfang_core.web.core_waiting import CORE_WAITING
from zhangfang_core.web.pace import is_quick
from zhangfang_core.web.parts import asked, permitted
from zhangfang_core.web.waiting import load, part_of, waiting_here
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.places import Address, here, portal
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import ANYWHERE, CLIENT, FIRM, PERSON, PORTAL, SIGNED_IN, Badge, NavEntry, Place, Zone

ADMIN = NavEntry("admin", "管理后台", "settings", "", "admin.use", "side", 96, FIRM)
CORE_NAVIGATION = (
    NavEntry("home", "首页", "house", "", SIGNED_IN, "tab", 0, PERSON),
    NavEntry("waiting", "等您处理", "house", "/waiting", SIGNED_IN, "side", 0, FIRM),
    NavEntry("messages", "消息", "message-circle", "/messages", SIGNED_IN, "tab", 80, ANYWHERE),
    NavEntry("account", "我的", "user-round", "/account", SIGNED_IN, "tab", 90, (*ANYWHERE, PORTAL)),
    NavEntry("clients", "客户档案", "building-2", "/clients", "clients.read", "side", 25, FIRM),
    NavEntry("profile", "企业资料", "id-card", "/profile", "profile.read", "side", 26),
    NavEntry("my-profile", "企业资料", "id-card", "/profile", "profile.confirm", "me", 20),
    NavEntry("review", "凭证审核", "list-checks", "/vouchers/review", "ledger.post", "side", 21, (FIRM, CLIENT)),
    NavEntry("vouchers", "凭证", "book-open-text", "/vouchers", "ledger.read", "side", 30, (FIRM, CLIENT), for_auditors=True),
    NavEntry("accounts", "科目余额", "landmark", "/accounts", "accounts.read", "side", 31, for_auditors=True),
    NavEntry("my-accounts", "科目余额", "landmark", "/accounts", "accounts.read", "me", 53),
    NavEntry("assets", "资产卡片", "truck", "/assets", "ledger.read", "side", 32),
    NavEntry("open-items", "往来账龄", "scale", "/open-items", "parties.read", "side", 33),
    NavEntry("my-open-items", "往来账龄", "scale", "/open-items", "parties.read", "me", 51),
    NavEntry("funds", "资金收支", "wallet", "/funds", "funds.read", "side", 34),
    NavEntry("my-funds", "资金收支", "wallet", "/funds", "funds.read", "me", 50),
    NavEntry("calendar", "办税日历", "calendar-days", "/calendar", SIGNED_IN, "side", 42, FIRM),
    NavEntry("people", "人员与权限", "users-round", "/people", "people.manage", "side", 90, FIRM),
    NavEntry("modules", "功能模块", "blocks", "/modules", "modules.manage", "side", 92, FIRM),
    NavEntry(
        "voucher-choices", "凭证设置", "sliders-horizontal", "/settings/vouchers", "modules.manage", "side", 93, FIRM
    ),
    NavEntry("vendors", "外部服务", "server", "/settings/vendors", "modules.manage", "side", 93, FIRM),
    NavEntry("deliveries", "通知记录", "send", "/messages/deliveries", "notices.manage", "side", 89, FIRM),
    NavEntry("audit", "操作日志", "scroll-text", "/audit", "audit.read", "side", 94, FIRM),
    ADMIN,
    NavEntry("operator", "运行状况", "activity", "/operator", "operator.use", "side", 0, PORTAL),
    NavEntry("operator-plugins", "模块的安装", "blocks", "/operator/plugins", "operator.use", "side", 5, PORTAL),
    NavEntry("operator-calendar", "工作日", "calendar-days", "/operator/calendar", "operator.use", "side", 10, PORTAL),
)


@dataclass(frozen=True, slots=True)
class NavItem:
    """A page as the layouts link to it. ``path`` is its own part of the address."""

    id: str
    label: str
    icon: str
    href: Address
    path: str
    zone: Zone
    order: int
    badge: int | None
    is_late: bool = False


def place_in_scope() -> Place:
    """The place that the request is in."""
    if scope().firm is not None:
        return FIRM if scope().client is None else CLIENT
    return PORTAL if scope().operator else PERSON


async def navigation(enabled: frozenset[str]) -> list[NavItem]:
    """Pages of this place in order, each with its red dot's number (None when there is none)."""
    shown = entries_of(place_in_scope(), enabled)
    counts = await dots(enabled, shown, only_quick=True)
    plugins = {e.id: m.manifest.id for m in registry().modules.values() for e in m.navigation}
    return [
        NavItem(
            e.id,
            gettext(e.label, plugins.get(e.id, "")),
            e.icon,
            _address(e),
            e.path,
            e.zone,
            e.order,
            counts.get(e.id) or None,
            counts.get(e.id, 0) is None,
        )
        for e in shown
    ]


def entries_of(place: Place, enabled: frozenset[str]) -> list[NavEntry]:
    """What the actor finds in the navigation of a place, in order."""
    modules = [m for id_, m in registry().modules.items() if id_ in enabled]
    entries = [*CORE_NAVIGATION, *(e for m in modules for e in m.navigation)]
    own = [e for e in entries if permitted(e.permission) and (scope().years is None or e.for_auditors)]
    return sorted((e for e in own if e.stands_in(place)), key=lambda e: e.order)


def home_of(entries: Iterable[NavEntry]) -> NavEntry | None:
    """The first page that the actor has here: the desk's for people of the firm, the tab bar's for a client's."""
    zone = "side" if scope().staff else "tab"
    return next((entry for entry in entries if entry.zone == zone), None)


async def dots(enabled: frozenset[str], entries: Sequence[NavEntry], *, only_quick: bool = False) -> dict[str, int | None]:
    """Red dots of these entries by id, as ``badges`` finds them. The home's is how long 等您处理 is there: on a phone most entries stand behind 我的."""
    found = await badges(enabled, dotted(entries), only_quick=only_quick)
    home = home_of(entries) if scope().firm is not None else None
    if home is not None and home.id not in found:
        waits = await waiting_here(only_quick=only_quick)
        found[home.id] = None if waits.is_late else len(waits.waits)
    return found


def dotted(entries: Iterable[NavEntry]) -> set[str]:
    """Ids of those whose red dots the actor sees: a client's people have no desk (``layout/client.html``)."""
    return {entry.id for entry in entries if scope().staff or entry.zone != "side"}


def _address(entry: NavEntry) -> Address:
    if entry is ADMIN:
        return portal(f"{admin_of(firm_in_scope())}/")
    return portal(entry.path) if entry.of == PORTAL else here(entry.path)


async def badges(enabled: frozenset[str], shown: set[str], *, only_quick: bool = False) -> dict[str, int | None]:
    """Red dots by nav id; None for one that is still to be asked: ``only_quick`` leaves out those not known to be quick.

    One that fails or dawdles shows no dot, costs no other one, and never ends the page's transaction.
    """
    found: dict[str, int | None] = {}
    for dot, count in await _all_counted(enabled, shown, only_quick):
        if count is None:
            found.setdefault(dot.nav, None)
        else:
            found[dot.nav] = (found.get(dot.nav) or 0) + count
    return found


async def _all_counted(enabled: frozenset[str], shown: set[str], only_quick: bool) -> "list[tuple[_Dot, int | None]]":
    if scope().firm is None:
        return []
    off = await parts_off()
    counted: dict[object, int | None] = {}
    found = []
    for dot in _dots(enabled):
        if dot.nav not in shown or is_left_out(dot.plugin, dot.part, off):
            continue
        if dot.of not in counted:
            counted[dot.of] = await dot.count(only_quick)
        found.append((dot, counted[dot.of]))
    return found


@dataclass(frozen=True, slots=True)
class _Dot:
    """A number for a navigation entry; ``plugin`` is "" for core's own. ``count(only_quick)`` is None for one that comes later.

    ``of`` is what is counted: several entries may show the same number.
    """

    plugin: str
    part: str
    nav: str
    of: object
    count: Callable[[bool], Awaitable[int | None]]


def _dots(enabled: frozenset[str]) -> Iterator[_Dot]:
    """Red dots that are counted, and those that are the length of a waiting list."""
    for badge in CORE_BADGES:
        yield _Dot("", "", badge.nav, badge.count, partial(_own, badge))
    for source in CORE_WAITING:
        for nav in source.nav if permitted(source.permission) else ():
            yield _Dot("", "", nav, source, partial(_waiting, "", source))
    for id_, module in registry().modules.items():
        if id_ not in enabled:
            continue
        for badge in module.badges:
            yield _Dot(id_, _part(badge), badge.nav, (id_, badge.count), partial(_counted, id_, badge))
        for source in module.waiting:
            for nav in source.nav if source.permission == SIGNED_IN or scope().may(source.permission) else ():
                yield _Dot(id_, part_of(source), nav, (id_, source), partial(_waiting, id_, source))


def _part(badge: Badge) -> str:
    return f"badge {badge.nav}"


async def _own(badge: Badge, only_quick: bool) -> int:
    return await badge.count()


async def _counted(plugin: str, badge: Badge, only_quick: bool) -> int | None:
    if only_quick and not is_quick(plugin, _part(badge)):
        return None

    async def count() -> int:
        return from_part(Badge, "count", await badge.count())

    return await asked(plugin, _part(badge), count, 0)


async def _waiting(plugin: str, source: WaitingSource, only_quick: bool) -> int | None:
    items = await load(plugin, source, only_quick=only_quick)
    return None if items is None else len(items)
