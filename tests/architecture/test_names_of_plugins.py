"""No page or text of a plugin names another plugin, and core and the SDK name none: whichever is taken out, the rest reads as before.

Looked at are texts of Python (comments aside), templates, manifests, data and core's scripts: ids, packages, template folders, tables, permissions, page
addresses and live topics. What several plugins share goes through a service, a hook or a topic of core.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from zhangfang_core.modules.discovery import app_of
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.routes import head

ROOT = Path(__file__).parents[2]
IDS = sorted(registry().modules)
HEADS = {id_: {head(path) for page in module.pages for path in page.paths} for id_, module in registry().modules.items()}
FOLDERS = {id_: ROOT / "plugins" / id_ / f"zhangfang_{id_}" for id_ in IDS}
TABLES = {
    id_: [] if (app := app_of(module.installed)) is None else [table._meta.tablename for table in app.table_classes]
    for id_, module in registry().modules.items()
}
EVERYONES_TOPICS = frozenset({"ledger", "documents", "notices", "verification"})
"""Those that core announces."""
TOPICS = re.compile(r'data-live-topic="([^"{]*)"')
KINDS = ("*.py", "*.html", "*.toml", "*.js")


def sources(folder: Path) -> Iterator[Path]:
    for kind in KINDS:
        yield from (p for p in folder.rglob(kind) if not {"dist", "node_modules", "migrations", "locale"} & set(p.parts))


@cache
def texts(path: Path) -> tuple[str, ...]:
    """What the file says: of Python its strings, docstrings included; of others all of it."""
    text = path.read_text("utf-8")
    if path.suffix != ".py":
        return (text,)
    constants = (node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant))
    return tuple(value for value in constants if isinstance(value, str))


def pattern(id_: str) -> re.Pattern[str]:
    """The id as a name: a package, quoted or alone, or followed by what is its own."""
    tables = "".join(rf"|\b{table}\b" for table in TABLES[id_])
    return re.compile(rf"zhangfang_{id_}\b|plugin:{id_}\b|(?<![\w./-]){id_}(?=[./][a-z])|^{id_}$|[\"'`]{id_}[\"'`]|例如 {id_}\b{tables}")


def addresses(id_: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\"'}}])/(?:{'|'.join(sorted(map(re.escape, HEADS[id_])))})(?=[/?\"'{{]|$)")


def named(folder: Path, others: list[str]) -> list[str]:
    found = []
    for path in sorted(sources(folder)):
        for text in texts(path):
            for other in others:
                if match := pattern(other).search(text) or (HEADS[other] and addresses(other).search(text)):
                    start = max(0, match.start() - 30)
                    found.append(f"{path.relative_to(ROOT)}: {text[start : match.end() + 20]!r}")
    return found


@pytest.mark.parametrize("id_", IDS)
def test_a_plugin_names_no_other(id_: str) -> None:
    assert named(FOLDERS[id_], [other for other in IDS if other != id_]) == []


@pytest.mark.parametrize("part", ["core/zhangfang_core", "plugin_sdk/zhangfang_sdk"])
def test_core_and_sdk_name_none(part: str) -> None:
    assert named(ROOT / part, IDS) == []


def topics(id_: str) -> set[str]:
    """What the plugin listens to, in its declarations and its templates."""
    module = registry().modules[id_]
    listened = {topic for part in (*module.cards, *module.badges) for topic in part.topics}
    for path in FOLDERS[id_].rglob("*.html"):
        listened |= {word for said in TOPICS.findall(path.read_text("utf-8")) for word in said.split()}
    return listened - EVERYONES_TOPICS


def test_topics_belong_to_one_plugin_or_to_core() -> None:
    owners: dict[str, list[str]] = {}
    for id_ in IDS:
        for topic in topics(id_):
            owners.setdefault(topic, []).append(id_)
    assert {topic: of for topic, of in owners.items() if len(of) > 1} == {}
    for path in (ROOT / "core/zhangfang_core/templates").rglob("*.html"):
        said = {word for line in TOPICS.findall(path.read_text("utf-8")) for word in line.split()}
        assert said <= EVERYONES_TOPICS, path


def test_a_name_is_found() -> None:
    """Each form that it takes, and not the same word of the language."""
    for text in ("collab", "collab.read", "collab_task", "collab/card.html", "`collab`", "zhangfang_collab.web", "plugin:collab"):
        assert pattern("collab").search(text), text
    for text in ("the books. Raises", "who keeps the books", "client's books", "stories/books"):
        assert not pattern("books").search(text), text
    assert addresses("collab").search('href="{{ here }}/tasks?done=1"')
    assert not addresses("collab").search("/my/tasks")
