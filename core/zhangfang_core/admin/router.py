"""piccolo-admin with the portal's own sign-in, firm, permissions, switches and Chinese names.

The single-page app knows tables by the names that the list gives it, so it is given the Chinese titles; the
addresses that it then asks for are turned back into table names here.
"""

import json
from collections.abc import Mapping, MutableMapping
from enum import Enum
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

from fastapi import HTTPException
from piccolo_admin.endpoints import (
    AdminRouter,
    FormConfig,
    FormConfigResponseModel,
    GroupedFormsResponseModel,
    GroupedTableNamesResponseModel,
    TableConfig,
)
from piccolo_api.crud.hooks import Hook, HookType
from starlette.authentication import AuthCredentials, AuthenticationBackend, BaseUser
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse

from zhangfang_core.admin.catalogue import Placed, better_pages, forms, screens
from zhangfang_core.admin.page_words import changed_files
from zhangfang_core.admin.shape import shape
from zhangfang_core.admin.table_visit import TableVisit
from zhangfang_core.identity.forms import CLEARED
from zhangfang_core.identity.presence import token_of_request
from zhangfang_core.identity.sessions import sign_out
from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.calling import calling
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import seen

Message = MutableMapping[str, Any]


class PortalUser(BaseUser):
    """The actor in scope, as piccolo-admin reads it. The gate has let only permitted people through."""

    @property
    def is_authenticated(self) -> bool:
        return True

    @property
    def display_name(self) -> str:
        return scope().user_name

    @property
    def user_id(self) -> int:
        return scope().user or 0

    @property
    def identity(self) -> str:
        return str(self.user_id)


class PortalBackend(AuthenticationBackend):
    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, BaseUser]:
        return AuthCredentials(["authenticated"]), PortalUser()


def _table_config(placed: Placed[AdminScreen]) -> TableConfig:
    screen = placed.item
    return TableConfig(
        table_class=screen.table,
        visible_columns=[screen.table._meta.primary_key, *screen.columns],
        visible_filters=list(screen.columns),
        hooks=_on_the_trail(screen) if screen.writable else None,
        menu_group=placed.group,
    )


def _on_the_trail(screen: AdminScreen) -> list[Hook]:
    name, known = screen.table._meta.tablename, shape(screen)

    def plain(values: dict[str, Any]) -> dict[str, object]:
        """By the names that the desk gives the columns."""
        return {
            known.label(key): value if isinstance(value, int | str | bool | None) else str(value) for key, value in values.items()
        }

    async def saved(row: Any) -> Any:
        await use(Audit).record("admin.create", name, after=plain(row.to_dict()))
        return row

    async def patched(row_id: Any, values: dict[Any, Any]) -> dict[Any, Any]:
        before = await screen.table.select().where(screen.table._meta.primary_key == row_id).first()
        after = {(getattr(k, "_meta", None) and k._meta.name) or str(k): v for k, v in values.items()}
        await use(Audit).record("admin.change", f"{name}:{row_id}", before=plain(before or {}), after=plain(after))
        return values

    async def deleted(row_id: Any) -> None:
        before = await screen.table.select().where(screen.table._meta.primary_key == row_id).first()
        await use(Audit).record("admin.delete", f"{name}:{row_id}", before=plain(before or {}))

    return [
        Hook(hook_type=HookType.pre_save, callable=saved),
        Hook(hook_type=HookType.pre_patch, callable=patched),
        Hook(hook_type=HookType.pre_delete, callable=deleted),
    ]


def _form_config(placed: Placed[AdminForm]) -> FormConfig:
    form = placed.item

    async def submit(request: Request, fields: Any) -> str:
        typed = {name: seen(value) for name, value in fields if isinstance(value, str) and not isinstance(value, Enum)}
        fields = fields.model_copy(update=typed)
        try:
            if placed.module is None:
                return await form.submit(fields)
            with calling(placed.module, f"form {form.id}"):
                return from_part(AdminForm, "submit", await form.submit(fields))
        except Refusal as refusal:
            raise ValueError(refusal.sentence) from refusal

    config = FormConfig(
        name=form.title,
        pydantic_model=form.fields,
        endpoint=submit,
        description=form.description,
        form_group=placed.group,
    )
    config.slug = form.id
    return config


