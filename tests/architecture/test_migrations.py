"""Migrations and tables say the same, and no migration can be taken for another's."""

import re
from collections import Counter
from pathlib import Path

import pytest
from piccolo.apps.migrations.commands.base import BaseMigrationManager
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.conf.apps import AppConfig

from zhangfang_core.piccolo_conf import APP_REGISTRY

OURS = [app for app in APP_REGISTRY.app_configs.values() if app.table_classes and app.app_name != "migrations"]


@pytest.mark.parametrize("app", OURS, ids=lambda app: app.app_name)
async def test_an_automatic_migration_would_find_nothing_to_do(app: AppConfig) -> None:
    """``piccolo migrations new --auto``: the next change to ``tables.py`` gives a migration of that change alone."""
    found = await AutoMigrationManager().get_alter_statements(app)
    assert [statement for group in found for statement in group.statements] == []


def test_no_two_migrations_share_an_id() -> None:
    """Piccolo undoes by id alone: undoing one plugin's migration would forget another's of the same id."""
    ids = Counter(
        id_ for app in OURS for id_ in BaseMigrationManager().get_migration_modules(app.resolved_migrations_folder_path)
    )
    assert len(ids) >= 2 * len(OURS)
    assert [id_ for id_, times in ids.items() if times > 1] == []


def test_migration_files_have_names_of_their_own() -> None:
    """Piccolo's command line imports migrations by bare file name: two of one name would run one of them twice."""
    files = [path for app in OURS for path in Path(app.resolved_migrations_folder_path).glob("[!_]*.py")]
    assert len(files) >= 2 * len(OURS)
    assert [name for name, times in Counter(path.name for path in files).items() if times > 1] == []


CHANGES_ROWS = re.compile(r"(?m)(?:^|\"|;)\s*(?:update|delete from|insert into)\s+(?:core|[a-z]+(?:_[a-z]+)*?)_\w*")

A_FUNCTIONS_BODY = re.compile(r"(?s)\$\$.*?\$\$")


@pytest.mark.parametrize("app", OURS, ids=lambda app: app.app_name)
def test_a_migration_that_changes_rows_lifts_the_wall(app: AppConfig) -> None:
    """FORCE binds the tables' owner too: without a firm in scope a statement would find no row, and say nothing."""
    for path in Path(app.resolved_migrations_folder_path).glob("[!_]*.py"):
        text = A_FUNCTIONS_BODY.sub("", path.read_text("utf-8"))
        if CHANGES_ROWS.search(text):
            assert "no force row level security" in text or "beyond_walls(" in text, path.name
