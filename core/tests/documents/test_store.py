"""Files that people sent (CAP-1, PLAT-9, PLAT-13)."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest

from zhangfang_core.database.engine import connection, savepoint, scoped_transaction
from zhangfang_core.documents.names import tidy_media_type, tidy_name
from zhangfang_core.documents.service import LARGEST, StoredDocuments
from zhangfang_core.settings import Settings
from zhangfang_core.storage.objects import object_store
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.errors import Refusal

DOCUMENTS = StoredDocuments()


async def test_a_file_is_kept_as_it_came(firm: TestFirm) -> None:
    """CAP-1: bytes, name, who and when; the same content is found again."""
    async with acting(firm, "driver", name="小李") as scope:
        made = await DOCUMENTS.store(firm.restaurant, r"C:\照片\加油 票.jpg", "image/jpeg", b"JPEG bytes")
    assert (made.name, made.size, made.stored_by) == ("加油 票.jpg", 10, "小李")
    assert made.sha256 == hashlib.sha256(b"JPEG bytes").hexdigest()
    async with acting(firm, "boss"):
        assert await DOCUMENTS.document(made.id) == made
        assert await DOCUMENTS.content(made.id) == b"JPEG bytes"
        assert list(await DOCUMENTS.same_content(firm.restaurant, made.sha256)) == [made]
        assert list(await DOCUMENTS.documents([made.id, made.id + 99])) == [made]
    async with scoped_transaction(system_scope(firm.id)):
        trail = await connection().fetch(
            "select action, subject, user_name from core_audit_entry where action like 'documents.%' order by id"
        )
        told = await connection().fetchval(
            "select count(*) from core_document where source = 'upload' and stored_by = $1", scope.user
        )
    subject = f"core_document:{made.id}"
    assert [tuple(row) for row in trail] == [
        ("documents.store", subject, "小李"),
        ("documents.view", subject, "测试人员"),
    ]
    assert told == 1


async def test_neither_wall_lets_a_stranger_through(firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13: another firm's owner and another client's boss, by the service and by bare SQL."""
    async with acting(firm, "boss"):
        made = await DOCUMENTS.store(firm.restaurant, "a.pdf", "application/pdf", b"%PDF-")
    for stranger in (acting(other_firm, "owner"), acting(firm, "boss", client=firm.trading)):
        async with stranger:
            for ask in (DOCUMENTS.document, DOCUMENTS.content, DOCUMENTS.original):
                with pytest.raises(Refusal, match=r"common\.not_found"):
                    await ask(made.id)
            assert await DOCUMENTS.documents([made.id]) == []
            assert await DOCUMENTS.same_content(firm.restaurant, made.sha256) == []
            assert await connection().fetch("select * from core_document") == []
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await DOCUMENTS.store(firm.restaurant, "b.pdf", "application/pdf", b"%PDF-")


async def test_a_row_cannot_point_into_another_firm(firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13: composite keys hold where row-level security does not look."""
    async with acting(firm, "owner"):
        mine = await object_store().put(firm.restaurant, b"mine")
    statement = (
        "insert into core_document (firm, client, name, media_type, size, sha256, object, source, stored_at, stored_by_name) "
        "values ($1, $2, 'x', 'x/x', 1, '', $3, 'system', now(), '')"
    )
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with acting(other_firm, "owner"):
            await connection().execute(statement, other_firm.id, other_firm.restaurant, mine.id)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with acting(other_firm, "owner"):
            await connection().execute(statement, firm.id, firm.restaurant, mine.id)


@pytest.mark.parametrize(
    "statement", ["update core_document set name = 'x'", "delete from core_document", "delete from core_object"]
)
async def test_nobody_changes_or_deletes_a_stored_file(firm: TestFirm, statement: str) -> None:
    """ARCH-1"""
    async with acting(firm, "owner"):
        await DOCUMENTS.store(firm.restaurant, "a.txt", "text/plain", b"a")
    async with acting(firm, "owner"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with savepoint():
                await connection().execute(statement)


async def test_an_upload_that_is_too_large_is_refused_while_it_flows(firm: TestFirm, settings: Settings) -> None:
    """CAP-1: 200 MB are not read to their end, and leave nothing behind."""
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(200):
            read += 1024 * 1024
            yield b"\0" * 1024 * 1024

    with pytest.raises(Refusal) as told:
        async with acting(firm, "boss"):
            await DOCUMENTS.store(firm.restaurant, "录像.mp4", "video/mp4", endless())
    assert (told.value.code, told.value.status) == ("document.too_large", 413)
    assert "50.0 MB" in told.value.sentence
    assert read <= LARGEST + 16 * 1024 * 1024
    assert [path for path in settings.objects_dir.rglob("*") if path.is_file()] == []


async def test_sizes_at_the_limits(firm: TestFirm) -> None:
    """CAP-1"""
    async with acting(firm, "boss"):
        made = await DOCUMENTS.store(firm.restaurant, "a.bin", "application/octet-stream", bytes(LARGEST))
        assert made.size == LARGEST
    with pytest.raises(Refusal, match=r"document\.too_large"):
        async with acting(firm, "boss"):
            await DOCUMENTS.store(firm.restaurant, "a.bin", "application/octet-stream", bytes(LARGEST + 1))
    with pytest.raises(Refusal, match=r"document\.empty"):
        async with acting(firm, "boss"):
            await DOCUMENTS.store(firm.restaurant, "a.bin", "application/octet-stream", b"")


async def test_who_may_not_upload_is_refused(firm: TestFirm, settings: Settings) -> None:
    """PLAT-8: an unknown role holds nothing, and its bytes are not even taken."""
    async with acting(firm, "boss") as scope:
        with (
            in_scope(replace(scope, permissions=frozenset({"documents.read"}))),
            pytest.raises(Refusal, match=r"access\.forbidden"),
        ):
            await DOCUMENTS.store(firm.restaurant, "a.txt", "text/plain", b"a")
    assert not settings.objects_dir.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\发票.pdf", "发票.pdf"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "未命名文件"),
        ("..", "未命名文件"),
        ("目录/", "目录"),
        ("x" * 300 + ".pdf", "x" * 251 + ".pdf"),
        ("\ud800.txt", ".txt"),
    ],
)
def test_names_are_tidied(given: str, kept: str) -> None:
    """CAP-1"""
    assert tidy_name(given) == kept


@pytest.mark.parametrize(
    ("given", "name", "kept"),
    [
        ("IMAGE/JPEG; charset=x", "a.jpg", "image/jpeg"),
        ("", "a.PDF", "application/pdf"),
        ("application/octet-stream", "a.ofd", "application/ofd"),
        ("text/html\r\nX: y", "a", "application/octet-stream"),
    ],
)
def test_media_types_are_tidied(given: str, name: str, kept: str) -> None:
    """CAP-1"""
    assert tidy_media_type(given, name) == kept
