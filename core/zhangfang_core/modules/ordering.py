"""Dependency order of plugins, and what stands in the way of those that do not fit."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_sdk.manifest import Manifest

CORE = ""
"""Stands for core where the id of a providing plugin is meant."""


@dataclass(frozen=True, slots=True)
class Order:
    """``manifests`` stand each after the plugins that it requires; ``refused`` says by id why the others cannot run.

    ``requires`` gives, by id, the plugins that one needs, not those that it needs through them.
    """

    manifests: tuple[Manifest, ...]
    refused: Mapping[str, str]
    requires: Mapping[str, frozenset[str]]

    def lacks(self, plugin: str, lost: Container[str]) -> str | None:
        """Why ``plugin`` cannot run when ``lost`` do not: the sentence that names the plugin it waits for; None if it can."""
        return next((_needs_lost(other) for other in sorted(self.requires[plugin]) if other in lost), None)


def in_order(manifests: Sequence[Manifest], core_services: Iterable[str]) -> Order:
    """Order plugins; equal ones stand in order of their ids.

    ``requires`` and ``optional`` name services ("Ledger") or plugins ("plugin:notes"). What is optional comes first where it can, and is
    no reason for anything else. A service has one provider: core's stays, else the plugin's whose id comes first; another is refused.
    """
    by_id = {m.id: m for m in sorted(manifests, key=lambda m: m.id)}
    providers, refused = _providers(by_id, core_services)
    left = {id_: m for id_, m in by_id.items() if id_ not in refused}
    _refuse_missing(left, providers, refused)
    requires = {id_: _plugins(m.requires, providers) - {id_} for id_, m in by_id.items()}
    wished = {id_: requires[id_] | _plugins(m.optional, providers) - {id_} for id_, m in by_id.items()}
    ordered: list[Manifest] = []
    while left:
        chosen = next((i for i in left if not wished[i] & left.keys()), None)
        chosen = chosen or next((i for i in left if not requires[i] & left.keys()), None)
        if chosen is None:
            _refuse_cycles(left, requires, refused)
            continue
        ordered.append(left.pop(chosen))
    return Order(tuple(ordered), refused, requires)


def _providers(by_id: Mapping[str, Manifest], core_services: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    providers = dict.fromkeys(core_services, CORE)
    refused: dict[str, str] = {}
    for id_, manifest in by_id.items():
        for service in manifest.provides:
            if service in providers:
                owner = (
                    f"模块“{by_id[providers[service]].title}”({providers[service]})"
                    if providers[service]
                    else "平台本身"
                )
                refused[id_] = f"服务 {service} 已由{owner}提供,模块“{manifest.title}”({id_})不能再提供一次"
        if id_ not in refused:
            providers |= dict.fromkeys(manifest.provides, id_)
        providers[f"plugin:{id_}"] = id_
    return providers, refused


def _plugins(needs: Iterable[str], providers: Mapping[str, str]) -> frozenset[str]:
    return frozenset(providers[need] for need in needs if providers.get(need, CORE) != CORE)


def _refuse_missing(left: dict[str, Manifest], providers: Mapping[str, str], refused: dict[str, str]) -> None:
    for id_, manifest in tuple(left.items()):
        missing = [need for need in manifest.requires if need not in providers]
        if missing:
            refused[id_] = f"缺少依赖: {', '.join(missing)}"
            del left[id_]
    _refuse_left_behind(left, {id_: _plugins(m.requires, providers) for id_, m in left.items()}, refused)


def _refuse_left_behind(
    left: dict[str, Manifest], requires: Mapping[str, frozenset[str]], refused: dict[str, str]
) -> None:
    """Whoever needs a refused plugin is refused too, and so on."""
    while behind := {i: o for i in left for o in sorted(requires[i]) if o in refused}:
        for id_, other in behind.items():
            refused[id_] = _needs_lost(other)
            del left[id_]


def _refuse_cycles(left: dict[str, Manifest], requires: Mapping[str, frozenset[str]], refused: dict[str, str]) -> None:
    """Everything in ``left`` waits for something in it: refuse one cycle by its name, and those that wait for it."""
    path = [next(iter(left))]
    while (following := min(requires[path[-1]] & left.keys())) not in path:
        path.append(following)
    cycle = path[path.index(following) :]
    shown = " → ".join([*cycle, following])
    for id_ in cycle:
        refused[id_] = f"依赖成环: {shown}"
        del left[id_]
    _refuse_left_behind(left, requires, refused)


def _needs_lost(other: str) -> str:
    return f"它依赖的模块 {other} 没有装入"
