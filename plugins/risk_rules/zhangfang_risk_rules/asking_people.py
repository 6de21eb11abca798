"""From a slip to a person: the boss asks the accountant, the firm asks the client; both as tasks that lead back to the slip."""

import datetime as dt

from zhangfang_risk_rules.alerts.keeping import record
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import ServiceMissing
from zhangfang_sdk.tasks import AskedFor, Side, Tasks, TaskWanted

DAYS = 2
LONGEST_TITLE, LONGEST_NOTE = 120, 400


async def ask_accountant(row: Alert) -> int:
    """The task's id; asking twice makes no second one."""
    title = f"{scope().user_name}请您看看:{row.title}"
    return await _ask(row, "contact", Side.FIRM, today() + dt.timedelta(days=DAYS), title, AskedFor.DONE)


async def ask_client(row: Alert, due: dt.date) -> int:
    """The task's id, due on that business date. Raises Refusal ``risk_rules.due_past`` for a day that is over."""
    if due < today():
        raise Refusal("risk_rules.due_past", "截止日期已经过了,请选今天或以后的日期。", field="due")
    return await _ask(row, "question", Side.CLIENT, due, f"请说明:{row.title}", AskedFor.ANSWER)


async def _ask(row: Alert, kind: str, side: Side, due: dt.date, title: str, asks_for: str) -> int:
    try:
        tasks = use(Tasks)
    except ServiceMissing as error:
        raise Refusal("risk_rules.no_tasks", "待办模块没有启用,请直接打电话联系。", status=409) from error
    wanted = TaskWanted(
        f"risk_rules:{row.id}:{kind}:{row.opened}", row.client, title[:LONGEST_TITLE], side, due, asks_for=asks_for,
        note=row.sentence[:LONGEST_NOTE], link=f"/risks/{row.id}",
    )  # fmt: skip
    task = await tasks.ensure(wanted)
    await record(row, "asked", "已请会计联系" if side is Side.FIRM else f"已请客户在 {due.isoformat()} 前说明", scope().user_name)
    await use(Audit).record("risk_rules.asked", f"risk_rules_alert:{row.id}", client=row.client, after={"task": task, "due": due.isoformat()})
    return task
