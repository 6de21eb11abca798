"""Brings the catalogues up to date with the texts of templates and Python: ``python -m zhangfang_core.web.extracting``.

Every distribution, core and each installed plugin, has its own ``locale/<lang>.po`` in its package. A run writes each of
them anew: texts that are gone leave, new ones come with an empty translation or with the one that another catalogue has.
Python texts are those given to gettext and translatable (also the values of a mapping), the fixed titles of Page, and what declarations say
to people (PYTHON_CALLS); data files name the fields that people read in ``translatable``; of a manifest, what it calls itself, its settings,
actions and facts.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

import zhangfang_sdk
from zhangfang_core.modules.catalogues import LANGUAGES, SOURCE_LANGUAGE, catalogue_file, translations_of
from zhangfang_core.modules.discovery import discover

HERE = Path(__file__).parents[1]
SDK = Path(zhangfang_sdk.__file__).parent
TEMPLATE_CALLS: dict[str, tuple[int, ...] | None] = {"_": None, "gettext": None, "ngettext": (1, 2)}
TEMPLATE_OPTIONS = {"silent": "false", "extensions": "jinja2.ext.do"}
# Where each call holds its texts: the position (None where there is none) and the keyword.
PYTHON_CALLS: dict[str, tuple[tuple[int | None, str], ...]] = {
    "gettext": ((0, "text"),),
    "translatable": ((0, "text"),),
    "NavEntry": ((1, "label"),),
    "SearchSource": ((1, "title"),),
    "Page": ((None, "title"),),
    "Permission": ((1, "title"),),
    "Role": ((1, "title"),),
    "WaitingItem": ((2, "button"),),
    "NoticeKind": ((1, "title"),),
    "Measure": ((1, "title"), (2, "explanation"), (None, "word")),
    "Vendor": ((2, "title"), (5, "summary")),
    "SettingField": ((1, "title"), (4, "help"), (5, "choices")),
}
# Dates, tools and people stay out: a run that changes no text changes no byte.
HEADER = (
    'msgid ""\nmsgstr ""\n'
    '"Language: {language}\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n\n'
)


def packages() -> list[Path]:
    """Folders of core's package and of each installed plugin's, whether the plugin starts or not."""
    return [HERE, *(plugin.folder for plugin in discover()[0])]


def texts_of(package: Path) -> set[str]:
    """Texts that ``package`` shows, core those of the SDK too. Raises TemplateSyntaxError and SyntaxError: a file left out would lose translations."""
    own = {*_template_texts(package), *_python_texts(package), *_data_texts(package)}
    return own | set(_python_texts(SDK)) if package == HERE else own


def written(texts: set[str], language: str, known: Mapping[str, str]) -> bytes:
    """The file of a catalogue that has ``texts``, in the order of their characters."""
    catalogue = Catalog(locale=language)
    for text in texts:
        catalogue.add(text, known.get(text, ""))
    out = BytesIO()
    write_po(out, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    return HEADER.format(language=language).encode() + out.getvalue().strip() + b"\n"


def update(*chosen: Path) -> list[tuple[Path, int]]:
    """Write the catalogues of the ``chosen`` packages (none: of all); answers each with the number of its texts that wait for a translation.

    A new text takes the translation that any package has.
    """
    found: list[tuple[Path, int]] = []
    for language in sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}):
        own = {package: translations_of(package, language) for package in dict.fromkeys([*packages(), *chosen])}
        everywhere = {text: shown for catalogue in own.values() for text, shown in catalogue.items() if shown}
        for package in chosen or own:
            texts = texts_of(package)
            known = everywhere | {text: shown for text, shown in own[package].items() if shown}
            path = catalogue_file(package, language)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(written(texts, language, known))
            found.append((path, sum(not known.get(text) for text in texts)))
    return found


def _template_texts(package: Path) -> Iterator[str]:
    for path in sorted((package / "templates").rglob("*.html")):
        with path.open("rb") as file:
            for _, message, _, _ in extract("jinja2", file, keywords=TEMPLATE_CALLS, options=TEMPLATE_OPTIONS):
                yield from (message,) if isinstance(message, str) else message


def _python_texts(package: Path) -> Iterator[str]:
    for path in sorted(package.rglob("*.py")):
        if path.is_relative_to(HERE / "testing"):
            continue
        for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PYTHON_CALLS:
                for position, keyword in PYTHON_CALLS[node.func.id]:
                    given = [k.value for k in node.keywords if k.arg == keyword]
                    if position is not None:
                        given += node.args[position : position + 1]
                    yield from (text for g in given for text in _constants(g))


def _constants(node: ast.expr) -> Iterator[str]:
    """A text, those of a mapping by keys, or those of pairs with a value before each."""
    if isinstance(node, ast.Dict):
        parts = node.values
    elif isinstance(node, ast.Tuple):
        parts = [pair.elts[1] for pair in node.elts if isinstance(pair, ast.Tuple)]
    else:
        parts = [node]
    yield from (
        each.value for each in parts if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value
    )


def _data_texts(package: Path) -> Iterator[str]:
    for path in sorted((package / "data").rglob("*.toml")):
        data = tomllib.loads(path.read_text("utf-8"))
        if fields := data.get("translatable"):
            yield from _named(data, frozenset(fields))
    manifest = package / "manifest.toml"
    if manifest.exists():
        declared = tomllib.loads(manifest.read_text("utf-8"))
        yield from (*declared.get("actions", {}).values(), *declared.get("facts", {}).values())
        yield from (permission["title"] for permission in declared.get("permissions", ()))
        yield from filter(None, (declared["title"], declared.get("summary", "")))
        for setting in declared.get("settings", {}).values():
            yield from filter(None, (setting["title"], setting.get("help", "")))
            yield from (text for _, text in setting.get("choices", ()))


def _named(node: object, fields: frozenset[str]) -> Iterator[str]:
    """Texts of these fields, however deep."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in fields and isinstance(value, str) and value:
                yield value
            else:
                yield from _named(value, fields)
    elif isinstance(node, list):
        for each in node:
            yield from _named(each, fields)


if __name__ == "__main__":
    for file, waiting in update():
        sys.stdout.write(f"{file}: {waiting} texts without a translation\n")
