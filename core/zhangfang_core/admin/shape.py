"""What of a table a screen sends, and how each column is written there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from piccolo.columns import BigInt, Boolean, Column, Date, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.column_types import Integer, SmallInt
from piccolo.table import Table

from zhangfang_sdk.admin import AdminScreen
from zhangfang_sdk.labels import SHARED

_INTEGERS: tuple[tuple[type[Column], int], ...] = ((SmallInt, 15), (BigInt, 63), (Integer, 31), (ForeignKey, 63))


@dataclass(frozen=True, eq=False)
class Shape:
    """The columns of one screen by name. ``keys`` are those that name a row of another table, with that table's name.

    ``periods`` hold months as ``Period.number`` (202611).
    """

    screen: AdminScreen
    sent: Mapping[str, Column]
    money: frozenset[str]
    instants: frozenset[str]
    periods: frozenset[str]
    keys: Mapping[str, str]

    @property
    def table(self) -> type[Table]:
        return self.screen.table

    @property
    def primary(self) -> str:
        return str(self.table._meta.primary_key._meta.name)

    def label(self, name: str) -> str:
        return self.screen.labels.get(name, SHARED.get(name, name))

    def can_be_asked(self, name: str, shown_tables: Mapping[str, str]) -> bool:
        """Whether rows can be filtered by it: what is only written for reading, and names of rows that are not shown, cannot."""
        column = self.sent.get(name)
        if column is None or name in self.screen.words:
            return False
        if not (
            is_text(column)
            or is_day(column)
            or is_yes_or_no(column)
            or isinstance(column, Timestamptz)
            or bits_of(column)
        ):
            return False
        return name not in self.keys or self.keys[name] in shown_tables

    def can_be_written(self, name: str) -> bool:
        return name in self.sent and name != self.primary and name not in self.screen.words


def shape(screen: AdminScreen) -> Shape:
    columns = screen.table._meta.columns
    unseen = {"firm", *(c._meta.name for c in screen.hidden), *(c._meta.name for c in columns if c._meta.secret)}
    sent = {c._meta.name: c for c in columns if c._meta.name not in unseen}
    keys = {name: _table_of(column) for name, column in sent.items() if isinstance(column, ForeignKey)}
    keys |= {name: table._meta.tablename for name, table in screen.references.items()}
    return Shape(
        screen,
        sent,
        frozenset(c._meta.name for c in screen.money),
        frozenset(name for name, column in sent.items() if isinstance(column, Timestamptz)),
        frozenset(name for name, column in sent.items() if name == "period" and isinstance(column, Integer)),
        keys,
    )


def bits_of(column: Column) -> int | None:
    """How large an integer of that column may be; None for columns of something else."""
    if column._meta.primary_key:
        return 63
    return next((bits for kind, bits in _INTEGERS if isinstance(column, kind)), None)


def is_text(column: Column) -> bool:
    return isinstance(column, Varchar | Text)


def is_day(column: Column) -> bool:
    return isinstance(column, Date)


def is_yes_or_no(column: Column) -> bool:
    return isinstance(column, Boolean)


def _table_of(column: Any) -> str:
    return str(column._foreign_key_meta.resolved_references._meta.tablename)
