"""RISK-6: the life of alerts, over any order of scans, people's steps, worse figures and vanishing; and on two nodes at once."""

import asyncio
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_risk_rules.alerts import life
from zhangfang_risk_rules.alerts.life import SHUT, Life, State, WrongStep
from zhangfang_risk_rules.scanning.scanning import scan
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft

TENTH = 1000
FIGURES = st.integers(-3, 400)
SCANS = st.tuples(st.just("scan"), st.one_of(st.none(), FIGURES))
STEPS = st.tuples(st.just("step"), st.sampled_from([s for s in State if s is not State.OPEN]))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(SCANS, STEPS), max_size=25))
def test_whatever_happens_in_whatever_order(events: list[tuple[str, int | State | None]]) -> None:
    alert: Life | None = None
    for kind, what in events:
        before = alert
        if kind == "scan" and not isinstance(what, State):
            if what is None:
                if alert is None:
                    continue
                moved = life.vanished(alert)
                assert moved.life.state is State.RESOLVED
                assert not moved.opens
                assert life.vanished(moved.life).life == moved.life
            else:
                moved = life.found(alert, what, TENTH, worse_is_less=False)
                again = life.found(moved.life, what, TENTH, worse_is_less=False)
                assert again.life == moved.life
                assert not again.opens, "the same fact never alerts twice"
                assert moved.life.figure == what
                if before is not None and before.base is not None and before.state in SHUT:
                    worse = life.is_worse(what, before.base, TENTH, worse_is_less=False)
                    assert moved.opens == worse, "shut by a person: until it is worse by the step"
                    assert bool(moved.words) or not moved.opens
                elif before is None or before.state is State.RESOLVED:
                    assert moved.opens
                else:
                    assert moved.life.state is before.state
            alert = moved.life
        elif isinstance(what, State) and alert is not None:
            if alert.state in SHUT:
                with pytest.raises(WrongStep):
                    life.stepped(alert, what)
                continue
            alert = life.stepped(alert, what)
            assert alert.figure == (before.figure if before else None)
            assert (alert.base == alert.figure) == (what in SHUT) or what not in SHUT
        if alert is not None:
            assert (alert.shut_as is None) == (alert.base is None)
            assert alert.state is not State.ACCEPTED or alert.base is not None


def test_less_may_be_worse() -> None:
    shut = life.stepped(Life(State.OPEN, -500), State.ACCEPTED)
    assert not life.found(shut, -550, TENTH, worse_is_less=True).opens
    assert life.found(shut, -551, TENTH, worse_is_less=True).opens
    assert not life.found(shut, 900, TENTH, worse_is_less=True).opens


async def test_two_nodes_at_once_make_one_alert(firm: TestFirm) -> None:
    lines = (Line("1002", "付", debit=500), Line("1001", "付", credit=500))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "付款", lines)])

    async def node() -> int:
        async with scoped_transaction(system_scope(firm.id)):
            return len(await scan(firm.restaurant, only=frozenset({"risk_rules.B07"})))

    opened = await asyncio.gather(*(node() for _ in range(4)))
    assert sorted(opened) == [0, 0, 0, 1]
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select opened from risk_rules_alert")
        steps = await connection().fetch("select step from risk_rules_alert_step")
        notices = await connection().fetch("select distinct key from core_notice")
    assert [row["opened"] for row in rows] == [1]
    assert [row["step"] for row in steps] == ["opened"]
    assert len(notices) == 1
