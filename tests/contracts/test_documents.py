"""PLAT-1, ARC-1: one suite for the store of documents and for its fake."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fakes import FakeDocuments

Acting = Callable[..., AbstractAsyncContextManager[Scope]]
PERMISSIONS = frozenset({"documents.read", "documents.upload"})


@dataclass(frozen=True)
class Case:
    """``acting(client=...)`` acts for one client alone; without it for all of the firm."""

    documents: Documents
    acting: Acting
    client: int
    sibling: int


@asynccontextmanager
async def fake_acting(client: int | None = None) -> AsyncIterator[Scope]:
    seen = None if client is None else frozenset({client})
    scope = Scope(firm=1, user=1, user_name="测试人员", client=client, clients=seen, permissions=PERMISSIONS)
    with in_scope(scope):
        yield scope


@pytest_asyncio.fixture(params=["fake", "real"], loop_scope="session")
async def case(request: pytest.FixtureRequest, firm: TestFirm) -> Case:
    if request.param == "fake":
        return Case(FakeDocuments({1, 2}), fake_acting, 1, 2)

    def real_acting(client: int | None = None) -> AbstractAsyncContextManager[Scope]:
        return acting(firm, "owner" if client is None else "boss", client=client)

    return Case(StoredDocuments(), real_acting, firm.restaurant, firm.trading)


async def pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 3):
        yield content[at : at + 3]


async def test_a_file_comes_back_as_it_was(case: Case) -> None:
    content = "发票".encode() * 100
    async with case.acting():
        stored = await case.documents.store(case.client, "发票.txt", "text/plain", content)
        again = await case.documents.store(case.client, "发票.txt", "text/plain", pieces(content))
    async with case.acting(client=case.client):
        assert await case.documents.content(stored.id) == content == await case.documents.content(again.id)
        found = await case.documents.document(stored.id)
        assert found == stored
        assert (found.client, found.name, found.media_type, found.size) == (case.client, "发票.txt", "text/plain", 600)
        assert found.sha256 == hashlib.sha256(content).hexdigest()
        assert found.stored_by == "测试人员"
        assert found.stored_at.utcoffset() is not None
        assert [d.id for d in await case.documents.same_content(case.client, found.sha256)] == [stored.id, again.id]


async def test_nothing_empty_is_kept(case: Case) -> None:
    with pytest.raises(Refusal, match=r"document\.empty"):
        async with case.acting():
            await case.documents.store(case.client, "空.txt", "text/plain", b"")


async def test_another_client_s_file_is_not_there(case: Case) -> None:
    async with case.acting():
        stored = await case.documents.store(case.sibling, "账.txt", "text/plain", b"1")
        own = await case.documents.store(case.client, "票.txt", "text/plain", b"1")
    async with case.acting(client=case.client):
        for id_ in (stored.id, 10**9):
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await case.documents.document(id_)
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await case.documents.content(id_)
        assert [d.id for d in await case.documents.documents([stored.id, own.id])] == [own.id]
        assert await case.documents.same_content(case.sibling, stored.sha256) == []
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await case.documents.store(case.sibling, "票.txt", "text/plain", b"2")


async def test_files_of_a_month(case: Case) -> None:
    async with case.acting():
        ids = [(await case.documents.store(case.client, f"{n}.txt", "text/plain", b"%d" % n)).id for n in range(3)]
        await case.documents.store(case.sibling, "别家.txt", "text/plain", b"9")
        month = Period.current()
        assert [d.id for d in await case.documents.stored_in(case.client, month)] == ids
        assert await case.documents.stored_in(case.client, month.plus(-1)) == []
        assert await case.documents.stored_in(case.client, month.plus(1)) == []
