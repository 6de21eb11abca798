"""The SDK's contract: what was given to others stays, or the version says so; what goes has warned before."""

import ast
import re
import warnings
from importlib import import_module
from pathlib import Path

import pytest

from zhangfang_sdk.authoring.contract import (
    ROOT,
    Surface,
    as_text,
    asked_of_the_version,
    compared,
    from_text,
    surface,
    version_at_hand,
)
from zhangfang_sdk.deprecations import DEPRECATED, Deprecation, deprecated

RELEASED = ROOT.parent / "contract.txt"

BEFORE = {
    "m.py": """
from typing import Protocol
from dataclasses import dataclass
from other import thing, hidden

__all__ = ["thing"]
LIMIT = 3
Zone = Literal["home", "voucher"]
Place = Row | Zone | None

class Unit(StrEnum):
    FEN = "fen"
    DAYS = "days"

@dataclass(frozen=True, slots=True)
class Row:
    id: int
    title: str = ""

class Books(Protocol):
    @needs("ledger.read")
    async def balance(self, client: int, *, day: str = "") -> int: ...

class Feed(Protocol):
    async def lines(self, account: str) -> int: ...

def work(client: int, words: str = "") -> None: ...
def _own() -> None: ...

@deprecated("use work", since="0.1", gone_in="0.2")
def toil() -> None: ...
""",
    "authoring/tool.py": "def scaffold() -> None: ...\n",
    "_private.py": "def hidden() -> None: ...\n",
}


def surface_of(folder: Path, old: str = "", new: str = "") -> Surface:
    for name, text in BEFORE.items():
        path = folder / "sdk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        assert name != "m.py" or old in text
        path.write_text(text.replace(old, new, 1) if old else text, "utf-8")
    return surface(folder / "sdk")


NARROWER = [
    ("LIMIT = 3\n", "", "sdk.m.LIMIT is gone"),
    ("def work(", "def works(", "sdk.m.work is gone"),
    ("client: int, words", "words", "sdk.m.work was"),
    ('words: str = ""', "words: str", "sdk.m.work was"),
    ('words: str = ""', 'words: str = "", *, more: int', "sdk.m.work was"),
    ("def work(client: int", "def work(client: str", "sdk.m.work was"),
    ("def work(client: int", "def work(company: int", "sdk.m.work was"),
    ("def work(client: int", "def work(first: int = 0, client: int = 0", "sdk.m.work was"),
    ("def work(client", "async def work(client", "sdk.m.work was"),
    ("day: str = \"\") -> int", "day: str = \"\") -> str", "sdk.m.Books.balance was"),
    ('needs("ledger.read")', 'needs("ledger.post")', "sdk.m.Books.balance was"),
    ("    id: int\n", "    id: str\n", "sdk.m.Row was"),
    ('    title: str = ""\n', '    title: str = ""\n    amount: int\n', "sdk.m.Row was"),
    ('    id: int\n', '    state: str = ""\n    id: int\n', "sdk.m.Row was"),
    ("    async def lines", "    async def more(self) -> int: ...\n    async def lines", "sdk.m.Feed.more is new for whoever gives it"),
    ('__all__ = ["thing"]', "__all__ = []", "sdk.m.thing is gone"),
    ('Literal["home", "voucher"]', 'Literal["home"]', "sdk.m.Zone was"),
    ("Row | Zone | None", "Row | Zone", "sdk.m.Place was"),
    ('FEN = "fen"', 'FEN = "cents"', "sdk.m.Unit.FEN was"),
    ('    DAYS = "days"\n', "", "sdk.m.Unit.DAYS is gone"),
]  # fmt: skip
WIDER = [
    ("LIMIT = 3", "LIMIT = 3\nMOST = 4", "sdk.m.MOST is new"),
    ('Literal["home", "voucher"]', 'Literal["home", "taxes", "voucher"]', "sdk.m.Zone was"),
    ("Row | Zone | None", "Row | Zone | int | None", "sdk.m.Place was"),
    ('FEN = "fen"', 'FEN = "fen"\n    THINGS = "things"', "sdk.m.Unit.THINGS is new"),
    ('words: str = ""', 'words: str = "", *, more: int = 0', "sdk.m.work was"),
    ('words: str = ""', 'words: str = "", more: int = 0', "sdk.m.work was"),
    ('day: str = ""', 'at_least: int = 0, day: str = ""', "sdk.m.Books.balance was"),
    ('day: str = ""', 'day: str = "", at_most: int = 0', "sdk.m.Books.balance was"),
    ('    title: str = ""\n', '    title: str = ""\n    amount: int = 0\n', "sdk.m.Row was"),
    ('    @needs("ledger.read")', "    @needs()\n    async def count(self) -> int: ...\n    @needs(\"ledger.read\")", "Books.count is new"),
    ("def work(", '@deprecated("use x", since="0.1", gone_in="0.2")\ndef work(', "sdk.m.work was"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), NARROWER)