class PortalAdmin(AdminRouter):
    """Shows each actor the screens and forms that they have now; everything else is not there (404)."""

    def __init__(self) -> None:
        self._screens = {p.item.table._meta.tablename: p for p in screens()}
        self._forms = {p.item.id: p for p in forms()}
        super().__init__(
            *[_table_config(p) for p in screens()],
            forms=[_form_config(p) for p in forms()],
            site_name="账房管理后台",
            default_language_code="zh-CN",
            page_size=30,
        )
        for route in self.routes:
            if getattr(route, "path", "") == "/api":
                route.app.backend = PortalBackend()  # type: ignore[attr-defined]  # Starlette's Mount holds the middleware here

    async def __call__(self, scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        path = unquote(scope["path"])
        if path.endswith("/public/logout/") and scope["method"] == "POST":
            await sign_out(token_of_request())
            await _send(send, 200, b"{}", b"application/json", CLEARED)
            return
        if _blocked(path):
            await _not_there(send)
            return
        if "/assets/" in path and (changed := changed_files().get(path.rpartition("/")[2])):
            await _send(send, 200, *changed)
            return
        head, found, tail = path.partition("/api/tables/")
        name, _, rest = tail.partition("/")
        if not found or name in ("", "grouped"):
            await super().__call__(scope, receive, send)
            return
        table = self._table_of(name)
        if table is None:
            await _not_there(send)
            return
        visit = TableVisit(self._screens[table].item, self._titles(), f"{head}/api/tables/{table}/", rest)
        await visit.answer(super().__call__, scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        return {}

    def get_sidebar_links(self) -> dict[str, str]:
        return {"返回账房": "/", **{title: str(address) for title, address in better_pages().items()}}

    def _table_of(self, name: str) -> str | None:
        for table, placed in self._screens.items():
            if name in (placed.item.title, table):
                return table if placed.is_shown() else None
        return None

    def _titles(self) -> dict[str, str]:
        return {table: placed.item.title for table, placed in self._screens.items() if placed.is_shown()}

    def get_table_list(self) -> list[str]:
        return list(self._titles().values())

    def get_table_list_grouped(self) -> GroupedTableNamesResponseModel:
        answer = GroupedTableNamesResponseModel()
        for placed in self._screens.values():
            if placed.is_shown():
                answer.grouped.setdefault(placed.group, []).append(placed.item.title)
        return answer

    def get_forms(self) -> list[FormConfigResponseModel]:
        return [_described(p) for p in self._forms.values() if p.is_shown()]

    def get_grouped_forms(self) -> GroupedFormsResponseModel:
        answer = GroupedFormsResponseModel()
        for placed in self._forms.values():
            if placed.is_shown():
                answer.grouped.setdefault(placed.group, []).append(_described(placed))
        return answer

    def get_single_form(self, form_slug: str) -> FormConfigResponseModel:
        return _described(self._shown_form(form_slug))

    def get_single_form_schema(self, form_slug: str) -> dict[str, Any]:
        return self._shown_form(form_slug).item.fields.model_json_schema()

    async def post_single_form(self, request: Request, form_slug: str) -> Any:
        self._shown_form(form_slug)
        if not await _is_object(request):
            return JSONResponse({"custom_form_error": "提交的内容读不懂,请刷新页面再试。"}, 422)
        return await super().post_single_form(request, form_slug)

    def _shown_form(self, slug: str) -> Placed[AdminForm]:
        placed = self._forms.get(slug)
        if placed is None or not placed.is_shown():
            raise HTTPException(404, "没有这个表单。")
        return placed


async def _is_object(request: Request) -> bool:
    """Whether the body is a JSON object whose words can all be kept: PostgreSQL has no zero character."""
    body = await request.body()
    try:
        return isinstance(json.loads(body), dict) and b"\\u0000" not in body
    except (ValueError, RecursionError):
        return False


def _described(placed: Placed[AdminForm]) -> FormConfigResponseModel:
    return FormConfigResponseModel(name=placed.item.title, slug=placed.item.id, description=placed.item.description)


def _blocked(path: str) -> bool:
    """Sign-in, passwords and API descriptions are the portal's business, not piccolo-admin's."""
    closed = (
        "/public/login",
        "/public/logout",
        "/public/docs",
        "/api/change-password",
        "/api/docs",
        "/api/media",
        "openapi.json",
    )
    return any(part in path for part in closed)


async def _not_there(send: Any) -> None:
    await _answer(send, 404, {"detail": "没有找到这个内容。"})


async def _answer(send: Any, status: int, values: dict[str, str]) -> None:
    await _send(send, status, json.dumps(values).encode(), b"application/json")


async def _send(send: Any, status: int, body: bytes, media_type: bytes, also: Mapping[str, str] = MappingProxyType({})) -> None:
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    headers += [(name.encode(), value.encode()) for name, value in also.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
