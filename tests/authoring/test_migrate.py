"""``zhangfang plugin migrate``: what it writes makes what ``tables.py`` says, and it takes nothing away unasked."""

import datetime as dt
import re
from importlib import import_module
from pathlib import Path

import pytest
from piccolo.conf.apps import AppConfig

from zhangfang_core.modules.discovery import app_of, discover
from zhangfang_core.testing.tools import passes, run
from zhangfang_sdk.authoring.migrating import MigratingError, difference, next_migration
from zhangfang_sdk.authoring.scaffold import new_plugin

AT = dt.datetime(2026, 11, 27, 4, 0, tzinfo=dt.UTC)
APPS = [app for plugin in discover()[0] if (app := app_of(plugin)) is not None and app.table_classes]

MARK = '''

class Mark(FirmRows, Table, tablename="notes_mark"):
    """What the firm thinks of an entry."""

    id = BigSerial(primary_key=True)
    entry: ForeignKey[Any] = ForeignKey(Entry, null=False, on_delete=OnDelete.restrict)
    by: ForeignKey[Any] = ForeignKey(UserKey, null=False, on_delete=OnDelete.restrict)
    amount = BigInt()
    words = Text(default="好")
'''


def changed(folder: Path, file: str, *changes: tuple[str, str]) -> None:
    path = folder / "zhangfang_notes" / file
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def with_marks(folder: Path) -> None:
    """One more table, and on the first one a date and a key to a document."""
    changed(
        folder,
        "tables.py",
        ("from piccolo.columns import BigSerial, Boolean, Timestamptz, Varchar", "from typing import Any\n\n"
         "from piccolo.columns import BigInt, BigSerial, Boolean, Date, ForeignKey, Text, Timestamptz, Varchar\n"
         "from piccolo.columns.base import OnDelete"),
        ("from zhangfang_sdk.tables import ClientRows",
         "from zhangfang_sdk.references import DocumentKey, UserKey\nfrom zhangfang_sdk.tables import ClientRows, FirmRows"),
        ("    standing = Boolean(default=True)\n",
         "    standing = Boolean(default=True)\n    due_on = Date(null=True, default=None)\n"
         "    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)\n" + MARK),
    )  # fmt: skip
    changed(folder, "piccolo_app.py", ("import Entry", "import Entry, Mark"), ("[Entry]", "[Entry, Mark]"))


def test_additions_are_written_behind_their_walls_and_run(tmp_path: Path) -> None:
    """The plugin's own tests migrate a real database with them; style and types hold too."""
    folder = new_plugin("notes", tmp_path, title="便签", english="Notes", at=AT)
    assert "没有要写的" in passes("zhangfang", "plugin", "migrate", folder=folder)
    with_marks(folder)
    said = passes("zhangfang", "plugin", "migrate", folder=folder)
    migrations = folder / "zhangfang_notes" / "migrations"
    for name in ("notes_0003_tables.py", "notes_0004_walls.py"):
        assert name in said
        # One moment for all runs: the test server keeps a database for each state of the migrations.
        text = re.sub(r'"20[^"]{17}', '"2026-11-27T05:00:00', (migrations / name).read_text("utf-8"))
        (migrations / name).write_text(text, "utf-8")
    walls = (migrations / "notes_0004_walls.py").read_text("utf-8")
    assert 'firm_wall("notes_mark", references={"entry": "notes_entry"})' in walls
    assert 'same_firm("notes_entry", "document", "core_document")' in walls
    assert "没有要写的" in passes("zhangfang", "plugin", "migrate", folder=folder)
    passes("ruff", "check", ".", folder=folder)
    passes("ruff", "format", "--check", ".", folder=folder)
    assert " passed" in passes("pytest", "-q", folder=folder)


def test_what_takes_away_is_written_when_it_is_asked_for(tmp_path: Path) -> None:
    folder = new_plugin("notes", tmp_path, title="便签", english="Notes", at=AT)
    changed(folder, "tables.py", ("length=200", "length=300"), ("    written_by = Varchar(length=80)\n", ""))
    refused = run("zhangfang", "plugin", "migrate", folder=folder)
    assert refused.returncode == 1
    assert "列 notes_entry.written_by 没有了" in refused.stderr
    assert "列 notes_entry.words 改了 length" in refused.stderr
    assert len(list((folder / "zhangfang_notes" / "migrations").glob("notes_*"))) == 2
    passes("zhangfang", "plugin", "migrate", "--removals", folder=folder)
    text = (folder / "zhangfang_notes" / "migrations" / "notes_0003_columns.py").read_text("utf-8")
    assert 'params={"length": 300}' in text
    assert "manager.drop_column(" in text
    assert "没有要写的" in passes("zhangfang", "plugin", "migrate", folder=folder)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.app_name)
async def test_tables_written_from_nothing_are_the_tables(app: AppConfig, tmp_path: Path) -> None:
    """Every kind of column that the platform's own plugins have."""
    fresh = AppConfig(app.app_name, str(tmp_path), table_classes=app.table_classes)
    files = await next_migration(fresh, at=AT)
    assert len(files) == 2
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert not await difference(fresh)
    assert await next_migration(fresh) == {}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.app_name)
async def test_nothing_is_to_be_written_for_ours(app: AppConfig) -> None:
    assert await next_migration(app) == {}


async def test_an_id_comes_after_all_others_whatever_the_clock_says() -> None:
    app = APPS[0]
    less = AppConfig(app.app_name, app.migrations_folder_path, table_classes=app.table_classes[1:])
    files = await next_migration(less, removals=True, at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    (text,) = files.values()
    namespace: dict[str, str] = {}
    (line,) = [line for line in text.splitlines() if line.startswith("ID = ")]
    exec(line, namespace)  # noqa: S102  # one line that was just written
    ids = [import_module(f"zhangfang_{app.app_name}.migrations.{p.stem}").ID for p in _files(app)]
    assert namespace["ID"] > max(ids)


async def test_a_table_outside_the_walls_is_refused(tmp_path: Path) -> None:
    from piccolo.columns import BigSerial
    from piccolo.table import Table

    class Bare(Table, tablename="notes_bare"):
        id = BigSerial(primary_key=True)

    with pytest.raises(MigratingError, match="不在任何一道墙后面"):
        await next_migration(AppConfig("notes", str(tmp_path), table_classes=[Bare]))


def _files(app: AppConfig) -> list[Path]:
    return sorted(Path(app.resolved_migrations_folder_path).glob("[!_]*.py"))
