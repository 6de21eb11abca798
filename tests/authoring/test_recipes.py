"""docs/recipes.md: all recipes in one plugin, which passes its tests, ruff, mypy and the quality scale."""

import datetime as dt
import re
from pathlib import Path

from zhangfang_core.testing.tools import passes
from zhangfang_sdk.authoring.scaffold import new_plugin
from zhangfang_sdk.hookspecs import HookSpecs

from .pages_followed import blocks, put

AT = dt.datetime(2026, 11, 27, 4, 0, tzinfo=dt.UTC)
CLASS = re.compile(r"^class (\w+):\n    \"\"\"A joint of the plugin.\"\"\"", re.MULTILINE)


def test_they_work_together(tmp_path: Path) -> None:
    folder = new_plugin("notes", tmp_path, title="便签", english="Notes", at=AT)
    joints: list[tuple[str, str]] = []
    for block in blocks("recipes.md"):
        put(block, folder)
        module = Path(block.path).stem
        joints += [(module, name) for name in CLASS.findall(block.text)]
    plugin = folder / "zhangfang_notes" / "plugin.py"
    text = plugin.read_text("utf-8")
    imports = "".join(f"from zhangfang_notes.{module} import {name}\n" for module, name in joints)
    text = text.replace("from zhangfang_notes.tables import Entry\n", f"from zhangfang_notes.tables import Entry\n{imports}")
    text = text.replace("class Notes:", f"class Notes({', '.join(name for _, name in joints)}):")
    plugin.write_text(text, "utf-8")
    assert len(joints) == 14
    passes("ruff", "check", "--fix", "--ignore", "F", ".", folder=folder)
    passes("ruff", "check", ".", folder=folder)
    assert "notes 0.1.0: 金" in passes("zhangfang", "plugin", "check", folder=folder)
    passes("mypy", folder=folder)
    assert " passed" in passes("pytest", "-q", folder=folder)


def test_every_joint_with_a_provider_has_one() -> None:
    """What the scaffold does not show, a recipe or docs/joints.md does."""
    shown = "\n".join(block.text for page in ("recipes.md", "joints.md") for block in blocks(page) if block.path)
    folder = Path(__file__).parents[2] / "plugin_sdk" / "zhangfang_sdk" / "authoring" / "template"
    shown += "\n".join(path.read_text("utf-8") for path in folder.rglob("*.txt"))
    hooks = {name for name in vars(HookSpecs) if name.startswith("register_")}
    assert {hook for hook in hooks if f"def {hook}(" not in shown} == set()
