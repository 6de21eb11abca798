"""A plugin made outside the workspace, with the documentation alone, installed from its wheel: every hook runs as documented.

The real processes run it: two of ``zhangfang web``, two of ``worker``, in an environment of what is named, on one outside database. The plugin
(``witness/``) notes in a file wherever its code runs: as which plugin, and whether it might do what its manifest does not declare.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.identity.set_up import make_member, make_operator
from zhangfang_core.jobs.queue import put
from zhangfang_core.testing.databases import TestServer, empty
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.processes import Node, free_port, running, start, until_up
from zhangfang_core.testing.strangers import write_stranger
from zhangfang_core.testing.tenants import TestFirm, make_test_firm
from zhangfang_core.testing.wheels import build_wheel, install
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.hookspecs import PROJECT, HookSpecs
from zhangfang_sdk.periods import Period

HERE = Path(__file__).parent
PASSWORD = "a long enough secret"

GREEDY = """
from zhangfang_sdk import hook, use
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.web import CLIENT, SIGNED_IN, action


@action("/greedy/{voucher_id:int}", of=CLIENT, permission=SIGNED_IN)
async def overreach(voucher_id: int) -> dict[str, str]:
    return {"posted": (await use(Ledger).post(voucher_id)).summary}


class Plugin:
    @hook
    def register_pages(self):
        return [overreach]


