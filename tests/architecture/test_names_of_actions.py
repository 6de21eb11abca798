"""Whatever is put on the trail has a name that its readers understand, and every name belongs to something that is put there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext, speaking
from zhangfang_core.trail.action_names import CORE_ACTIONS
from zhangfang_core.trail.fact_names import fact_name

ROOT = Path(__file__).parents[2]
RECORDING = ("Leaving", "_keep_step", "keep_step", "record", "record_as_owner", "record_everywhere", "record_failure", "record_at_firms_of")
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
KIND = re.compile(r"([a-z_]+):")
NAMED = {"": CORE_ACTIONS, **{id_: module.manifest.actions for id_, module in registry().modules.items()}}


def folder_of(plugin: str) -> Path:
    return ROOT / "plugins" / plugin / f"zhangfang_{plugin}" if plugin else ROOT / "core" / "zhangfang_core"


def called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def passes_on(function: ast.AST) -> bool:
    """Whether a function gives the trail an action that it was given."""
    calls = (c for c in ast.walk(function) if isinstance(c, ast.Call) and called(c) == "record")
    return any(c.args and isinstance(c.args[0], ast.Name) for c in calls)


def recordings(tree: ast.AST) -> Iterator[ast.Call]:
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    recording = {*RECORDING, *(f.name for f in functions if passes_on(f))}
    yield from (n for n in ast.walk(tree) if isinstance(n, ast.Call) and called(n) in recording)


def recorded(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_bytes())
        calls = recordings(tree)
        constants = (k.value for c in calls for a in c.args for k in ast.walk(a) if isinstance(k, ast.Constant))
        yield from (value for value in constants if isinstance(value, str) and ACTION.fullmatch(value))
        declared = (k for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "seen_as")
        yield from (k.value.value for k in declared if isinstance(k.value, ast.Constant) and k.value.value)


@pytest.mark.parametrize("plugin", NAMED)
def test_what_is_recorded_is_named_and_nothing_else(plugin: str) -> None:
    assert set(recorded(folder_of(plugin))) == set(NAMED[plugin])


def acted_on(folder: Path) -> Iterator[str]:
    """Kinds of things, as subjects begin: "core_voucher:17"."""
    for path in folder.rglob("*.py"):
        texts = (a for call in recordings(ast.parse(path.read_bytes())) for a in call.args[1:2])
        begins = (a.values[0] if isinstance(a, ast.JoinedStr) else a for a in texts)
        found = (KIND.match(b.value) for b in begins if isinstance(b, ast.Constant) and isinstance(b.value, str))
        yield from (match[1] for match in found if match)


@pytest.mark.parametrize("plugin", NAMED)
def test_what_was_acted_on_is_named_in_both_languages(plugin: str) -> None:
    kinds = set(acted_on(folder_of(plugin)))
    assert kinds or not NAMED[plugin]
    with speaking("en"):
        for kind in kinds:
            name = fact_name(kind, f"{plugin}.")
            assert name != kind
            assert gettext(name, plugin).isascii(), name
