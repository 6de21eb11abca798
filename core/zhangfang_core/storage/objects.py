"""The object store: bytes of one client, sealed with a key of their own, under a random name."""

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.storage.firm_keys import FirmKeys
from zhangfang_core.storage.keys import master_key
from zhangfang_core.storage.places import Place, open_place
from zhangfang_core.storage.sealing import Unsealable, new_key, seal, sealed_size, unseal, unwrap, wrap
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import Refusal, ScopeMismatch, not_found

log = logging.getLogger("zhangfang.storage")

ORPHAN_AGE = dt.timedelta(days=1)
"""Longer than any transaction: an object this old with no row belongs to one that was rolled back."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """``id`` of core_object; ``size`` (bytes) and ``sha256`` (hex) of the content before it was sealed."""

    id: int
    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, repr=False)
class Sealed:
    """Bytes that lie in the store under ``name``, and their key, wrapped by the firm's key ``key_version``.

    ``size`` (bytes) and ``sha256`` (hex) of the content before it was sealed.
    """

    name: str
    wrapped_key: bytes
    key_version: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, repr=False)
class OpenObject:
    """An object with its key, to be read when the transaction is over. Not to be kept or logged."""

    name: str
    size: int
    sha256: str
    _key: bytes
    _place: Place

    async def whole(self) -> bytes:
        """The whole content. Raises Refusal ``document.damaged``."""
        content = b"".join([piece async for piece in self.stream()])
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise damaged()
        return content

    async def stream(self) -> AsyncIterator[bytes]:
        """Piece by piece, each one checked first. Raises Refusal ``document.damaged``, also in the middle."""
        digest, size = hashlib.sha256(), 0
        try:
            async for piece in unseal(self._place.read(self.name), self._key, self.name):
                digest.update(piece)
                size += len(piece)
                yield piece
        except (FileNotFoundError, Unsealable) as error:
            log.error("object %s cannot be read: %r", self.name, error)
            raise damaged() from error
        if size != self.size or digest.hexdigest() != self.sha256:
            raise damaged()

    async def check(self) -> None:
        """Find out before an answer begins whether the object is there at its full length; raises ``document.damaged``."""
        try:
            found = await self._place.size(self.name)
        except FileNotFoundError as error:
            raise damaged() from error
        if found != sealed_size(self.size):
            raise damaged()


class ObjectStore:
    """Objects of the firm in scope. Rows go in the caller's transaction; bytes are on the disk before it commits."""

    def __init__(self, settings: Settings) -> None:
        self._place = open_place(settings)
        self._keys = FirmKeys(master_key(settings))

    async def put(self, client: int, content: bytes | AsyncIterator[bytes]) -> StoredObject:
        """Keep ``content``, holding a few MiB of it in memory. When the transaction rolls back, :meth:`sweep_orphans` removes the bytes.

        An exception raised by ``content`` leaves nothing and comes out as it is.
        """
        if not scope().sees(client):
            raise ScopeMismatch(f"client {client} is not in scope")
        sealed = await self.keep(content)
        row = await connection().fetchval(
            "insert into core_object (firm, client, name, wrapped_key, key_version, size, sha256, created_at) "
            "values ($1, $2, $3, $4, $5, $6, $7, now()) returning id",
            firm_in_scope(),
            client,
            sealed.name,
            sealed.wrapped_key,
            sealed.key_version,
            sealed.size,
            sealed.sha256,
        )
        return StoredObject(row, sealed.name, sealed.size, sealed.sha256)

    async def keep(self, content: bytes | AsyncIterator[bytes]) -> Sealed:
        """Bytes on the disk, for a row of the caller's own, which ends before the sweep takes what :class:`core_object` does not know; else as :meth:`put`."""
        firm_key = await self._keys.in_force()
        name = _new_name()
        key = new_key()
        measured = _Measured(content)
        await self._place.put(name, seal(measured.pieces(), key, name))
        wrapped = wrap(key, under=firm_key.key, bound_to=name)
        return Sealed(name, wrapped, firm_key.version, measured.size, measured.sha256)

    async def open(self, object_id: int) -> OpenObject:
        """Raises Refusal ``common.not_found``, also for an object that the scope may not see; ``document.damaged``."""
        row = await connection().fetchrow(
            "select name, wrapped_key, key_version, size, sha256 from core_object where firm = $1 and id = $2",
            firm_in_scope(),
            object_id,
        )
        if row is None:
            raise not_found("文件")
        return await self.opened(Sealed(**row))

    async def opened(self, sealed: Sealed) -> OpenObject:
        """With its key. Raises Refusal ``document.damaged``."""
        try:
            firm_key = await self._keys.key(sealed.key_version)
            key = unwrap(sealed.wrapped_key, under=firm_key.key, bound_to=sealed.name)
        except (LookupError, Unsealable) as error:
            log.error("the key of object %s cannot be opened: %r", sealed.name, error)
            raise damaged() from error
        return OpenObject(sealed.name, sealed.size, sealed.sha256, key, self._place)

    async def get(self, object_id: int) -> bytes:
        """The content, decrypted and checked. Raises Refusal ``common.not_found``, ``document.damaged``."""
        return await (await self.open(object_id)).whole()

    async def discard(self, name: str) -> None:
        """Remove the bytes of an object whose transaction is about to roll back, or whose row is gone."""
        await self._place.delete(name)

    async def rotate_firm_key(self) -> int:
        """A new key for the firm in scope; see :meth:`FirmKeys.rotate`."""
        return await self._keys.rotate()

    async def sweep_orphans(self, age: dt.timedelta = ORPHAN_AGE) -> int:
        """Remove objects of the firm that have no row and are older than ``age``. Needs a scope that sees all clients.

        Returns how many went. Raises ScopeMismatch in a scope that sees some clients only: to it the others' objects look like orphans.
        """
        if scope().clients is not None:
            raise ScopeMismatch("orphans are swept in the platform's own scope")
        gone = await self._place.clear_unfinished(age)
        batch: list[str] = []
        async for name in self._place.older_than(f"{firm_in_scope()}/", age):
            batch.append(name)
            if len(batch) == 500:
                gone += await self._sweep(batch)
                batch = []
        return gone + await self._sweep(batch)

    async def _sweep(self, names: list[str]) -> int:
        rows = await connection().fetch("select name from core_object where name = any($1::varchar[])", names)
        orphans = set(names) - {row["name"] for row in rows}
        for name in sorted(orphans):
            await self._place.delete(name)
        return len(orphans)


class _Measured:
    """Counts and hashes what passes through."""

    def __init__(self, content: bytes | AsyncIterator[bytes]) -> None:
        self._content = content
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    async def pieces(self) -> AsyncIterator[bytes]:
        if isinstance(self._content, bytes):
            yield self._count(self._content)
            return
        async for piece in self._content:
            yield self._count(piece)

    def _count(self, piece: bytes) -> bytes:
        self._digest.update(piece)
        self.size += len(piece)
        return piece


def damaged() -> Refusal:
    return Refusal(
        "document.damaged",
        "这个文件的存储内容已损坏或丢失,系统不会显示有误的内容。请联系代账公司从备份恢复。",
        status=410,
    )


def _new_name() -> str:
    """Random, so that a name tells nothing of the content; spread over folders."""
    token = secrets.token_hex(16)
    return f"{firm_in_scope()}/{token[:2]}/{token}"


_opened: dict[Settings, ObjectStore] = {}


def object_store() -> ObjectStore:
    """The store of this process's settings."""
    settings = read_settings()
    if settings not in _opened:
        _opened[settings] = ObjectStore(settings)
    return _opened[settings]
