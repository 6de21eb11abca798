"""The SDK's contract: every public name with its signature, as one text, and what a change of it asks of the version.

``plugin_sdk/contract.txt`` is the surface of the last version that was given to others; a release writes it anew::

    python -m zhangfang_sdk.authoring.contract > plugin_sdk/contract.txt

Taking something away or changing it asks for the next major version, adding for the next minor; before 1.0 the second and the third number
stand for them, as the bounds in plugins' dependencies do. Nothing is taken away that did not warn for a version (:mod:`zhangfang_sdk.deprecations`).
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import zhangfang_sdk
from zhangfang_sdk.authoring.scaffold import next_breaking

Surface = Mapping[str, str]
"""What each public name is, by its whole name."""
ROOT = Path(zhangfang_sdk.__file__).parent
NO_PART = ("authoring", "drafts", "documenting", "documenting_services", "documenting_values")
"""Tools of authors and of the project, and services that nobody gives yet."""
DEPRECATED = "deprecated "
_SERVICE, _GIVEN = "service", "given by plugins"
_ALLOWS, _MEMBER = "type ", "member "


@dataclass(frozen=True, slots=True)
class Change:
    """Sentences. ``unwarned`` are among ``narrowed``: names that went without having been deprecated."""

    narrowed: tuple[str, ...]
    widened: tuple[str, ...]
    unwarned: tuple[str, ...]


def surface(root: Path = ROOT) -> Surface:
    """Of the sources below ``root``, the package's folder. None of their code runs."""
    found: dict[str, str] = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        if parts[0] in NO_PART or any(part.startswith("_") and part != "__init__" for part in parts):
            continue
        module = ".".join([root.name, *(part for part in parts if part != "__init__")])
        found |= {f"{module}.{name}": said for name, said in _of_module(ast.parse(path.read_text("utf-8")))}
    return found


def as_text(version: str, known: Surface) -> str:
    return "\n".join([f"zhangfang-sdk {version}", *(f"{name}: {said}" for name, said in sorted(known.items())), ""])


def from_text(text: str) -> tuple[str, Surface]:
    """Version and surface. Raises ValueError."""
    head, *lines = text.splitlines()
    name, _, version = head.partition(" ")
    if name != "zhangfang-sdk" or not version:
        raise ValueError("the contract does not begin with zhangfang-sdk and its version")
    pairs = (line.partition(": ") for line in lines if line)
    return version, {name: said for name, _, said in pairs}


def compared(old: Surface, new: Surface) -> Change:
    """What became of the old surface."""
    narrowed: list[str] = []
    widened: list[str] = []
    unwarned: list[str] = []
    for name, said in old.items():
        if name not in new:
            if name.rpartition(".")[0] in old and name.rpartition(".")[0] not in new:
                continue  # its class is named
            narrowed.append(f"{name} is gone")
            if not said.startswith(DEPRECATED):
                unwarned.append(f"{name} is gone and was never deprecated")
        elif new[name] != said:
            is_wider = _is_wider(said, new[name])
            (widened if is_wider else narrowed).append(f"{name} was {said} and is {new[name]}")
    for name in new.keys() - old.keys():
        owner = name.rpartition(".")[0]
        asks_more = old.get(owner, "").endswith(_GIVEN) and "(self" in new[name]
        (narrowed if asks_more else widened).append(f"{name} is new{' for whoever gives it' if asks_more else ''}")
    return Change(tuple(narrowed), tuple(sorted(widened)), tuple(unwarned))


def asked_of_the_version(released: str, at_hand: str, change: Change) -> list[str]:
    """Why the version at hand is too low for the change, one sentence a thing; empty when it is right."""
    wrong = list(change.unwarned)
    if _numbers(at_hand) < _numbers(next_breaking(released)):
        wrong += [f"{one}: that asks for {next_breaking(released)}, not {at_hand}" for one in change.narrowed]
        if _numbers(at_hand) < _numbers(next_wider(released)):
            wrong += [f"{one}: that asks for {next_wider(released)}, not {at_hand}" for one in change.widened]
    return wrong


def next_wider(released: str) -> str:
    """The first version that may have more: the next minor, before 1.0 the next patch."""
    major, minor, patch = _numbers(released)
    return f"{major}.{minor + 1}.0" if major else f"0.{minor}.{patch + 1}"


def _numbers(version: str) -> tuple[int, int, int]:
    numbers = [int(part) for part in re.findall(r"\d+", version)[:3]]
    major, minor, patch = (*numbers, 0, 0)[:3]
    return major, minor, patch


def _is_wider(old: str, new: str) -> bool:
    """Whether what was called or made as ``old`` says still works: at most parameters with a default came last, a type allows more, or it warns."""
    old, new = old.removeprefix(DEPRECATED), new.removeprefix(DEPRECATED)
    if old == new:
        return True
    if old.startswith(_ALLOWS) and new.startswith(_ALLOWS):
        return _allowed(old.removeprefix(_ALLOWS)) <= _allowed(new.removeprefix(_ALLOWS))
    before, after = _parameters(old), _parameters(new)
    if before is None or after is None:
        return False
    (head, given, end), (new_head, taken, new_end) = before, after
    if head != new_head or end != new_end or not (taken[: len(given)] == given or _by_name_only(given, taken)):
        return False
    return all("=" in parameter for parameter in taken if parameter not in given and parameter != "*")


