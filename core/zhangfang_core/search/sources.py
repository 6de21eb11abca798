"""Every kind of thing that can be found: core's own and those that plugins declare."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from zhangfang_core.documents.search_source import DOCUMENTS
from zhangfang_core.ledger.search_source import VOUCHERS
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.tenancy.search_source import CLIENTS
from zhangfang_sdk.acting import Acting
from zhangfang_sdk.context import scope
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.web import SIGNED_IN

CORE = "core"
CORE_SOURCES = (CLIENTS, VOUCHERS, DOCUMENTS)


@dataclass(frozen=True, slots=True)
class Kind:
    """A source and whose it is: "core" or a plugin's id."""

    plugin: str
    source: SearchSource

    @property
    def name(self) -> str:
        return f"{self.plugin}.{self.source.kind}"


@dataclass(frozen=True, slots=True)
class Askable:
    """A kind that the actor may find: all of it, or what is their own."""

    kind: Kind
    whole: bool


async def kinds_on() -> Sequence[Kind]:
    """Core's, then those of the plugins that the firm in scope has on, in dependency order."""
    on = await enabled_modules()
    own = [Kind(CORE, source) for source in CORE_SOURCES]
    return own + [
        Kind(id_, source) for id_, module in registry().modules.items() if id_ in on for source in module.search_sources
    ]


async def askable(by: Acting | None) -> Sequence[Askable]:
    """Kinds that the actor in scope may find, and that the plugin ``by`` (None: core) has declared to read."""
    return list(_askable(await kinds_on(), by))


def _askable(kinds: Sequence[Kind], by: Acting | None) -> Iterator[Askable]:
    for kind in kinds:
        if _may(kind.source.permission, by):
            yield Askable(kind, whole=True)
        elif kind.source.own_permission and _may(kind.source.own_permission, by):
            yield Askable(kind, whole=False)


def _may(permission: str, by: Acting | None) -> bool:
    if permission == SIGNED_IN:
        return True
    return scope().holds(permission) and (by is None or permission in by.allowed)
