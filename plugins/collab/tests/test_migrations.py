"""Migrations that change rows: what a firm had before is as it should be afterwards."""

import json
from collections.abc import AsyncIterator
from importlib import import_module
from types import ModuleType
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from zhangfang_collab import templates, ticking
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Task, Template
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Side

VAT = [{"side": "firm", "asks": "return_filed", "title": "申报并取得回执"}]
IIT = [{"side": "firm", "asks": "done", "title": "扣缴申报并取得回执"}]
CIT = [{"side": "firm", "asks": "done", "title": "核对季度利润表"}, {"side": "firm", "asks": "done", "title": "申报并取得回执"}]


@pytest_asyncio.fixture(loop_scope="session")
async def superuser(test_server: TestServer, database: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    connection = await asyncpg.connect(test_server.superuser(database))
    yield connection
    await connection.close()


async def run(name: str, superuser: "asyncpg.Connection[Any]", monkeypatch: pytest.MonkeyPatch) -> None:
    """What the migration says to the database, on rows that are there already."""
    module: ModuleType = import_module(f"zhangfang_collab.migrations.{name}")

    async def build(*statements: str) -> None:
        await superuser.execute("\n".join(statements))

    monkeypatch.setattr(module, "build", build)
    manager = await module.forwards()
    for work in manager.raw:
        await work()


async def kept(firm: TestFirm, template: str, steps: list[dict[str, Any]], *, done: bool = False) -> int:
    """A task as it was kept before."""
    async with acting(firm, "accountant"):
        own = tuple(Step(s["title"], Side(s["side"]), s["asks"]) for s in steps)
        task = await ticking.make_one(firm.trading, Period.current(), own, title=template, note="", due_on=today())
        if done:
            for place in range(len(steps)):
                await ticking.tick_step(task, place)
        await Task.update({Task.template: template}).where(Task.id == task)
    return task


async def asks(firm: TestFirm, task: int) -> list[str]:
    async with acting(firm, "accountant"):
        row = await Task.objects().get(Task.id == task)
    assert row is not None
    return [step["asks"] for step in json.loads(row.steps)]


async def test_steps_say_which_return_they_ask_for(
    firm: TestFirm, superuser: "asyncpg.Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [{"side": "firm", "asks": "return_filed", "title": "申报"}, {"side": "client", "asks": "document", "title": "交表"}]
    renamed = [{"side": "firm", "asks": "done", "title": "我们自己的写法"}]
    before = {"vat_return": VAT, "iit_return": renamed, "cit_return": CIT, "bank_statement": own}
    async with acting(firm, "owner"):
        await templates.templates()
        for key, steps in before.items():
            await Template.update({Template.steps: json.dumps(steps)}).where(Template.key == key)
    tasks = {
        "vat": await kept(firm, "vat_return", VAT),
        "iit": await kept(firm, "iit_return", IIT),
        "cit": await kept(firm, "cit_return", CIT),
        "more": await kept(firm, "cit_return", [*CIT, CIT[1]]),
        "filed": await kept(firm, "vat_return", VAT, done=True),
        "own": await kept(firm, "bank_statement", own),
    }
    await run("collab_0006_which_return", superuser, monkeypatch)
    async with acting(firm, "owner"):
        after = {t.key: [(step.title, step.asks) for step in t.steps] for t in await templates.templates()}
    assert after["vat_return"] == [("申报并取得回执", "return_filed:vat"), ("申报附加税费并取得回执", "return_filed:surcharges")]
    assert after["iit_return"] == [("我们自己的写法", "done")], "what the firm wrote stays"
    assert after["cit_return"] == [("核对季度利润表", "done"), ("申报并取得回执", "return_filed:cit")]
    assert after["bank_statement"] == [("申报", "done"), ("交表", "document")], "in order; what asks for some return is ticked by hand"
    assert {name: await asks(firm, task) for name, task in tasks.items()} == {
        "vat": ["return_filed:vat"],
        "iit": ["return_filed:iit"],
        "cit": ["done", "return_filed:cit"],
        "more": ["done", "done", "done"],
        "filed": ["done"],
        "own": ["done", "document"],
    }
    async with acting(firm, "accountant"):
        filed = await Task.objects().get(Task.id == tasks["filed"])
        assert filed is not None
        assert json.loads(filed.steps)[0]["done_at"], "what is done stays done"


async def test_open_tasks_take_their_template_s_rule(
    firm: TestFirm, superuser: "asyncpg.Connection[Any]", monkeypatch: pytest.MonkeyPatch
) -> None:
    async with acting(firm, "owner"):
        await templates.templates()
    open_, done, other = (
        await kept(firm, "vat_return", IIT),
        await kept(firm, "vat_return", IIT, done=True),
        await kept(firm, "", IIT),
    )
    await run("collab_0010_rules_of_open_tasks", superuser, monkeypatch)
    async with acting(firm, "accountant"):
        rows = {row["id"]: (row["due_rule"], row["due_tax"]) for row in await Task.select(Task.id, Task.due_rule, Task.due_tax)}
    assert rows == {open_: ("deadline", "vat"), done: ("", ""), other: ("", "")}
