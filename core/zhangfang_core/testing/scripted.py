"""The portal's script in a browser, against a server that fails on purpose: one page body at a time, an event stream, uploads."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

from playwright.sync_api import Browser, Page, sync_playwright

from zhangfang_core.web.assets_manifest import STATIC_DIR, asset

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:"
BROWSER = os.environ.get("ZHANGFANG_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class ScriptedPortal(ThreadingHTTPServer):
    """Serves one page body at a time, an event stream, and uploads that fail as often as told.

    ``parts`` tells for each part of a larger file in turn whether it arrives; those not told of do.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.body = ""
        self.events: Queue[str] = Queue()
        self.refuse_streams = 0
        self.fetched = 0
        self.posted: list[str] = []
        self.upload_answers: list[tuple[int, str]] = []
        self.upload_keys: list[str] = []
        self.tokens: list[str | None] = []
        self.forms: list[bytes] = []
        self.parts: list[bool] = []
        self.kept: dict[str, bytearray] = {}
        self.begun: list[str] = []
        self.ended: list[str] = []
        self.offsets: list[int] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    server: ScriptedPortal

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Tests need no access log."""

    def answer(self, body: str | bytes, kind: str = "text/html; charset=utf-8", status: int = 200) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            file = STATIC_DIR / path.removeprefix("/static/")
            self.answer(file.read_bytes(), TYPES[file.suffix])
        elif path == "/events":
            self.stream()
        elif path == "/badges":
            self.answer('{"msg": 7}', "application/json")
        elif path == "/figure":
            self.server.fetched += 1
            self.answer(f'<p id="figure" data-live-topic="ledger" hx-get="/figure">{self.server.fetched}</p>')
        elif path == "/vouchers":
            bare = self.headers.get("HX-Request") == "true"
            inner = '<h2>凭证明细</h2><a id="deeper" data-sheet href="/vouchers?n=2">记-0087</a>'
            self.answer(inner if bare else frame(f"<h1>整页</h1>{inner}"))
        elif path in {"/", "/next", "/before", "/return"}:
            self.answer(frame(self.server.body + f'<output id="at">{path}</output>'))
        else:
            self.answer("", status=404)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/parts":
            self.begin()
            return
        self.server.forms.append(sent)
        if self.path != "/uploads":
            self.server.posted.append(self.path)
            self.answer(frame("<p id=done>done</p>"))
            return
        self.server.upload_keys.append(self.headers["X-Upload-Key"])
        self.server.tokens.append(self.headers["X-CSRF-Token"])
        status, body = self.server.upload_answers.pop(0)
        if status == 0:
            self.connection.close()
            return
        self.answer(body, "application/problem+json" if status >= 400 else "text/html; charset=utf-8", status)

    def begin(self) -> None:
        """A file in parts: by its metadata, which holds its key, where it stands."""
        told = self.headers["Upload-Metadata"]
        if told not in self.server.begun:
            self.server.begun.append(told)
            self.server.kept[f"/parts/{len(self.server.begun)}"] = bytearray()
        place = f"/parts/{self.server.begun.index(told) + 1}"
        self.empty(201, {"Location": place, "Upload-Offset": str(len(self.server.kept[place]))})

    def do_PATCH(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if self.server.parts and not self.server.parts.pop(0):
            self.connection.close()
            return
        kept, offset = self.server.kept[self.path], int(self.headers["Upload-Offset"])
        self.server.offsets.append(offset)
        if offset != len(kept):
            self.empty(409, {})
            return
        kept += sent
        self.empty(204, {"Upload-Offset": str(len(kept))})

    def do_DELETE(self) -> None:
        self.server.ended.append(self.path)
        self.empty(204, {})

    def empty(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": "0"} | headers).items():
            self.send_header(name, value)
        self.end_headers()

    def stream(self) -> None:
        if self.server.refuse_streams:
            self.server.refuse_streams -= 1
            self.answer("", status=503)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        while True:
            try:
                topic = self.server.events.get(timeout=0.2)
                self.wfile.write(f"event: {topic}\ndata: 1\n\n".encode())
            except Empty:
                self.wfile.write(b": still here\n\n")
            except OSError:
                return
            try:
                self.wfile.flush()
            except OSError:
                return


def frame(body: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><title>t</title><meta name="csrf-token" content="the-token">'
        '<meta name="htmx-config" content=\'{"history":"reload","includeIndicatorCSS":false}\'>'
        f'<link rel="stylesheet" href="{asset("portal.css")}"><script type="module" src="{asset("portal.js")}"></script>'
        '</head><body data-live="/events" data-badges="/badges"><div id="offline" role="status" hidden></div>'
        f'<div id="announce" aria-live="polite"></div><main id="main">{body}</main></body></html>'
    )


@contextmanager
def scripted_portal() -> Iterator[ScriptedPortal]:
    server = ScriptedPortal()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        try:
            yield launched
        finally:
            launched.close()


def show(page: Page, portal: ScriptedPortal, body: str) -> None:
    """Open a page with this body."""
    portal.body = body
    page.goto(portal.address)
