"""PLAT-12: the catalogues hold every text, keep placeholders, and a person who chose English sees English."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from zhangfang_core.modules.catalogues import LANGUAGES, SOURCE_LANGUAGE, translations_of
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import catalogue, speaking
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.extracting import packages, texts_of, written
from zhangfang_core.web.navigation import CORE_NAVIGATION, navigation
from zhangfang_core.web.rendering import environment
from zhangfang_sdk.web import FIRM

OTHERS = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})
HAN = re.compile(r"[\u3400-\u9fff\uff01-\uff5e\u3001-\u3011]")
OWN_NAME = "账房"  # what the authenticator on the phone shows
RUN = "run: python -m zhangfang_core.web.extracting"


async def rendered(firm: TestFirm, language: str) -> tuple[str, list[str]]:
    """The owner's empty page of messages in ``language``, and the labels of the navigation beside it."""
    async with acting(firm, "owner") as scope:
        with speaking(language):
            actor = {
                "name": "周老板",
                "role_label": "",
                "firm_name": "嘉喜",
                "client_name": None,
                "client": None,
                "person": 1,
                "is_firm_staff": True,
                "is_operator": False,
                "may": scope.may,
            }
            page = environment().get_template("notices/messages.html")
            nav = await navigation(frozenset(registry().modules))
            shown = page.render(
                actor=actor,
                nav=nav,
                active="messages",
                csrf_token="t",
                lang=language,
                page_title="",
                messages=[],
                unread=False,
                waiting=0,
                older_than=0,
                older=None,
                clients={},
            )
    side = re.search(r'<ul class="side-nav">.*?</ul>', shown, re.DOTALL)
    assert side is not None
    return shown, re.findall(r"<span>([^<]+)</span>", side[0])


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("package", packages(), ids=lambda p: p.name)
def test_the_file_is_what_extraction_writes(package: Path, language: str) -> None:
    """PLAT-12: no text is missing, none is left over, and a run by anybody changes nothing."""
    kept = translations_of(package, language)
    texts = texts_of(package)
    assert set(kept) == texts, RUN
    assert (package / "locale" / f"{language}.po").read_bytes() == written(texts, language, kept), RUN


@pytest.mark.parametrize("package", packages(), ids=lambda p: p.name)
def test_the_file_names_no_machine_date_or_person(package: Path) -> None:
    content = (package / "locale" / "en.po").read_text("utf-8")
    assert not re.search(r"^#[:~ ]|Date:|Translator|Generated-By", content, re.MULTILINE)


@pytest.mark.parametrize("package", packages(), ids=lambda p: p.name)
def test_translations_fill_the_same_values(package: Path) -> None:
    """PLAT-12: a lost placeholder hides a figure, an unknown one or a bare per cent sign breaks the page."""
    for text, shown in translations_of(package, "en").items():
        if shown:
            names = set(re.findall(r"%\((\w+)\)s", text))
            assert set(re.findall(r"%\((\w+)\)s", shown)) == names, text
            assert shown % dict.fromkeys(names, "7") is not None


@pytest.mark.parametrize("package", packages(), ids=lambda p: p.name)
def test_translations_are_plain_text_in_english(package: Path) -> None:
    """Jinja puts translations into the page unescaped, also between the quotes of attributes."""
    for shown in translations_of(package, "en").values():
        assert not re.search(r"""[<>&"']""", shown), shown
        assert not HAN.search(shown.replace(OWN_NAME, "")), shown


def test_a_text_of_two_catalogues_reads_the_same() -> None:
    """At run time the catalogues are one: the last would win."""
    seen: dict[str, str] = {}
    for package in packages():
        for text, shown in translations_of(package, "en").items():
            assert seen.setdefault(text, shown) == shown, text


def test_extraction_keeps_translations_and_lets_old_texts_go(tmp_path: Path) -> None:
    templates = tmp_path / "templates" / "shop"
    templates.mkdir(parents=True)
    (templates / "a.html").write_text(
        "{{ _('店铺') }}{% do x.append(_('%(n)s 家', n=1)) %}{{ ngettext('一张', '多张', 2) }}", "utf-8"
    )
    (tmp_path / "plugin.py").write_text('NavEntry("shop", "网店", "store", "/shop", "shop.read", "side")\n', "utf-8")
    (tmp_path / "web.py").write_text('def a():\n    return Page("shop/a.html", title="商品", active="shop")\n', "utf-8")
    texts = texts_of(tmp_path)
    assert texts == {"店铺", "%(n)s 家", "一张", "多张", "网店", "商品"}
    (tmp_path / "locale").mkdir()
    path = tmp_path / "locale" / "en.po"
    path.write_bytes(written(texts, "en", {"店铺": "Shop", "%(n)s 家": "%(n)s shops", "早已删去": "Gone"}))
    assert translations_of(tmp_path, "en") == {
        "店铺": "Shop", "%(n)s 家": "%(n)s shops", "一张": "", "多张": "", "网店": "", "商品": ""
    }  # fmt: skip
    with path.open("rb") as file:
        assert str(read_po(file).locale) == "en"


def test_titles_marked_in_python_and_in_data_are_found(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "sides.py").write_text('SIDES = translatable({"a": "甲方", "b": "乙方"})\nONE = translatable("单独")\nOTHER = {"c": "不标"}\n', "utf-8")
    (tmp_path / "data/steps.toml").write_text(
        'translatable = ["title"]\n[one]\ntitle = "做"\nlaw = "某法"\nsteps = [{ title = "先做", side = "firm" }]\n', "utf-8"
    )
    (tmp_path / "data/law.toml").write_text('[two]\ntitle = "不给人看"\n', "utf-8")
    assert texts_of(tmp_path) == {"甲方", "乙方", "单独", "做", "先做"}


async def test_navigation_and_page_are_english_in_english(firm: TestFirm) -> None:
    """PLAT-12"""
    shown, labels = await rendered(firm, "en")
    assert {catalogue("en")[entry.label] for entry in CORE_NAVIGATION if entry.stands_in(FIRM)} <= set(labels)
    assert {"Vouchers", "Document review", "Tasks"} <= set(labels)
    assert [label for label in labels if HAN.search(label)] == []
    assert "No messages yet" in shown
    assert "还没有消息" not in shown


async def test_a_language_unknown_to_us_is_chinese(firm: TestFirm) -> None:
    """PLAT-12: Chinese first."""
    shown, labels = await rendered(firm, "xx")
    assert {"凭证", "操作日志"} <= set(labels)
    assert "还没有消息" in shown


WRITTEN = "税负率 0.98%,<b>低于</b> %(x)s & 100%s"


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_what_a_person_wrote_is_neither_html_nor_a_format(language: str) -> None:
    """PLAT-8: a text that the template does not know is shown as it was written."""
    shown = "税负率 0.98%,&lt;b&gt;低于&lt;/b&gt; %(x)s &amp; 100%s"
    with speaking(language):
        assert environment().from_string("{{ _(text) }}").render(text=WRITTEN) == shown
        assert environment().from_string('{{ _("“%(t)s”", t=text) }}').render(text=WRITTEN) == f"“{shown}”"
        assert environment().from_string('{{ ngettext("%(num)s 个", "%(num)s 个", 3) }}').render() == "3 个"
