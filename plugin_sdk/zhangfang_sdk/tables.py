"""Tables that belong to a firm, or to one client of a firm.

``class Note(ClientRows, Table, tablename="notes_note")`` has the columns ``firm`` and ``client`` and
is scoped by the first wall: each query method adds the scope in force and raises ScopeMissing without one. The second
wall (row-level security, composite keys) is built in a migration by :mod:`zhangfang_sdk.walls`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from piccolo.columns import BigInt, Column, ForeignKey
from piccolo.columns.base import OnDelete
from piccolo.columns.combination import And, Where, WhereRaw
from piccolo.query import Count, Delete, Exists, Insert, Objects, Select, Update

from zhangfang_sdk.context import default_firm, firm_in_scope, scope
from zhangfang_sdk.errors import ScopeMismatch
from zhangfang_sdk.references import ClientKey

if TYPE_CHECKING:
    from piccolo.table import Table as _Base
else:
    _Base = object

type_wall = Where | And | WhereRaw


class FirmRows(_Base):
    """Mixin: rows of one firm."""

    firm = BigInt(default=default_firm, null=False, index=False)

    @classmethod
    def wall(cls) -> type_wall:
        """The condition that every query of this table carries; raises ScopeMissing."""
        return cls.firm == firm_in_scope()

    @classmethod
    def select(cls, *columns: Any, exclude_secrets: bool = False) -> Select[Any]:
        return super().select(*columns, exclude_secrets=exclude_secrets).where(cls.wall())

    @classmethod
    def objects(cls, *prefetch: Any) -> Objects[Self]:
        return super().objects(*prefetch).where(cls.wall())

    @classmethod
    def count(cls, column: Column | None = None, distinct: Any = None) -> Count:
        return super().count(column, distinct).where(cls.wall())

    @classmethod
    def exists(cls) -> Exists[Any]:
        return super().exists().where(cls.wall())

    @classmethod
    def update(
        cls,
        values: dict[Any, Any] | None = None,
        force: bool = False,
        use_auto_update: bool = True,
        **kwargs: Any,
    ) -> Update[Any]:
        return super().update(values, force=force, use_auto_update=use_auto_update, **kwargs).where(cls.wall())

    @classmethod
    def delete(cls, force: bool = False) -> Delete:
        return super().delete(force=force).where(cls.wall())

    @classmethod
    def insert(cls, *rows: Self) -> Insert[Self]:
        for row in rows:
            row._stamp()
        return super().insert(*rows)

    def _stamp(self) -> None:
        firm = firm_in_scope()
        if self.firm in (0, None):
            self.firm = firm
        if self.firm != firm:
            raise ScopeMismatch(f"a row of firm {self.firm} in the scope of firm {firm}")


class ClientRows(FirmRows):
    """Mixin: rows of one client of one firm."""

    client = ForeignKey(ClientKey, null=False, on_delete=OnDelete.restrict, index=False)

    @classmethod
    def wall(cls) -> type_wall:
        allowed = scope().clients
        if allowed is None:
            return super().wall()
        if not allowed:
            return And(super().wall(), WhereRaw("false"))
        return And(super().wall(), cls.client.is_in(sorted(allowed)))

    def _stamp(self) -> None:
        super()._stamp()
        client = self.client.id if hasattr(self.client, "id") else self.client
        if not scope().sees(client):
            raise ScopeMismatch(f"client {client} is not in scope")
