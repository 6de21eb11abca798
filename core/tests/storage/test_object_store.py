"""Objects of a firm: sealed, never overwritten, swept only when nobody owns them (ARCH-6, PLAT-10)."""

import asyncio
import datetime as dt
import hashlib
import os
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.settings import Settings
from zhangfang_core.storage.objects import StoredObject, object_store
from zhangfang_core.storage.places import LocalPlace, NameTaken, S3Place
from zhangfang_core.storage.sweeping import SWEEP_JOB
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal, ScopeMismatch

SECRET = b"fapiao 12345678 " * 1000


def at_rest(settings: Settings) -> list[Path]:
    return sorted(path for path in settings.objects_dir.rglob("*") if path.is_file())


async def put(firm: TestFirm, content: bytes = SECRET) -> StoredObject:
    async with scoped_transaction(system_scope(firm.id)):
        return await object_store().put(firm.restaurant, content)


async def get(firm: TestFirm, stored: StoredObject) -> bytes:
    async with scoped_transaction(system_scope(firm.id)):
        return await object_store().get(stored.id)


async def test_bytes_lie_encrypted_under_a_random_name(firm: TestFirm, settings: Settings) -> None:
    """ARCH-6: the same content twice gives two objects that tell nothing of it."""
    one, two = await put(firm), await put(firm)
    assert one.sha256 == two.sha256 == hashlib.sha256(SECRET).hexdigest()
    files = at_rest(settings)
    assert len(files) == 2
    assert files[0].read_bytes() != files[1].read_bytes()
    for path in files:
        assert b"fapiao" not in path.read_bytes()
        assert one.sha256[:16] not in str(path)
    assert await get(firm, one) == await get(firm, two) == SECRET


async def test_damage_is_told_and_never_given_out(firm: TestFirm, settings: Settings) -> None:
    """ARCH-6: changed, cut off, exchanged for another object, gone."""
    one, two = await put(firm), await put(firm)
    path, other = settings.objects_dir / one.key, settings.objects_dir / two.key
    good = path.read_bytes()
    for bad in (good[:100] + b"!" + good[101:], good[:-1], b"", other.read_bytes()):
        path.write_bytes(bad)
        with pytest.raises(Refusal) as told:
            await get(firm, one)
        assert (told.value.code, told.value.status) == ("document.damaged", 410)
    path.unlink()
    with pytest.raises(Refusal, match=r"document\.damaged"):
        await get(firm, one)
    assert await get(firm, two) == SECRET


async def test_another_firm_and_another_client_see_nothing(firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13: both walls: the query finds nothing, and the database shows nothing without a query's condition."""
    stored = await put(firm)
    async with acting(other_firm, "owner"):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await object_store().get(stored.id)
        assert await connection().fetch("select * from core_object") == []
        assert await connection().fetch("select * from core_firm_key") == []
    async with acting(firm, "boss", client=firm.trading):
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await object_store().get(stored.id)
        with pytest.raises(ScopeMismatch):
            await object_store().put(firm.restaurant, b"x")
    async with acting(firm, "boss", client=firm.restaurant):
        assert await object_store().get(stored.id) == SECRET


async def test_a_name_is_never_written_twice(tmp_path: Path) -> None:
    """ARCH-1: what lies in the store is never overwritten, and a refused one leaves nothing."""
    place = LocalPlace(tmp_path / "objects")

    async def content(of: bytes) -> AsyncIterator[bytes]:
        yield of

    await place.put("1/aa/x", content(b"first"))
    with pytest.raises(NameTaken):
        await place.put("1/aa/x", content(b"second"))
    assert [p async for p in place.read("1/aa/x")] == [b"first"]
    assert [p.name for p in (tmp_path / "objects").rglob("*") if p.is_file()] == ["x"]


async def test_a_bucket_takes_small_objects_once_and_large_ones_in_parts() -> None:
    """PLAT-10: the same behaviour over obstore's other stores; a refused upload leaves nothing."""
    store = MemoryStore()
    place = S3Place(store)

    async def content(pieces: int, *, broken: bool = False) -> AsyncIterator[bytes]:
        for number in range(pieces):
            yield bytes([number]) * 1024 * 1024
        if broken:
            raise NotADirectoryError("cut off")

    for pieces in (1, 20):
        await place.put(f"1/{pieces}", content(pieces))
        assert await place.size(f"1/{pieces}") == pieces * 1024 * 1024
        read = b"".join([p async for p in place.read(f"1/{pieces}")])
        assert read == b"".join([p async for p in content(pieces)])
        with pytest.raises(NotADirectoryError):
            await place.put(f"2/{pieces}", content(pieces, broken=True))
    with pytest.raises(NameTaken):
        await place.put("1/1", content(2))
    names = [name async for name in place.older_than("", dt.timedelta(seconds=-60))]
    assert sorted(names) == ["1/1", "1/20"]
    await place.delete("1/1")
    with pytest.raises(FileNotFoundError):
        await place.size("1/1")


async def test_rotation_wraps_keys_anew_and_leaves_objects_alone(firm: TestFirm, settings: Settings) -> None:
    """ARCH-6"""
    stored = [await put(firm, b"one"), await put(firm, b"two")]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in at_rest(settings)}
    async with scoped_transaction(system_scope(firm.id)):
        keys = dict(await connection().fetch("select name, wrapped_key from core_object"))
        assert await object_store().rotate_firm_key() == 2
        after = dict(await connection().fetch("select name, wrapped_key from core_object"))
        versions = [row["version"] for row in await connection().fetch("select version from core_firm_key")]
    assert versions == [2]
    assert all(keys[name] != after[name] for name in keys)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in at_rest(settings)} == before
    assert [await get(firm, one) for one in stored] == [b"one", b"two"]
    assert await get(firm, await put(firm, b"three")) == b"three"


