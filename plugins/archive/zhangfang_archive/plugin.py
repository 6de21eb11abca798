"""Hook implementations of the plugin; each delegates."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from zhangfang_archive import web
from zhangfang_archive.search_source import MANIFESTS
from zhangfang_archive.tables import Manifest
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminScreen, BetterPage
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.web import CLIENT, FIRM, NavEntry


class Archive:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return web.PAGES

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("my-archive", "电子档案", "archive", "/archive", "archive.read", "me", 60),
            NavEntry("archive", "电子档案", "archive", "/archive", "archive.read", "side", 60, (FIRM, CLIENT)),
        ]

    @hook
    def register_search_sources(self) -> Sequence[SearchSource]:
        return [MANIFESTS]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        columns = (
            Manifest.client,
            Manifest.period,
            Manifest.files,
            Manifest.sha256,
            Manifest.created_at,
            Manifest.made_by,
        )
        screen = AdminScreen(
            Manifest,
            "单据清单",
            columns,
            {"files": "文件数", "made_by": "生成人"},
            permission="archive.read",
            better=BetterPage("电子档案", "/archive"),
        )
        return [screen]


plugin = Archive()
