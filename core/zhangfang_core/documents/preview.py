"""Pictures of a PDF's pages, drawn by a confined process and kept in the object store, encrypted like the file itself."""

import asyncio
import logging
import os
import struct
import sys
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.documents.draw_page import DRAWN, NO_SUCH_PAGE, SECONDS
from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.documents.tables import PreviewRow
from zhangfang_core.storage.objects import OpenObject, object_store
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.errors import Refusal, not_found

log = logging.getLogger("zhangfang.documents")

DRAWABLE = "application/pdf"
_AT_ONCE = 2
_PATIENCE_S = SECONDS + 5.0

_KEEP = """insert into core_document_preview (firm, client, document, number, pages, object)
    values ($1, $2, $3, $4, $5, $6) on conflict (document, number) do nothing"""

_drawing = asyncio.Semaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as PNG; ``pages`` is the number of pages of the file."""

    png: bytes
    pages: int


async def page_image(document_id: int, number: int) -> PageImage:
    """Page ``number`` (from 1) of a PDF. Opens short transactions of its own: none is held while the page is drawn.

    Raises Refusal ``common.not_found``, ``document.no_preview``, ``document.preview_failed``, ``document.damaged``.
    """
    async with transaction():
        original = await StoredDocuments().original(document_id)
        kept = await PreviewRow.select().where(PreviewRow.document == document_id, PreviewRow.number == number).first()
        if kept is not None:
            picture: OpenObject = await object_store().open(kept["object"])
    if kept is not None:
        return PageImage(await picture.whole(), kept["pages"])
    if original.document.media_type != DRAWABLE:
        raise Refusal("document.no_preview", "这种文件没有图片预览,请下载原件查看。", status=415)
    drawn = await draw(await original.content.whole(), number)
    async with transaction():
        stored = await object_store().put(original.document.client, drawn.png)
        await connection().execute(
            _KEEP, firm_in_scope(), original.document.client, document_id, number, drawn.pages, stored.id
        )
    return drawn


async def draw(pdf: bytes, number: int) -> PageImage:
    """Draw a page in a process with limits on memory, time and files. Raises Refusal ``document.preview_failed``, ``common.not_found``."""
    async with _drawing:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-m",
            "zhangfang_core.documents.draw_page",
            str(number),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        )
        try:
            async with asyncio.timeout(_PATIENCE_S):
                answer, _ = await child.communicate(pdf)
        except TimeoutError:
            answer = b""
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode == NO_SUCH_PAGE:
        raise not_found("页面")
    if child.returncode != DRAWN or len(answer) <= 4:
        log.warning("a page was not drawn: exit code %s", child.returncode)
        raise Refusal(
            "document.preview_failed",
            "这个文件无法生成预览,可能有密码、已损坏或过于复杂。原件完好保存,可以下载查看。",
            status=422,
        )
    return PageImage(answer[4:], struct.unpack(">I", answer[:4])[0])
