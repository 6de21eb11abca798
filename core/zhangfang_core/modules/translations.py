"""Texts are written in Chinese; other languages come from the catalogues of core and of each plugin.

Core's texts are core's to translate. What else a plugin's template says is looked for in the plugin's own catalogue. A text of a plugin that
core's pages show (a title of its manifest) is translated as the plugins that know it agree.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from zhangfang_core.modules.catalogues import LANGUAGES, SOURCE_LANGUAGE, translations_of
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.acting import caller

_language: ContextVar[str] = ContextVar("zhangfang_language", default=SOURCE_LANGUAGE)


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Core's translations by Chinese text, those without one included as ""."""
    return translations_of(Path(__file__).parents[1], language)


def gettext(text: str, plugin: str = "") -> str:
    """``text``, which ``plugin`` says ("": core does, or nobody knows), in the language in force; Chinese where nothing translates it."""
    language = _language.get()
    if language == SOURCE_LANGUAGE:
        return text
    of_core = catalogue(language)
    if text in of_core:
        return of_core[text] or text
    module = registry().modules.get(plugin)
    own = _agreed(language) if module is None else module.texts.get(language, {})
    return own.get(text) or text


class ReadersTexts:
    """The SDK's ``Texts``."""

    def said(self, text: str) -> str:
        """See the Protocol."""
        asking = caller()
        return gettext(text, "" if asking is None else asking.plugin) if text else ""


def ngettext(one: str, many: str, number: int, plugin: str = "") -> str:
    return gettext(one if number == 1 else many, plugin)


@cache
def _agreed(language: str) -> Mapping[str, str]:
    """Of all plugins, without those texts that two of them translate differently: no plugin speaks for another."""
    found: dict[str, str] = {}
    disputed: set[str] = set()
    for module in registry().modules.values():
        for text, translation in module.texts.get(language, {}).items():
            if translation and found.setdefault(text, translation) != translation:
                disputed.add(text)
    return {text: translation for text, translation in found.items() if text not in disputed}


def language() -> str:
    return _language.get()


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    token = _language.set(chosen if chosen in LANGUAGES else SOURCE_LANGUAGE)
    try:
        yield
    finally:
        _language.reset(token)
