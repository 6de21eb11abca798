"""The admin desk at ``/admin/``, behind the portal's gate."""

from functools import cache
from typing import Any
from urllib.parse import unquote

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from zhangfang_core.admin.router import PortalAdmin

PATH = "/admin"


@cache
def desk() -> PortalAdmin:
    return PortalAdmin()


def admin_handlers() -> list[ASGIRouteHandler]:
    """A mount; piccolo-admin has its own CSRF token, checked on every write."""

    @asgi(PATH, is_mount=True, copy_scope=True, opt={"permission": "admin.use", "exclude_from_csrf": True})
    async def admin(scope: Scope, receive: Receive, send: Send) -> None:
        path = unquote(scope["raw_path"].decode("latin-1")).partition("?")[0]
        if path == PATH:
            await _to_slash(send)
            return
        # Without extensions: granian offers to send files by path, which piccolo-admin's middleware does not pass on.
        inner: dict[str, Any] = {**scope, "root_path": PATH, "path": path, "extensions": {}}
        await desk()(inner, receive, send)

    return [admin]


async def _to_slash(send: Send) -> None:
    await send({"type": "http.response.start", "status": 307, "headers": [(b"location", b"/admin/")]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
