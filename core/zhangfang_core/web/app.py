"""The web application: core's pages, every plugin's, the admin desk, behind one gate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router
from litestar.types import Message
from litestar.types import Scope as Connection

from zhangfang_core.admin.mount import admin_handlers
from zhangfang_core.calendar.pages import HANDLERS as CALENDAR_PAGES
from zhangfang_core.database.engine import DB, close_pool, open_pool
from zhangfang_core.database.roles import addresses
from zhangfang_core.documents.pages import HANDLERS as DOCUMENT_PAGES
from zhangfang_core.documents.resumable.pages import HANDLERS as UPLOAD_PAGES
from zhangfang_core.identity.pages import HANDLERS as IDENTITY_PAGES
from zhangfang_core.ledger.pages import HANDLERS as LEDGER_PAGES
from zhangfang_core.live.hub import HUB
from zhangfang_core.live.stream import HANDLERS as STREAMS
from zhangfang_core.module_settings.pages import HANDLERS as SETTINGS_PAGES
from zhangfang_core.modules.pages import HANDLERS as MODULE_PAGES
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.routes import mounted
from zhangfang_core.notices.log_pages import HANDLERS as DELIVERY_PAGES
from zhangfang_core.notices.pages import HANDLERS as NOTICE_PAGES
from zhangfang_core.plugin_life.order_pages import HANDLERS as PLUGIN_ORDER_PAGES
from zhangfang_core.plugin_life.pages import HANDLERS as PLUGIN_PAGES
from zhangfang_core.search.pages import HANDLERS as SEARCH_PAGES
from zhangfang_core.services import provide_services
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.tenancy.pages import HANDLERS as TENANCY_PAGES
from zhangfang_core.trail.pages import HANDLERS as TRAIL_PAGES
from zhangfang_core.vendors.pages import HANDLERS as VENDOR_PAGES
from zhangfang_core.web.assets_manifest import STATIC_DIR, STATIC_URL
from zhangfang_core.web.entrance import Entrance
from zhangfang_core.web.errors import EXCEPTION_HANDLERS
from zhangfang_core.web.form_tokens import FormTokens
from zhangfang_core.web.gate import Gate
from zhangfang_core.web.home import HANDLERS as HOME_PAGES
from zhangfang_core.web.old_links import HANDLERS as OLD_LINKS
from zhangfang_core.web.rendering import dress, template_config
from zhangfang_core.web.typed_texts import TypedTexts

CORE_PAGES: list[HTTPRouteHandler] = [
    *HOME_PAGES,
    *IDENTITY_PAGES,
    *TENANCY_PAGES,
    *MODULE_PAGES,
    *SETTINGS_PAGES,
    *DOCUMENT_PAGES,
    *UPLOAD_PAGES,
    *LEDGER_PAGES,
    *NOTICE_PAGES,
    *PLUGIN_PAGES,
    *PLUGIN_ORDER_PAGES,
    *DELIVERY_PAGES,
    *TRAIL_PAGES,
    *VENDOR_PAGES,
    *CALENDAR_PAGES,
    *SEARCH_PAGES,
    *STREAMS,
    *OLD_LINKS,
]

LARGEST_BODY = 55 * 1024 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'self'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000"
"""For a year, browsers ask by TLS only (RFC 6797); of this host alone."""


async def _protect(message: Message, scope: Connection) -> None:
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in SECURITY_HEADERS.items():
            headers.setdefault(name, value)
        if scope["raw_path"].startswith(b"/admin/"):
            # piccolo-admin's page sets styles on elements; its scripts need nothing more.
            headers["Content-Security-Policy"] = SECURITY_HEADERS["Content-Security-Policy"].replace(
                "style-src 'self'", "style-src 'self' 'unsafe-inline'"
            )
        if "/static/dist/" in scope["path"]:
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        elif not scope["path"].startswith(STATIC_URL):
            # What somebody saw signed in is not shown again by the browser's way back after they signed out.
            headers.setdefault("Cache-Control", "no-store")


async def _by_tls_only(message: Message, scope: Connection) -> None:
    """Also every cookie, those of mounted applications and plugins included."""
    if message["type"] == "http.response.start":
        MutableScopeHeaders.from_message(message).setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
        message["headers"] = [
            (name, _secure(value) if name == b"set-cookie" else value) for name, value in message["headers"]
        ]


def _secure(cookie: bytes) -> bytes:
    attributes = {part.strip().lower() for part in cookie.split(b";")[1:]}
    return cookie if b"secure" in attributes else cookie + b"; Secure"


def create_app(settings: Settings | None = None) -> Litestar:
    """The ASGI app. Opens the pool and the live listener at start; :func:`zhangfang_core.modules.life.prepare` has run before."""
    chosen = settings or read_settings()
    provide_services()

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        dsn = (await addresses(chosen)).application
        opened = DB.pool is None
        if opened:
            await open_pool(dsn)
        async with HUB.listening(dsn):
            yield
        if opened:
            await close_pool()

    return Litestar(
        route_handlers=[
            *mounted(CORE_PAGES),
            *(router for id_, module in registry().modules.items() for router in mounted(module.pages, id_)),
            *admin_handlers(),
            create_static_files_router(STATIC_URL, directories=[STATIC_DIR], opt={"static": True}),
        ],
        middleware=[Entrance(chosen), Gate(), TypedTexts(), FormTokens(chosen)],
        template_config=template_config(),
        exception_handlers=EXCEPTION_HANDLERS,
        compression_config=CompressionConfig(backend="brotli", brotli_gzip_fallback=True, exclude=["/events"]),
        after_request=dress,
        before_send=[_protect, _by_tls_only] if chosen.is_https else [_protect],
        request_max_body_size=LARGEST_BODY,
        lifespan=[running],
        openapi_config=None,
        logging_config=None,  # Litestar's own would turn every library's chatter on
    )
