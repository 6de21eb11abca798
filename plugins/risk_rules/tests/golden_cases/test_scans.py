"""RISK-1, RISK-6: what nothing but the day moves, what fails, and one fact for one alert."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from golden_cases.of_vat import W, quarters
from golden_cases.story import MONTH, Story
from golden_cases.test_golden_cases import RULES, material_of
from golden_cases.test_on_real_books import company
from zhangfang_books.filing.tables import FilingRow
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.modules.risk_rules import DeclaredRiskRules
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_risk_rules.alerts import keeping
from zhangfang_risk_rules.limits import Limits, limits_of
from zhangfang_risk_rules.pages import listing
from zhangfang_risk_rules.scanning import asking, scanning
from zhangfang_risk_rules.scanning.reading import read
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.risk import Finding, Material, RiskRule, Span, Unit

LATE = "risk_rules.G08"


async def alerts(client: int, rule: str) -> list[Alert]:
    return list(await Alert.objects().where(Alert.client == client, Alert.rule == rule).order_by(Alert.id))


async def test_a_return_is_late_the_morning_after(firm: TestFirm) -> None:
    """No voucher, no invoice and no click tells that a day is over."""
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story())
        await scanning.scan_marked(client)
        await connection().execute("delete from risk_rules_mark")
        last = Period.current().plus(-1).number
        row = FilingRow(client=client, tax="stamp", first=last, last=last, due=today() - dt.timedelta(days=1), lines="", worked_by="", number="")
        row.confirmed_sha256 = row.confirmed_by = row.filed_by = ""
        await row.save()
        assert await alerts(client, LATE) == []
    with in_scope(system_scope(firm.id)):
        await scanning.sweep()
    async with scoped_transaction(system_scope(firm.id)):
        await scanning.scan_marked(client)
        (alert,) = await alerts(client, LATE)
        assert (alert.state, "已经逾期 1 天" in alert.sentence) == ("open", True)
        assert await waits_about(alert) == f"return_filed:stamp {Period.from_number(last).key}", "the one return that is late is told once"
        await FilingRow.update({FilingRow.due: today() - dt.timedelta(days=2)}).where(FilingRow.id == row.id)
    with in_scope(system_scope(firm.id)):
        await scanning.sweep()
    async with scoped_transaction(system_scope(firm.id)):
        await scanning.scan_marked(client)
        (alert,) = await alerts(client, LATE)
        assert "已经逾期 2 天" in alert.sentence
        second = FilingRow(client=client, tax="vat", first=last, last=last, due=today() - dt.timedelta(days=1), lines="", worked_by="", number="")
        second.confirmed_sha256 = second.confirmed_by = second.filed_by = ""
        await second.save()
    with in_scope(system_scope(firm.id)):
        await scanning.sweep()
    async with scoped_transaction(system_scope(firm.id)):
        await scanning.scan_marked(client)
        (alert,) = await alerts(client, LATE)
        assert await waits_about(alert) == "", "of two it is about neither alone"


async def waits_about(alert: Alert) -> str:
    (item,) = [item for item in await listing.waiting(100) if item.path == f"/risks/{alert.id}"]
    return item.about


def no_value(m: Material) -> list[Finding]:
    return [Finding(1, Unit.COUNT)]


def too_long(m: Material) -> list[Finding]:
    return [Finding(1, Unit.COUNT, subject="x" * 81, values={"told": "有"})]


def not_kept(m: Material) -> list[Finding]:
    return [Finding(2**70, Unit.COUNT, values={"told": "有"})]


def nothing(m: Material) -> list[Finding]:
    return None  # type: ignore[return-value]  # as a stranger may


@pytest.mark.parametrize("judge", [no_value, too_long, not_kept, nothing])
async def test_a_stranger_s_finding_that_can_t_be_kept_stops_no_other_rule(
    judge: Callable[[Material], list[Finding]], firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = replace(RULES["H05"], id="odd", judge=judge, sentence="{told}。")
    below = RULES["B00"]

    async def known(self: DeclaredRiskRules) -> Mapping[str, RiskRule]:
        return {"stranger.odd": stranger, "risk_rules.B00": below}

    monkeypatch.setattr(DeclaredRiskRules, "known", known)
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(((MONTH.key, "560205", "1002", 5 * W),)))
        await scanning.scan(client)
        assert len(await alerts(client, "risk_rules.B00")) == 1
        assert await alerts(client, "stranger.odd") == []


def test_the_quarter_that_is_over_is_one_period_in_all_months_after_it() -> None:
    ends = {month: Span.WHOLE_QUARTER.end_of(Period(2026, month)).number for month in (8, 9, 10, 11, 12)}
    assert ends == {8: 202606, 9: 202609, 10: 202609, 11: 202609, 12: 202612}
    assert RULES["V24"].span is RULES["V25"].span is Span.WHOLE_QUARTER
    said = RULES["V25"].judge(replace(material_of(quarters(30 * W)), month=Period(2026, 11), limits={n: t.value for n, t in RULES["V25"].thresholds.items()}))
    assert isinstance(said, list)
    assert said[0].values["quarter"] == "2026年3季度"


async def test_what_was_accepted_of_a_quarter_stays_accepted_the_month_after(firm: TestFirm) -> None:
    rule = RULES["V25"]
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, quarters(30 * W))

        async def looked_at(month: Period) -> int:
            known = await read(client, [(rule, [month])])
            assert known is not None
            asked = asking.ask("risk_rules.V25", rule, known, month, await limits_of(known.client))
            assert asked is not None
            opened, _ = await keeping.keep(client, [asked], frozenset())
            return len(opened)

        assert await looked_at(MONTH) == 1
        await Alert.update({Alert.state: "accepted", Alert.shut_as: "accepted", Alert.base: Alert.amount}).where(Alert.client == client)
        assert await looked_at(MONTH.plus(1)) == 0
        assert [row.state for row in await alerts(client, "risk_rules.V25")] == ["accepted"]


async def test_muting_reaches_what_was_found_of_earlier_months(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story((("2026-09", "1001", "1002", 6 * W), ("2026-07", "1001", "1002", 6 * W))))
        await scanning.scan(client, only=frozenset({"risk_rules.B08"}), events=[Period(2026, 7), Period(2026, 9)])
        assert len(await alerts(client, "risk_rules.B08")) == 2
    owner = await visit("owner", of_firm=True)
    for muted in ("1", "0"):
        assert (await owner.post("/risks/rules/risk_rules.B08/mute", muted=muted)).status_code == 303
        async with scoped_transaction(system_scope(firm.id)):
            assert [row.muted for row in await alerts(client, "risk_rules.B08")] == [muted == "1"] * 2


def test_what_the_firm_tolerates_stands_before_the_setting() -> None:
    rule = RULES["B00"]
    assert Limits({}, {}, frozenset(), tolerance=5).of("risk_rules.B00", rule, "trading") == {"tolerance": 5}
    of_firm = {("risk_rules.B00", "tolerance", ""): 7}
    assert Limits({}, of_firm, frozenset(), tolerance=5).of("risk_rules.B00", rule, "trading") == {"tolerance": 7}
