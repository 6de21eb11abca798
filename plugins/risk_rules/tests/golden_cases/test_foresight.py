"""如果我再开这张票: exemption, 500 万, burden, scope; nothing is written (RISK-7)."""

import datetime as dt

import pytest

from golden_cases.of_vat import W
from golden_cases.story import GENERAL, MONTH, SMALL, Story, back, fact, sales, vat
from golden_cases.test_on_real_books import company
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_risk_rules.foreseeing.foreseeing import Desk, Foresight, foresee
from zhangfang_risk_rules.foreseeing.invoice import rates_of, read_thought
from zhangfang_risk_rules.limits import Limits
from zhangfang_risk_rules.rules.reading_data import accounts_of, own_rules
from zhangfang_risk_rules.scanning.asking import Months
from zhangfang_risk_rules.scanning.reading import Known
from zhangfang_sdk.clients import Client
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind
from zhangfang_sdk.risk_books import BookSums, InvoiceShelf
from zhangfang_sdk.testing.risk_material import balances_of

QUARTER = Story((("2026-09", "1002", "5001", 25 * W),), kind=SMALL)


def desk(story: Story, *, limits: dict[tuple[str, str], int] | None = None, scope: str = "") -> Desk:
    """On the last day of September, whose books are whole to August."""
    client = Client(1, "示例有限公司", "91330106MA2TEXT16P", story.kind, "small_business_2013", story.industry, story.starts)
    facts = [fact(FactKind.TAXPAYER_KIND, story.kind), *([fact(FactKind.BUSINESS_SCOPE, scope, 2)] if scope else [])]
    books = BookSums(balances_of(story.posts), accounts_of("small_business_2013") or {})
    known = Known(client, facts, MONTH.last_day, books, InvoiceShelf(story.invoices, story.missing))
    rules = {f"risk_rules.{rule.id}": rule for rule in own_rules() if rule.foretells}
    of = Limits(limits or {}, {}, frozenset())
    return Desk(known, rules, Months(MONTH, MONTH.plus(-1)), of, story.kind, rates_of(story.kind, MONTH.last_day))


def asked(story: Story, total: str, rate: str, goods: str = "餐饮服务", kind: str = "plain", **more: object) -> Foresight:
    at = desk(story, **more)  # type: ignore[arg-type]  # passed on as they come
    return foresee(at, read_thought({"total": total, "rate": rate, "goods": goods, "kind": kind}, at.rates))


def fired(foresight: Foresight) -> list[tuple[str, bool]]:
    return [(one.rule.id, one.is_new) for one in foresight.fires]


def test_the_invoice_that_reaches_the_exemption() -> None:
    reached = asked(QUARTER, "50500", "1%", scope="餐饮")
    assert reached.thought.amount == 5 * W
    assert reached.thought.tax == 500_00
    assert fired(reached) == [("V25N", True)]
    assert "全部销售额都要交增值税" in reached.fires[0].sentence
    assert (reached.marks[0].before, reached.marks[0].after, reached.marks[0].share) == ("25 万元", "30 万元", 100)
    below = asked(QUARTER, "20200", "1%", scope="餐饮")
    assert fired(below) == []
    assert "还差 3 万元" in below.marks[0].words
    assert "已经到了" in below.marks[1].words, "25 万 in the month, for who files by month"


def test_the_fen_before_the_threshold_is_exempt() -> None:
    """Exactly 30 万 is taxed, a fen less is not."""
    just = Story((("2026-09", "1002", "5001", 300_000_00 - 100_01),), kind=SMALL)
    assert "已经达到" not in asked(just, "101.00", "1%", scope="餐饮").fires[0].sentence
    assert "已经达到" in asked(just, "101.01", "1%", scope="餐饮").fires[0].sentence


def test_five_millions() -> None:
    year = Story(sales(12, 41 * W), kind=SMALL)
    crossed = asked(year, "101000", "1%", scope="餐饮")
    assert ("V26", False) in fired(crossed)
    assert "已经超过 500 万元" in next(f.sentence for f in crossed.fires if f.rule.id == "V26")
    assert (crossed.marks[2].before, crossed.marks[2].after) == ("492 万元", "502 万元")
    running = Story(sales(12, 41 * W, 1), kind=SMALL)
    assert asked(running, "101", "1%", scope="餐饮").marks[2].before == "492 万元", "the twelve months before, as the rule has them"
    assert ("V26", True) in fired(asked(Story(sales(12, 33 * W), kind=SMALL), "101000", "1%", scope="餐饮"))


