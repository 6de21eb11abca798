"""One request to one table of the desk: checked on its way in, written for people on its way out."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import asyncpg

from zhangfang_core.admin.asking import asked_of_count, asked_of_ids, asked_of_list, asked_of_row, row_number, told
from zhangfang_core.admin.presenting import described, rows_for_people
from zhangfang_core.admin.shape import Shape, shape
from zhangfang_sdk.admin import AdminScreen
from zhangfang_sdk.errors import Refusal, ScopeMismatch, not_found

Message = MutableMapping[str, Any]
App = Callable[[Any, Any, Any], Awaitable[None]]

LARGEST_BODY = 1_000_000
_PARTS = ("", "ids", "count", "schema", "new", "references")
_READING = ("GET", "HEAD")


class TableVisit:
    """``root`` is the table's address in piccolo-admin, ``rest`` what comes after it; ``shown`` titles of the actor's screens by table."""

    def __init__(self, screen: AdminScreen, shown: Mapping[str, str], root: str, rest: str) -> None:
        self._shape: Shape = shape(screen)
        self._shown = shown
        self._root = root
        self._rest = rest
        self._part = rest.strip("/")

    async def answer(self, app: App, scope: Message, receive: Any, send: Any) -> None:
        try:
            inner, body = await self._checked(scope, receive)
            found = _Answer()
            await app(inner, _replayed(body), found.send)
            status, content = await self._presented(scope["method"], found)
        except Refusal as refusal:
            status, found = refusal.status, _Answer()
            content = _sentence(refusal.sentence, "custom_form_error" if status == 422 else "detail")
        except (ScopeMismatch, asyncpg.InsufficientPrivilegeError):
            # The wall or the database itself refused the row.
            status, content, found = 422, _sentence("这一行不能这样保存:它要属于本公司的客户。"), _Answer()
        await found.send_on(send, status, content)

    async def _checked(self, scope: Message, receive: Any) -> tuple[Message, bytes]:
        """The request as piccolo-admin gets it. Raises Refusal."""
        # piccolo's PUT passes by the hooks that write the trail; it sets the columns given, as PATCH does.
        method = "PATCH" if scope["method"] == "PUT" else scope["method"]
        if method not in _READING and not self._shape.screen.writable:
            raise Refusal("admin.read_only", "这张表只能查看;要改动请用对应的表单或页面。", status=405)
        if self._part not in _PARTS and not row_number(self._shape, self._part):
            raise not_found()
        given = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        query = urlencode(self._query(method, given)).encode()
        values = told(self._shape, await _read(receive)) if method in ("POST", "PATCH") else None
        if method == "PATCH" and not values:
            raise Refusal("admin.asked", "没有要保存的内容。")
        body = b"" if values is None else json.dumps(values).encode()
        path = f"{self._root}{self._rest}"
        headers = [(k, v) for k, v in scope["headers"] if k.lower() not in (b"content-length", b"transfer-encoding")]
        if method not in _READING:
            headers.append((b"content-length", str(len(body)).encode()))
        return {
            **scope,
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": query,
            "headers": headers,
        }, body

    def _query(self, method: str, given: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        if method not in _READING:
            return []
        if self._part == "":
            return [("__readable", "true"), *_without(asked_of_list(self._shape, given, self._shown))]
        if self._part == "count":
            return asked_of_count(self._shape, given, self._shown)
        if self._part == "ids":
            return asked_of_ids(given)
        return [] if self._part in _PARTS else [("__readable", "true"), *_without(asked_of_row(self._shape, given))]

    async def _presented(self, method: str, found: "_Answer") -> tuple[int, bytes]:
        status = found.status
        if status in (400, 422):
            return 422, _sentence(self._told_in_chinese(found.body))
        if status not in (200, 201) or not found.body:
            return status, found.body
        values = json.loads(found.body)
        if self._part == "schema":
            values = await described(self._shape, values, self._shown)
        elif self._part == "references":
            values = {"references": [self._titled(r) for r in values["references"] if r["tableName"] in self._shown]}
        elif self._part == "new":
            # A row that is not there yet has nothing to be written from.
            empty = {name: value for name, value in values.items() if name not in self._shape.screen.words}
            values = (await rows_for_people(self._shape, [empty], self._shown))[0]
        elif self._part not in _PARTS and method != "DELETE":
            values = (await rows_for_people(self._shape, [values], self._shown))[0]
        elif self._part == "" and method in _READING:
            values = {"rows": await rows_for_people(self._shape, values["rows"], self._shown)}
        return status, json.dumps(values, ensure_ascii=False).encode()

    def _titled(self, reference: Mapping[str, str]) -> dict[str, str]:
        return {**reference, "tableName": self._shown[reference["tableName"]]}

    def _told_in_chinese(self, body: bytes) -> str:
        text = body.decode("utf-8", "replace")
        if "unique" in text or "duplicate key" in text:
            return "已经有同样的一条了,不能重复。"
        if "foreign key" in text:
            return "它和别的记录有关联,不能这样保存或删除。"
        # By PostgreSQL's own custom the check of a column is called table_column_check.
        checked = rf"\b{self._shape.table._meta.tablename}_(\w+)_check\b"
        words = dict.fromkeys(re.findall(r"[A-Za-z_][A-Za-z0-9_]*", re.sub(checked, r"\1", text)))
        named = "、".join(self._shape.label(word) for word in words if word in self._shape.sent)
        return f"填写得不对,请检查:{named}。" if named else "有一项填写得不对,请检查后再试。"


class _Answer:
    """What piccolo-admin answers, kept until it is complete."""

    def __init__(self) -> None:
        self.status, self.body = 0, b""
        self._headers: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json")]

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self._headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")

    async def send_on(self, send: Any, status: int, body: bytes) -> None:
        changed = (b"content-length", b"content-type") if body != self.body else (b"content-length",)
        headers = [(k, v) for k, v in self._headers if k.lower() not in changed]
        if body != self.body:
            headers.append((b"content-type", b"application/json"))
        headers.append((b"content-length", str(len(body)).encode()))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def _without(given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names are always asked for: they are what is shown."""
    return [(name, value) for name, value in given if name != "__readable"]


def _sentence(text: str, key: str = "custom_form_error") -> bytes:
    """In the form that the page shows word for word: ``detail`` for what is not to be done at all."""
    return json.dumps({key: text}, ensure_ascii=False).encode()


async def _read(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LARGEST_BODY:
            raise Refusal("admin.asked", "内容太长了。", status=413)
    return body


def _replayed(body: bytes) -> Callable[[], Awaitable[Message]]:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
