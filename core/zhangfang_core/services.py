"""Puts an implementation behind each service Protocol: core's own, then the plugins'."""

from pkgutil import resolve_name

from zhangfang_core.modules.calling import know
from zhangfang_core.modules.core_services import CORE_SERVICES
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.services import provide


def provide_services() -> None:
    """Called once at the start of every process. That each service has one provider, the registry has seen to."""
    for protocol, implementation in CORE_SERVICES.items():
        provide(protocol, resolve_name(implementation)())
    for module in registry().modules.values():
        for protocol, implementation in module.services.items():
            provide(protocol, implementation, know(module.manifest))