def test_burden_counts_whole_months_and_no_new_deduction() -> None:
    year = Story((*sales(12, 10 * W), *vat(12, 3_000_00)), kind=GENERAL)
    limits = {("risk_rules.V01", "reference"): 300}
    raised = asked(year, "113000", "13%", "家具", limits=limits, scope="家具")
    (burden, _) = raised.marks
    assert (burden.before, burden.after) == ("3%", "3.83%")
    assert "3%" in burden.words
    assert ("V01", True) in fired(asked(year, "1000000", "免税", "家具", limits=limits, scope="家具"))
    assert "没有设定参考值" in asked(year, "113000", "13%", "家具", scope="家具").marks[0].words


def test_scope_of_business() -> None:
    assert ("V22", True) in fired(asked(QUARTER, "70000", "1%", "咨询服务", scope="餐饮服务"))
    assert asked(QUARTER, "70000", "1%", "*咨询服务*市场咨询", scope="餐饮服务").marks[-1].after == "不在经营范围内"
    assert asked(QUARTER, "70000", "1%", "餐饮服务", scope="餐饮服务").marks[-1].after == "在经营范围内"
    assert asked(QUARTER, "70000", "1%", "没有的品目", scope="餐饮服务").marks[-1].after == "没有比对"
    nothing = asked(QUARTER, "70000", "1%", "咨询服务")
    assert any("企业资料没有经营范围" in sentence for sentence in nothing.unsaid)


def test_a_special_invoice_waives_the_exemption_and_says_so() -> None:
    assert [law.source.is_confirmed for law in asked(QUARTER, "101", "1%", kind="special").laws] == [True]
    assert asked(QUARTER, "101", "1%").laws == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({"total": "abc"}, "money.unreadable"),
        ({"total": "0"}, "risk_rules.foreseen_amount"),
        ({"total": "1", "rate": "17%"}, "risk_rules.foreseen_rate"),
        ({"total": "1", "rate": "1%", "goods": " ** "}, "risk_rules.foreseen_goods"),
        ({"total": "1", "rate": "免税", "goods": "蔬菜", "kind": "special"}, "risk_rules.foreseen_special"),
    ],
)
def test_what_cannot_be_read(written: dict[str, str], code: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_thought(written, rates_of(SMALL, dt.date(2026, 9, 30)))
    assert refused.value.code == code


def test_rates_are_those_of_the_day() -> None:
    assert [r.printed for r in rates_of(SMALL, dt.date(2028, 1, 1))] == ["3%", "免税"]
    assert "13%" not in [r.printed for r in rates_of(SMALL, dt.date(2026, 9, 1))]


async def test_on_the_phone_and_nothing_is_written(firm: TestFirm, visit: Visit) -> None:
    month = Period.current().key
    async with scoped_transaction(system_scope(firm.id)):
        await company(1, Story(((month, "1002", "5001", 5 * W), (back(12), "1002", "5001", W)), kind=SMALL))
        before = await connection().fetchval("select count(*) from risk_rules_alert")
    for role in ("boss", "owner"):
        person = await visit(role)
        assert "看看会怎样" in (await person.get("/risks/foresight")).text
        answer = await person.get("/risks/foresight?total=100&rate=17%25&goods=x")
        assert (answer.status_code, "请从列表里选一个税率" in answer.text) == (200, True)
        rate = "6%25" if "13%" in answer.text else "1%25"
        page = (await person.get(f"/risks/foresight?total=1000&rate={rate}&goods=咨询服务&kind=plain")).text
        assert "开了以后" in page
        assert "经营范围" in page
        page = (await person.get(f"/risks/foresight?total=1000&rate={rate}&goods=文具&kind=plain")).text
        assert "不会引起新的风险提醒" not in page, "a rule could not be asked: nobody knows"
        assert "检查过的规则没有新的风险提醒;没有检查的列在下面" in page
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select count(*) from risk_rules_alert") == before
    assert (await (await visit("driver")).get("/risks/foresight")).status_code == 403
