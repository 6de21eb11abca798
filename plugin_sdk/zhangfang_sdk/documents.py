"""Files that people sent: kept as they came, before anything reads them."""

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class Document:
    """One stored file. ``sha256`` is of the original bytes (hex); ``stored_at`` is UTC; ``size`` in bytes."""

    id: int
    client: int
    name: str
    media_type: str
    size: int
    sha256: str
    stored_at: dt.datetime
    stored_by: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is about to be stored, as ``check_document`` sees it."""

    client: int
    name: str
    media_type: str
    size: int
    sha256: str


class Documents(Protocol):
    """The object store of the firm in scope: encrypted, append-only. Metadata goes in the caller's transaction."""

    @needs("documents.upload")
    async def store(self, client: int, name: str, media_type: str, content: AsyncIterator[bytes] | bytes) -> Document:
        """Keep a file. Needs ``documents.upload``. Asks ``check_document``, tells ``on_documents_stored``.

        The object is written before the row; an object whose transaction rolls back is swept later.
        Raises Refusal ``document.empty``, ``document.too_large``, ``document.objected``.
        """
        ...

    @needs("documents.read")
    async def document(self, document_id: int) -> Document:
        """Raises Refusal ``common.not_found``."""
        ...

    @needs("documents.read")
    async def documents(self, ids: Sequence[int]) -> Sequence[Document]: ...

    @needs("documents.read")
    async def same_content(self, client: int, sha256: str) -> Sequence[Document]:
        """Earlier files of this client with the same bytes, oldest first."""
        ...

    @needs("documents.read")
    async def stored_in(self, client: int, period: Period) -> Sequence[Document]:
        """All files of a client stored in a month (Asia/Shanghai), oldest first."""
        ...

    @needs("documents.read")
    async def content(self, document_id: int) -> bytes:
        """The original bytes, decrypted and checked against ``sha256``. Raises Refusal ``common.not_found``, ``document.damaged``."""
        ...
