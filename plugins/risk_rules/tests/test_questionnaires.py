"""RISK-5: questionnaires as data. Any order of answering gives the same open question and score; half-way is kept; gaps become tasks."""

import html
import io
import re
from collections.abc import Mapping

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_risk_rules.questionnaires import keeping, writing
from zhangfang_risk_rules.questionnaires.definition import OWN, Option, Question, Questionnaire, own_texts, parse
from zhangfang_risk_rules.questionnaires.standing import standing
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.tasks import Side, Tasks


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    made: list[Question] = []
    for n in range(draw(st.integers(1, 8))):
        options = tuple(Option(str(o), draw(st.one_of(st.none(), st.integers(0, 10)))) for o in range(draw(st.integers(2, 4))))
        on = draw(st.lists(st.sampled_from(made), max_size=2, unique_by=lambda q: q.key)) if made else []
        when = {q.key: draw(st.frozensets(st.integers(1, len(q.options)), min_size=1)) for q in on}
        made.append(Question(f"q{n}", "?", options, when=when))
    return Questionnaire("t", "", (), tuple(made))


@settings(max_examples=300, deadline=None)
@given(questionnaires(), st.data())
def test_any_order_of_answering_comes_to_the_same(asked: Questionnaire, data: st.DataObject) -> None:
    """Whoever jumps about, and takes answers back on the way, ends where somebody ends who answers from top to bottom."""
    meant = {q.key: data.draw(st.integers(1, len(q.options))) for q in asked.questions}
    straight: dict[str, int] = {}
    while (question := standing(asked, straight).open) is not None:
        straight[question.key] = meant[question.key]
    given_: dict[str, int] = {}
    for _ in range(data.draw(st.integers(0, 6))):
        question = data.draw(st.sampled_from(standing(asked, given_).path))
        given_[question.key] = data.draw(st.integers(1, len(question.options)))
    while left := [q for q in standing(asked, given_).path if given_.get(q.key) != meant[q.key]]:
        question = data.draw(st.sampled_from(left))
        given_[question.key] = meant[question.key]
    end, other = standing(asked, straight), standing(asked, given_)
    assert (end.open, end.score, end.answered) == (other.open, other.score, other.answered)
    assert end.score is None or 0 <= end.score <= 100
    part = data.draw(st.lists(st.sampled_from(sorted(meant)), unique=True))
    one, two = {k: meant[k] for k in part}, {k: meant[k] for k in reversed(part)}
    assert standing(asked, one) == standing(asked, two)
    opened = standing(asked, one).open
    assert opened is None or opened.key not in one


OWNER = parse(own_texts()["beneficial_owner"])


@pytest.mark.parametrize(
    ("answers", "verdict", "gap"),
    [
        ({"kind": 3}, "个体工商户不用备案", None),
        ({"kind": 1, "capital": 1, "persons": 1, "others": 1, "promise": 1}, "不用再备案", None),
        ({"kind": 1, "capital": 1, "persons": 1, "others": 1, "promise": 2}, "还没有承诺", "免报承诺"),
        ({"kind": 1, "capital": 2, "known": 1, "filed": 3}, None, "尽快备案"),
        ({"kind": 1, "capital": 1, "persons": 2, "known_mixed": 2, "filed_mixed": 1}, None, "查清谁是受益所有人"),
        ({"kind": 1, "capital": 1, "persons": 1, "others": 2, "known_others": 1, "filed_others": 2}, None, "30 日内改正"),
        ({"kind": 2, "filed_branch": 2}, None, "外国公司的受益所有人"),
    ],
)
def test_the_order_of_2024_with_its_exemption(answers: Mapping[str, int], verdict: str | None, gap: str | None) -> None:
    end = standing(OWNER, answers)
    assert end.open is None
    assert (verdict is None) == (not end.verdicts)
    assert verdict is None or verdict in end.verdicts[0]
    assert (gap is None) == (not end.gaps)
    assert gap is None or gap in end.gaps[0].option.gap