plugin = Plugin()
"""


@dataclass
class World:
    """The processes, the firm, and the sessions of two of its people and the operator."""

    firm: TestFirm
    addresses: Sequence[str]
    environment: dict[str, str]
    folder: Path
    stack: AsyncExitStack
    owner: str
    reviewer: str
    operator: str
    webs: Sequence[Node]
    workers: list[Node] = field(default_factory=list)

    @property
    def client(self) -> str:
        return f"/f/{self.firm.id}/c/{self.firm.restaurant}"

    def visitor(self, node: int, token: str, place: str) -> Visitor:
        """Somebody's browser at one of the two web nodes."""
        http = httpx.AsyncClient(base_url=self.addresses[node], cookies={COOKIE: token}, timeout=20)
        self.stack.push_async_callback(http.aclose)
        return Visitor(http, place)

    async def start_workers(self) -> None:
        for number in range(2):
            log = self.folder / f"worker{number}.log"
            self.workers.append(await self.stack.enter_async_context(running("worker", self.environment, log)))

    async def until_a_worker_said(self, text: str) -> None:
        for _ in range(200):
            if any(text in worker.said() for worker in self.workers):
                return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"no worker said {text!r}")

    def notes(self) -> list[dict[str, Any]]:
        path = self.folder / "notes"
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    async def until_noted(self, *wanted: str, within_s: float = 20.0) -> None:
        """Raises TimeoutError with what is missing."""
        for _ in range(int(within_s / 0.1)):
            missing = set(wanted) - {note["where"] for note in self.notes()}
            if not missing:
                return
            await asyncio.sleep(0.1)
        said = "\n".join(node.said()[-3000:] for node in self.workers)
        raise TimeoutError(f"not called: {sorted(missing)}\n{said}")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(test_server: TestServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("stranger")
    installed = folder / "installed"
    wheel = build_wheel(HERE / "witness", folder, name="zhangfang-witness", plugin="witness", package="zhangfang_witness")
    install(wheel, installed)
    write_stranger(installed, "greedy", code=GREEDY, manifest='requires = ["Ledger"]')
    ports = [free_port(), free_port()]
    async with empty(test_server) as database, AsyncExitStack() as stack:
        dsn = test_server.addresses(database).application
        environment = {
            "ZHANGFANG_DSN": dsn,
            "ZHANGFANG_DATA_DIR": str(folder / "data"),
            "PYTHONPATH": str(installed),
            "WITNESS_NOTES": str(folder / "notes"),
        }
        (folder / "data").mkdir()
        named = [{"ZHANGFANG_PORT": str(port)} for port in ports]
        named[0]["ZHANGFANG_OWNER_DSN"] = test_server.owner(database)
        webs = [
            await stack.enter_async_context(running("web", {**environment, **own}, folder / f"web{number}.log"))
            for number, own in enumerate(named)
        ]
        addresses = [f"http://127.0.0.1:{port}" for port in ports]
        for node, address in zip(webs, addresses, strict=True):
            await until_up(node, address)
        await open_pool(dsn)
        try:
            firm = await make_test_firm("嘉喜")
            async with scoped_transaction(system_scope(firm.id)):
                reviewer = await make_member(login="reviewer@test", name="审核人", password=PASSWORD, role="reviewer")
            operator = await make_operator(login="operator@test", name="运维", password=PASSWORD)
            tokens = [await session_for(person) for person in (firm.owner, reviewer, operator)]
            yield World(firm, addresses, environment, folder, stack, tokens[0], tokens[1], tokens[2], webs)
        finally:
            await close_pool()


async def switched(world: World, *, on: bool) -> None:
    owner = world.visitor(0, world.owner, f"/f/{world.firm.id}")
    for module in ("witness", "greedy"):
        assert (await owner.post(f"/modules/{module}", on="1" if on else "0")).status_code == 303


async def test_it_is_found_migrated_and_off(world: World) -> None:
    """New code is off until a firm says yes."""
    assert "plugins found" in world.webs[0].said()
    assert "2 of witness" in world.webs[0].said()
    for node in world.webs:
        assert "witness 1.0" in node.said().partition("plugins that run: ")[2]
    assert (await world.visitor(1, world.owner, world.client).get("/witness")).status_code == 404


async def test_the_other_node_obeys_at_the_next_request(world: World) -> None:
    other = world.visitor(1, world.owner, world.client)
    for on, status in ((True, 200), (False, 404), (True, 200)):
        await switched(world, on=on)
        assert (await other.get("/witness")).status_code == status


async def test_what_was_queued_before_the_switch_is_not_run_after(world: World) -> None:
    """A job, and a fact; no worker ran in between."""
    owner = world.visitor(0, world.owner, world.client)
    for path in ("/witness/job", "/witness/voucher/x"):
        assert (await owner.post(path)).status_code == 200
    await switched(world, on=False)
    await world.start_workers()
    for said in ("job witness.look left out", "fact vouchers_drafted is not told to witness"):
        await world.until_a_worker_said(said)
    assert not {"job", "on_vouchers_drafted"} & {note["where"] for note in world.notes()}
    await switched(world, on=True)


async def test_every_hook_is_used(world: World) -> None:
    """As the documentation says, through pages of both nodes; what follows is done by the workers."""
    one = world.visitor(0, world.owner, world.client)
    two = world.visitor(1, world.reviewer, world.client)
    firm = world.visitor(1, world.owner, f"/f/{world.firm.id}")
    assert (await one.get("/witness")).status_code == 200
    assert (await firm.get("/witness")).status_code == 200
    mine = await world.visitor(0, world.owner, "/me").get("/witness")
    assert mine.status_code == 200
    assert "嘉喜商贸有限公司" in mine.text
    assert (await one.ask("DELETE", "/witness")).status_code == 200
    assert (await firm.post("/witness/taking-on")).status_code == 200
    assert (await one.post("/witness/document")).status_code == 200
    voucher = (await one.post("/witness/voucher/x")).json()["voucher"]
    remark = "见证看过这张草稿。"
    assert remark in (await one.get(f"/vouchers/{voucher}")).text
    assert remark in (await two.get(f"/vouchers/review?voucher={voucher}")).text
    posted = await two.post(f"/witness/posting/{voucher}")
    assert posted.status_code == 200, posted.text
    assert remark not in (await one.get(f"/vouchers/{voucher}")).text
    refused = (await one.post("/witness/voucher/不同意")).json()["voucher"]
    answer = await two.ask("POST", f"/witness/posting/{refused}", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "witness.not_this")
    assert answer.json()["details"]["title"] == "见证"
    assert (await one.post(f"/vouchers/{refused}/discard")).status_code == 303
    for left in await open_drafts(one):
        assert (await one.post(f"/vouchers/{left}/discard")).status_code == 303
    assert (await one.post("/witness/closing")).status_code == 303
    assert (await one.post("/witness/message")).json() == {"sent": True}
    assert (await one.post("/witness/invoices")).json() == {"numbers": ["26332000000000000001"]}
    assert (await one.post("/tasks", title="看一眼", due_on="2026-11-30")).status_code == 303
    task = re.findall(r"/tasks/(\d+)", (await one.get("/tasks?period=2026-11")).text)[0]
    assert (await one.post(f"/tasks/{task}/tick", done="1")).status_code == 303
    assert (await one.post("/books/filings/open")).status_code == 303
    filing = re.findall(r"/books/filings/(\d+)", (await one.get("/books/filings")).text)[0]
    assert (await one.post(f"/books/filings/{filing}/filed", number="10013326", payable="0")).status_code == 303
    assert (await one.post(f"/books/filings/{filing}/voided", why="报错了")).status_code == 303
    moved = {"deadline": f"iit_withholding {Period.current().key}", "due": str(Period.current().plus(1).last_day), "area": "", "reason": "通知"}
    assert (await firm.post("/calendar/move", **moved)).status_code == 303
    assert (await one.post("/witness/job")).status_code == 200
    balance = await one.get("/witness/balance")
    assert balance.json() == {"vendor": "witness.feed", "balance": 12_345}
    async with scoped_transaction(system_scope(world.firm.id)):
        for fact in ("demo_filled", "bank_lines_brought", "payrolls_confirmed", "settings_changed"):
            told = {"fact": fact, "module": "witness", "ids": [world.firm.restaurant]}
            await put("core.tell", world.firm.id, lock=None, once=None, arguments=told)
    ran = await start("witness", world.environment, world.folder / "command.log")
    assert await ran.process.wait() == 0, ran.said()
    await world.until_noted("job", "command", "vendor", "search", *HOOKS - {"register_pages"})
    assert (await one.get("/badges")).json()["witness"] >= 1
    await until_found(firm, "任务", f'href="{world.client}/witness"')
    await the_admin_desk(world)
    called = {note["where"] for note in world.notes()}
    assert called >= HOOKS | {
        *("page of a client", "page of the firm", "page of a person", "page without a transaction", "action", "removal"),
        *("badge", "search", "remarks", "form", "job", "command", "vendor", "vendor opened", "service from a page", "invoices"),
    }


HOOKS = {name for name, function in vars(HookSpecs).items() if hasattr(function, f"{PROJECT}_spec")}


async def until_found(visitor: Visitor, words: str, link: str) -> None:
    """What the worker writes into the index is found within seconds."""
    for _ in range(100):
        found = await visitor.get(f"/search?q={words}")
        if link in found.text:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{words} was not found: {found.text}")


async def open_drafts(visitor: Visitor) -> list[str]:
    listed = await visitor.get("/vouchers?period=2025-01&state=draft")
    return sorted(set(re.findall(r"/vouchers/(\d+)", listed.text)))


async def the_admin_desk(world: World) -> None:
    desk = f"/admin/{world.firm.id}"
    owner = world.visitor(1, world.owner, "")
    rows = await owner.get(f"{desk}/api/tables/见证记录/")
    assert rows.status_code == 200, rows.text
    assert {"从任务", "新客户"} <= {row["title"] for row in rows.json()["rows"]}
    sent = await owner.ask("POST", f"{desk}/api/forms/witness.look/", json={"client": world.firm.trading})
    assert sent.status_code == 200, sent.text
    assert "已记下" in sent.text


async def test_the_card_comes_renders_and_is_fetched_when_its_topic_moves(world: World) -> None:
    one, two = (world.visitor(node, world.owner, world.client) for node in (0, 1))
    page = await two.get("/cockpit")
    (place,) = re.findall(r'<section[^>]*id="card-witness-sights"[^>]*>', page.text)
    assert 'data-live-topic="witness"' in place
    address = re.findall(r'hx-get="([^"]+)"', place)[0]
    async with two.http.stream("GET", f"{world.client}/events", headers={"accept": "text/event-stream"}) as events:
        lines = events.aiter_lines()
        await one.post("/witness/message")
        async with asyncio.timeout(10):
            async for line in lines:
                if line == "event: witness":
                    break
    card = await two.get(address)
    assert "from the card" in card.text
    again = await two.get("/cockpit")
    assert "见证次数" in again.text
    assert (await two.get("/figures/witness.sights")).status_code == 200
    assert "from the card" in again.text, "known to be quick, it comes with the page"


async def test_it_acts_as_itself_and_may_no_more_than_it_declared(world: World) -> None:
    """Wherever it was called; at its start and on the command line there is no scope to ask."""
    notes = world.notes()
    assert {note["plugin"] for note in notes} == {"witness"}
    without = {note["where"] for note in notes if note["may"] is None}
    assert without == {hook for hook in HOOKS if hook.startswith("register_")} | {"command"}
    assert not any(note["may"] for note in notes)


async def test_what_is_not_declared_is_refused_by_name_and_on_the_trail(world: World) -> None:
    one, two = world.visitor(0, world.owner, world.client), world.visitor(1, world.reviewer, world.client)
    await one.post("/periods/reopen", period="2025-01", reason="测试")
    voucher = (await one.post("/witness/voucher/y")).json()["voucher"]
    answer = await two.ask("POST", f"/greedy/{voucher}", json={})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (403, "module.not_declared")
    assert told["details"] == {"module": "greedy", "wanted": "ledger.post"}
    assert "ledger.post" in told["detail"]
    trail = world.visitor(0, world.owner, f"/f/{world.firm.id}")
    for _ in range(50):
        page = (await trail.get("/audit")).text
        if "模块 外来模块greedy" in page:
            break
        await asyncio.sleep(0.1)
    assert "模块 外来模块greedy" in page


async def test_nothing_failed_meanwhile(world: World) -> None:
    page = await world.visitor(0, world.operator, "").get("/operator")
    assert page.status_code == 200
    assert "没有办成的后台任务" not in page.text
    for node in (*world.webs, *world.workers):
        assert "Traceback" not in node.said()
