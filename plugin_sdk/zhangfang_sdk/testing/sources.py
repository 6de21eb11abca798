"""What a Python file says without being run: its imports, and the services that it asks for."""

import ast
from collections.abc import Iterator
from pathlib import Path

_SERVICES = "zhangfang_sdk.services"
_USE = ((_SERVICES, "use"), ("zhangfang_sdk", "use"))


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """Line and absolute module name of each import."""
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield node.lineno, node.module


def imported_names(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, module and name of each ``from module import name``."""
    for node in _nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield from ((node.lineno, node.module, alias.name) for alias in node.names)


def services_used(path: Path) -> Iterator[tuple[int, str]]:
    """Line and Protocol name of each ``use(Ledger)``, whatever names the file gives to both."""
    known = {
        alias.asname or alias.name: (node.module, alias.name)
        for node in _nodes(path)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    for node in _nodes(path):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func
        by_name = isinstance(called, ast.Name) and known.get(called.id) in _USE
        by_module = isinstance(called, ast.Attribute) and called.attr == "use" and _is_services(called.value, known)
        if by_name or by_module:
            asked = ast.unparse(node.args[0])
            yield node.lineno, known.get(asked, ("", asked.rpartition(".")[2]))[1]


def _is_services(value: ast.expr, known: dict[str, tuple[str | None, str]]) -> bool:
    text = ast.unparse(value)
    return text == _SERVICES or known.get(text) == ("zhangfang_sdk", "services")


def _nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text("utf-8"), str(path)))
