"""Texts are written in Chinese; other languages come from ``locale/<lang>.po`` of core and of each plugin."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from zhangfang_core.modules.registry import registry

SOURCE_LANGUAGE = "zh"
LANGUAGES = {"zh": "中文", "en": "English"}
_language: ContextVar[str] = ContextVar("zhangfang_language", default=SOURCE_LANGUAGE)


@cache
def catalogue(language: str) -> dict[str, str]:
    """Translations by Chinese text; texts not there yet stay Chinese."""
    found: dict[str, str] = {}
    folders = [Path(__file__).parents[1], *(m.installed.folder for m in registry().modules.values())]
    for folder in folders:
        path = folder / "locale" / f"{language}.po"
        if path.exists():
            with path.open("rb") as file:
                found |= {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return found


def gettext(text: str) -> str:
    language = _language.get()
    return text if language == SOURCE_LANGUAGE else catalogue(language).get(text, text)


def ngettext(one: str, many: str, number: int) -> str:
    return gettext(one if number == 1 else many)


def language() -> str:
    return _language.get()


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    token = _language.set(chosen if chosen in LANGUAGES else SOURCE_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)
