"""The quality scale: each rule finds the plugin that breaks it, ours keep all, and a wheel is asked what it can answer."""

import datetime as dt
import importlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path

import pytest

from zhangfang_core.authoring.checking import PortalHost
from zhangfang_core.modules.discovery import discover
from zhangfang_core.testing.tools import passes, run
from zhangfang_core.testing.wheels import build_wheel, install
from zhangfang_sdk.authoring.quality.assessing import RULES, assess, subject_of
from zhangfang_sdk.authoring.quality.page import page
from zhangfang_sdk.authoring.quality.scale import Report, Tier
from zhangfang_sdk.authoring.scaffold import new_plugin
from zhangfang_sdk.authoring.source_tree import link
from zhangfang_sdk.deprecations import DEPRECATED, Deprecation
from zhangfang_sdk.testing.installed import InstalledPlugin, entry_point

DOCS = Path(__file__).parents[2] / "docs"
AT = dt.datetime(2026, 11, 27, 4, 0, tzinfo=dt.UTC)
PACKAGE = "zhangfang_scaled"
Change = Callable[[Path], None]


def replaced(file: str, old: str, new: str) -> Change:
    """``file`` is named from the sources' folder, or from the package's with a leading "@"."""

    def change(folder: Path) -> None:
        path = folder / file.replace("@", f"{PACKAGE}/")
        text = path.read_text("utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), "utf-8")

    return change


def added(file: str, text: str) -> Change:
    def change(folder: Path) -> None:
        path = folder / file.replace("@", f"{PACKAGE}/")
        path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")

    return change


def without(file: str) -> Change:
    return lambda folder: (folder / file.replace("@", f"{PACKAGE}/")).unlink()


BROKEN: Sequence[tuple[str, Change, str]] = [
    ("manifest", replaced("@manifest.toml", 'title = "量度"', 'title = "Scaled"'), "title is not Chinese"),
    ("imports", added("@services.py", "\nimport zhangfang_core.settings\n"), "imports zhangfang_core.settings"),
    ("hooks", replaced("@plugin.py", "async def on_clients_created", "async def on_clients_made"), "on_clients_made"),
    ("declarations", replaced("@plugin.py", "40 3 * * *", "daily"), "no cron line"),
    ("tables", replaced("@tables.py", "Entry(ClientRows, Table", "Entry(Table"), "behind no wall"),
    ("migrations", without("@migrations/scaled_0002_walls.py"), "no migration puts scaled_entry behind a wall"),
    ("pages", replaced("@web.py", "{entry_id:int}", "{other_id:int}"), "'other_id'"),
    ("navigation", replaced("@plugin.py", '"/scaled", "scaled.read", "me"', '"/else", "scaled.read", "me"'), "leads to /else"),
    ("cards", without("@templates/scaled/card.html"), "no template"),
    ("admin", replaced("@plugin.py", '"words": "内容", ', ""), "'words' has no Chinese label"),
    ("templates", replaced("@templates/scaled/card.html", "<h2>", '<a href="/scaled">x</a><h2>'), "links past its place"),
    ("services", replaced("@manifest.toml", "requires =", 'provides = ["Greeting"]\nrequires ='), "register_services does not"),
    ("uses", replaced("@manifest.toml", '"Audit", ', ""), "asks for Audit"),
    ("migrations-current", added("@tables.py", "    more = Varchar()\n"), "no migration adds more to scaled_entry"),
    ("migrations-current", replaced("@tables.py", "length=200", "length=201"), "scaled_entry.words is not as its migrations"),
    ("migration-ids", replaced("@migrations/scaled_0001_tables.py", 'ID = "2026-11-27T', 'ID = "first'), "does not begin with a moment"),
    ("migration-ids", replaced("@migrations/scaled_0002_walls.py", "scaled-2", "scaled-1"), "is another file's too"),
    ("permissions", replaced("@manifest.toml", '"clients.read"', '"clients.reed"'), "use(Clients).clients needs 'clients.read'"),
    ("permissions", replaced("@manifest.toml", '"clients.read"', '"clients.read", "clients.reed"'), "'clients.reed', which nobody has"),
    ("papers", without("README.md"), "README.md is missing"),
    ("changelog", replaced("CHANGELOG.md", "0.1.0", "0.0.9"), "no heading for 0.1.0"),
    ("license", replaced("pyproject.toml", 'license = "Apache-2.0"\n', ""), "licence"),
    ("sdk-range", replaced("pyproject.toml", ",<0.2", ""), "no upper bound"),
    ("sdk-range", replaced("pyproject.toml", "zhangfang-sdk", "zhangfang-other"), "do not name zhangfang-sdk"),
    ("translations", replaced("@locale/en.po", '"Post"', '""'), "no translation of '贴上'"),
    ("icons", replaced("@plugin.py", '"notebook-pen"', '"no-such-icon"'), "no icon 'no-such-icon'"),
    ("trail", replaced("@manifest.toml", '"scaled.take_down" = "取下量度"\n', ""), "records 'scaled.take_down'"),
    ("tests", lambda folder: [path.unlink() for path in (folder / "tests").glob("*.py")] and None, "no test"),
    ("tests", replaced("tests/test_contract.py", "def test_it", "@pytest.mark.skip\ndef test_it"), "skipped for good"),
    ("deprecated", replaced("@web.py", "import here", "import here as here"), "use something else"),
    ("exemptions", added("@quality.toml", '[exempt]\nno-such = "a long enough reason"\n'), "no rule 'no-such'"),
    ("exemptions", added("@quality.toml", '[exempt]\ntables = "a long enough reason"\n'), "nothing is exempted from 'tables'"),
    ("exemptions", added("@quality.toml", '[exempt]\nicons = "a long enough reason"\n'), "holds without an exemption"),
    ("exemptions", added("@quality.toml", "[exempt]\nicons = 7\n"), "gives a reason by rule"),
    ("annotated", replaced("@services.py", "words: str) -> int", "words) -> int"), "write does not say the type of words"),
    ("told", replaced("@measures.py", '"""A figure for whoever shows figures: how many entries a month brought."""', ""), "measures.py"),
    ("short-files", added("@web.py", "\n" * 400), "more than 400"),
    ("reasons", added("@web.py", "import os  # noqa: F401\n"), "does not say why"),
    ("reasons", added("@web.py", "import os  # type: ignore\n"), "name the code"),
    ("exact", replaced("@tables.py", "    standing", "    share = Real()\n    standing"), "floating number"),
    ("exact", replaced("@tables.py", "Timestamptz()", "Timestamp()"), "without a zone"),
    ("waits-for-nobody", added("@web.py", "\n\nasync def slow() -> None:\n    time.sleep(1)\n"), "time.sleep blocks in slow"),
]  # fmt: skip


def forgotten() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    importlib.invalidate_caches()


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "path", list(sys.path))
    forgotten()
    yield new_plugin("scaled", tmp_path, title="量度", english="Scaled", at=AT)
    forgotten()


