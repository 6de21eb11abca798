"""The admin desk of a firm at ``/admin/{firm}/``, behind the portal's gate.

Litestar's mounts take no path parameters: the gate reads the firm from the address, and here it becomes the root path.
"""

from functools import cache
from typing import Any
from urllib.parse import unquote

from litestar import asgi
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from zhangfang_core.admin.router import PortalAdmin
from zhangfang_core.identity.places import own_places
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.context import scope as current_scope
from zhangfang_sdk.errors import not_found

PATH = "/admin"


def admin_of(firm: int) -> str:
    """Where the admin desk of a firm stands, without the slash at its end."""
    return f"{PATH}/{firm}"


@cache
def desk() -> PortalAdmin:
    return PortalAdmin()


def admin_handlers() -> list[ASGIRouteHandler]:
    """A mount. piccolo-admin asks on every write that its cookie and header agree; that they are of this session is asked before."""

    @asgi(
        PATH,
        is_mount=True,
        copy_scope=True,
        opt={"place": "admin", "permission": "admin.use", "token_by_script": True},
    )
    async def admin(scope: Scope, receive: Receive, send: Send) -> None:
        path = unquote(scope["raw_path"].decode("latin-1")).partition("?")[0]
        if current_scope().firm is None:
            await _to_own_desk(send)
            return
        root = admin_of(firm_in_scope())
        if path == root:
            await _to_slash(send, root)
            return
        # Without extensions: granian offers to send files by path, which piccolo-admin's middleware does not pass on.
        inner: dict[str, Any] = {**scope, "root_path": root, "path": path, "extensions": {}}
        await desk()(inner, receive, send)

    return [admin]


async def _to_own_desk(send: Send) -> None:
    """``/admin/`` alone leads to the desk of the one firm whose staff this person is. Raises Refusal ``common.not_found``."""
    firms = {place.firm for place in await own_places() if place.client is None}
    if len(firms) != 1:
        raise not_found("页面")
    await _to_slash(send, admin_of(firms.pop()))


async def _to_slash(send: Send, root: str) -> None:
    await send({"type": "http.response.start", "status": 307, "headers": [(b"location", f"{root}/".encode())]})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
