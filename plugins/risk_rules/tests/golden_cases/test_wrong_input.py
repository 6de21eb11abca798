"""Wrong input in any form of this plugin: a plain sentence beside what was written, on the page that it was written on."""

import datetime as dt
import re

import pytest

from golden_cases.story import Story, sales, vat
from golden_cases.test_on_real_books import company
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_risk_rules import ruling
from zhangfang_risk_rules.limits import limits_of
from zhangfang_risk_rules.pages.listing import alerts_of
from zhangfang_risk_rules.scanning import scanning
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import today
from zhangfang_sdk.risk import RiskRules

V01, B04, B01, B07 = ("risk_rules.V01", "risk_rules.B04", "risk_rules.B01", "risk_rules.B07")


@pytest.mark.parametrize(
    ("rule", "name", "text", "said"),
    [
        (V01, "reference", "300", "请填从 0% 到 100%。"),
        (V01, "reference", "-1", "请填从 0% 到 100%。"),
        (V01, "reference", "百分之三", "请填从 0% 到 100%。"),
        (B04, "months", "3.5", "请填整数,从 0 个月 到 120 个月。"),
        (B01, "from_month", "13", "请填整数,从 1 到 12。"),
        (B07, "most", "9" * 18, "请填从 0.00 元 到"),
        (B07, "most", "50%", "请填从 0.00 元 到"),
        (V01, "reference", "", "请至少填写一个数。"),
    ],
)
async def test_a_threshold_of_nonsense_says_what_may_be_filled_in(visit: Visit, rule: str, name: str, text: str, said: str) -> None:
    owner = await visit("owner", of_firm=True)
    answer = await owner.post(f"/risks/rules/{rule}/try", **{f"limit-{name}": text, "industry": "trading"})
    assert answer.status_code == 422
    assert said in answer.text
    assert "提醒线" in answer.text
    if text:
        assert f'value="{text}"' in answer.text
    assert '<option value="trading" selected>' in answer.text


async def test_what_was_set_can_be_cleared(firm: TestFirm, visit: Visit) -> None:
    async with acting(firm, "owner"):
        await ruling.set_limit(V01, "reference", 250)
        await ruling.set_limit(V01, "reference", 300, industry="trading")
        await ruling.set_limit(V01, "reference", 350, client=firm.trading)
        client = await use(Clients).client(firm.trading)
        rule = (await use(RiskRules).known())[V01]

        async def in_force() -> int:
            return (await limits_of(client)).of(V01, rule, client.industry)["reference"]

        assert await in_force() == 350
        await ruling.clear_limit(V01, "reference", client=firm.trading)
        assert await in_force() == 300
        await ruling.clear_limit(V01, "reference", industry="trading")
        assert await in_force() == 250
    owner = await visit("owner", of_firm=True)
    page = (await owner.get(f"/risks/rules/{V01}")).text
    assert "恢复默认" in page
    assert (await owner.post(f"/risks/rules/{V01}/clear", name="reference", industry="", client="")).status_code == 303
    again = await owner.post(f"/risks/rules/{V01}/clear", name="reference", industry="", client="")
    assert (again.status_code, "这个数已经不在了" in again.text) == (409, True)
    assert "恢复默认" not in again.text
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select count(*) from core_audit_entry where action = 'risk_rules.limits_cleared'") == 3
    assert (await owner.post(f"/risks/rules/{V01}/clear", name="reference", client="999999")).status_code == 404


async def test_what_is_not_asked_any_more_closes(firm: TestFirm) -> None:
    """A burden below a reference that the firm takes back is no alert, and the note says why it is gone."""
    low = Story((*sales(20, 1_000_000_00), *vat(20, 1_000_00)), starts=dt.date(2024, 6, 1))
    async with scoped_transaction(system_scope(firm.id)):
        client = await company(1, low)
        await ruling.set_limit(V01, "reference", 300)
        await scanning.scan(client, only=frozenset({V01}))
        (alert,) = await alerts_of(client)
        await ruling.clear_limit(V01, "reference")
        await scanning.scan_marked(client)
        (after,) = [one for one in await alerts_of(client) if one.id == alert.id]
    assert (alert.state, after.state, after.note) == ("open", "resolved", "本机构还没有为这个行业设定税负参考值。")


async def test_a_trial_from_before_with_more_than_all_is_not_put_in_force(firm: TestFirm) -> None:
    async with acting(firm, "owner"):
        trial = await ruling.begin_trial(V01, {"reference": 30_000}, "", None)
        await connection().execute("update risk_rules_trial set done_at = now() where id = $1", trial)
        with pytest.raises(Refusal, match=r"risk_rules\.limit_wrong"):
            await ruling.put_in_force(trial, sure=True)


