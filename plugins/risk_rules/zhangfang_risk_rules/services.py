"""Scanning a client's books and keeping its alerts true to them."""

import datetime as dt
from collections.abc import Iterable, Sequence

from zhangfang_risk_rules.chosen import chosen_for
from zhangfang_risk_rules.rules import Finding, find
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period, today

STATES = {"open": "待处理", "explained": "已说明", "gone": "已恢复正常"}
TOPIC = "risk"


async def scan_clients_of(vouchers: Iterable[int]) -> None:
    """Scan each client that one of these vouchers belongs to."""
    ledger = use(Ledger)
    clients = {(await ledger.voucher(id_)).client for id_ in vouchers}
    for client in sorted(clients):
        await scan(client)


async def scan(client: int) -> None:
    """Open alerts for what is wrong now, refresh their figures, and close those that are right again. Running it twice changes nothing."""
    day = today()
    balances = await use(Ledger).balances(client, None, Period.of(day))
    tolerance = (await chosen_for(client)).tolerance
    found = {finding.rule.id: finding for finding in find(balances, day, tolerance=tolerance)}
    standing = {
        a.rule: a
        for a in await Alert.objects().where(Alert.client == client, Alert.state != "gone").lock_rows("UPDATE")
    }
    changed = False
    for rule, finding in found.items():
        changed |= await _keep(client, finding, standing.get(rule))
    for rule, alert in standing.items():
        if rule not in found:
            await Alert.update({Alert.state: "gone", Alert.updated_at: dt.datetime.now(dt.UTC)}).where(
                Alert.id == alert.id
            )
            changed = True
    if changed:
        await use(Live).announce(TOPIC, client)


async def _keep(client: int, finding: Finding, alert: Alert | None) -> bool:
    now = dt.datetime.now(dt.UTC)
    if alert is None:
        rule = finding.rule
        await Alert(
            client=client,
            rule=rule.id,
            severity=rule.severity,
            title=rule.title,
            sentence=finding.sentence,
            todo=rule.todo,
            source=rule.source,
            amount=finding.amount,
            created_at=now,
            updated_at=now,
        ).save()
        return True
    if alert.amount == finding.amount:
        return False
    await Alert.update(
        {Alert.amount: finding.amount, Alert.sentence: finding.sentence, Alert.state: "open", Alert.updated_at: now}
    ).where(Alert.id == alert.id)
    return True


async def alerts(client: int | None, *, only_open: bool = False) -> Sequence[Alert]:
    """The newest hundred; with None as client, of all that the actor sees."""
    query = Alert.objects().order_by(Alert.updated_at, ascending=False).limit(100)
    query = query if client is None else query.where(Alert.client == client)
    return await (query.where(Alert.state == "open") if only_open else query)


async def open_alerts() -> int:
    query = Alert.count().where(Alert.state == "open")
    client = scope().client
    return int(await (query if client is None else query.where(Alert.client == client)))


async def explain(alert_id: int, words: str) -> None:
    """Accept an alert with a reason; needs ``risk_rules.resolve``; on the trail. It opens again when the figure changes."""
    require("risk_rules.resolve")
    reason = words.strip()
    if not reason:
        raise Refusal("risk_rules.reason_missing", "请写明原因,方便以后查阅。", field="explanation")
    alert = await Alert.objects().where(Alert.id == alert_id).first().lock_rows("UPDATE")
    if alert is None:
        raise not_found("提醒")
    await Alert.update(
        {
            Alert.state: "explained",
            Alert.explanation: reason[:1000],
            Alert.closed_by: scope().user_name,
            Alert.updated_at: dt.datetime.now(dt.UTC),
        }
    ).where(Alert.id == alert_id)
    await use(Audit).record(
        "risk_rules.explain",
        f"risk_rules_alert:{alert_id}",
        client=alert.client,
        before={"state": alert.state},
        after={"reason": reason},
    )
    await use(Live).announce(TOPIC, alert.client)
