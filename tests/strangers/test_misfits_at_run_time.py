"""PLAT-1, PLAT-4: plugins that fail, dawdle or talk nonsense while people work. Each costs itself, and is named with its reason.

Two web nodes on one database: one has them installed, one has not. What the home page takes on both is compared, turn about.
"""

import asyncio
import os
import re
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.identity.set_up import make_operator
from zhangfang_core.jobs.queue import put
from zhangfang_core.testing.databases import TestServer, fresh
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import Node, free_port, running, until_up
from zhangfang_core.testing.strangers import write_stranger
from zhangfang_core.testing.tenants import TestFirm, make_test_firm
from zhangfang_sdk.context import system_scope

SLOWER = 1.2
"""What the first answer of the home page may take beside them, of its time without them."""
TURNS = int(os.environ.get("ZHANGFANG_TURNS", "8"))
"""More for a figure that is to be told."""
TOLERANCE = 1.5
"""On a machine whose two cores serve others too: the figure itself is printed (``pytest -s``)."""

HEAD = """
import asyncio
import asyncpg
import datetime as dt
from zhangfang_sdk import hook, use
from zhangfang_sdk.bank_feed import BankFeed
from zhangfang_sdk.context import client_in_scope, transaction
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.jobs import Job, Jobs
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.places import here
from zhangfang_sdk.references import ClientKey
from zhangfang_sdk.vendors import Vendor, VendorKind, Vendors
from zhangfang_sdk.web import CLIENT, SIGNED_IN, Badge, Card, NavEntry, Page, action, go, page

class Plugin:
    pass
"""


def card(name: str, load: str, template: str = "ok") -> tuple[str, dict[str, str]]:
    """Code of a plugin with one card, and its template."""
    code = f"""
async def load(client, period):
    {load}

def cards(self):
    return [Card("{name}.card", "cockpit", "{name}/card.html", SIGNED_IN, load)]

Plugin.register_cards = hook(cards)
"""
    return code.replace("def cards", "def register_cards").replace("hook(cards)", "hook(register_cards)"), {
        f"templates/{name}/card.html": template
    }


def badge(count: str) -> tuple[str, dict[str, str]]:
    return (
        f"""
async def count():
    {count}

def register_navigation(self):
    return [NavEntry("bad", "坏", "bell", "/account", SIGNED_IN, "side", 99)]

def register_badges(self):
    return [Badge("bad", count)]

Plugin.register_navigation = hook(register_navigation)
Plugin.register_badges = hook(register_badges)
""",
        {},
    )


def coroutine(hook: str, argument: str, body: str) -> tuple[str, dict[str, str]]:
    return f"async def {hook}(self, {argument}):\n    {body}\n\nPlugin.{hook} = hook({hook})\n", {}


def pages(*functions: str, templates: Mapping[str, str] | None = None) -> tuple[str, dict[str, str]]:
    names = re.findall(r"async def (\w+)", "\n".join(functions))
    code = "\n".join(functions) + f"\n\ndef register_pages(self):\n    return [{', '.join(names)}]\n\n"
    return code + "Plugin.register_pages = hook(register_pages)\n", dict(templates or {})


def shown(address: str, body: str, stream: str = "") -> str:
    return f'\n@page("{address}", of=CLIENT, permission=SIGNED_IN{stream})\nasync def shown() -> object:\n    {body}\n'


HIDES = "\n    try:\n        await ClientKey.raw('select 1 / 0')\n    except Exception:\n        pass"
VENDOR = """
class Feed:
    def __init__(self, settings): pass
    async def transactions(self, account, first, last): return []
    async def balance(self, account, day): raise ValueError("wrong key sk-4711")

def register_vendors(self):
    return [Vendor(VendorKind.BANK_FEED, "feed", "银行", Feed, outside=False)]

Plugin.register_vendors = hook(register_vendors)
"""
JOB = """
async def fails():
    raise ValueError("no such thing")

def register_jobs(self):
    return [Job("fails", fails, tries=0)]

Plugin.register_jobs = hook(register_jobs)
"""
QUEUED = """
@action("/failing", of=CLIENT, permission=SIGNED_IN)
async def queued() -> dict[str, str]:
    await use(Jobs).defer("failing_job.fails")
    return {}
"""

