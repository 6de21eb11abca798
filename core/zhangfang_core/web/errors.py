"""One way to tell what went wrong: a plain page for a person, RFC 9457 problem details for a program."""

import json
import logging
import traceback
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from asyncpg.exceptions import _base as asyncpg_client
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Template

from zhangfang_core.modules.calling import part_of
from zhangfang_core.modules.reasons import keepable, reason_of
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.troubles import failed
from zhangfang_core.web.gate import DatabaseGone, SignInNeeded
from zhangfang_core.web.limits import TooManyUnderWay
from zhangfang_sdk.context import scope_or_none
from zhangfang_sdk.errors import Refusal, ScopeMismatch

log = logging.getLogger("zhangfang.web")

Req = Request[Any, Any, Any]

DATABASE_GONE = Refusal(
    "database.unreachable", "系统暂时连不上数据库,您刚才的操作没有保存。请稍等几秒再试。", status=503
)
DATABASE_LOST = Refusal(
    "database.lost",
    "系统暂时连不上数据库,您刚才的操作可能没有保存。请稍等几秒,先看看结果,没有保存再做一次。",
    status=503,
)
"""The connection ended on the way: whether the last step was saved is not known."""
DATABASE_BUSY = Refusal(
    "database.busy", "系统现在很忙,这个操作没有在规定时间内做完。请稍等几秒,先看看结果,没有保存再做一次。", status=503
)
TOO_MANY_UNDER_WAY = Refusal("common.too_many_at_once", "您的网络同时打开的请求太多,请等前面的完成后再试。", status=429)
RETRY_AFTER_S = {429: "5", 503: "5"}
UNEXPECTED = Refusal("common.unexpected", "系统出了意外,您刚才的操作没有保存,我们已记录下来。请稍后再试。", status=500)
UNEXPECTED_ON_THE_WAY = Refusal(
    "common.unexpected", "系统出了意外,您刚才的操作可能只做了一部分,我们已记录下来。请先看看结果,再决定要不要重做。", status=500
)
"""Of a handler with transactions of its own: what it saved before it failed stands."""
NOT_DONE_SIGNED_OUT = Refusal("access.sign_in", "您还没有登录,或者登录已经到期,这次没有执行。请登录后再做一次。", status=401)
BY_STATUS = {
    400: Refusal("common.bad_request", "请求的内容看不懂,请返回上一页重新填写。", status=400),
    401: Refusal("access.sign_in", "请先登录。", status=401),
    403: Refusal("access.forbidden", "您没有权限做这个操作;如果页面开了很久,请刷新后再试。", status=403),
    404: Refusal("common.not_found", "没有找到这个页面,可能已被移走,或者您没有查看权限。", status=404),
    405: Refusal("common.method", "这个地址不支持这种操作。", status=405),
    413: Refusal("upload.too_large", "文件太大。请压缩或分开上传。", status=413),
    429: Refusal("common.too_many", "操作太频繁,请稍等一会儿再试。", status=429),
}


def tell(request: Req, refusal: Refusal) -> Response[Any]:
    """The answer for a refusal, in the form that the asker reads."""
    wait = refusal.details.get("retry_after_s", RETRY_AFTER_S.get(refusal.status))
    headers = {} if wait is None else {"Retry-After": str(wait)}
    sentence = keepable(refusal.sentence)
    if _wants_page(request):
        return Template(
            "layout/error.html",
            context={
                "what": sentence,
                "todo": "",
                "code": refusal.code,
                "actor": None,
                "page_title": sentence,
                "back": _way_back(request),
            },
            status_code=refusal.status,
            media_type="text/html",
            headers=headers,
        )
    problem = {
        "type": f"about:blank#{refusal.code}",
        "title": refusal.code,
        "detail": sentence,
        "status": refusal.status,
        "code": refusal.code,
        "field": refusal.field,
        **({"details": dict(refusal.details)} if refusal.details else {}),
    }
    # A plugin's details may be anything: what is no JSON is told as text.
    written = json.dumps(problem, default=str, skipkeys=True, ensure_ascii=False).encode("utf-8", "backslashreplace")
    return Response(written, status_code=refusal.status, media_type="application/problem+json", headers=headers)


def _way_back(request: Req) -> str:
    """Where a form that was refused stands; "" where that is not told, or is no page of this portal."""
    came = urlsplit(request.headers.get("referer", ""))
    if request.method == "GET" or came.netloc != request.headers.get("host") or not came.path.startswith("/") or came.path.startswith("//"):
        return ""
    return urlunsplit(("", "", came.path, came.query, ""))


def _wants_page(request: Req) -> bool:
    return "text/html" in request.headers.get("accept", "") and request.headers.get("x-requested-with") != "fetch"


def on_refusal(request: Req, error: Refusal) -> Response[Any]:
    return tell(request, error)


