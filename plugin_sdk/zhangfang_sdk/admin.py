"""Screens of the firm's admin desk (piccolo-admin)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from piccolo.columns import Column
from piccolo.table import Table
from pydantic import BaseModel

Titles = Mapping[str, str]
"""What people read for each value that a column may hold."""

Row = Mapping[str, Any]
"""A row as it is stored, by the names of its columns; those that were not asked for are missing."""


@dataclass(frozen=True, slots=True)
class BetterPage:
    """A page of the firm where the same job is done with more comfort. ``path`` is its own part of the address ("/people")."""

    title: str
    path: str


@dataclass(frozen=True, slots=True)
class AdminScreen:
    """A table as the admin sees it: rows of this firm only. Tables are read-only here unless ``writable``; what needs a service
    is a form.

    ``permission`` is that by which such rows are read on other pages: a firm may give ``admin.use`` to somebody who reads no books.
    ``labels`` gives the Chinese names of columns by name, beside those that every table shares (client, created_at, name ...).
    ``money`` are columns of fen: shown and entered in yuan. ``choices`` gives the titles of the codes that a column holds, or how
    they are found for the firm in scope (columns called role and module have theirs); ``references`` the table whose key a plain
    integer column holds. ``words`` writes a column for reading from its row; it can then be neither changed nor filtered by.
    ``hidden`` columns are never sent. What a check of the database refuses (``table_column_check``) is told by that column's label.
    Instants are shown in Asia/Shanghai. ``better`` is linked from the desk and named at the
    screen's head.
    """

    table: type[Table]
    title: str
    columns: tuple[Column, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    writable: bool = False
    permission: str = "admin.use"
    money: tuple[Column, ...] = ()
    choices: Mapping[str, Titles | Callable[[], Awaitable[Titles]]] = field(default_factory=dict)
    references: Mapping[str, type[Table]] = field(default_factory=dict)
    words: Mapping[str, Callable[[Row], str]] = field(default_factory=dict)
    hidden: tuple[Column, ...] = ()
    better: BetterPage | None = None


@dataclass(frozen=True, slots=True)
class AdminForm:
    """A form for an action. ``submit`` runs in the admin's scope and transaction and returns the sentence shown."""

    id: str
    title: str
    description: str
    fields: type[BaseModel]
    submit: Callable[[BaseModel], Awaitable[str]]
    permission: str = "admin.use"
