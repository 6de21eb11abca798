"""RISK-5: a threshold of one client is tried on that client; what is in force is said in words; and how a rule's alerts ended."""

from dataclasses import replace

from golden_cases.of_vat import SMALL_YEAR, W
from golden_cases.story import MONTH, Story
from golden_cases.test_golden_cases import RULES, material_of
from golden_cases.test_on_real_books import company
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_risk_rules import trying
from zhangfang_risk_rules.pages.rules import Ended, how_they_ended
from zhangfang_risk_rules.scanning import scanning
from zhangfang_risk_rules.tables import Alert, Mark
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft, VoucherKind
from zhangfang_sdk.periods import Period

CASH = "risk_rules.B07"
NOW = Period.current()
EARLIER = NOW.plus(-4)


async def test_a_threshold_of_one_client_is_tried_on_it_alone(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        first, _ = [await company(n, Story(((NOW.key, "1001", "1002", 5 * W),))) for n in (1, 2)]
    owner = await visit("owner", of_firm=True)
    page = (await owner.get(f"/risks/rules/{CASH}")).text
    assert '<option value="trading">商贸</option>' in page
    assert "{" not in page.split("提醒线")[0].split("库存现金科目的余额")[1]
    assert (await owner.post(f"/risks/rules/{CASH}/try", client=str(first), **{"limit-most": "100"})).status_code == 303
    assert (await owner.post(f"/risks/rules/{CASH}/try", client="9" * 30, **{"limit-most": "100"})).status_code == 404
    async with scoped_transaction(system_scope(firm.id)):
        (trial,) = await connection().fetch("select id from risk_rules_trial")
    assert 'hx-trigger="every 2s"' in (await owner.get(f"/risks/rules/{CASH}")).text
    with in_scope(system_scope(firm.id)):
        await trying.run_trial(trial["id"])
    page = (await owner.get(f"/risks/rules/{CASH}")).text
    assert "every 2s" not in page
    assert "检查了 1 家,1 家会收到提醒,共 1 次" in page
    assert "超过多少提醒 100.00 元" in page
    assert (await owner.post(f"/risks/trials/{trial['id']}", sure="0")).status_code == 303, "one client alone is no share of all"


async def test_a_new_line_for_events_is_asked_of_past_months_too(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, Story(((EARLIER.key, "1001", "1002", 6 * W),)))
        await scanning.scan_marked(client)
        await connection().execute("delete from risk_rules_mark")
    owner = await visit("owner", of_firm=True)
    assert (await owner.post("/risks/rules/risk_rules.B08/try", client=str(client), **{"limit-most": "70000"})).status_code == 303
    async with scoped_transaction(system_scope(firm.id)):
        trial = await connection().fetchval("select id from risk_rules_trial")
    with in_scope(system_scope(firm.id)):
        await trying.run_trial(trial)
    assert (await owner.post(f"/risks/trials/{trial}", sure="0")).status_code == 303
    async with scoped_transaction(system_scope(firm.id)):
        assert EARLIER.number in {row["period"] for row in await Mark.select(Mark.period).where(Mark.client == client)}


async def test_what_is_gone_by_itself_says_nothing_of_how_useful_a_rule_is(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        ends = [("resolved", ""), ("resolved", "resolved"), ("accepted", "accepted"), ("explained", "")]
        clients = [await company(number, Story(((MONTH.key, "560205", "1002", 5 * W),))) for number in range(1, 5)]
        for client, (state, shut_as) in zip(clients, ends, strict=True):
            await scanning.scan(client, only=frozenset({"risk_rules.B00"}))
            values = {Alert.state: state, Alert.shut_as: shut_as, Alert.base: -1 if shut_as else None}
            await Alert.update(values).where(Alert.client == client)
        ended = (await how_they_ended())["risk_rules.B00"]
    assert (ended, ended.precision) == (Ended(4, 2, 1, 1), 66)


async def test_lines_behind_a_month_come_to_its_amount(firm: TestFirm, visit: Visit) -> None:
    """结转损益 is no turnover: with it the lines of a month would come to nothing."""
    day = NOW.plus(-1).last_day
    sold = (Line("1002", "卖出", debit=3 * W), Line("5001", "卖出", credit=3 * W))
    closed = (Line("5001", "结转", debit=3 * W), Line("3103", "结转", credit=3 * W))
    async with scoped_transaction(system_scope(firm.id)):
        kinds = {sold: VoucherKind.NORMAL, closed: VoucherKind.CLOSING}
        await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, day, "凭证", lines, kind=kind) for lines, kind in kinds.items()])
        await scanning.scan(firm.restaurant, only=frozenset({"risk_rules.H05"}))
        (alert,) = await Alert.objects().where(Alert.client == firm.restaurant, Alert.rule == "risk_rules.H05")
    owner = await visit("owner")
    page = (await owner.get(f"/risks/{alert.id}/parts/0/0")).text
    assert "卖出" in page
    assert "结转" not in page
    assert (await owner.get(f"/risks/{alert.id}/parts/-1/0")).status_code == 404


async def test_a_trial_tells_what_the_firm_s_own_clients_have(firm: TestFirm) -> None:
    """A reference may come from the firm's clients; of fewer than five nothing is told."""
    months = tuple((NOW.plus(-n).key, "1002", "5001", 10 * W) for n in range(1, 13))
    async with scoped_transaction(system_scope(firm.id)):
        for number, tax in enumerate((1_000_00, 2_000_00, 3_000_00, 4_000_00, 5_000_00)):
            turned = tuple((NOW.plus(-n).key, "22210104", "222102", tax) for n in range(1, 13))
            await company(number, Story(months + turned))
        clients = [client for client in await use(Clients).clients() if client.name.startswith("故事")]
        tried = await trying.try_rule("risk_rules.V01", RULES["V01"], {"reference": 100}, clients)
    assert sorted(tried.figures) == [100, 200, 300, 400, 500]
    assert trying.quartiles(tried.figures) == (200, 300, 400)
    assert trying.quartiles(tried.figures[1:]) is None
    assert tried.findings == 0, "the reference that is tried is what it is held against"


def test_what_registering_may_cost_is_a_range_with_its_basis() -> None:
    """408 万 of a restaurant: 6 % less 1 % is 20.4 万 at most."""
    rule = RULES["V26"]
    given = material_of(SMALL_YEAR)
    limits = {name: threshold.value for name, threshold in rule.thresholds.items()}
    (found,) = rule.judge(replace(given, limits=limits))  # type: ignore[misc]  # it fires
    assert found.cost is not None
    assert (found.cost.low, found.cost.high) == (0, 408 * W // 20)
    (set_by_firm,) = rule.judge(replace(given, limits={**limits, "general": 1300}))  # type: ignore[misc]  # it fires
    assert set_by_firm.cost is not None
    assert set_by_firm.cost.high == 408 * W * 12 // 100