def on_sign_in_needed(request: Req, error: SignInNeeded) -> Response[Any]:
    if request.method == "GET" and _wants_page(request) and "hx-request" not in request.headers:
        return Redirect(error.where, status_code=303)
    return tell(request, BY_STATUS[401] if request.method == "GET" else NOT_DONE_SIGNED_OUT)


def on_http(request: Req, error: HTTPException) -> Response[Any]:
    known = BY_STATUS.get(error.status_code)
    if isinstance(error, ValidationException):
        known = Refusal(
            "common.bad_request",
            "填写的内容不完整或格式不对,请检查后再提交。",
            status=400,
            details={"extra": error.extra},
        )
    if known is None:
        return tell(request, Refusal("common.http", "请求没有成功,请稍后再试。", status=error.status_code))
    return tell(request, known)


def on_scope_mismatch(request: Req, error: ScopeMismatch) -> Response[Any]:
    return tell(request, BY_STATUS[403])


def on_wall(request: Req, error: Exception) -> Response[Any]:
    """Row-level security or a composite key stopped a write into another firm or client."""
    log.warning("a wall stopped %s %s: %s", request.method, request.url.path, error)
    _named(request, error)
    return tell(request, BY_STATUS[404])


def on_unfit_value(request: Req, error: Exception) -> Response[Any]:
    """A number, date or text that no column can hold, such as an id of twenty digits in an address."""
    log.warning("unfit value in %s %s", request.method, request.url.path, exc_info=error)
    _named(request, error)
    return tell(request, BY_STATUS[400])


def on_database_gone(request: Req, error: Exception) -> Response[Any]:
    log.error("database unreachable: %s", error)
    return tell(request, DATABASE_GONE)


def on_database_lost(request: Req, error: Exception) -> Response[Any]:
    """A connection broke or took too long. A page's own such failure, of a vendor or a socket, says nothing of the database."""
    if not _of_the_database(error):
        return on_anything(request, error)
    log.error("database lost in %s %s: %s", request.method, request.url.path, error)
    return tell(request, DATABASE_LOST)


def _of_the_database(error: Exception) -> bool:
    """Whether the database's client raised it."""
    frames = traceback.walk_tb(error.__traceback__)
    return any(str(frame.f_globals.get("__name__", "")).partition(".")[0] == "asyncpg" for frame, _ in frames)


def on_database_busy(request: Req, error: Exception) -> Response[Any]:
    """PostgreSQL ended a statement, a wait for a lock or a transaction that took too long."""
    log.error("%s %s took the database too long: %s", request.method, request.url.path, error)
    return tell(request, DATABASE_BUSY)


def on_too_many(request: Req, error: TooManyUnderWay) -> Response[Any]:
    log.warning("too many requests under way from %s", error)
    return tell(request, TOO_MANY_UNDER_WAY)


def on_anything(request: Req, error: Exception) -> Response[Any]:
    log.exception("unexpected failure of %s %s", request.method, request.url.path, exc_info=error)
    told = UNEXPECTED_ON_THE_WAY if request.route_handler.opt.get("stream") else UNEXPECTED
    module = _named(request, error)
    if module is None:
        return tell(request, told)
    title = registry().modules[module].manifest.title
    return tell(request, replace(told, details={"module": module, "title": title}))


def _named(request: Req, error: Exception) -> str | None:
    """Note the failure of a plugin's page for the firm and the operator, whatever the person is told; returns the plugin."""
    entered, handler = scope_or_none(), request.route_handler
    module: str | None = handler.opt.get("module")
    if module is None or entered is None or entered.firm is None or not isinstance(handler, HTTPRouteHandler):
        return None
    failed(module, part_of(handler), reason_of(error))
    return module


EXCEPTION_HANDLERS: dict[type[Exception] | int, Any] = {
    Refusal: on_refusal,
    SignInNeeded: on_sign_in_needed,
    HTTPException: on_http,
    ScopeMismatch: on_scope_mismatch,
    asyncpg.InsufficientPrivilegeError: on_wall,
    asyncpg.ForeignKeyViolationError: on_wall,
    asyncpg.DataError: on_unfit_value,
    asyncpg_client.DataError: on_unfit_value,
    DatabaseGone: on_database_gone,
    TooManyUnderWay: on_too_many,
    asyncpg.QueryCanceledError: on_database_busy,
    asyncpg.LockNotAvailableError: on_database_busy,
    asyncpg.IdleInTransactionSessionTimeoutError: on_database_busy,
    asyncpg.TransactionTimeoutError: on_database_busy,
    asyncpg.TooManyConnectionsError: on_database_gone,
    asyncpg.CannotConnectNowError: on_database_gone,
    asyncpg.PostgresConnectionError: on_database_lost,
    asyncpg.AdminShutdownError: on_database_lost,
    asyncpg.CrashShutdownError: on_database_lost,
    asyncpg.InterfaceError: on_database_lost,
    asyncpg.InternalClientError: on_database_lost,
    ConnectionError: on_database_lost,
    TimeoutError: on_database_lost,
    FileNotFoundError: on_anything,
    Exception: on_anything,
}
