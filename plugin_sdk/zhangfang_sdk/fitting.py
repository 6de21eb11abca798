"""Whether what a plugin declares can be used: asked by the host at start, and by the conformance kit.

Each hook's answer is looked at by itself. What is found here would otherwise raise later, on somebody else's page or in the worker of all
plugins, or would take what belongs to others: so the plugin is left out with these sentences.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cache
from itertools import product
from typing import Any, get_type_hints

from litestar.handlers import HTTPRouteHandler
from pydantic import ConfigDict, TypeAdapter, ValidationError

from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.commands import Command
from zhangfang_sdk.hookspecs import HookSpecs
from zhangfang_sdk.invoices import InvoiceSource
from zhangfang_sdk.jobs import LONGEST_LANE, Job
from zhangfang_sdk.manifest import Manifest
from zhangfang_sdk.measures import Measure
from zhangfang_sdk.month_end import MonthEndSource
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.plain_values import unwritable
from zhangfang_sdk.remarks import RemarkSource
from zhangfang_sdk.risk import RiskRule
from zhangfang_sdk.roles import Role
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.services import methods_of
from zhangfang_sdk.tables import FirmRows
from zhangfang_sdk.vendors import Vendor
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import PUBLIC, SIGNED_IN, Badge, Card, NavEntry

Problems = Iterator[str]
FREE_FOR_ALL = frozenset({PUBLIC, SIGNED_IN, "admin.use"})

DECLARED: Mapping[str, type[Any]] = {
    "register_navigation": NavEntry,
    "register_cards": Card,
    "register_badges": Badge,
    "register_waiting": WaitingSource,
    "register_notice_kinds": NoticeKind,
    "register_roles": Role,
    "register_jobs": Job,
    "register_search_sources": SearchSource,
    "register_invoice_sources": InvoiceSource,
    "register_measures": Measure,
    "register_month_end_sources": MonthEndSource,
    "register_voucher_remarks": RemarkSource,
    "register_risk_rules": RiskRule,
    "register_vendors": Vendor,
    "register_admin_screens": AdminScreen,
    "register_admin_forms": AdminForm,
    "register_commands": Command,
}
"""What each hook gives a sequence of; ``register_pages`` gives handlers and ``register_services`` a mapping."""

_COROUTINES: Mapping[type[Any], Sequence[str]] = {
    Card: ("load",),
    Badge: ("count",),
    Job: ("run",),
    SearchSource: ("write", "ids"),
    InvoiceSource: ("page", "get", "sums"),
    Measure: ("series", "entries", "on_days"),
    MonthEndSource: ("accruals", "distributions"),
    WaitingSource: ("load",),
    RemarkSource: ("load",),
    AdminForm: ("submit",),
}
_NAMES = {
    NoticeKind: "key",
    Role: "id",
    Job: "id",
    SearchSource: "kind",
    InvoiceSource: "id",
    Measure: "key",
    MonthEndSource: "id",
    RemarkSource: "id",
    RiskRule: "id",
    WaitingSource: "id",
    AdminForm: "id",
    AdminScreen: "title",
    NavEntry: "id",
    Card: "id",
}


def unfit(manifest: Manifest, hook: str, answer: Any) -> Problems:
    """A sentence for each thing in the answer of a ``register_*`` hook that cannot be used."""
    if hook == "register_services":
        yield from _services(answer)
        return
    items = list(answer)
    kind = DECLARED.get(hook, HTTPRouteHandler)
    for item in items:
        if not isinstance(item, kind):
            yield f"{hook} gives {item!r}, which is no {kind.__name__}"
            return
    if kind is HTTPRouteHandler:
        yield from _pages(manifest, items)
        return
    for item in items:
        yield from _values(hook, item)
    yield from _coroutines(kind, items)
    yield from _twice(kind, items)
    yield from (p for item in items for p in _permitted(manifest, item))
    if check := _OWN.get(kind):
        yield from check(manifest, items)


def unfit_coroutines(plugin: object) -> Problems:
    """A sentence for each ``check_*`` and ``on_*`` of the plugin that the host could not await."""
    for name in vars(HookSpecs):
        function = getattr(plugin, name, None) if name.startswith(("check_", "on_")) else None
        if function is not None and not inspect.iscoroutinefunction(inspect.unwrap(function)):
            yield f"{name} must be a coroutine (async def, without yield)"


def known_permission(manifest: Manifest, permission: object, where: str) -> Problems:
    """A permission that the plugin neither declares nor uses would be held by nobody."""
    if permission not in {p.id for p in manifest.permissions} | set(manifest.uses) | FREE_FOR_ALL:
        yield f"{where}: permission {permission!r} is neither declared nor among `uses` in the manifest"


@cache
def _adapters() -> Mapping[type[Any], Mapping[str, TypeAdapter[Any]]]:
    """What each field of each kind may hold."""
    config = ConfigDict(arbitrary_types_allowed=True, strict=True)
    return {
        kind: {name: TypeAdapter(hint, config=config) for name, hint in get_type_hints(kind).items()}
        for kind in DECLARED.values()
    }


def _values(hook: str, item: Any) -> Problems:
    adapters = _adapters()[type(item)]
    for field in fields(item):
        value = getattr(item, field.name)
        try:
            adapters[field.name].validate_python(value)
        except ValidationError as error:
            yield f"{hook}: {type(item).__name__}.{field.name} is {value!r}: {error.errors()[0]['msg']}"
            continue
        if problem := unwritable(value):
            yield f"{hook}: {type(item).__name__}.{field.name}: {problem}"


def _coroutines(kind: type[Any], items: Iterable[Any]) -> Problems:
    for item, name in product(items, _COROUTINES.get(kind, ())):
        function = getattr(item, name)
        if function is not None and not inspect.iscoroutinefunction(inspect.unwrap(function)):
            yield f"{kind.__name__} {getattr(item, _NAMES.get(kind, 'nav'))!r}: {name} must be a coroutine"


def _twice(kind: type[Any], items: Iterable[Any]) -> Problems:
    seen: set[str] = set()
    for item in items if kind in _NAMES else ():
        name = getattr(item, _NAMES[kind])
        if name in seen:
            yield f"{kind.__name__} {name!r} is declared twice"
        seen.add(name)


def _permitted(manifest: Manifest, item: Any) -> Problems:
    permission = getattr(item, "permission", None)
    if permission is not None:
        yield from known_permission(manifest, permission, f"{type(item).__name__} {getattr(item, 'id', '')!r}")


def _pages(manifest: Manifest, handlers: Iterable[HTTPRouteHandler]) -> Problems:
    for handler in handlers:
        where = f"{'/'.join(sorted(handler.http_methods))} {', '.join(sorted(handler.paths))}"
        if not inspect.iscoroutinefunction(inspect.unwrap(handler.fn)):
            yield f"{where}: a page must be a coroutine (async def)"
        yield from known_permission(manifest, handler.opt.get("permission", ""), where)


def _cards(manifest: Manifest, cards: Iterable[Card]) -> Problems:
    for card in cards:
        if not card.id.startswith(f"{manifest.id}."):
            yield f"card {card.id!r} does not begin with {manifest.id}."


def _navigation(manifest: Manifest, entries: Iterable[NavEntry]) -> Problems:
    for entry in entries:
        if not entry.path.startswith("/") or entry.path.startswith("//"):
            yield f"navigation {entry.id!r}: path {entry.path!r} is no own address of a page"
        if not 0 < len(entry.label) <= _LONGEST_LABEL:
            yield f"navigation {entry.id!r}: a label has at most {_LONGEST_LABEL} characters"


def _measures(manifest: Manifest, measures: Iterable[Measure]) -> Problems:
    for measure in measures:
        if not re.fullmatch(rf"{manifest.id}\.[a-z][a-z0-9_]*", measure.key):
            yield f"measure {measure.key!r} is not {manifest.id}. and a name in small letters, digits and underscores"


def _jobs(manifest: Manifest, jobs: Iterable[Job]) -> Problems:
    for job in jobs:
        if not job.id or "." in job.id:
            yield f"job {job.id!r} needs a short id; the host puts the plugin's before it"
        if len(job.id) > _LONGEST_JOB:
            yield f"job {job.id!r}: an id has at most {_LONGEST_JOB} characters"
        if job.tries < 0 or job.seconds <= 0:
            yield f"job {job.id!r}: tries must not be negative, seconds must be more than 0"
        if job.schedule is not None and not _is_cron(job.schedule):
            yield f"job {job.id!r}: {job.schedule!r} is no cron line of five fields"
        if not _LANE.fullmatch(job.lane):
            yield f"job {job.id!r}: lane {job.lane!r} is not at most {LONGEST_LANE} small letters"


_LONGEST_JOB = 80
_LONGEST_LABEL = 40
_LANE = re.compile(rf"[a-z]{{0,{LONGEST_LANE}}}")
_CRON_BOUNDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/([1-9]\d*))?")


def _is_cron(line: str) -> bool:
    """Five fields of numbers: ``*``, ``5``, ``1-5``, ``*/10``, and lists of those."""
    parts = line.split()
    return len(parts) == len(_CRON_BOUNDS) and all(
        (match := _CRON_PART.fullmatch(part)) and all(low <= int(n) <= high for n in match.groups()[:2] if n)
        for field, (low, high) in zip(parts, _CRON_BOUNDS, strict=True)
        for part in field.split(",")
    )


def _roles(manifest: Manifest, roles: Iterable[Role]) -> Problems:
    for role in roles:
        if not role.id.startswith(f"{manifest.id}_"):
            yield f"role {role.id!r} does not begin with {manifest.id}_"


def _notice_kinds(manifest: Manifest, kinds: Iterable[NoticeKind]) -> Problems:
    for kind in kinds:
        if not kind.key.isidentifier():
            yield f"notice kind {kind.key!r} needs a short key; the host puts the plugin's id before it"
        if not kind.title or not kind.heading:
            yield f"notice kind {kind.key!r} has no title or no heading"
        try:
            kind.fields()
        except ValueError as error:
            yield f"notice kind {kind.key!r}: {error}"


def _screens(manifest: Manifest, screens: Iterable[AdminScreen]) -> Problems:
    for screen in screens:
        name = screen.table._meta.tablename
        if not name.startswith(f"{manifest.id}_") or not issubclass(screen.table, FirmRows):
            yield f"admin screen {screen.title!r} shows {name}, which is no table of this plugin behind the walls"
        for column in screen.columns:
            if column._meta.table is not screen.table:
                yield f"admin screen {screen.title!r}: column {column._meta.name!r} belongs to another table"


def _services(given: Mapping[type[Any], Any]) -> Problems:
    for protocol, implementation in given.items():
        for name, method in methods_of(protocol).items():
            own = getattr(implementation, name, None)
            if not callable(own):
                yield f"{protocol.__name__}: {type(implementation).__name__} has no {name}"
            elif inspect.iscoroutinefunction(method) != inspect.iscoroutinefunction(own):
                yield f"{protocol.__name__}.{name} is a coroutine on one side and an ordinary method on the other"


def _search_sources(manifest: Manifest, sources: Iterable[SearchSource]) -> Problems:
    for source in sources:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", source.kind):
            yield f"search source {source.kind!r} needs a short id; the host puts the plugin's before it"
        if source.own_permission:
            yield from known_permission(manifest, source.own_permission, f"SearchSource {source.kind!r}")


_OWN: Mapping[type[Any], Callable[[Manifest, Any], Problems]] = {
    Card: _cards,
    NavEntry: _navigation,
    Job: _jobs,
    NoticeKind: _notice_kinds,
    Measure: _measures,
    Role: _roles,
    AdminScreen: _screens,
    SearchSource: _search_sources,
}
