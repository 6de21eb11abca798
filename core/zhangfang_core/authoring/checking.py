"""What the portal knows for the quality scale, and how its answers are told at a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import jinja2

from zhangfang_core.database.migration_files import migrations_of
from zhangfang_core.identity.permissions import CORE_PERMISSIONS
from zhangfang_core.modules.catalogues import LANGUAGES, SOURCE_LANGUAGE, translations_of
from zhangfang_core.modules.discovery import app_of, discover
from zhangfang_core.web.extracting import texts_of
from zhangfang_core.web.icons import icon_names
from zhangfang_core.web.templates import environment
from zhangfang_sdk.authoring.quality.scale import Answer, Report, Tier


class PortalHost:
    """The SDK's ``Host``."""

    @property
    def environment(self) -> jinja2.Environment:
        return environment()

    @property
    def icons(self) -> frozenset[str]:
        return icon_names()

    @property
    def permissions(self) -> frozenset[str]:
        of_plugins = {permission.id for plugin in discover()[0] for permission in plugin.manifest.permissions}
        return frozenset(of_plugins | {permission.id for permission in CORE_PERMISSIONS})

    @property
    def migration_ids(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for plugin in discover()[0]:
            app = app_of(plugin)
            found |= dict.fromkeys(() if app is None else migrations_of(app), plugin.manifest.id)
        return found

    def untranslated(self, package: Path) -> Mapping[str, Sequence[str]]:
        of_core = Path(__file__).parents[1]
        texts = sorted(texts_of(package))
        found: dict[str, Sequence[str]] = {}
        for language in sorted(set(LANGUAGES) - {SOURCE_LANGUAGE}):
            known = {**translations_of(of_core, language), **translations_of(package, language)}
            found[language] = [text for text in texts if not known.get(text)]
        return found


def told(title: str, report: Report) -> Iterator[str]:
    """Lines for an author: what was asked, tier by tier, and what stands in the way."""
    yield f"{title}: {report.tier.title}"
    for tier in (Tier.BRONZE, Tier.SILVER, Tier.GOLD):
        yield ""
        yield tier.title
        for answer in report.answers:
            if answer.rule.tier is tier:
                yield from _told(answer)
    if not all(answer.asked for answer in report.answers):
        yield ""
        yield "? 表示这里看不到源码, 没有检查。"


def _told(answer: Answer) -> Iterator[str]:
    mark = "?" if not answer.asked else "✗" if answer.stands_in_the_way else "–" if answer.exempt else "✓"
    yield f"  {mark} {answer.rule.id}  {answer.rule.title}{f'  豁免: {answer.exempt}' if answer.exempt else ''}"
    if answer.stands_in_the_way:
        yield from (f"      {finding}" for finding in answer.findings)
