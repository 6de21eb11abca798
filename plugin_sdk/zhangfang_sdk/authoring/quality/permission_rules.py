"""Silver: a plugin may at run time what its code asks for, and asks for nothing that nobody has."""

import ast
from collections.abc import Iterator

from zhangfang_sdk.authoring.quality.scale import Findings, Rule, Subject, Tier
from zhangfang_sdk.documenting_services import services
from zhangfang_sdk.services import methods_of


def permissions(subject: Subject) -> Findings:
    """What methods of services need is declared; what is declared there is."""
    manifest, needed = subject.plugin.manifest, _needed()
    declared = {permission.id for permission in manifest.permissions} | set(manifest.uses)
    for path in subject.code():
        for line, service, method in _asked(path.read_text("utf-8")):
            for permission in needed.get((service, method), ()):
                if permission not in declared and service not in manifest.provides:
                    yield f"{subject.where(path)}:{line} use({service}).{method} needs {permission!r}, which `uses` does not name"
    if subject.host is not None:
        known = subject.host.permissions | {permission for of_one in needed.values() for permission in of_one}
        yield from (f"manifest.toml uses {one!r}, which nobody has" for one in manifest.uses if one not in known)


def _needed() -> dict[tuple[str, str], tuple[str, ...]]:
    """What a caller of each method must have declared, by service and method."""
    return {
        (service.__name__, name): getattr(method, "__needs__", ())
        for service in services()
        for name, method in methods_of(service).items()
    }


def _asked(code: str) -> Iterator[tuple[int, str, str]]:
    """Line, service and method of each ``use(Service).method``."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            call = node.value
            if ast.unparse(call.func) == "use" and len(call.args) == 1:
                yield node.lineno, ast.unparse(call.args[0]), node.attr


PERMISSIONS = Rule(
    "permissions",
    Tier.SILVER,
    "要用的权限都写明",
    "The manifest's `uses` names what the services that are asked need, and nothing that nobody has: the portal would refuse it at run time.",
    permissions,
)
