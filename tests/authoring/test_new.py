"""``zhangfang plugin new``: what it writes passes at once, and what it cannot write it refuses with a sentence."""

import datetime as dt
import time
from pathlib import Path

import pytest

from zhangfang_core.authoring.taken_names import taken_names
from zhangfang_core.modules.routes import CORE_HEADS
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.tools import passes, run
from zhangfang_sdk.authoring.scaffold import ScaffoldError, new_plugin, next_breaking

AT = dt.datetime(2026, 11, 27, 4, 0, tzinfo=dt.UTC)
GREEN_WITHIN_S = 60.0


def test_it_is_green_at_once(tmp_path: Path) -> None:
    """Its own tests, over a portal and a database that it is found and migrated in."""
    start = time.monotonic()
    folder = new_plugin("notes", tmp_path, title="便签", english="Notes", at=AT)
    said = passes("pytest", "-q", folder=folder)
    assert time.monotonic() - start < in_time(GREEN_WITHIN_S)
    assert " passed" in said
    assert "skipped" not in said


def test_ruff_and_mypy_find_nothing(tmp_path: Path) -> None:
    folder = new_plugin("long_name_of_thirty_characters", tmp_path, title="便签", at=AT)
    passes("ruff", "check", ".", folder=folder)
    passes("mypy", folder=folder)


def test_the_command_writes_it_and_says_what_is_next(tmp_path: Path) -> None:
    wanted = ("plugin", "new", "notes", "--title", "便签", "--english", "Notes")
    ran = run("zhangfang", *wanted, folder=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "cd notes" in ran.stdout
    catalogue = tmp_path / "notes" / "zhangfang_notes" / "locale" / "en.po"
    before = catalogue.read_text("utf-8")
    assert 'msgid "便签"\nmsgstr "Notes"' in before
    assert "0 条等待翻译" in passes("zhangfang", "plugin", "texts", "notes", folder=tmp_path)
    assert catalogue.read_text("utf-8") == before
    again = run("zhangfang", *wanted, folder=tmp_path)
    assert (again.returncode, again.stderr) == (1, "notes 已经存在, 没有写入任何文件。\n")


@pytest.mark.parametrize(
    ("name", "title", "english", "said"),
    [
        ("2x", "便签", "", "小写字母开头"),
        ("Notes", "便签", "", "小写字母开头"),
        ("no-tes", "便签", "", "小写字母开头"),
        ("x" * 31, "便签", "", "30 个字符"),
        ("../notes", "便签", "", "小写字母开头"),
        ("ledger_notes", "便签", "", "平台自己的"),
        ("books", "便签", "", "已有模块或页面"),
        ("open_items", "便签", "", "已有模块或页面"),
        ("cockpit", "便签", "", "已有模块或页面"),
        ("notes", "Notes", "", "中文名称"),
        ("notes", '便"签', "", "中文名称"),
        ("notes", "便签", 'No"tes', "英文名称"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, name: str, title: str, english: str, said: str) -> None:
    with pytest.raises(ScaffoldError, match=said):
        new_plugin(name, tmp_path, title=title, english=english, taken=taken_names())
    assert not list(tmp_path.iterdir())


def test_taken_is_what_is_there() -> None:
    assert taken_names() >= CORE_HEADS | {"books", "cockpit"}


@pytest.mark.parametrize(("sdk", "bound"), [("0.1.0", "0.2"), ("0.12.3", "0.13"), ("1.4.0", "2")])
def test_it_asks_for_an_sdk_that_breaks_nothing(sdk: str, bound: str) -> None:
    assert next_breaking(sdk) == bound