def assessed(folder: Path) -> Report:
    return assess(subject_of(InstalledPlugin(link(folder).entry), PortalHost()))


def findings(report: Report) -> Mapping[str, str]:
    return {answer.rule.id: "\n".join(answer.findings) for answer in report.answers if answer.stands_in_the_way}


def test_the_scaffold_reaches_the_top(sources: Path) -> None:
    report = assessed(sources)
    assert (report.tier, findings(report)) == (Tier.GOLD, {})
    assert all(answer.asked for answer in report.answers)


@pytest.mark.parametrize(("rule", "change", "finding"), BROKEN, ids=[f"{rule}-{said}" for rule, _, said in BROKEN])
def test_a_broken_rule_is_found(
    sources: Path, rule: str, change: Change, finding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(DEPRECATED, "zhangfang_sdk.places.here", Deprecation("use something else", "0.1", "0.2"))
    if rule != "deprecated":
        monkeypatch.delitem(DEPRECATED, "zhangfang_sdk.places.here")
    if finding == "floating number":
        replaced("@tables.py", "import BigSerial, ", "import BigSerial, Real, ")(sources)
    if finding == "without a zone":
        replaced("@tables.py", "Boolean, Timestamptz", "Boolean, Timestamp, Timestamptz")(sources)
    change(sources)
    report = assessed(sources)
    assert finding in findings(report).get(rule, ""), findings(report)
    assert report.tier < next(r.tier for r in RULES if r.id == rule)


def test_every_rule_is_shown_to_fail() -> None:
    assert {rule for rule, _, _ in BROKEN} == {rule.id for rule in RULES}


def test_a_reason_exempts(sources: Path) -> None:
    added("@web.py", "\n" * 400)(sources)
    added("@quality.toml", '[exempt]\nshort-files = "好"\n')(sources)
    assert "gives no reason" in findings(assessed(sources))["exemptions"]
    replaced("@quality.toml", '"好"', '"All pages of the register are one form of law."')(sources)
    report = assessed(sources)
    assert report.tier is Tier.GOLD
    assert [a.exempt for a in report.answers if a.exempt] == ["All pages of the register are one form of law."]


@pytest.mark.parametrize("plugin", [plugin.manifest.id for plugin in discover()[0]])
def test_ours_reach_the_top(plugin: str) -> None:
    report = assess(subject_of(InstalledPlugin(entry_point(plugin)), PortalHost()))
    assert findings(report) == {}
    assert report.tier is Tier.GOLD
    assert all(answer.asked for answer in report.answers), "its sources stand beside it"


def test_a_wheel_is_asked_what_it_can_answer(sources: Path, tmp_path: Path) -> None:
    tree = link(sources)
    sys.path[:2] = []
    wheel = build_wheel(sources, tmp_path, name="zhangfang-scaled", plugin="scaled", package=PACKAGE)
    installed = tmp_path / "installed"
    install(wheel, installed)
    sys.path.insert(0, str(installed))
    forgotten()
    (entry,) = [e for d in distributions(path=[str(installed)]) for e in d.entry_points]
    report = assess(subject_of(InstalledPlugin(entry), PortalHost()))
    assert {a.rule.id for a in report.answers if not a.asked} == {r.id for r in RULES if r.needs_sources}
    assert set(findings(report)) == {"license"}, "the test's wheel names none"
    assert tree.id == entry.name


def test_the_command_says_what_stands_in_the_way(sources: Path) -> None:
    assert "scaled 0.1.0: 金" in passes("zhangfang", "plugin", "check", folder=sources)
    added("@web.py", "\n" * 400)(sources)
    ran = run("zhangfang", "plugin", "check", folder=sources)
    assert ran.returncode == 1
    assert "scaled 0.1.0: 银" in ran.stdout
    assert "✗ short-files" in ran.stdout
    missing = run("zhangfang", "plugin", "check", "no_such", folder=sources)
    assert (missing.returncode, missing.stderr) == (1, "没有安装编号为 no_such 的模块, 也没有这个源码文件夹。\n")


def test_the_page_is_the_rules() -> None:
    assert (DOCS / "quality_scale.md").read_text("utf-8") == page()
