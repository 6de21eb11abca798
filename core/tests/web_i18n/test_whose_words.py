"""PLAT-4: no plugin speaks for core or for another plugin: not by a template of its name, not by a translation of its text."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError
from jinja2 import TemplateNotFound

from zhangfang_core.modules import registry as registry_room
from zhangfang_core.modules import translations
from zhangfang_core.modules.catalogues import catalogues_of
from zhangfang_core.modules.discovery import Unfit
from zhangfang_core.modules.registry import Module, Registry, registry
from zhangfang_core.modules.translations import gettext, speaking
from zhangfang_core.web import templates

OF_CORE = "消息"
HIJACKED = "HIJACKED"


def stranger(folder: Path, id_: str, files: Mapping[str, str], words: Mapping[str, str]) -> Module:
    """A plugin that runs, with these templates and translations."""
    for name, text in files.items():
        path = folder / id_ / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    known = next(iter(registry().modules.values()))
    installed = replace(known.installed, folder=folder / id_)
    return replace(known, manifest=replace(known.manifest, id=id_), installed=installed, texts={"en": words})


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    greedy = stranger(
        tmp_path,
        "aaa",
        {
            "modest/page.html": HIJACKED,
            "layout/portal.html": HIJACKED,
            "other.html": HIJACKED,
            "aaa/page.html": "{{ _('" + OF_CORE + "') }} {{ _('别人的字') }} {{ _('自己的字') }}",
        },
        {OF_CORE: HIJACKED, "别人的字": HIJACKED, "自己的字": "my own"},
    )
    modest = stranger(
        tmp_path,
        "modest",
        {"modest/page.html": "{{ _('" + OF_CORE + "') }} {{ _('别人的字') }} {{ _('自己的字') }}"},
        {"别人的字": "theirs", "只有我说": "only me"},
    )
    both = {"aaa": greedy, "modest": modest}
    made = Registry(both, (), registry().hooks, {id_: frozenset() for id_ in both})
    monkeypatch.setattr(translations, "registry", lambda: made)
    monkeypatch.setattr(templates, "registry", lambda: made)
    monkeypatch.setattr(translations, "_agreed", translations._agreed.__wrapped__)
    monkeypatch.setattr(templates, "environment", templates.environment.__wrapped__)


def shown(name: str) -> str:
    return templates.environment().get_template(name).render()


def test_a_template_is_its_plugins_own(strangers: None) -> None:
    assert HIJACKED not in shown("modest/page.html")
    with pytest.raises(TemplateNotFound):
        shown("other.html")
    source = templates.environment().loader
    assert source is not None
    assert HIJACKED not in source.get_source(templates.environment(), "layout/portal.html")[0]


def test_a_text_is_translated_by_whoever_says_it(strangers: None) -> None:
    with speaking("en"):
        core = gettext(OF_CORE)
        assert core not in (OF_CORE, HIJACKED)
        assert shown("modest/page.html") == f"{core} theirs 自己的字"
        assert shown("aaa/page.html") == f"{core} {HIJACKED} my own"
        assert gettext("只有我说") == "only me"
        assert gettext("别人的字") == "别人的字", "two plugins disagree, and core cannot tell whose it is"
        assert gettext("别人的字", "modest") == "theirs"


@pytest.mark.parametrize("content", [b'msgid "x"\nmsgstr "\xff\xfe"\n', b'no catalogue at all\n'])
def test_a_catalogue_that_nobody_can_read_leaves_its_plugin_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "locale").mkdir()
    (tmp_path / "locale" / "en.po").write_bytes(content)
    with pytest.raises((ValueError, PoFileError)):
        catalogues_of(tmp_path)
    known = next(iter(registry().modules.values())).installed
    with pytest.raises(Unfit, match="译文文件读不出来"):
        registry_room._texts(replace(known, folder=tmp_path))
