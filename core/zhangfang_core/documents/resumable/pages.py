"""tus 1.0.0 over HTTP, at a client's ``/uploads``. A part is received whole before its transaction is opened (web/receiving.py)."""

from typing import Any

from litestar import Request, Response, head, patch, route
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.handlers import HTTPRouteHandler

from zhangfang_core.documents.resumable import protocol, service
from zhangfang_core.web.errors import on_refusal
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, action, removal

LARGEST_PART = 4 * 1024 * 1024
"""Bytes of one PATCH: what a broken line loses at most."""

_PERMISSION = "documents.upload"
_OPT = {"of": (CLIENT,), "permission": _PERMISSION, "examples": None, "stream": False}

Asked = Request[object, object, State]


def _refused(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    answer = on_refusal(request, refusal)
    answer.headers.update({**protocol.ALWAYS, **protocol.ABOUT})
    return answer


_TOLD: dict[Any, Any] = {Refusal: _refused}


@route("/uploads", http_method=[HttpMethod.OPTIONS], opt=_OPT, status_code=204)
async def what_is_offered() -> Response[None]:
    """Version, extensions and limits."""
    return Response(None, status_code=204, headers={**protocol.ALWAYS, **protocol.ABOUT})


@action("/uploads", of=CLIENT, permission=_PERMISSION, status_code=201, exception_handlers=_TOLD)
async def begin(request: Asked) -> Response[None]:
    """Upload-Length and Upload-Metadata (``filename``, ``filetype``, ``key``). Again with the same key: where that file stands."""
    protocol.check_version(request.headers)
    told = protocol.metadata(request.headers)
    begun = await service.begin(
        name=told.get("filename", ""),
        media_type=told.get("filetype", ""),
        length=protocol.number(request.headers, "upload-length"),
        key=told.get("key", ""),
        metadata=request.headers.get("upload-metadata", ""),
    )
    return Response(None, status_code=201, headers={**protocol.state_of(begun), "Location": here(f"/uploads/{begun.id}")})


@head("/uploads/{upload_id:int}", opt=_OPT, exception_handlers=_TOLD)
async def where_it_stands(request: Asked, upload_id: int) -> Response[None]:
    """How much has arrived."""
    begun = await service.standing(upload_id)
    protocol.check_version(request.headers)
    return Response(None, headers=protocol.state_of(begun))


@patch("/uploads/{upload_id:int}", opt=_OPT, status_code=204, request_max_body_size=LARGEST_PART, exception_handlers=_TOLD)
async def go_on(request: Asked, upload_id: int) -> Response[None]:
    """The next part. Of two at once for the same place the second is told 409."""
    begun = await service.standing(upload_id, alone=True)
    protocol.check_version(request.headers)
    if request.headers.get("content-type") != protocol.MEDIA_TYPE:
        raise Refusal("upload.media_type", "上传程序发来的内容看不懂,请刷新页面后再传。", status=415)
    if protocol.number(request.headers, "upload-offset") != begun.received:
        raise Refusal("upload.offset", "文件传到的位置对不上,请从已收到的地方接着传。", status=409)
    content = await request.body()
    protocol.check_digest(request.headers, content)
    received = await service.add(begun, content)
    return Response(None, status_code=204, headers=protocol.state_of(begun, received))


@removal("/uploads/{upload_id:int}", of=CLIENT, permission=_PERMISSION, exception_handlers=_TOLD)
async def end(request: Asked, upload_id: int) -> Response[None]:
    """It is not wanted any more, whole or not."""
    begun = await service.standing(upload_id)
    protocol.check_version(request.headers)
    await service.end(begun)
    return Response(None, status_code=204, headers=protocol.ALWAYS)


HANDLERS: list[HTTPRouteHandler] = [what_is_offered, begin, where_it_stands, go_on, end]
