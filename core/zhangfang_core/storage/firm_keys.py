"""The firm's key: wraps the key of every object of the firm, is itself wrapped by the deployment's master key."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.storage.sealing import new_key, unwrap, wrap
from zhangfang_sdk.context import firm_in_scope


@dataclass(frozen=True, slots=True)
class OpenFirmKey:
    """A firm's key, readable in memory. ``version`` counts from 1."""

    version: int
    key: bytes


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column sealed under the firm's key, beside ``key_version`` in its table; ``bound_to`` is SQL for the words that it is bound to."""

    table: str
    column: str
    bound_to: str


sealed_columns = [SealedColumn("core_object", "wrapped_key", "name")]
"""What a rotation seals anew; a room that seals something under the firm's key adds its column."""


class FirmKeys:
    """Keys of the firm in scope. Everything runs in the caller's transaction."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    async def in_force(self) -> OpenFirmKey:
        """The newest key, made when the firm has none. Held against a rotation until the transaction ends."""
        firm = firm_in_scope()
        while True:
            # A key that a rotation removes while this waits for it gives no row: ask again for the one that came after.
            row = await connection().fetchrow(
                "select version, wrapped from core_firm_key where firm = $1 order by version desc limit 1 for key share",
                firm,
            )
            if row is not None:
                return self._opened(firm, row["version"], row["wrapped"])
            if not await connection().fetchval("select exists (select from core_firm_key where firm = $1)", firm):
                await self._make(firm, 1)

    async def key(self, version: int) -> OpenFirmKey:
        """An earlier key or the one in force; raises LookupError."""
        firm = firm_in_scope()
        wrapped = await connection().fetchval(
            "select wrapped from core_firm_key where firm = $1 and version = $2", firm, version
        )
        if wrapped is None:
            raise LookupError(f"firm {firm} has no key {version}")
        return self._opened(firm, version, wrapped)

    async def rotate(self) -> int:
        """Make a new key and seal anew what is sealed under the old ones: the keys of objects (the objects stay as they are), secrets.

        The old keys are removed. Uploads of the firm wait for the transaction. Returns how much was sealed anew.
        """
        firm = firm_in_scope()
        rows = await connection().fetch(
            "select version, wrapped from core_firm_key where firm = $1 order by version for update", firm
        )
        old = {row["version"]: self._opened(firm, row["version"], row["wrapped"]) for row in rows}
        fresh = await self._make(firm, max(old, default=0) + 1)
        if fresh is None:
            raise RuntimeError(f"the key of firm {firm} is being rotated by somebody else")
        sealed = [await _seal_anew(column, firm, old, fresh) for column in sealed_columns]
        await connection().execute("delete from core_firm_key where firm = $1 and version < $2", firm, fresh.version)
        return sum(sealed)

    async def _make(self, firm: int, version: int) -> OpenFirmKey | None:
        key = new_key()
        made = await connection().execute(
            "insert into core_firm_key (firm, version, wrapped, created_at) values ($1, $2, $3, now()) "
            "on conflict (firm, version) do nothing",
            firm,
            version,
            wrap(key, under=self._master, bound_to=_bound(firm, version)),
        )
        return OpenFirmKey(version, key) if made == "INSERT 0 1" else None

    def _opened(self, firm: int, version: int, wrapped: bytes) -> OpenFirmKey:
        return OpenFirmKey(version, unwrap(wrapped, under=self._master, bound_to=_bound(firm, version)))


async def _seal_anew(column: SealedColumn, firm: int, old: Mapping[int, OpenFirmKey], fresh: OpenFirmKey) -> int:
    """Seal the rows of the firm in one column under ``fresh``; returns how many."""
    rows = await connection().fetch(
        f"select id, {column.bound_to} as bound, {column.column} as sealed, key_version from {column.table} "  # noqa: S608  # names from code
        "where firm = $1 and key_version <> $2 for update",
        firm,
        fresh.version,
    )
    anew = [
        (
            firm,
            row["id"],
            wrap(
                unwrap(row["sealed"], under=old[row["key_version"]].key, bound_to=row["bound"]),
                under=fresh.key,
                bound_to=row["bound"],
            ),
            fresh.version,
        )
        for row in rows
    ]
    await connection().executemany(
        f"update {column.table} set {column.column} = $3, key_version = $4 where firm = $1 and id = $2",  # noqa: S608
        anew,
    )
    return len(rows)


def _bound(firm: int, version: int) -> str:
    return f"firm-key:{firm}:{version}"