@pytest.mark.parametrize(
    ("form", "sent", "said"),
    [
        ("explain", {"words": "   "}, "请写明原因"),
        ("explain", {"words": "长" * 1001}, "最多 1000 个字"),
        ("accept", {"words": "", "as": "accepted"}, "请写明原因"),
        ("accept", {"words": "长" * 1001, "as": "resolved"}, "最多 1000 个字"),
        ("assign", {"person": "0"}, "请从名单里选一位同事"),
        ("assign", {"person": "x" * 500}, "请从名单里选一位同事"),
        ("ask", {"due": "2026-13-45"}, "请选择一个截止日期"),
        ("ask", {"due": (today() - dt.timedelta(days=1)).isoformat()}, "截止日期已经过了"),
    ],
)
async def test_the_slip_keeps_what_was_written_and_says_why(firm: TestFirm, visit: Visit, form: str, sent: dict[str, str], said: str) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        alert = await _an_alert(firm)
    owner = await visit("owner")
    answer = await owner.post(f"/risks/{alert}/{form}", **sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "怎么算的" in answer.text, "the slip itself, not an error page"
    if sent.get("words", "").strip():
        assert sent["words"] in answer.text
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select state from risk_rules_alert where id = $1", alert) == "open"


async def test_a_line_break_is_one_sign_as_the_browser_counts_it(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        alert = await _an_alert(firm)
    words = "\r\n".join(["说"] * 500)
    assert (await (await visit("owner")).post(f"/risks/{alert}/explain", words=words)).status_code == 303


async def test_a_slip_that_was_shut_in_another_tab_says_so(firm: TestFirm, visit: Visit) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        alert = await _an_alert(firm)
    owner = await visit("owner")
    assert (await owner.post(f"/risks/{alert}/accept", words="核实过")).status_code == 303
    answer = await owner.post(f"/risks/{alert}/explain", words="再说一次")
    assert (answer.status_code, "这条提醒已经关闭" in answer.text, "怎么算的" in answer.text) == (409, True, True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"lines": "", "source": "税务通报"}, "请至少填写一行"),
        ({"lines": "杭州示例有限公司,91330106MA2TEXT16P,走逃", "source": "长" * 201}, "来源最多 200 个字"),
        ({"lines": "名" * 201 + ",91330106MA2TEXT16P,走逃"}, "第 1 行太长"),
        ({"lines": "杭州示例有限公司,91330106MA2TEXT16P," + "因" * 121}, "第 1 行太长"),
    ],
)
async def test_a_list_that_cannot_be_read_stays_in_its_form(visit: Visit, sent: dict[str, str], said: str) -> None:
    owner = await visit("owner", of_firm=True)
    answer = await owner.post("/risks/sellers", **sent)
    assert (answer.status_code, said in answer.text) == (422, True)
    for text in sent.values():
        assert text in answer.text


async def test_an_answer_that_cannot_be_is_told_beside_the_question(visit: Visit) -> None:
    owner = await visit("owner")
    unknown = await owner.post("/risks/checks", code="none")
    assert (unknown.status_code, "没有这份问卷" in unknown.text, "受益所有人" in unknown.text) == (422, True, True)
    begun = await owner.post("/risks/checks", code="self_check")
    run = begun.headers["location"].rpartition("/")[2]
    page = (await owner.get(f"/risks/checks/{run}")).text
    question = re.findall(r'name="question" value="(\w+)"', page)[0]
    for option in ("", "99", "一"):
        answer = await owner.post(f"/risks/checks/{run}/answer", question=question, option=option)
        assert (answer.status_code, "请选一个答案" in answer.text, f'value="{question}"' in answer.text) == (422, True, True)
    hidden = await owner.post(f"/risks/checks/{run}/answer", question="none", option="1")
    assert (hidden.status_code, "这个问题不用答了" in hidden.text) == (409, True)
    early = await owner.post(f"/risks/checks/{run}/finish")
    assert (early.status_code, "还有问题没有答完" in early.text, f'value="{question}"' in early.text) == (409, True, True)


async def test_signs_that_no_column_holds_are_looked_for_in_vain(visit: Visit) -> None:
    owner = await visit("owner", of_firm=True)
    assert (await owner.get("/risks/sellers?q=%00%25%5c_")).status_code == 200


async def test_goods_of_too_many_words_are_told(visit: Visit) -> None:
    owner = await visit("owner")
    page = (await owner.get("/risks/foresight?total=100&rate=1%25&kind=plain&goods=" + "货" * 61)).text
    assert "最多写 60 个字" in page


async def _an_alert(firm: TestFirm) -> int:
    """Cash below zero, by the books."""
    lines = (Line("560205", "付款", debit=5_00), Line("1001", "付款", credit=5_00))
    await import_posted(firm.restaurant, [VoucherDraft(firm.restaurant, dt.date(2025, 3, 5), "付款", lines)])
    await scanning.scan(firm.restaurant, only=frozenset({B07}))
    (alert,) = await alerts_of(firm.restaurant)
    return int(alert.id)


async def test_an_industry_that_there_is_not_is_no_trial_of_all_and_one_client_is_of_one_industry(firm: TestFirm, visit: Visit) -> None:
    owner = await visit("owner", of_firm=True)
    for said, written in (
        ("请从列表里选一个行业", {"industry": "nonsense"}),
        ("行业和客户请只选一个", {"industry": "restaurant", "client": str(firm.trading)}),
    ):
        answer = await owner.post(f"/risks/rules/{V01}/try", **{"limit-reference": "3", **written})
        assert answer.status_code == 422
        assert said in answer.text
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select count(*) from risk_rules_trial") == 0