def test_what_takes_away_is_seen(tmp_path: Path, old: str, new: str, said: str) -> None:
    change = compared(surface_of(tmp_path), surface_of(tmp_path, old, new))
    assert any(said in one for one in change.narrowed), change
    assert asked_of_the_version("0.1.0", "0.1.9", change)
    assert asked_of_the_version("1.4.0", "1.9.0", change)
    assert set(asked_of_the_version("1.4.0", "2.0.0", change)) == set(change.unwarned)


@pytest.mark.parametrize(("old", "new", "said"), WIDER)
def test_what_adds_is_seen(tmp_path: Path, old: str, new: str, said: str) -> None:
    change = compared(surface_of(tmp_path), surface_of(tmp_path, old, new))
    assert change.narrowed == ()
    assert any(said in one for one in change.widened), change
    for released, too_low, right in (("0.1.0", "0.1.0", "0.1.1"), ("1.4.2", "1.4.3", "1.5.0")):
        assert asked_of_the_version(released, too_low, change)
        assert asked_of_the_version(released, right, change) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("def _own() -> None", "def _others(x: int) -> str"), ("LIMIT = 3", "LIMIT = 4"), ("hidden", "hidden as seen")],
)
def test_what_is_nobody_s_business_is_not(tmp_path: Path, old: str, new: str) -> None:
    change = compared(surface_of(tmp_path), surface_of(tmp_path, old, new))
    assert (change.narrowed, change.widened) == ((), ())


def test_what_has_warned_may_go_with_the_next_breaking_version(tmp_path: Path) -> None:
    """What has not warned may not, whatever the version."""
    before = surface_of(tmp_path)
    gone = compared(before, surface_of(tmp_path, "def toil", "def _toil"))
    assert (len(gone.narrowed), gone.unwarned) == (1, ())
    assert asked_of_the_version("0.1.0", "0.1.5", gone)
    assert asked_of_the_version("0.1.0", "0.2.0", gone) == []
    unwarned = compared(before, surface_of(tmp_path, "def work", "def _work"))
    assert asked_of_the_version("0.1.0", "0.2.0", unwarned) == ["sdk.m.work is gone and was never deprecated"]


def test_tools_and_private_modules_are_no_part(tmp_path: Path) -> None:
    assert not [name for name in surface_of(tmp_path) if "authoring" in name or "private" in name]


def test_the_text_is_the_surface() -> None:
    known = surface()
    assert from_text(as_text("0.1.0", known)) == ("0.1.0", known)
    with pytest.raises(ValueError, match="does not begin"):
        from_text("something else\n")


def test_the_sdk_keeps_its_contract() -> None:
    """What fails here asks for another version in plugin_sdk/pyproject.toml, or for a way that takes nothing away."""
    released, known = from_text(RELEASED.read_text("utf-8"))
    assert len(known) > 1000
    assert asked_of_the_version(released, version_at_hand(), compared(known, surface())) == []


def test_a_deprecated_function_warns_and_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zhangfang_sdk.deprecations.DEPRECATED", {})

    @deprecated("use `work`.", since="0.1.1", gone_in="0.2")
    def toil(words: str) -> str:
        return words

    with pytest.warns(DeprecationWarning, match=r"goes with zhangfang-sdk 0\.2: use `work`"):
        assert toil("好") == "好"


def _imported() -> dict[str, Deprecation]:
    """Every mark, from all of the SDK's modules."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for path in sorted(ROOT.rglob("*.py")):
            if re.search(r"^\s*@deprecated\(", path.read_text("utf-8"), re.MULTILINE):
                import_module(".".join([ROOT.name, *path.relative_to(ROOT).with_suffix("").parts]))
    return DEPRECATED


def test_deprecations_warn_for_a_version_and_then_go() -> None:
    """A mark names the version that it came with, and one that breaks; when that one is at hand, the thing is gone."""
    now = _numbers(version_at_hand())
    for name, mark in _imported().items():
        assert _numbers(mark.since) <= now < _numbers(mark.gone_in), name
        assert mark.instead, name


def test_every_mark_is_known() -> None:
    """A mark that is written is a mark that the quality scale's rule finds."""
    marks = sum(
        ast.unparse(one).startswith("deprecated(")
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for one in getattr(node, "decorator_list", ())
    )
    assert len(_imported()) == marks


def _numbers(version: str) -> tuple[int, ...]:
    return (*map(int, version.split(".")), 0, 0)[:3]
