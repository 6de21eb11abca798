"""Screens of the firm's admin desk (piccolo-admin)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from piccolo.columns import Column
from piccolo.table import Table
from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class AdminScreen:
    """A table as the admin sees it: rows of this firm only. Tables are read-only here unless ``writable``; what needs a service
    is a form. ``labels`` gives the Chinese names of columns by name, beside those that every table shares (client, created_at, name ...).
    """

    table: type[Table]
    title: str
    columns: tuple[Column, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    writable: bool = False
    permission: str = "admin.use"


@dataclass(frozen=True, slots=True)
class AdminForm:
    """A form for an action. ``submit`` runs in the admin's scope and transaction and returns the sentence shown."""

    id: str
    title: str
    description: str
    fields: type[BaseModel]
    submit: Callable[[BaseModel], Awaitable[str]]
    permission: str = "admin.use"