OR = " or "
"""Between two reasons, of which a busy machine tells the one and an idle one the other."""
BAD_CARDS = {
    "raising_card": (card("raising_card", "raise ValueError('broken')"), "ValueError: broken"),
    "sleeping_card": (card("sleeping_card", "await asyncio.sleep(5)"), "秒内没有完成"),
    "template_card": (card("template_card", "return {}", "{{ nothing.here }}"), "'nothing' is undefined"),
    "huge_card": (card("huge_card", "return {}", "{% for n in range(100000000) %}{{ n }}{% endfor %}"), f"CardTooLarge{OR}0.3 秒"),
    "sql_card": (card("sql_card", "await ClientKey.raw('select 1 / 0')"), "division by zero"),
    "hiding_card": (card("hiding_card", HIDES + "\n    return {}"), "transaction is aborted"),
    "odd_card": (card("odd_card", "return 5"), "WrongAnswer"),
    "raising_badge": (badge("raise ValueError('broken')"), "ValueError: broken"),
    "slow_badge": (badge("await asyncio.sleep(5)"), "秒内没有完成"),
    "odd_badge": (badge("return 'many'"), "WrongAnswer"),
    "ending_card": (card("ending_card", "import sys; sys.exit(5)"), "SystemExit: 5"),
    "cancelling_badge": (badge("raise asyncio.CancelledError"), "CancelledError"),
    "greedy_card": (card("greedy_card", "await use(Ledger).post(1)"), "没有声明要使用“ledger.post”"),
}
"""Parts of the home page, by plugin: code, and words of the reason that a reader needs."""
OTHERS = {
    "raising_page": pages(shown("/raising", "raise ValueError('broken')")),
    "template_page": pages(
        shown("/template", "return Page('template_page/page.html', title='x')"),
        templates={"templates/template_page/page.html": "{{ nothing.here }}"},
    ),
    "nonsense_page": pages(shown("/nonsense", "return object()")),
    "late_page": pages(shown("/late", "raise TimeoutError('the tax office')")),
    "unfit_page": pages(shown("/unfit", "await ClientKey.select(ClientKey.id).where(ClientKey.id == 10**30)")),
    "wall_page": pages(shown("/wall", "await ClientKey.raw('select 1'); raise asyncpg.ForeignKeyViolationError('no such row')")),
    "cut_page": pages(shown("/cut", "raise ConnectionResetError('the tax office')", ", stream=True")),
    "raising_check": coroutine("check_voucher", "voucher", "raise ValueError('broken')"),
    "sleeping_check": coroutine("check_document", "upload", "await asyncio.sleep(5)"),
    "raising_fact": coroutine("on_vouchers_drafted", "ids", "raise ValueError('broken')"),
    "nesting_fact": coroutine("on_documents_stored", "ids", "async with transaction(): pass"),
    "hiding_fact": coroutine("on_periods_closed", "ids", HIDES.strip()),
    "failing_job": (JOB + pages(QUEUED)[0], {}),
    "leaking_vendor": (
        VENDOR + pages(shown("/leaking", "return await use(Vendors).call(BankFeed, lambda f: f.balance('1', None))", ", stream=True"))[0],
        {},
    ),
    "breaking": pages(
        f'\n@action("/breaking/hide", of=CLIENT, permission=SIGNED_IN)\nasync def hide() -> object:{HIDES}\n    return go(here("/cockpit"))\n',
        '\n@action("/breaking/end", of=CLIENT, permission=SIGNED_IN)\nasync def end() -> object:\n    await ClientKey.raw("rollback")\n',
        '\n@action("/breaking/document", of=CLIENT, permission=SIGNED_IN)\nasync def document() -> dict[str, int]:\n'
        '    return {"document": (await use(Documents).store(client_in_scope(), "x", "text/plain", b"x")).id}\n',
    ),
}


@dataclass
class World:
    """``with_them`` and ``without``: a visitor of the same client at either node."""

    firm: TestFirm
    with_them: Visitor
    without: Visitor
    operator: Visitor
    web: Node
    stack: AsyncExitStack
    environment: dict[str, str]
    folder: Path
    owner_dsn: str

    def of_firm(self) -> Visitor:
        return Visitor(self.with_them.http, f"/f/{self.firm.id}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(test_server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("misfits")
    installed = folder / "installed"
    for name, (code, files) in {**{n: made for n, (made, _) in BAD_CARDS.items()}, **OTHERS}.items():
        uses = 'uses = ["documents.upload"]\nrequires = ["Documents", "Jobs", "Vendors"]'
        write_stranger(installed, name, code=f"{HEAD}\n{code}\n\nplugin = Plugin()\n", files=files, manifest=uses)
    ports = [free_port(), free_port()]
    async with fresh(test_server) as database, AsyncExitStack() as stack:
        dsn = test_server.addresses(database).application
        plain = {"ZHANGFANG_DSN": dsn, "ZHANGFANG_DATA_DIR": str(folder / "data")}
        (folder / "data").mkdir()
        environment = {**plain, "PYTHONPATH": str(installed)}
        nodes, browsers = [], []
        for number, (settings, port) in enumerate(zip((environment, plain), ports, strict=True)):
            log = folder / f"web{number}.log"
            nodes.append(await stack.enter_async_context(running("web", {**settings, "ZHANGFANG_PORT": str(port)}, log)))
        await open_pool(dsn)
        try:
            firm = await make_test_firm("嘉喜")
            token = await session_for(firm.owner)
            operator = await session_for(await make_operator(login="operator@test", name="运维", password="a long enough secret"))
            for node, port in zip(nodes, ports, strict=True):
                address = f"http://127.0.0.1:{port}"
                await until_up(node, address)
                http = httpx.AsyncClient(base_url=address, cookies={COOKIE: token}, timeout=20)
                browsers.append(await stack.enter_async_context(http))
            http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports[0]}", cookies={COOKIE: operator})
            place = f"/f/{firm.id}/c/{firm.restaurant}"
            made = World(
                firm, Visitor(browsers[0], place), Visitor(browsers[1], place),
                Visitor(await stack.enter_async_context(http)), nodes[0], stack, environment, folder, test_server.owner(database),
            )  # fmt: skip
            for name in (*BAD_CARDS, *OTHERS):
                assert (await made.of_firm().post(f"/modules/{name}", on="1")).status_code == 303, name
            yield made
        finally:
            await close_pool()


