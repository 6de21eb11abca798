"""PLAT-1, COLL-1: one suite for the SDK's ``Tasks``, run against the fake and the provider's own."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import pytest_asyncio

from zhangfang_collab.tasks_service import KeptTasks
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.acting import Acting, _caller
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import Arrival, AskedFor, Side, Tasks, TaskWanted
from zhangfang_sdk.testing.fake_tasks import FakeTasks

DUE, MONTH = dt.date(2026, 12, 10), Period(2026, 11)


@dataclass(frozen=True)
class Case:
    tasks: Tasks
    acting: Callable[..., AbstractAsyncContextManager[Scope]]
    client: int
    sibling: int

    def wanted(self, key: str = "rules:1", asks: str = AskedFor.DONE) -> TaskWanted:
        return TaskWanted(key, self.client, "说明原因", Side.CLIENT, DUE, asks_for=asks, covers=MONTH)

    def arrival(self, reference: str = "import:1") -> Arrival:
        return Arrival(self.client, AskedFor.BANK_STATEMENT, MONTH, reference, "流水 3 笔")


@asynccontextmanager
async def fake_acting(client: int | None = None, permitted: bool = True) -> AsyncIterator[Scope]:
    seen = None if client is None else frozenset({client})
    permissions = frozenset({"tasks.read"} if permitted else ())
    with in_scope(Scope(firm=1, user=1, client=client, clients=seen, permissions=permissions)) as made:
        yield made


@pytest_asyncio.fixture(params=["fake", "real"], loop_scope="session")
async def case(request: pytest.FixtureRequest, firm: TestFirm) -> Case:
    if request.param == "fake":
        return Case(FakeTasks(), fake_acting, 1, 2)

    def real_acting(client: int | None = None, permitted: bool = True) -> AbstractAsyncContextManager[Scope]:
        role = "driver" if not permitted else "accountant" if client is None else "boss"
        return acting(firm, role, client=client)

    return Case(KeptTasks(), real_acting, firm.restaurant, firm.trading)


async def test_the_same_key_is_the_same_task(case: Case) -> None:
    async with case.acting():
        first = await case.tasks.ensure(case.wanted())
        later = replace(case.wanted(), title="请说明", due=DUE + dt.timedelta(days=1))
        assert await case.tasks.ensure(later) == first
        assert await case.tasks.ensure(replace(case.wanted("rules:2"), due=DUE)) != first
        (task,) = await case.tasks.get([first, 999_999])
        assert (task.title, task.due, task.turn, task.closed_at) == ("请说明", later.due, Side.CLIENT, None)
        assert [t.key for t in await case.tasks.open()] == ["rules:2", "rules:1"], "the soonest due first"
        assert [t.key for t in await case.tasks.open(prefix="rules:1")] == ["rules:1"]
        assert await case.tasks.open(prefix="rules_") == []
        assert len(await case.tasks.open(limit=1)) == 1
        assert await case.tasks.open(client=case.sibling) == []


async def test_what_is_closed_stays_closed(case: Case) -> None:
    async with case.acting():
        id_ = await case.tasks.ensure(case.wanted())
        assert await case.tasks.close("rules:1", "已转正")
        assert not await case.tasks.close("rules:1", "再一次")
        assert not await case.tasks.close("rules:9", "没有")
        assert await case.tasks.ensure(case.wanted()) == id_
        (task,) = await case.tasks.get([id_])
        assert (task.turn, task.result) == (None, "已转正")
        assert task.closed_at is not None
        assert await case.tasks.open() == []


async def test_arrivals_close_and_undoing_opens(case: Case) -> None:
    async with case.acting():
        id_ = await case.tasks.ensure(case.wanted(asks=AskedFor.BANK_STATEMENT))
        await case.tasks.ensure(case.wanted("rules:2", asks=AskedFor.PAYROLL))
        assert await case.tasks.arrived(replace(case.arrival(), covers=Period(2026, 10))) == 0
        assert await case.tasks.arrived(case.arrival()) == 1
        assert await case.tasks.arrived(case.arrival()) == 0
        (task,) = await case.tasks.get([id_])
        assert (task.turn, task.result) == (None, "流水 3 笔")
        assert await case.tasks.arrived(case.arrival("import:2")) == 0
        undo = (case.client, AskedFor.BANK_STATEMENT, MONTH)
        assert await case.tasks.undone(*undo, "import:9", "没有这回事") == 0
        assert await case.tasks.undone(*undo, "import:1", "撤销") == 0, "another is there"
        assert await case.tasks.undone(*undo, "import:2", "撤销") == 1
        (task,) = await case.tasks.get([id_])
        assert (task.turn, task.closed_at, task.result) == (Side.CLIENT, None, "")


async def test_what_is_there_closes_a_new_task(case: Case) -> None:
    async with case.acting():
        await case.tasks.arrived(case.arrival())
        (task,) = await case.tasks.get([await case.tasks.ensure(case.wanted(asks=AskedFor.BANK_STATEMENT))])
        assert task.turn is None


async def test_closed_by_its_reason_it_is_not_opened_by_an_undoing(case: Case) -> None:
    async with case.acting():
        await case.tasks.ensure(case.wanted(asks=AskedFor.BANK_STATEMENT))
        await case.tasks.close("rules:1", "不用了")
        await case.tasks.arrived(case.arrival())
        assert await case.tasks.undone(case.client, AskedFor.BANK_STATEMENT, MONTH, "import:1", "撤销") == 0


async def test_what_is_refused(case: Case) -> None:
    token = _caller.set(Acting("other", "别的模块", frozenset()))
    try:
        async with case.acting():
            for ask in (case.tasks.ensure(case.wanted()), case.tasks.close("rules:1", "x")):
                with pytest.raises(Refusal, match=r"tasks\.key_not_yours"):
                    await ask
            assert await case.tasks.ensure(case.wanted("other:1")) > 0
    finally:
        _caller.reset(token)
    async with case.acting(client=case.sibling):
        asked: tuple[Awaitable[object], ...] = (
            case.tasks.ensure(case.wanted()),
            case.tasks.arrived(case.arrival()),
            case.tasks.undone(case.client, "x", MONTH, "x", "x"),
            case.tasks.open(client=case.client),
        )
        for unseen in asked:
            with pytest.raises(Refusal, match=r"common\.not_found"):
                await unseen
        assert await case.tasks.open() == []
    async with case.acting(client=case.client, permitted=False):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await case.tasks.open()
