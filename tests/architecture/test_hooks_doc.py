"""PLAT-1: docs/hooks.md is the specification itself, and every hook is one that somebody calls."""

import re
from pathlib import Path

from zhangfang_core.modules import registry as registering
from zhangfang_sdk.documenting import KINDS, hooks, page, signature

ROOT = Path(__file__).parents[2]
ALL = {name: function for kind in KINDS for name, function in hooks(kind)}


def test_the_page_is_what_the_specification_says() -> None:
    """Run ``.venv/bin/python -m zhangfang_sdk.documenting > docs/hooks.md`` after changing a hook."""
    assert (ROOT / "docs/hooks.md").read_text("utf-8") == page()


def test_signatures_are_shown_as_a_plugin_writes_them() -> None:
    assert (
        signature("register_pages", ALL["register_pages"]) == "def register_pages(self) -> Sequence[HTTPRouteHandler]"
    )
    assert (
        signature("check_period_close", ALL["check_period_close"])
        == "async def check_period_close(self, client: int, period: Period) -> Objection | None"
    )


def test_each_hook_is_called_somewhere_in_core() -> None:
    """A hook that nobody calls is a promise that nobody keeps."""
    core = Path(registering.__file__).parents[1]
    text = "\n".join(p.read_text("utf-8") for p in core.rglob("*.py"))
    called = {name for name in ALL if re.search(rf'"({name}|{name.removeprefix("on_")})"', text)}
    assert set(ALL) - called == set()