HOMES = {"the client's": "/f/{firm}/c/{client}/cockpit", "the firm's": "/f/{firm}/waiting", "the person's own": "/me"}


async def first_answer(visitor: Visitor, path: str) -> float:
    began = time.perf_counter()
    answer = await visitor.http.get(path)
    assert answer.status_code == 200
    assert "</html>" in answer.text
    return time.perf_counter() - began


async def what_comes_after(visitor: Visitor) -> None:
    """As the browser fetches it: the cards that are late, and the red dots."""
    page = (await visitor.get("/cockpit")).text
    for address in re.findall(r'data-card[^>]*hx-get="([^"]+)"', page):
        assert (await visitor.get(address)).status_code == 200
    assert (await visitor.get("/badges")).status_code == 200


async def test_the_home_page_is_as_quick_beside_them(world: World) -> None:
    """While nobody knows them, while they fail, and when they are off: all of them tried anew each time, either node first in turn."""
    ratios: dict[str, list[float]] = {whose: [] for whose in HOMES}
    for turn in range(TURNS):
        for visitor in (world.with_them, world.without):
            await what_comes_after(visitor)
        for name in BAD_CARDS:
            await world.of_firm().post(f"/modules/{name}/again")
        await asyncio.sleep(0.3)  # what these asked of this node alone is done
        for whose, address in HOMES.items():
            path = address.format(firm=world.firm.id, client=world.firm.restaurant)
            in_turn = (world.with_them, world.without) if turn % 2 else (world.without, world.with_them)
            for visitor in in_turn:  # awake, and with a connection: who is asked first after a pause pays for that
                await visitor.get("/tasks")
            took = {id(visitor): await first_answer(visitor, path) for visitor in in_turn}
            ratios[whose].append(took[id(world.with_them)] / took[id(world.without)])
    for whose, found in ratios.items():
        told = f"{whose} home beside {len(BAD_CARDS)} bad parts: {statistics.median(found):.2f} times, {min(found):.2f} to {max(found):.2f}"
        print(told)  # noqa: T201  # the figure
        assert statistics.median(found) < SLOWER * TOLERANCE, told


@pytest.mark.parametrize("name", BAD_CARDS)
async def test_each_part_is_named_with_its_reason_and_left_out(world: World, name: str) -> None:
    for _ in range(4):
        await what_comes_after(world.with_them)
    await asyncio.sleep(0.2)
    reasons = BAD_CARDS[name][1].split(OR)
    for page in (await world.operator.get("/operator")).text, (await world.of_firm().get("/modules")).text:
        shown = page.replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
        rows = re.split(r"<li class=\"item\"|<section", shown)
        assert [row for row in rows if f"外来模块{name} " in row and "已停" in row and any(r in row for r in reasons)], shown
    assert f"card-{name}-card" not in (await world.with_them.get("/cockpit")).text


