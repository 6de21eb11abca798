"""Where objects lie: a local folder, or a bucket of an S3-compatible store. What lies there is sealed already."""

import asyncio
import contextlib
import datetime as dt
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, MemoryStore, S3Store

from zhangfang_core.settings import Settings

PART = 8 * 1024 * 1024
_PIECE = 1024 * 1024


class NameTaken(Exception):
    """An object of this name is there already; it was left as it is."""


class Place(Protocol):
    async def put(self, name: str, content: AsyncIterator[bytes]) -> None:
        """Keep an object, durably when this returns. Never overwrites: raises NameTaken. An exception of ``content`` leaves nothing."""
        ...

    def read(self, name: str) -> AsyncIterator[bytes]:
        """Raises FileNotFoundError."""
        ...

    async def size(self, name: str) -> int:
        """Bytes at rest. Raises FileNotFoundError."""
        ...

    async def delete(self, name: str) -> None: ...

    def older_than(self, prefix: str, age: dt.timedelta) -> AsyncIterator[str]:
        """Names below ``prefix`` that have lain there longer than ``age``."""
        ...

    def after(self, name: str, prefix: str) -> AsyncIterator[str]:
        """Names below ``prefix`` that come after ``name``, in order."""
        ...

    async def clear_unfinished(self, age: dt.timedelta) -> int:
        """Remove what a process that was killed in the middle of ``put`` left. Returns how many."""
        ...


def open_place(settings: Settings) -> Place:
    """S3 with ZHANGFANG_S3_URL (``s3://bucket/prefix``; keys and endpoint by AWS_* in the environment), else a local folder."""
    if settings.s3_url is not None:
        return S3Place(S3Store.from_url(settings.s3_url))
    return LocalPlace(settings.objects_dir)


class _Reading:
    """What both places do alike."""

    _store: LocalStore | S3Store | MemoryStore

    async def read(self, name: str) -> AsyncIterator[bytes]:
        found = await obstore.get_async(self._store, name)
        async for piece in found.stream(min_chunk_size=_PIECE):
            yield bytes(piece)

    async def size(self, name: str) -> int:
        return int((await obstore.head_async(self._store, name))["size"])

    async def delete(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            await obstore.delete_async(self._store, name)

    async def older_than(self, prefix: str, age: dt.timedelta) -> AsyncIterator[str]:
        limit = dt.datetime.now(dt.UTC) - age
        async for batch in obstore.list(self._store, prefix=prefix, chunk_size=500):
            for found in batch:
                if found["last_modified"] < limit:
                    yield found["path"]


    async def after(self, name: str, prefix: str) -> AsyncIterator[str]:
        # A folder on a disk is listed in no order.
        names = [
            found["path"]
            async for batch in obstore.list(self._store, prefix=prefix, offset=name, chunk_size=1000)
            for found in batch
        ]
        for each in sorted(names):
            yield each


class LocalPlace(_Reading):
    """Objects are written aside, brought to the disk, and linked to their name, which fails when it is taken."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store = LocalStore(prefix=folder, mkdir=True)

    async def put(self, name: str, content: AsyncIterator[bytes]) -> None:
        aside = f"incoming/{secrets.token_hex(16)}"
        await obstore.put_async(self._store, aside, content, use_multipart=True, chunk_size=_PIECE, max_concurrency=2)
        await asyncio.to_thread(_to_disk, self._folder / aside)
        try:
            await obstore.rename_async(self._store, aside, name, overwrite=False)
        except AlreadyExistsError as error:
            await self.delete(aside)
            raise NameTaken(name) from error
        await asyncio.to_thread(self._folders_to_disk, name)

    async def clear_unfinished(self, age: dt.timedelta) -> int:
        return await asyncio.to_thread(self._clear, dt.datetime.now(dt.UTC) - age)

    def _clear(self, limit: dt.datetime) -> int:
        # obstore does not list half-written files (``name#1``), so that the folder is read directly.
        old = [
            path
            for path in (self._folder / "incoming").glob("*")
            if dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC) < limit
        ]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _folders_to_disk(self, name: str) -> None:
        folder = (self._folder / name).parent
        while True:
            _to_disk(folder)
            if folder == self._folder:
                return
            folder = folder.parent


class S3Place(_Reading):
    """Small objects are put on the condition that the name is free; a large one, in parts, relies on its random name."""

    def __init__(self, store: S3Store | MemoryStore) -> None:
        self._store = store

    async def put(self, name: str, content: AsyncIterator[bytes]) -> None:
        start = bytearray()
        async for piece in content:
            start += piece
            if len(start) > PART:
                break
        if len(start) > PART:
            await obstore.put_async(
                self._store, name, _then(bytes(start), content), use_multipart=True, chunk_size=PART, max_concurrency=2
            )
            return
        try:
            await obstore.put_async(self._store, name, bytes(start), mode="create")
        except AlreadyExistsError as error:
            raise NameTaken(name) from error

    async def clear_unfinished(self, age: dt.timedelta) -> int:
        """Parts of broken uploads are the bucket's to remove, by a lifecycle rule (docs/operating.md)."""
        return 0


async def _then(start: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield start
    async for piece in rest:
        yield piece


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
