"""PLAT-3: what hangs, is gone or was never declared costs its own plugin's work, is told of, and stands where the operator sees it."""

import asyncio
import json
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.identity.set_up import make_operator
from zhangfang_core.jobs import catalogue, lanes, worker
from zhangfang_core.jobs.queue import UnknownJob, put
from zhangfang_core.jobs.stranded import stranded
from zhangfang_core.jobs.worker import working
from zhangfang_core.modules import time_limits
from zhangfang_core.modules.troubles import failed_for_good, failed_jobs
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import Visitor, session_for
from zhangfang_core.testing.queue import as_worker
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.jobs import LONGEST_LANE, Job, Jobs
from zhangfang_sdk.services import use

HANGS, RUNS = "collab", "books"
"""Whose facts these are said to be: any two plugins that run will do."""


async def tell(firm: int, module: str) -> None:
    arguments: dict[str, object] = {"fact": "vouchers_posted", "module": module, "ids": [1]}
    await put("core.tell", firm, lock=None, once=None, arguments=arguments)


async def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)


async def test_handlers_that_hang_hold_up_their_own_plugin_alone(
    firm: TestFirm, test_server: TestServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, list[int]]] = []
    at_once: list[int] = []
    hanging = asyncio.Event()

    async def call_one(hook: str, module: str, ids: list[int]) -> None:
        if hook != "on_vouchers_posted":
            return
        if module == RUNS:
            told.append((module, ids))
            return
        at_once.append(len(at_once) + 1)
        await hanging.wait()

    monkeypatch.setattr(catalogue, "call_one", call_one)
    async with scoped_transaction(system_scope(firm.id)):
        for _ in range(3 * lanes.PLACES):
            await tell(firm.id, HANGS)
    async with working(test_server.addresses(database).application):
        await until(lambda: len(at_once) == 1)
        async with scoped_transaction(system_scope(firm.id)):
            for _ in range(5):
                await tell(firm.id, RUNS)
        await until(lambda: len(told) == 5)
        assert len(at_once) == 1, "one firm's facts are told to a plugin one at a time"
        hanging.set()
        await until(lambda: len(at_once) == 3 * lanes.PLACES)


def test_every_lane_has_a_bound_and_core_keeps_places() -> None:
    names = lanes.lanes_of({"notes": ["", "slow"]})
    assert {lanes.plugin_of(name) for name in names} == {"", "notes"}
    assert lanes.fact_lane("notes", 7) in names
    assert lanes.fact_lane("notes", 7) != lanes.fact_lane("notes", 8)
    made = lanes.LaneWorker(SimpleNamespace(), names)  # type: ignore[arg-type]  # it is not run
    made._busy.update({"notes": lanes.MOST_JOBS})
    assert "notes" not in made.queues
    assert lanes.job_lane("notes", "slow") in made.queues, "what fills one lane of a plugin holds up no other"
    made._busy.update({f"other{n}": 1 for n in range(lanes.PLACES - lanes.KEPT_FOR_CORE - lanes.MOST_JOBS)})
    assert made.queues == [lanes.CORE_LANE]
    longest = max(len(f"procrastinate_queue_v1#{name}") for name in lanes.lanes_of({"x" * 30: ["y" * LONGEST_LANE]}))
    assert longest <= 63, "PostgreSQL's bound for the name of a channel"


async def test_who_has_many_waiting_holds_up_nobody_who_has_one(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        for number in range(4):
            await put(f"{RUNS}.look", firm.id, lock=None, once=None, arguments={"whose": f"many {number}"}, behind=number)
        await put(f"{RUNS}.look", firm.id, lock=None, once=None, arguments={"whose": "one"}, behind=0)
    taken = []
    async with scoped_transaction(worker.OPERATOR):
        await as_worker()
        made = await connection().fetchval("select procrastinate_register_worker_v1()")
        while row := await connection().fetchrow("select args from procrastinate_fetch_job_v2($1, $2) where id is not null", [RUNS], made):
            taken.append(json.loads(row["args"])["arguments"]["whose"])
    assert taken == ["many 0", "one", "many 1", "many 2", "many 3"]


async def test_what_runs_long_is_told_of_while_it_runs(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def sleeps() -> None:
        await asyncio.sleep(0.12)

    monkeypatch.setattr(time_limits, "SAID_AFTER_S", 0.05)
    run = worker._runner(f"{HANGS}.sleeps", Job("sleeps", sleeps, tries=0))
    with caplog.at_level(logging.WARNING, "zhangfang.jobs"):
        await run(SimpleNamespace(job=SimpleNamespace(attempts=0)), firm=firm.id, arguments={})
        told = len([r for r in caplog.records if "still runs" in r.message])
        await asyncio.sleep(0.12)
    assert told == 2
    assert len([r for r in caplog.records if "still runs" in r.message]) == told, "and not after it"


async def test_a_job_that_no_plugin_declares_is_not_taken(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        for job in ("collab.no_such", "no_such.job"):
            with pytest.raises(UnknownJob):
                await use(Jobs).defer(job)


async def test_a_job_that_is_declared_no_more_stands_with_the_reason(
    firm: TestFirm, test_server: TestServer, database: str
) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await put("collab.was_once", firm.id, lock=None, once=None, arguments={"n": 1})
    async with working(test_server.addresses(database).application):
        kept = []
        async with asyncio.timeout(10):
            while not kept:
                await asyncio.sleep(0.1)
                async with scoped_transaction(worker.OPERATOR):
                    kept = list(await failed_jobs())
    assert (kept[0].job, kept[0].plugin, kept[0].arguments) == ("collab.was_once", "collab", {"n": 1})
    assert "没有模块声明任务" in kept[0].reason


async def test_what_waits_for_a_plugin_that_is_gone_stands_with_the_operator(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await put("gone.job", firm.id, lock=None, once=None, arguments={})
        await tell(firm.id, "gone")
        await tell(firm.id, HANGS)
        await failed_for_good(firm.id, "gone.job", "gone", {}, "broken")
    async with scoped_transaction(worker.OPERATOR):
        (found,) = await stranded()
        (failed,) = await failed_jobs()
    assert (found.plugin, found.count, found.left_out) == ("gone", 2, "")
    assert found.since is not None
    token = await session_for(await make_operator(login="operator@test", name="运维", password="a long enough secret"))
    operator = Visitor((await visit("owner")).http)
    operator.http.cookies.set(COOKIE, token)
    page = (await operator.get("/operator")).text
    assert "这里没有安装这个模块" in page.partition("<b>gone</b> · 2 项")[2][:200]
    refused = await operator.post(f"/operator/failed/{failed.id}/again")
    assert refused.status_code == 409
    assert "没有安装" in refused.text
    assert f"/operator/failed/{failed.id}/again" in (await operator.get("/operator")).text, "it is kept"


async def test_all_that_failed_can_be_seen_page_by_page(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        for number in range(7):
            await failed_for_good(firm.id, f"collab.job{number}", HANGS, {}, "broken")
    seen: list[Any] = []
    async with scoped_transaction(worker.OPERATOR):
        while found := await failed_jobs(before=seen[-1].id if seen else None, limit=3):
            seen += found
        stored = await connection().fetchval("select arguments from core_failed_job limit 1")
    assert [job.job for job in seen] == [f"collab.job{number}" for number in reversed(range(7))]
    assert json.loads(stored) == {}
