"""RISK-6: one suite for the SDK's ``Alerts``, run against the fake and the provider's own."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_risk_rules.tables import Alert as Row
from zhangfang_sdk.alerts import Alert, Alerts, Severity
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.fake_alerts import FakeAlerts

NOW = dt.datetime(2026, 11, 16, 3, 0, tzinfo=dt.UTC)
NOVEMBER = Period(2026, 11)
Make = Callable[[], Awaitable[tuple[Alerts, list[int]]]]


@pytest.fixture(params=["fake", "real"])
def make(request: pytest.FixtureRequest, firm: TestFirm) -> Make:
    """Four that stand: a note, a severe one and an older severe one of the restaurant, an urgent one of the trading company; their ids."""
    wanted = [
        (firm.restaurant, "risk_rules.C09", Severity.NOTE, 0, "fen"),
        (firm.restaurant, "risk_rules.V26", Severity.HIGH, 0, "fen"),
        (firm.restaurant, "risk_rules.C02", Severity.HIGH, 3, "basis_points"),
        (firm.trading, "risk_rules.V30", Severity.URGENT, 1, "fen"),
    ]

    async def fake() -> tuple[Alerts, list[int]]:
        made = [
            Alert(n, client, rule, NOVEMBER, severity, "题", "句", "做", "法", NOW - dt.timedelta(days=days), f"/risks/{n}", 5 if unit == "fen" else None)
            for n, (client, rule, severity, days, unit) in enumerate(wanted, 1)
        ]
        return FakeAlerts(made), [a.id for a in made]

    async def real() -> tuple[Alerts, list[int]]:
        ids = []
        async with acting(firm, "owner"):
            for client, rule, severity, days, unit in wanted:
                row = row_of(client, rule, severity, NOW - dt.timedelta(days=days), unit)
                await row.save()
                ids.append(int(row.id))
            await row_of(firm.restaurant, "risk_rules.V22", Severity.URGENT, NOW, "fen", state="accepted").save()
            await row_of(firm.restaurant, "risk_rules.V23", Severity.URGENT, NOW, "fen", state="resolved").save()
            await row_of(firm.restaurant, "risk_rules.V24", Severity.URGENT, NOW, "fen", muted=True).save()
        return use(Alerts), ids

    return fake if request.param == "fake" else real


def row_of(client: int, rule: str, severity: Severity, at: dt.datetime, unit: str, *, state: str = "seen", muted: bool = False) -> Row:
    return Row(
        client=client, rule=rule, period=NOVEMBER.number, month=NOVEMBER.number, level=int(severity), title="题", sentence="句", todo="做",
        source="法", unit=unit, amount=5, state=state, muted=muted, created_at=at, updated_at=at,
    )  # fmt: skip


async def test_the_worst_first_and_of_those_the_newest(firm: TestFirm, make: Make) -> None:
    service, (note, severe, older, urgent) = await make()
    async with acting(firm, "accountant"):
        assert [a.id for a in await service.open()] == [urgent, severe, older, note]
        assert [a.id for a in await service.open(limit=2)] == [urgent, severe]
        assert [a.id for a in await service.open(client=firm.restaurant, at_least=Severity.HIGH)] == [severe, older]
        assert [a.id for a in await service.open(rules=["risk_rules.C09", "risk_rules.V30"])] == [urgent, note]
        first = (await service.open(client=firm.restaurant))[0]
        told = (first.rule, first.period, first.severity, first.sentence, first.since, first.path, first.amount)
        assert told == ("risk_rules.V26", NOVEMBER, Severity.HIGH, "句", NOW, f"/risks/{severe}", 5)
        assert (await service.open(rules=["risk_rules.C02"]))[0].amount is None


async def test_counted_by_client_and_severity(firm: TestFirm, make: Make) -> None:
    service, _ = await make()
    async with acting(firm, "accountant"):
        found = await service.counts([firm.restaurant, firm.trading, 999_999])
        assert found[firm.restaurant] == {Severity.NOTE: 1, Severity.HIGH: 2}
        assert found[firm.trading] == {Severity.URGENT: 1}
        assert not found.get(999_999)
        assert await service.counts([]) == {}


async def test_only_who_may_and_only_of_clients_in_scope(firm: TestFirm, make: Make) -> None:
    service, (note, severe, older, _) = await make()
    async with acting(firm, "boss", client=firm.restaurant):
        assert [a.id for a in await service.open()] == [severe, older, note]
        assert list(await service.counts([firm.restaurant, firm.trading])) == [firm.restaurant]
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await service.open(client=firm.trading)
    async with acting(firm, "driver"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await service.open()
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await service.counts([firm.restaurant])
