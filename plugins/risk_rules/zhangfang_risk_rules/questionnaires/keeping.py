"""Runs of questionnaires: begun, answered one by one, finished with a report and tasks. One transaction, the caller's."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_risk_rules.questionnaires.definition import Questionnaire as Definition
from zhangfang_risk_rules.questionnaires.definition import own_texts, parse
from zhangfang_risk_rules.questionnaires.report import report
from zhangfang_risk_rules.questionnaires.standing import Answered, Standing, standing
from zhangfang_risk_rules.tables import Answer, Questionnaire, Run
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import ServiceMissing
from zhangfang_sdk.tasks import Side, Tasks, TaskWanted

CHECK = "risk_rules.check"
LONGEST_TITLE, LONGEST_NOTE = 120, 400


@dataclass(frozen=True, slots=True)
class Known:
    """A run with its definition and where it stands."""

    run: Run
    definition: Definition
    standing: Standing


async def texts() -> Mapping[str, str]:
    """Those that the firm may begin, by code: ours, and its own, which stand before ours of the same code or switch them off."""
    found = dict(own_texts())
    for row in await Questionnaire.objects().order_by(Questionnaire.id):
        if row.is_on:
            found[row.code] = row.body
        else:
            found.pop(row.code, None)
    return found


async def begin(client: int, code: str) -> int:
    """The run's id: the open one of this code where there is one. Needs ``risk_rules.check``.

    Raises Refusal ``risk_rules.questionnaire_unknown`` for one that there is not, or that the firm has switched off.
    """
    require(CHECK)
    body = (await texts()).get(code)
    if body is None:
        raise Refusal("risk_rules.questionnaire_unknown", "没有这份问卷,请从列表里选一份。", field="code")
    await Run.raw(
        "insert into risk_rules_run (firm, client, code, title, body, started_by, started_at, done_by) values ({}, {}, {}, {}, {}, {}, {}, '') "
        "on conflict (firm, client, code) where done_at is null do nothing",
        firm_in_scope(), client, code, parse(body).title, body, scope().user_name, dt.datetime.now(dt.UTC),
    )  # fmt: skip
    rows = await Run.select(Run.id).where(Run.client == client, Run.code == code, Run.done_at.is_null())
    return int(rows[0]["id"])


async def run_of(client: int, run: int) -> Known:
    """Raises Refusal ``common.not_found``."""
    row = await Run.objects().where(Run.id == run, Run.client == client).first()
    return await _known(row)


async def answer(client: int, run: int, question: str, option: int) -> None:
    """Kept at once; a question that was answered may be answered again. Needs ``risk_rules.check``.

    Raises Refusal ``risk_rules.check_done`` (409), ``risk_rules.question_hidden`` (409), ``risk_rules.option_missing``, ``common.not_found``.
    """
    require(CHECK)
    known = await _locked(client, run)
    asked = next((q for q in known.standing.path if q.key == question), None)
    if asked is None:
        raise Refusal("risk_rules.question_hidden", "按现在的回答,这个问题不用答了。", status=409)
    if not 1 <= option <= len(asked.options):
        raise Refusal("risk_rules.option_missing", "请选一个答案。", field="option")
    await Answer.raw(
        "insert into risk_rules_answer (firm, client, run, question, option, by, at) values ({}, {}, {}, {}, {}, {}, {}) "
        "on conflict (firm, client, run, question) do update set option = excluded.option, by = excluded.by, at = excluded.at",
        firm_in_scope(), client, run, question, option, scope().user_name, dt.datetime.now(dt.UTC),
    )  # fmt: skip


async def finish(client: int, run: int) -> int:
    """The report's document. Gaps become tasks of the client; those of earlier runs of the same code close. Needs ``risk_rules.check``.

    Raises Refusal ``risk_rules.check_open`` (409) while a question is open, ``risk_rules.check_done`` (409), ``common.not_found``.
    """
    require(CHECK)
    known = await _locked(client, run)
    if known.standing.open is not None:
        raise Refusal("risk_rules.check_open", "还有问题没有答完,请先答完。", status=409)
    about, day = await use(Clients).client(client), today()
    content = report(about.name, known.definition, known.standing, scope().user_name, day)
    name = f"{known.definition.title}-{day.isoformat()}.pdf"
    document = await use(Documents).store(client, name, "application/pdf", content)
    await Run.update(
        {Run.done_at: dt.datetime.now(dt.UTC), Run.done_by: scope().user_name, Run.score: known.standing.score, Run.document: document.id}
    ).where(Run.id == run)
    await _ask_for(client, known, day)
    await use(Audit).record(
        "risk_rules.checked", f"risk_rules_run:{run}", client=client,
        after={"title": known.definition.title, "score": known.standing.score, "gaps": len(known.standing.gaps), "document": document.id},
    )  # fmt: skip
    return document.id


async def runs_of(client: int) -> Sequence[Run]:
    """The latest hundred, the newest first."""
    return await Run.objects().where(Run.client == client).order_by(Run.id, ascending=False).limit(100)


async def _ask_for(client: int, known: Known, day: dt.date) -> None:
    try:
        tasks = use(Tasks)
    except ServiceMissing:
        return
    prefix = f"risk_rules:check:{client}:{known.run.code}:"
    for task in await tasks.open(client=client, prefix=prefix):
        await tasks.close(task.key, "已在新的自查里重新回答")
    for gap in known.standing.gaps:
        await tasks.ensure(_wanted(client, known.run, prefix, gap, day))


def _wanted(client: int, run: Run, prefix: str, gap: Answered, day: dt.date) -> TaskWanted:
    return TaskWanted(
        f"{prefix}{run.id}:{gap.question.key}", client, gap.option.gap[:LONGEST_TITLE], Side.CLIENT, day + dt.timedelta(days=gap.option.days),
        note=f"{run.title}:{gap.question.words}{gap.option.words}"[:LONGEST_NOTE], link=f"/risks/checks/{run.id}",
    )  # fmt: skip


async def _locked(client: int, run: int) -> Known:
    row: Run | None = await Run.objects().where(Run.id == run, Run.client == client).first().lock_rows("UPDATE")
    known = await _known(row)
    if known.run.done_at is not None:
        raise Refusal("risk_rules.check_done", "这份问卷已经完成,请重新开始一份。", status=409)
    return known


async def _known(row: Run | None) -> Known:
    if row is None:
        raise not_found("问卷")
    definition = parse(row.body)
    rows = await Answer.select(Answer.question, Answer.option).where(Answer.run == row.id)
    return Known(row, definition, standing(definition, {r["question"]: r["option"] for r in rows}))
