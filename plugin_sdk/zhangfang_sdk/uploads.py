"""Files of a form: sent with it, or before it in parts that went on after a broken line.

A form that posts ``file`` without script, or as a small file, posts ``upload=<id>`` once a larger one has arrived whole.
A page takes both with one line: ``files = await sent_files(await request.form())``.
"""

from typing import Protocol

from litestar.datastructures import FormMultiDict, UploadFile

from zhangfang_sdk.acting import needs
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.services import use

FIELD = "upload"
"""The form's field with the ids of files that arrived before it."""


class Uploads(Protocol):
    """Files that the person in scope sent in parts to the client in scope. They are kept for 24 hours from their beginning."""

    @needs()
    async def file(self, upload_id: int) -> UploadFile:
        """Its content, in a temporary file that ends with the request; within a transaction or without one.

        May be asked again, as when a form is sent twice. Raises Refusal ``common.not_found`` (also for somebody else's),
        ``upload.gone`` (410, expired), ``upload.unfinished`` (409), ``document.damaged``.
        """
        ...


async def sent_files(form: FormMultiDict, field: str = "file") -> list[UploadFile]:
    """The files of ``field``, then those that ``upload`` names; whatever else stands in these fields is left out.

    Raises as :meth:`Uploads.file` does.
    """
    files = [value for value in form.getall(field, []) if isinstance(value, UploadFile)]
    ids = [value for value in form.getall(FIELD, []) if isinstance(value, str) and value]
    return files + [await use(Uploads).file(_id_of(text)) for text in ids]


async def sent_file(form: FormMultiDict, field: str = "file") -> UploadFile | None:
    """The one file of a form, None when there is none; where there are several, the one that arrived before the form.

    A browser posts an empty file field along with ``upload``. Raises as :meth:`Uploads.file` does.
    """
    return next(iter(reversed(await sent_files(form, field))), None)


def _id_of(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise not_found("文件")
    return int(text)