@pytest.mark.parametrize("code", OWN)
def test_each_of_ours_can_be_read_and_ends(code: str) -> None:
    asked = parse(own_texts()[code])
    assert asked.bases
    for first in (1, 2):
        answers: dict[str, int] = {}
        while (question := standing(asked, answers).open) is not None:
            answers[question.key] = min(first, len(question.options))
        assert answers
    keys = {key for question in asked.questions for key in question.when}
    assert keys <= {question.key for question in asked.questions}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("标题: 甲", "至少有一个问题"),
        ("标题: 甲\n问 a: 乙?\n- 是", "至少要有两个选项"),
        ("标题: 甲\n问 a: 乙?\n- 是\n- 否\n问 a: 丙?\n- 是\n- 否", "第 5 行"),
        ("标题: 甲\n问 a: 乙?\n- 是\n- 否\n问 b: 丙?\n如果: c=1\n- 是\n- 否", "第 6 行"),
        ("标题: 甲\n问 a: 乙?\n- 是\n- 否\n问 b: 丙?\n如果: a=3\n- 是\n- 否", "没有这个序号"),
        ("标题: 甲\n问 a: 乙?\n- 是 | 分=x\n- 否", "第 3 行"),
        ("标题: 甲\n随便写写", "看不懂"),
        ("- 是", "选项要写在问题下面"),
    ],
)
def test_what_is_written_wrongly_names_the_line(body: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(body)
    assert refused.value.code == "risk_rules.questionnaire_wrong"
    assert why in refused.value.sentence


def test_signs_as_a_chinese_keyboard_types_them() -> None:
    full = "标题\uff1a甲\n问 a\uff1a乙?\n- 是 \uff5c 分\uff1d5\n- 否\n问 b\uff1a丙?\n如果\uff1aa\uff1d1\uff0c2\n- 是\n- 否"
    assert parse(full).questions[1].when == {"a": frozenset({1, 2})}
    assert parse(full).questions[0].options[0].points == 5


async def test_stopped_on_the_phone_continued_at_the_desk(firm: TestFirm, visit: Visit) -> None:
    boss, owner = await visit("boss"), await visit("owner")
    assert "受益所有人备案自查" in (await boss.get("/risks/checks")).text
    begun = await boss.post("/risks/checks", code="beneficial_owner")
    path = begun.headers["location"].split("/c/1")[-1]
    assert (await boss.post(f"{path}/answer", question="kind", option="1")).status_code == 303
    assert (await boss.post(f"{path}/answer", question="filed_branch", option="1")).status_code == 409
    assert (await boss.post(f"{path}/answer", question="capital", option="9")).status_code == 422
    again = await owner.post("/risks/checks", code="beneficial_owner")
    assert again.headers["location"] == begun.headers["location"], "the same run goes on"
    page = (await owner.get(path)).text
    assert "<h2>注册资本" in page
    assert (await owner.post(f"{path}/answer", question="capital", option="2")).status_code == 303
    assert (await owner.post(f"{path}/finish")).status_code == 409
    assert "<h2>企业登记的是哪一类" in (await owner.get(f"{path}?q=kind")).text
    assert (await owner.post(f"{path}/answer", question="known", option="1")).status_code == 303
    assert (await owner.post(f"{path}/answer", question="filed", option="3")).status_code == 303
    assert "完成,生成报告" in (await boss.get(path)).text
    assert (await boss.post(f"{path}/finish")).status_code == 303
    assert (await boss.post(f"{path}/finish")).status_code == 409
    assert (await boss.post(f"{path}/answer", question="filed", option="1")).status_code == 409
    assert "下载报告" in (await boss.get(path)).text
    async with acting(firm, "owner"):
        row = await connection().fetchrow("select score, document from risk_rules_run")
        assert row is not None
        assert row["score"] == 50
        pdf = pypdfium2.PdfDocument(io.BytesIO(await use(Documents).content(row["document"])))
        text = "".join(pdf[n].get_textpage().get_text_range() for n in range(len(pdf)))
        tasks = await use(Tasks).open(client=firm.restaurant, prefix="risk_rules:check:")
    for word in ("〔2024〕第3号", "尽快备案受益所有人", "没有备案", "条文未经核对", "得分 50"):
        assert word in text.replace("\r\n", ""), word
    assert [(task.title[:10], task.turn) for task in tasks] == [("请尽快备案受益所有人", Side.CLIENT)]
    driver = await visit("driver")
    assert (await driver.get("/risks/checks")).status_code == 403
    assert (await driver.post("/risks/checks", code="self_check")).status_code == 403


async def test_the_next_run_closes_what_the_last_one_asked_for(firm: TestFirm) -> None:
    for filed, open_tasks in ((3, 1), (1, 0)):
        async with acting(firm, "owner"):
            run = await keeping.begin(firm.restaurant, "beneficial_owner")
            for question, option in {"kind": 1, "capital": 2, "known": 1, "filed": filed}.items():
                await keeping.answer(firm.restaurant, run, question, option)
            await keeping.finish(firm.restaurant, run)
            assert len(await use(Tasks).open(client=firm.restaurant, prefix="risk_rules:check:")) == open_tasks


async def test_the_firm_writes_its_own(firm: TestFirm) -> None:
    body = "标题: 门店自查\n问 a: 收款码是公司的吗?\n- 是 | 分=5\n- 不是 | 分=0 | 缺口=请换成公司的收款码。"
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await writing.write("shop", body, is_on=True)
    async with acting(firm, "owner"):
        with pytest.raises(Refusal, match=r"risk_rules\.questionnaire_code"):
            await writing.write("门店", body, is_on=True)
        await writing.write("shop", body, is_on=True)
        await writing.write("self_check", body, is_on=False)
    async with acting(firm, "boss"):
        assert set(await keeping.texts()) == {"beneficial_owner", "economic_substance", "shop"}
        run = await keeping.begin(firm.restaurant, "shop")
    async with acting(firm, "owner"):
        await writing.write("shop", body.replace("收款码", "收银机"), is_on=True)
    async with acting(firm, "boss"):
        known = await keeping.run_of(firm.restaurant, run)
        assert "收款码" in known.definition.questions[0].words, "what was begun keeps its text"
        with pytest.raises(Refusal, match=r"risk_rules\.questionnaire_unknown"):
            await keeping.begin(firm.restaurant, "self_check")
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select count(*) from risk_rules_questionnaire") == 2


async def test_the_page_on_which_the_firm_writes_its_own(firm: TestFirm, visit: Visit) -> None:
    """Several lines, an example to begin with, what is wrong named with its line beside what was written."""
    owner = await visit("owner", of_firm=True)
    page = (await owner.get("/risks/questionnaires")).text
    assert "随软件提供" in page
    assert "标题: 门店自查\n说明: " in page
    example = html.unescape(re.findall(r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', page, re.DOTALL)[0])
    wrong = await owner.post("/risks/questionnaires", code="shop", body=example + "\n随便写写", is_on="1")
    assert (wrong.status_code, "看不懂这一行" in wrong.text, "随便写写" in wrong.text) == (422, True, True)
    bad = await owner.post("/risks/questionnaires", code="门店", body=example, is_on="1")
    assert (bad.status_code, "编号要以小写字母开头" in bad.text) == (422, True)
    saved = await owner.post("/risks/questionnaires", code="shop", body=example.replace("\n", "\r\n"), is_on="1")
    assert saved.status_code == 303
    told = (await owner.get(saved.headers["location"].partition(f"/f/{firm.id}")[2])).text
    assert "问卷“门店自查”已保存,共 2 个问题" in told
    boss = await visit("boss")
    assert "门店自查" in (await boss.get("/risks/checks")).text
    off = await owner.post("/risks/questionnaires", code="shop", body=example)
    assert off.status_code == 303
    assert "门店自查" not in (await boss.get("/risks/checks")).text
    assert (await (await visit("accountant", of_firm=True)).get("/risks/questionnaires")).status_code == 403
