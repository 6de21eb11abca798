"""PLAT-3: whatever a stranger installs, the server runs and says of each misfit why it is left out. One start for all of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.identity.set_up import make_operator
from zhangfang_core.testing.databases import TestServer, fresh
from zhangfang_core.testing.portal import session_for
from zhangfang_core.testing.processes import Node, free_port, running, until_up
from zhangfang_core.testing.strangers import PLUGIN, TABLES, table_files, write_stranger


def declares(hook: str, answer: str, before: str = "") -> str:
    """Code of a plugin whose only hook answers this."""
    return f"""
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.references import ClientKey
from zhangfang_sdk.roles import Role
from zhangfang_sdk.web import CLIENT, action, Badge, Card, NavEntry, Page, page


{before}


class Plugin:
    @hook
    def {hook}(self):
        return {answer}


plugin = Plugin()
"""


PAGE = '@page("{address}", of=CLIENT, permission="signed_in")\nasync def shown({argument}) -> Page:\n    return Page("x.html", title="x")'


UNSPEAKABLE = "class Unspeakable(Exception):\n    def __str__(self): raise Unspeakable\n"


@dataclass(frozen=True)
class Misfit:
    """A plugin that does not fit, and words of the reason that a reader needs."""

    id: str
    reason: str
    installed: dict[str, Any] = field(default_factory=dict)


MISFITS = [
    Misfit("bad_migration", "division by zero", {"files": table_files("bad_migration", sql="select 1/0;")}),
    Misfit("needs_bad", "它依赖的模块 bad_migration 没有装入", {"manifest": 'requires = ["plugin:bad_migration"]'}),
    Misfit("migration_exits", "SystemExit", {"files": {**table_files("migration_exits"), "migrations/x.py": "raise SystemExit(3)"}}),
    Misfit("no_migrations", "没有任何迁移", {"files": {"piccolo_app.py": table_files("no_migrations")["piccolo_app.py"]}}),
    Misfit("shared_migration", "已属于 core_ledger", {
        "files": {**table_files("shared_migration"), "migrations/x.py": 'ID = "2026-11-26T08:05:01:000000"'},
    }),
    Misfit("books_month", 'relation "books_month_note" already exists', {
        "files": table_files("books_month", table="books_month_note"),
    }),
    Misfit("foreign_table", "core_voucher", {"files": table_files("foreign_table", table="core_voucher")}),
    Misfit("raising_tables", "kein Tisch", {
        "files": table_files("raising_tables", app=TABLES.replace("from pathlib", "raise RuntimeError('kein Tisch')\nfrom pathlib", 1)),
    }),
    Misfit("cycle_a", "依赖成环: cycle_a → cycle_b → cycle_a", {"manifest": 'requires = ["plugin:cycle_b"]'}),
    Misfit("cycle_b", "依赖成环: cycle_a → cycle_b → cycle_a", {"manifest": 'requires = ["plugin:cycle_a"]'}),
    Misfit("raising_import", "RuntimeError: kein Anfang", {"code": "raise RuntimeError('kein Anfang')"}),
    Misfit("exiting_import", "SystemExit", {"code": "raise SystemExit('weg')"}),
    Misfit("needs_raising", "它依赖的模块 raising_import 没有装入", {"manifest": 'requires = ["plugin:raising_import"]'}),
    Misfit("raising_hook", "ZeroDivisionError", {"code": declares("register_jobs", "1 / 0")}),
    Misfit("unknown_hook", "register_nothing", {"code": declares("register_nothing", "()")}),
    Misfit("books", "编号 books 已属于安装包 zhangfang-books,another-books 没有装入", {"name": "another-books"}),
    Misfit("other_sdk", "需要 zhangfang-sdk<0.1", {"needs": "zhangfang-sdk<0.1"}),
    Misfit("second_provider", "服务 Specimens 已由模块“票据采集”(capture_ocr)提供", {"manifest": 'provides = ["Specimens"]'}),
    Misfit("second_ledger", "服务 Ledger 已由平台本身提供", {"manifest": 'provides = ["Ledger"]'}),
    Misfit("secret_ledger", "Ledger", {"code": declares("register_services", "{Ledger: object()}")}),
    Misfit("missing_service", "缺少依赖: Nowhere", {"manifest": 'requires = ["Nowhere"]'}),
    Misfit("odd_manifest", "requires must be a list of names", {"manifest": "requires = 5"}),
    Misfit("no_manifest", "cannot be read", {"manifest": "= ="}),
    Misfit("taken_address", "/tasks", {"code": declares("register_pages", "[shown]", PAGE.format(address="/tasks", argument=""))}),
    Misfit("of_core", "平台自己的", {"code": declares("register_pages", "[shown]", PAGE.format(address="/vouchers/mine", argument=""))}),
    Misfit("home_taker", "平台自己的", {"code": declares("register_pages", "[shown]", PAGE.format(address="/", argument=""))}),
    Misfit("shadowing", "/tasks/{}/tick", {
        "code": declares("register_pages", "[shown]", PAGE.format(address="/tasks/{x:str}/tick", argument="x: str").replace("@page", "@action")),
    }),
    Misfit("waiting_page", "a page must be a coroutine", {
        "code": declares("register_pages", "[shown]", PAGE.format(address="/wait", argument="").replace("async def", "def")),
    }),
    Misfit("unknown_permission", "permission 'nobody.may' is neither declared nor among `uses`", {
        "code": declares("register_pages", "[shown]", PAGE.format(address="/odd", argument="").replace("signed_in", "nobody.may")),
    }),
    Misfit("taker", "permission 'ledger.post' does not begin with taker.", {
        "manifest": '[[permissions]]\nid = "ledger.post"\ntitle = "x"\nroles = ["driver"]',
    }),
    Misfit("ledger", "would be taken for core's own", {"name": "stranger-ledger"}),
    Misfit("odd_place", "gives 5, which is no NavEntry", {"code": declares("register_navigation", "[5]")}),
    Misfit("odd_order", "NavEntry.order is '5'", {
        "code": declares("register_navigation", '[NavEntry("x", "x", "house", "/x", "signed_in", "side", "5")]'),
    }),
    Misfit("foreign_card", "card 'collab.tasks' does not begin with foreign_card.", {
        "code": declares("register_cards", '[Card("collab.tasks", "cockpit", "x.html", "signed_in", load)]', "async def load(client, period): ..."),
    }),
    Misfit("nowhere_card", "Card.zone is 'nowhere'", {
        "code": declares("register_cards", '[Card("nowhere_card.x", "nowhere", "x.html", "signed_in", load)]', "async def load(client, period): ..."),
    }),
    Misfit("plain_badge", "count must be a coroutine", {"code": declares("register_badges", '[Badge("x", lambda: 1)]')}),
    Misfit("weekly", "'weekly' is no cron line", {"code": declares("register_jobs", '[Job("x", run, "weekly")]', "async def run(): ...")}),
    Misfit("odd_lane", "lane 'so:slow' is not", {"code": declares("register_jobs", '[Job("x", run, lane="so:slow")]', "async def run(): ...")}),
    Misfit("two_jobs", "Job 'x' is declared twice", {"code": declares("register_jobs", '[Job("x", run), Job("x", run)]', "async def run(): ...")}),
    Misfit("owner_role", "role 'owner' does not begin with owner_role_", {"code": declares("register_roles", '[Role("owner", "x", "firm")]')}),
    Misfit("nosy_screen", "shows core_client", {
        "code": declares("register_admin_screens", '[AdminScreen(ClientKey, "x", (ClientKey.name,))]'),
    }),
    Misfit("odd_column", "AdminScreen.columns is", {"code": declares("register_admin_screens", '[AdminScreen(ClientKey, "x", (42,))]')}),
    Misfit("hollow", "Greeting: object has no greet", {
        "manifest": 'provides = ["Greeting"]',
        "code": declares("register_services", "{Greeting: object()}", "class Greeting:\n    async def greet(self): ..."),
    }),
    Misfit("unspeakable", "Unspeakable", {"code": f"{UNSPEAKABLE}\nraise Unspeakable"}),
    Misfit("unspeakable_tables", "Unspeakable", {
        "files": table_files("unspeakable_tables", app=TABLES.replace("from pathlib", f"{UNSPEAKABLE}\nraise Unspeakable\nfrom pathlib", 1)),
    }),
    Misfit("unwritable_reason", "weg\\udc80", {"code": "raise RuntimeError('weg\\udc80')"}),
    Misfit("unwritable_entry", "NavEntry.label: ", {
        "code": declares("register_navigation", '[NavEntry("x", "账\\udc80", "house", "/x", "signed_in", "side", 5)]'),
    }),
    Misfit("leading_nowhere", "导航“x”指向 /nowhere", {
        "code": declares("register_navigation", '[NavEntry("x", "x", "house", "/nowhere", "signed_in", "side", 5)]'),
    }),
    Misfit("scripted_entry", "path 'javascript:x' is no own address", {
        "code": declares("register_navigation", '[NavEntry("x", "x", "house", "javascript:x", "signed_in", "side", 5)]'),
    }),
    Misfit("talkative", "at most 40 characters", {
        "code": declares("register_navigation", '[NavEntry("x", "长" * 5000, "house", "/account", "signed_in", "side", 5)]'),
    }),
    Misfit("endless", "Job.seconds: nan", {"code": declares("register_jobs", '[Job("x", run, seconds=float("nan"))]', "async def run(): ...")}),
    Misfit("plain_check", "check_voucher must be a coroutine", {
        "code": declares("register_jobs", "()").replace("plugin =", "    @hook\n    def check_voucher(self, voucher): ...\n\nplugin ="),
    }),
    Misfit("yielding_fact", "on_vouchers_posted must be a coroutine", {
        "code": declares("register_jobs", "()").replace("plugin =", "    @hook\n    async def on_vouchers_posted(self, ids): yield\n\nplugin ="),
    }),
    Misfit("generated", "card 'collab.tasks' does not begin with generated.", {
        "code": declares("register_cards", "(Card(n, 'cockpit', 'x.html', 'signed_in', load) for n in ['collab.tasks'])", "async def load(c, period): ..."),
    }),
    Misfit("untyped_page", "页面无法登记", {"code": declares("register_pages", "[shown]", PAGE.format(address="/odd", argument="x"))}),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Portal:
    """A web node that migrated, a worker that may not, and what the operator reads."""

    web: Node
    worker: Node
    page: str
    answers: dict[str, int]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def portal(test_server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Portal]:
    folder = tmp_path_factory.mktemp("strangers")
    for misfit in MISFITS:
        write_stranger(folder, misfit.id, **misfit.installed)
    write_stranger(
        folder,
        "good",
        manifest='optional = ["plugin:bad_migration", "plugin:good_too"]',
        files=table_files("good"),
        code=declares("register_pages", "[shown]", PAGE.format(address="/good", argument="")),
    )
    write_stranger(folder, "good_too", manifest='requires = ["plugin:good", "OpenItems"]', code=PLUGIN)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with fresh(test_server) as database, AsyncExitStack() as stack:
        common = {
            "ZHANGFANG_DSN": test_server.addresses(database).application,
            "ZHANGFANG_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(folder),
        }
        owner = {"ZHANGFANG_OWNER_DSN": test_server.owner(database), "ZHANGFANG_PORT": str(port)}
        web = await stack.enter_async_context(running("web", {**common, **owner}, folder / "web.log"))
        await until_up(web, address)
        worker = await stack.enter_async_context(running("worker", common, folder / "worker.log"))
        await open_pool(test_server.addresses(database).application)
        try:
            token = await operator_s_session()
        finally:
            await close_pool()
        async with httpx.AsyncClient(base_url=address, headers={"accept": "text/html"}) as browser:
            answers = {path: (await browser.get(path)).status_code for path in ("/healthz", "/sign-in")}
            browser.cookies.set(COOKIE, token)
            page = await browser.get("/operator")
        await worker.until_said("plugins that run")
        await asyncio.sleep(0.2)
        yield Portal(web, worker, page.text, answers)


async def operator_s_session() -> str:
    person = await make_operator(login="operator@test", name="运维", password="a long enough secret")
    return await session_for(person)


def lines_of(node: Node, plugin: str) -> list[str]:
    return [line for line in node.said().splitlines() if f"plugin {plugin} is left out: " in line]


async def test_the_server_answers_beside_all_of_them(portal: Portal) -> None:
    assert portal.answers == {"/healthz": 200, "/sign-in": 200}
    assert portal.worker.process.returncode is None


@pytest.mark.parametrize("misfit", MISFITS, ids=lambda misfit: misfit.id)
async def test_each_is_named_with_its_reason(portal: Portal, misfit: Misfit) -> None:
    """In the log of the node that migrated, and before the operator."""
    (line,) = lines_of(portal.web, misfit.id)
    assert misfit.reason in line
    shown = portal.page.replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'")
    assert f"<b>{misfit.id}</b>" in shown
    assert misfit.reason in shown


async def test_a_node_that_may_not_migrate_leaves_out_the_same(portal: Portal) -> None:
    """Its reason for a failed migration is what it can see: that the migration has not run."""
    for misfit in MISFITS:
        assert len(lines_of(portal.worker, misfit.id)) == 1, misfit.id
    assert "数据库还没有执行它的迁移" in lines_of(portal.worker, "bad_migration")[0]


async def test_those_that_fit_run_and_nobody_else_is_missing(portal: Portal) -> None:
    for node in (portal.web, portal.worker):
        (ran,) = [line for line in node.said().splitlines() if "plugins that run: " in line]
        ids = [named.partition(" ")[0] for named in ran.partition("plugins that run: ")[2].split(", ")]
        assert sorted(ids) == [
            "archive",
            "books",
            "capture_ocr",
            "collab",
            "dashboard",
            "good",
            "good_too",
            "marketplace",
            "messaging",
            "risk_rules",
        ]
        assert node.said().count(" is left out: ") == len(MISFITS)
