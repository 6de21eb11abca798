"""Dependency order of plugins, and what stands in its way."""

from collections.abc import Iterable, Sequence

from zhangfang_sdk.manifest import Manifest


def in_order(manifests: Sequence[Manifest], core_services: Iterable[str]) -> tuple[list[Manifest], dict[str, str]]:
    """Order plugins so that each comes after what it requires; the second value gives, by id, why a plugin cannot run.

    ``requires`` names services ("Ledger") or plugins ("plugin:books"). Equal plugins stand in order of their ids.
    """
    providers = dict.fromkeys(core_services, "")
    for manifest in manifests:
        providers.update(dict.fromkeys(manifest.provides, manifest.id))
        providers[f"plugin:{manifest.id}"] = manifest.id
    left = {m.id: m for m in sorted(manifests, key=lambda m: m.id)}
    ordered: list[Manifest] = []
    done = {""}
    refused: dict[str, str] = {}
    for manifest in manifests:
        missing = [need for need in manifest.requires if need not in providers]
        if missing:
            refused[manifest.id] = f"缺少依赖: {', '.join(missing)}"
            left.pop(manifest.id)
    while left:
        ready = [m for m in left.values() if needed(m, providers) <= done]
        if not ready:
            names = ", ".join(left)
            refused.update(dict.fromkeys(left, f"依赖成环或依赖的模块不可用: {names}"))
            break
        for manifest in ready:
            ordered.append(left.pop(manifest.id))
            done.add(manifest.id)
    return ordered, refused


def needed(manifest: Manifest, providers: dict[str, str]) -> set[str]:
    """Ids of the plugins that must run before this one; "" is core."""
    wanted = {providers[need] for need in manifest.requires}
    wanted |= {providers[need] for need in manifest.optional if need in providers}
    return wanted - {manifest.id}
