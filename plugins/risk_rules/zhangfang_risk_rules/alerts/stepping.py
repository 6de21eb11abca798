"""What people do to an alert; each step on the alert and on the firm's trail. One transaction, the caller's."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_risk_rules.alerts import life, questions
from zhangfang_risk_rules.alerts.keeping import TOPIC, change, life_of, record
from zhangfang_risk_rules.alerts.life import SHUT, State
from zhangfang_risk_rules.alerts.questions import Question
from zhangfang_risk_rules.alerts.telling import tell_assigned
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.contacts import Colleague, Contacts
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live

EXPLAIN, RESOLVE = "risk_rules.explain", "risk_rules.resolve"
LONGEST = 1000


async def see(alert: int) -> None:
    """Somebody of the client has opened it: an open one is seen. Nothing where it was already, or where staff looks."""
    if scope().staff:
        return
    row = await locked(alert)
    if row.state == State.OPEN:
        await _step(row, State.SEEN, "", "risk_rules.seen")


async def explain(alert: int, words: str) -> None:
    """Somebody of either side says why it is so; needs ``risk_rules.explain``. It stays until the firm has looked.

    Raises Refusal ``risk_rules.reason_missing``, ``risk_rules.reason_long``, ``risk_rules.shut`` (409), ``common.not_found``.
    """
    require(EXPLAIN)
    await _step(await locked(alert), State.EXPLAINED, _reason(words), "risk_rules.explained")


async def assign(alert: int, person: int) -> None:
    """Give it to somebody of the firm; needs ``risk_rules.resolve``. Raises as :func:`explain`."""
    require(RESOLVE)
    row = await locked(alert)
    names = {colleague.person: colleague.name for colleague in await colleagues_of(row.client)}
    if person not in names:
        raise Refusal("risk_rules.person_unknown", "请从名单里选一位同事。", field="person")
    await _step(row, State.ASSIGNED, f"指派给{names[person]}", "risk_rules.assigned", assigned_to=person, assigned_name=names[person])
    if person != scope().user:
        await tell_assigned(row, person, scope().user_name)


async def colleagues_of(client: int) -> Sequence[Colleague]:
    """Who of the firm sees the client and may be given its alerts; needs ``contacts.read``."""
    return [one for one in await use(Contacts).of_firm() if one.clients is None or client in one.clients]


async def accept(alert: int, words: str) -> None:
    """It stays shut until it is worse by the rule's step or its period is over; needs ``risk_rules.resolve``. Raises as :func:`explain`."""
    require(RESOLVE)
    await _step(await locked(alert), State.ACCEPTED, _reason(words), "risk_rules.accepted")


async def resolve(alert: int, words: str) -> None:
    """It was dealt with; as :func:`accept`, said otherwise."""
    require(RESOLVE)
    await _step(await locked(alert), State.RESOLVED, _reason(words), "risk_rules.resolved")


async def _step(row: Alert, step: State, words: str, action: str, **more: object) -> None:
    try:
        after = life.stepped(life_of(row), step)
    except life.WrongStep as error:
        raise shut() from error
    now = dt.datetime.now(dt.UTC)
    values: dict[str, object] = {"state": after.state.value, "base": after.base, "shut_as": after.shut_as or "", "updated_at": now, **more}
    if words and step is not State.ASSIGNED:
        values |= {"explanation": words, "closed_by": scope().user_name}
    before = row.state
    await change(row, values)
    await record(row, step.value, words, scope().user_name)
    if step in SHUT:
        await questions.close(row, f"{scope().user_name}关闭了这条提醒")
    elif step is State.EXPLAINED:
        await questions.close(row, "已说明原因", (Question.CLIENT,))
    await use(Audit).record(
        action, f"risk_rules_alert:{row.id}", client=row.client, before={"state": before}, after={"words": words}
    )
    await use(Live).announce(TOPIC, row.client)


def shut() -> Refusal:
    return Refusal("risk_rules.shut", "这条提醒已经关闭。", status=409)


async def locked(alert: int) -> Alert:
    """Held until the transaction ends. Raises Refusal ``common.not_found``."""
    row: Alert | None = await Alert.objects().where(Alert.id == alert).first().lock_rows("UPDATE")
    if row is None:
        raise not_found("提醒")
    return row


def _reason(words: str) -> str:
    reason = words.replace("\r\n", "\n").strip()
    if not reason:
        raise Refusal("risk_rules.reason_missing", "请写明原因,方便以后查阅。", field="words")
    if len(reason) > LONGEST:
        raise Refusal("risk_rules.reason_long", f"最多 {LONGEST} 个字,现在有 {len(reason)} 个,请写得短一些。", field="words")
    return reason