@pytest.mark.parametrize(("name", "path", "reason"), [
    ("raising_page", "/raising", "ValueError: broken"),
    ("template_page", "/template", "&#39;nothing&#39; is undefined"),
    ("nonsense_page", "/nonsense", "object"),
    ("late_page", "/late", "TimeoutError: the tax office"),
    ("cut_page", "/cut", "ConnectionResetError: the tax office"),
])  # fmt: skip
async def test_a_page_that_fails_is_told_and_named(world: World, name: str, path: str, reason: str) -> None:
    answer = await world.with_them.ask("GET", path, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (500, "common.unexpected")
    assert answer.json()["details"] == {"module": name, "title": f"外来模块{name}"}
    assert ("没有保存" in answer.text) is (name != "cut_page"), "what has transactions of its own may have saved a part"
    assert (await world.with_them.get(path)).status_code == 500
    await asyncio.sleep(0.2)
    page = (await world.operator.get("/operator")).text
    assert f"{name} · 页面 <code>{path}</code>" in page
    assert reason in page


@pytest.mark.parametrize(("name", "status", "reason"), [
    ("unfit_page", 400, "DataError"),
    ("wall_page", 404, "ForeignKeyViolationError: no such row"),
])  # fmt: skip
async def test_a_page_whose_values_do_not_fit_is_named_too(world: World, name: str, status: int, reason: str) -> None:
    """The person is told what they are told of core's pages."""
    path = f"/{name.partition('_')[0]}"
    answer = await world.with_them.ask("GET", path, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json().get("details")) == (status, None)
    await asyncio.sleep(0.2)
    page = (await world.operator.get("/operator")).text
    assert reason in page.partition(f"{name} · 页面 <code>{path}</code>")[2][:400]


async def test_checks_that_fail_refuse_and_name_their_plugin(world: World) -> None:
    answer = await world.with_them.ask("POST", "/breaking/document", json={})
    assert (answer.status_code, answer.json()["code"]) == (503, "module.check_failed")
    assert answer.json()["details"]["module"] == "sleeping_check"
    assert (await world.of_firm().post("/modules/sleeping_check", on="0")).status_code == 303
    stored = await world.with_them.ask("POST", "/breaking/document", json={})
    assert stored.status_code == 200, stored.text


async def test_a_broken_transaction_is_not_told_as_saved(world: World) -> None:
    hidden = await world.with_them.ask("POST", "/breaking/hide", json={})
    assert (hidden.status_code, hidden.json()["code"]) == (500, "common.unexpected")
    ended = await world.with_them.ask("POST", "/breaking/end", json={})
    assert (ended.status_code, ended.json()["code"]) == (403, "module.not_declared")


async def test_a_vendors_key_is_nowhere(world: World) -> None:
    answer = await world.with_them.ask("GET", "/leaking", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (503, "vendor.none_answered")
    assert "leaking_vendor" in world.web.said()
    everywhere = answer.text + world.web.said() + (await world.operator.get("/operator")).text
    assert "sk-4711" not in everywhere


async def test_jobs_and_facts_that_fail_for_good_stand_with_their_reason(world: World) -> None:
    """Put into the queue at their last try; run again from the operator's page, they stand there anew."""
    firm = world.firm.id
    facts = {"raising_fact": "vouchers_drafted", "nesting_fact": "documents_stored", "hiding_fact": "periods_closed"}
    async with scoped_transaction(system_scope(firm)):
        for module, fact in facts.items():
            await put("core.tell", firm, lock=None, once=None, arguments={"fact": fact, "module": module, "ids": [1]})
    assert (await world.with_them.post("/failing")).status_code == 200
    await at_their_last_try(world)
    async with running("worker", world.environment, world.folder / "worker.log"):
        page = await until_they_stand(world, {*facts, "failing_job"})
        for reason in ("ValueError: broken", "a transaction is open already", "transaction is aborted", "ValueError: no such thing"):
            assert reason in page, reason
        (again,) = re.findall(r'failing_job.*?action="(/operator/failed/\d+/again)"', page.replace("\n", " "))[:1]
        assert (await world.of_firm().post("/modules/failing_job", on="0")).status_code == 303
        refused = await world.operator.post(again)
        assert refused.status_code == 409
        assert "停用了" in refused.text
        assert again in (await world.operator.get("/operator")).text, "it is kept"
        assert (await world.of_firm().post("/modules/failing_job", on="1")).status_code == 303
        assert (await world.operator.post(again)).status_code == 303
        assert (await world.operator.post(again)).status_code == 404, "once"
        assert "后台任务 failing_job.fails" in (await world.of_firm().get("/audit")).text
        assert again not in (await world.operator.get("/operator")).text
        await until_they_stand(world, {"failing_job"})


async def at_their_last_try(world: World) -> None:
    owner = await asyncpg.connect(world.owner_dsn)
    try:
        await owner.execute("update procrastinate_jobs set attempts = 5 where task_name = 'core.tell'")
    finally:
        await owner.close()


async def until_they_stand(world: World, names: set[str]) -> str:
    for _ in range(200):
        page = (await world.operator.get("/operator")).text
        failed = page.partition("没有办成的后台任务")[2].partition("</section>")[0]
        if all(f"{name} · " in failed for name in names):
            return page
        await asyncio.sleep(0.1)
    raise TimeoutError(f"{names} do not stand on the operator's page: {failed}")


async def test_the_server_still_runs(world: World) -> None:
    assert world.web.process.returncode is None
    assert (await world.with_them.get("/cockpit")).status_code == 200
