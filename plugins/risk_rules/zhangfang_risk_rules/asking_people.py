"""From a slip to a person: the boss asks the accountant, the firm asks the client; both as tasks that lead back to the slip."""

import datetime as dt

from zhangfang_risk_rules.alerts.keeping import record
from zhangfang_risk_rules.alerts.life import SHUT
from zhangfang_risk_rules.alerts.questions import Question, prefix_of, standing
from zhangfang_risk_rules.alerts.stepping import locked, shut
from zhangfang_risk_rules.tables import Alert, AlertStep
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import ServiceMissing
from zhangfang_sdk.tasks import AskedFor, Side, Tasks, TaskWanted

DAYS, LONGEST_DAYS = 2, 366
LONGEST_TITLE, LONGEST_NOTE = 120, 400


async def ask_accountant(alert: int) -> None:
    """A task for the firm; none while one is open.

    Raises Refusal ``risk_rules.no_tasks`` (409), ``risk_rules.shut`` (409), ``common.not_found``.
    """
    row = await _standing_alert(alert)
    if Question.ACCOUNTANT in await standing(row):
        return
    title = f"{scope().user_name}请您看看:{row.title}"
    await _ask(row, Question.ACCOUNTANT, Side.FIRM, today() + dt.timedelta(days=DAYS), title, AskedFor.DONE)


async def ask_client(alert: int, due: dt.date) -> None:
    """A task for the client, due on that business date; one that is open only takes the day.

    Raises Refusal ``risk_rules.due_past`` for a day that is over, ``risk_rules.due_far`` for one that is more than a year away,
    ``risk_rules.no_tasks`` (409), ``risk_rules.shut`` (409), ``common.not_found``.
    """
    if due < today():
        raise Refusal("risk_rules.due_past", "截止日期已经过了,请选今天或以后的日期。", field="due")
    if due > (latest := today() + dt.timedelta(days=LONGEST_DAYS)):
        raise Refusal("risk_rules.due_far", f"截止日期太远了,最晚可以选 {latest.isoformat()}。", field="due")
    row = await _standing_alert(alert)
    asked = (await standing(row)).get(Question.CLIENT)
    if asked is None or asked.due != due:
        key = "" if asked is None else asked.key
        await _ask(row, Question.CLIENT, Side.CLIENT, due, f"请说明:{row.title}", AskedFor.ANSWER, key=key)


async def _standing_alert(alert: int) -> Alert:
    """Nothing would end a question about an alert that is shut already."""
    row = await locked(alert)
    if row.state in SHUT:
        raise shut()
    return row


async def _ask(row: Alert, kind: Question, side: Side, due: dt.date, title: str, asks_for: str, *, key: str = "") -> None:
    try:
        tasks = use(Tasks)
    except ServiceMissing as error:
        raise Refusal("risk_rules.no_tasks", "待办模块没有启用,请直接打电话联系。", status=409) from error
    times = await AlertStep.count().where(AlertStep.alert == row.id, AlertStep.step == "asked")
    wanted = TaskWanted(
        key or f"{prefix_of(row.id, kind)}{times + 1}", row.client, title[:LONGEST_TITLE], side, due, asks_for=asks_for,
        note=row.sentence[:LONGEST_NOTE], link=f"/risks/{row.id}",
    )  # fmt: skip
    task = await tasks.ensure(wanted)
    await record(row, "asked", "已请会计联系" if side is Side.FIRM else f"已请客户在 {due.isoformat()} 前说明", scope().user_name)
    await use(Audit).record("risk_rules.asked", f"risk_rules_alert:{row.id}", client=row.client, after={"task": task, "due": due.isoformat()})