async def test_an_upload_under_way_survives_a_rotation(firm: TestFirm) -> None:
    """ARCH-6: the rotation waits for the transaction that holds the old key."""
    await put(firm)
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        started.set()
        yield b"slow"
        await go_on.wait()

    async def upload() -> StoredObject:
        async with scoped_transaction(system_scope(firm.id)):
            return await object_store().put(firm.restaurant, slow())

    async def rotate() -> int:
        async with scoped_transaction(system_scope(firm.id)):
            return await object_store().rotate_firm_key()

    uploading = asyncio.create_task(upload())
    await started.wait()
    rotating = asyncio.create_task(rotate())
    await asyncio.sleep(0.2)
    assert not rotating.done()
    go_on.set()
    stored = await uploading
    assert await rotating == 2
    assert await get(firm, stored) == b"slow"


async def test_two_first_uploads_at_once_agree_on_one_key(firm: TestFirm) -> None:
    """ARCH-6"""
    stored = await asyncio.gather(*(put(firm, f"{n}".encode()) for n in range(8)))
    assert [await get(firm, one) for one in stored] == [f"{n}".encode() for n in range(8)]
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select count(*) from core_firm_key") == 1


async def test_an_object_without_its_row_is_swept_when_it_is_old(firm: TestFirm, settings: Settings) -> None:
    """ARCH-6: a crash between the object and the commit leaves bytes that the sweep removes, and only those."""
    kept = await put(firm)
    async with scoped_transaction(system_scope(firm.id)):
        orphan = await object_store().put(firm.restaurant, b"orphan")
        # The same as a process that dies here: the row is never committed.
        await connection().execute("rollback")
    half = settings.objects_dir / "incoming" / "dead#1"
    half.parent.mkdir(exist_ok=True)
    half.write_bytes(b"half an object")
    path = settings.objects_dir / orphan.key
    assert path.exists()

    async def sweep() -> None:
        with in_scope(system_scope(firm.id)):
            await SWEEP_JOB.run()

    await sweep()
    assert path.exists()
    assert half.exists()
    long_ago = (dt.datetime.now() - dt.timedelta(days=31)).timestamp()  # noqa: DTZ005 - a file's time
    for each in at_rest(settings):
        os.utime(each, (long_ago, long_ago))
    await sweep()
    assert not path.exists()
    assert not half.exists()
    assert await get(firm, kept) == SECRET
    async with acting(firm, "boss"):
        with pytest.raises(ScopeMismatch):
            await object_store().sweep_orphans()


async def test_a_large_object_flows_in_and_out_in_little_memory(firm: TestFirm) -> None:
    """PLAT-10: 48 MB in and out while Python holds a few MB."""
    piece, count = os.urandom(1024 * 1024), 48

    async def flowing() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield piece

    tracemalloc.start()
    try:
        async with scoped_transaction(system_scope(firm.id)):
            stored = await object_store().put(firm.restaurant, flowing())
            opened = await object_store().open(stored.id)
        size = 0
        async for part in opened.stream():
            size += len(part)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size == stored.size == count * len(piece)
    assert peak < 16 * 1024 * 1024
