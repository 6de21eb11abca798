"""What the scale is made of: tiers, rules, what a rule looks at, and what was found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Protocol

import jinja2

from zhangfang_sdk.authoring.source_tree import SourceTree
from zhangfang_sdk.testing.installed import InstalledPlugin

Findings = Iterator[str]


class Tier(IntEnum):
    """Each holds all rules of those below it."""

    NONE = 0
    BRONZE = 1
    SILVER = 2
    GOLD = 3

    @property
    def title(self) -> str:
        return ("未入级", "铜", "银", "金")[self]


class Host(Protocol):
    """What the portal alone knows: it is there when the portal's command asks."""

    @property
    def environment(self) -> jinja2.Environment:
        """The portal's own, with its filters and macros."""
        ...

    @property
    def icons(self) -> frozenset[str]:
        """Names that navigation and templates may use."""
        ...

    @property
    def permissions(self) -> frozenset[str]:
        """Core's and every installed plugin's."""
        ...

    @property
    def migration_ids(self) -> Mapping[str, str]:
        """Of core's and of every installed plugin's migrations: the owner by id."""
        ...

    def untranslated(self, package: Path) -> Mapping[str, Sequence[str]]:
        """Texts of the package without a translation, by language."""
        ...


@dataclass(frozen=True)
class Subject:
    """A plugin as rules look at it. ``tree`` is None where only what was installed is there, ``host`` where no portal is."""

    plugin: InstalledPlugin
    tree: SourceTree | None
    host: Host | None

    def code(self) -> Iterator[Path]:
        """The package's Python files."""
        return iter(sorted(self.plugin.folder.rglob("*.py")))

    def where(self, path: Path) -> str:
        return path.relative_to(self.plugin.folder).as_posix()


@dataclass(frozen=True, slots=True)
class Rule:
    """``check`` yields a sentence for each thing that is wrong.

    ``title`` is what an author reads at the terminal; ``means`` what the page says: what is asked, and what it is good for. Without the sources
    a rule that ``needs_sources`` is not asked, without a portal one that ``needs_host``.
    """

    id: str
    tier: Tier
    title: str
    means: str
    check: Callable[[Subject], Findings]
    needs_sources: bool = False
    needs_host: bool = False
    may_be_exempted: bool = True

    def sees(self, subject: Subject) -> bool:
        return (subject.tree is not None or not self.needs_sources) and (
            subject.host is not None or not self.needs_host
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One rule's. Kept when nothing was found; ``exempt`` is the reason that the plugin wrote; ``asked`` is false where it could not be seen."""

    rule: Rule
    findings: tuple[str, ...] = ()
    exempt: str = ""
    asked: bool = True

    @property
    def stands_in_the_way(self) -> bool:
        return bool(self.findings) and not self.exempt


@dataclass(frozen=True, slots=True)
class Report:
    """Every rule's answer, in the order of the scale."""

    answers: Sequence[Answer]

    @property
    def tier(self) -> Tier:
        """The highest whose rules, and those below it, all hold or are exempted. What could not be seen counts as held."""
        in_the_way = [answer.rule.tier for answer in self.answers if answer.stands_in_the_way]
        return Tier(min(in_the_way, default=Tier.GOLD + 1) - 1)

    @property
    def failed(self) -> Sequence[Answer]:
        return [answer for answer in self.answers if answer.stands_in_the_way]