def _allowed(written: str) -> set[str]:
    """The parts of a union or of a Literal."""
    node, found = ast.parse(written, mode="eval").body, set[str]()
    while isinstance(node, ast.BinOp):
        found.add(ast.unparse(node.right))
        node = node.left
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        return found | set(map(ast.unparse, node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]))
    return found | {ast.unparse(node)}


def _by_name_only(given: list[str], taken: list[str]) -> bool:
    """Positional ones are as they were; those that are named stand in any order."""
    star, new_star = (one.index("*") if "*" in one else len(one) for one in (given, taken))
    return taken[: min(star, new_star)] == given[:star] and set(given[star:]) <= set(taken[new_star:])


def _parameters(said: str) -> tuple[str, list[str], str] | None:
    """What stands before the brackets, the parameters, what stands behind; None for what has no brackets."""
    match = re.fullmatch(r"([\w ]*)\((.*?)\)((?: -> | \[).*|)", said)
    if match is None:
        return None
    parts, depth, start = [], 0, 0
    text = match[2]
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            parts.append(text[start:place].strip())
            start = place + 1
    parts.append(text[start:].strip())
    return match[1], [part for part in parts if part], match[3]


def _of_module(module: ast.Module) -> Iterator[tuple[str, str]]:
    exported = {name for node in module.body for name in _all(node)}
    for node in module.body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) in exported:
                    yield alias.asname or alias.name, f"from {node.module}.{alias.name}"
        else:
            yield from _of_statement(node, "")


def _all(node: ast.stmt) -> list[str]:
    is_all = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    return list(ast.literal_eval(node.value)) if is_all and isinstance(node, ast.Assign) else []


def _of_statement(node: ast.stmt, owner: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        if not node.name.startswith("_") or node.name == "__init__":
            yield owner + node.name, _mark(node) + _signature(node)
    elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
        yield from _of_class(node, owner)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not node.target.id.startswith("_"):
        yield owner + node.target.id, ast.unparse(node.annotation)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and not target.id.startswith("_"):
                yield owner + target.id, _value(target.id, node.value)


def _value(name: str, value: ast.expr) -> str:
    """Of a type what it allows; of anything else that it is there."""
    is_type = name[0].isupper() and not name.isupper() and isinstance(value, ast.Subscript | ast.BinOp)
    return f"{_ALLOWS}{ast.unparse(value)}" if is_type else "value"


def _of_class(node: ast.ClassDef, owner: str) -> Iterator[tuple[str, str]]:
    bases = [ast.unparse(base) for base in node.bases]
    fields = [_field(one) for one in node.body if _is_field(one)]
    if any(ast.unparse(one).startswith("dataclass") for one in node.decorator_list):
        said = f"class({', '.join(fields)})" + (f" [{', '.join(bases)}]" if bases else "")
    elif "Protocol" in bases:
        needs = any(
            ast.unparse(one).startswith("needs(")
            for method in node.body
            for one in getattr(method, "decorator_list", ())
        )
        said = f"protocol, {_SERVICE if needs or 'spec' in ast.unparse(node) else _GIVEN}"
    else:
        said = f"class of {', '.join(bases) or 'object'}"
    yield owner + node.name, _mark(node) + said
    is_dataclass = said.startswith("class(")
    is_enum = any(base.endswith("Enum") for base in bases)
    for one in node.body:
        if is_enum and isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            yield f"{owner}{node.name}.{ast.unparse(one.targets[0])}", f"{_MEMBER}{ast.unparse(one.value)}"
        elif not (is_dataclass and _is_field(one)):
            yield from _of_statement(one, f"{owner}{node.name}.")


def _is_field(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)


def _field(node: ast.stmt) -> str:
    return ast.unparse(node)


def _mark(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    return DEPRECATED if any(ast.unparse(one).startswith("deprecated(") for one in node.decorator_list) else ""


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    kind = "property" if any(ast.unparse(one).endswith("property") for one in node.decorator_list) else "def"
    begin = f"async {kind}" if isinstance(node, ast.AsyncFunctionDef) else kind
    needs = [ast.unparse(one) for one in node.decorator_list if ast.unparse(one).startswith("needs(")]
    result = ast.unparse(node.returns) if node.returns else "?"
    return f"{begin}({ast.unparse(node.args)}) -> {result}{f' {needs[0]}' if needs else ''}"


def version_at_hand() -> str:
    """Of the sources beside the package."""
    text = (ROOT.parent / "pyproject.toml").read_text("utf-8")
    return str(tomllib.loads(text)["project"]["version"])


if __name__ == "__main__":
    sys.stdout.write(as_text(version_at_hand(), surface()))
