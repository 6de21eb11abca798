"""Whatever is put on the trail has a name that its readers understand, and every name belongs to something that is put there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from zhangfang_core.modules.registry import registry
from zhangfang_core.trail.action_names import CORE_ACTIONS

ROOT = Path(__file__).parents[2]
RECORDING = ("Leaving", "record", "record_as_owner", "record_everywhere", "record_failure", "record_at_firms_of")
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
NAMED = {"": CORE_ACTIONS, **{id_: module.manifest.actions for id_, module in registry().modules.items()}}


def folder_of(plugin: str) -> Path:
    return ROOT / "plugins" / plugin / f"zhangfang_{plugin}" if plugin else ROOT / "core" / "zhangfang_core"


def called(node: ast.Call) -> str:
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


def passes_on(function: ast.AST) -> bool:
    """Whether a function gives the trail an action that it was given."""
    calls = (c for c in ast.walk(function) if isinstance(c, ast.Call) and called(c) == "record")
    return any(c.args and isinstance(c.args[0], ast.Name) for c in calls)


def recorded(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*.py"):
        tree = ast.parse(path.read_bytes())
        functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        recording = {*RECORDING, *(f.name for f in functions if passes_on(f))}
        calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and called(n) in recording)
        constants = (k.value for c in calls for a in c.args for k in ast.walk(a) if isinstance(k, ast.Constant))
        yield from (value for value in constants if isinstance(value, str) and ACTION.fullmatch(value))
        declared = (k for n in ast.walk(tree) if isinstance(n, ast.Call) for k in n.keywords if k.arg == "seen_as")
        yield from (k.value.value for k in declared if isinstance(k.value, ast.Constant) and k.value.value)


@pytest.mark.parametrize("plugin", NAMED)
def test_what_is_recorded_is_named_and_nothing_else(plugin: str) -> None:
    assert set(recorded(folder_of(plugin))) == set(NAMED[plugin])
