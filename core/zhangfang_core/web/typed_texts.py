"""What people type is cleaned once, before any page reads it: no form brings a sign that nobody sees, and none that nothing can hold.

Handlers of plugins read forms as Litestar gives them; so the form is put back where Litestar keeps it.
"""

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType, ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Empty, Receive, Send
from litestar.types import Scope as Connection
from litestar.utils.scope.state import ScopeState

from zhangfang_core.identity.forms import PASSWORDS
from zhangfang_core.web.origins import SAFE_METHODS
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.texts import seen

FORMS = frozenset({RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART})


class TypedTexts(ASGIMiddleware):
    """Behind the gate, which has received the whole body. Raises Refusal ``request.no_text`` (400) for bytes that are no text."""

    async def handle(self, scope: Connection, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if (
            scope["type"] == ScopeType.HTTP
            and scope["method"] not in SAFE_METHODS
            and isinstance(scope["route_handler"], HTTPRouteHandler)
        ):
            request = Request[Any, Any, Any](scope, receive=receive)
            if request.content_type[0] in FORMS:
                await _clean(request)
        await next_app(scope, receive, send)


async def _clean(request: Request[Any, Any, Any]) -> None:
    try:
        await request.form()
    except (UnicodeError, LookupError) as error:
        raise Refusal(
            "request.no_text", "提交的内容里有无法识别的文字,没有处理。请返回上一页重新填写。", status=400
        ) from error
    state = ScopeState.from_scope(request.scope)
    # A new one: Litestar keeps what it parsed for the next form with the same bytes.
    if state.form is not Empty:
        state.form = {seen(name): _cleaned(name, value) for name, value in state.form.items()}


def _cleaned(name: str, value: Any) -> Any:
    """A password stays as it was typed."""
    if isinstance(value, list):
        return [_cleaned(name, one) for one in value]
    if isinstance(value, UploadFile):
        value.filename = seen(value.filename)
        return value
    return seen(value) if isinstance(value, str) and name not in PASSWORDS else value
