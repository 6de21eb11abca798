"""One suite for the SDK's ``Waiting``, run against the fake and core's own with sources in one plugin's name."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from zhangfang_core.modules import registry as registering
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web import waiting as host
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import AskedFor
from zhangfang_sdk.testing.fakes import FakeWaiting
from zhangfang_sdk.waiting import Urgency, Waiting, WaitingItem, WaitingSource, about

DAY = dt.date(2026, 11, 26)
Make = Callable[[TestFirm, Sequence[WaitingSource]], Waiting]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Make:
    def fake(firm: TestFirm, sources: Sequence[WaitingSource]) -> Waiting:
        return FakeWaiting(sources, {firm.restaurant: "嘉喜餐饮有限公司", firm.trading: "嘉喜商贸有限公司"})

    def real(firm: TestFirm, sources: Sequence[WaitingSource]) -> Waiting:
        known = registering.registry()
        only = {"collab": replace(known.modules["collab"], waiting=tuple(sources))}
        monkeypatch.setattr(host, "registry", lambda: replace(known, modules=only))
        monkeypatch.setattr(host, "CORE_WAITING", ())
        return host.PluginWaiting()

    return fake if request.param == "fake" else real


def source(*items: WaitingItem, permission: str = "collab.read") -> WaitingSource:
    async def load(limit: int) -> Sequence[WaitingItem]:
        return items[:limit]

    return WaitingSource(f"s{id(items)}", permission, load)


def item(client: int | None, title: str, until: dt.date | None = None) -> WaitingItem:
    return WaitingItem(client, title, "去处理", "/tasks", Urgency.of(until, DAY), until=until)


async def test_most_urgent_first_over_all_sources(firm: TestFirm, make: Make) -> None:
    c = firm.restaurant
    waiting = make(
        firm,
        [
            source(item(c, "无期限"), item(c, "明天", DAY + dt.timedelta(1)), item(c, "昨天", DAY - dt.timedelta(1))),
            source(
                item(c, "下月", DAY + dt.timedelta(30)), item(c, "今天", DAY), item(c, "前天", DAY - dt.timedelta(2))
            ),
        ],
    )
    async with acting(firm, "boss"):
        assert [w.item.title for w in await waiting.items()] == ["前天", "昨天", "今天", "明天", "下月", "无期限"]
        first, second = await waiting.items(2)
        assert (first.item.title, second.item.title) == ("前天", "昨天")
        assert (first.address, first.place) == (f"/f/{firm.id}/c/{c}/tasks", "")


async def test_of_one_thing_the_most_urgent_alone(firm: TestFirm, make: Make) -> None:
    """A payroll waits at the plugin that has it and on the month's list: people see it once. Another client's, and another month's, stay."""
    november, c = about(AskedFor.PAYROLL, Period(2026, 11)), firm.restaurant
    waiting = make(
        firm,
        [
            source(replace(item(c, "任务", DAY + dt.timedelta(9)), about=november), item(c, "任务", DAY)),
            source(
                replace(item(c, "工资表", DAY), about=november),
                replace(item(firm.trading, "工资表", DAY), about=november),
            ),
            source(replace(item(c, "十月", DAY), about=about(AskedFor.PAYROLL, Period(2026, 10)))),
        ],
    )
    async with acting(firm, "accountant"):
        told = [(w.item.client, w.item.title) for w in await waiting.items()]
    assert told == [(c, "任务"), (c, "工资表"), (firm.trading, "工资表"), (c, "十月")]


async def test_only_of_the_place(firm: TestFirm, other_firm: TestFirm, make: Make) -> None:
    """Whatever a source says: with a client open only its own; at the firm those of clients in scope, by name."""
    every = source(
        *(item(c, str(c)) for c in (firm.restaurant, firm.trading)), item(None, "公司的"), item(other_firm.trading, "x")
    )
    waiting = make(firm, [every])
    async with acting(firm, "boss"):
        assert [w.item.client for w in await waiting.items()] == [firm.restaurant]
    async with acting(firm, "owner", client=firm.trading):
        assert [w.item.client for w in await waiting.items()] == [firm.trading]
    async with acting(firm, "owner"):
        found = {w.item.client: (w.place, w.address) for w in await waiting.items()}
        assert found == {
            firm.restaurant: ("嘉喜餐饮有限公司", f"/f/{firm.id}/c/{firm.restaurant}/tasks"),
            firm.trading: ("嘉喜商贸有限公司", f"/f/{firm.id}/c/{firm.trading}/tasks"),
            None: ("", f"/f/{firm.id}/tasks"),
        }


async def test_only_of_sources_that_the_person_may_ask(firm: TestFirm, make: Make) -> None:
    waiting = make(firm, [source(item(firm.restaurant, "给会计"), permission="collab.assign")])
    async with acting(firm, "boss"):
        assert await waiting.items() == []
    async with acting(firm, "accountant", client=firm.restaurant):
        assert [w.item.title for w in await waiting.items()] == ["给会计"]


async def test_the_panel_shows_what_waits_as_text(firm: TestFirm, make: Make) -> None:
    waiting = make(firm, [source(item(firm.restaurant, "<b>补齐</b>发票", DAY))])
    async with acting(firm, "boss"):
        await waiting.items()
        assert "&lt;b&gt;补齐&lt;/b&gt;发票" in await waiting.panel()
