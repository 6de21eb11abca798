"""The SDK's ``Alerts``."""

from collections.abc import Mapping, Sequence

from zhangfang_risk_rules.alerts.life import STANDING
from zhangfang_risk_rules.tables import Alert as Row
from zhangfang_sdk.alerts import Alert, Severity
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.periods import Period

READ = "alerts.read"
MOST = 500
STATES = sorted(state.value for state in STANDING)


class KeptAlerts:
    """See the Protocol."""

    async def open(
        self,
        *,
        client: int | None = None,
        rules: Sequence[str] = (),
        at_least: Severity = Severity.NOTE,
        limit: int = 100,
    ) -> Sequence[Alert]:
        require(READ)
        if client is not None and not scope().sees(client):
            raise not_found("客户企业")
        query = Row.objects().where(Row.state.is_in(STATES), Row.muted.eq(False), Row.level >= int(at_least))
        if client is not None:
            query = query.where(Row.client == client)
        if rules:
            query = query.where(Row.rule.is_in(list(rules)))
        ordered = query.order_by(Row.level, Row.created_at, Row.id, ascending=False)
        return [shown(row) for row in await ordered.limit(max(1, min(limit, MOST)))]

    async def counts(self, clients: Sequence[int]) -> Mapping[int, Mapping[Severity, int]]:
        require(READ)
        seen = [client for client in clients if scope().sees(client)]
        found: dict[int, dict[Severity, int]] = {client: {} for client in seen}
        if not seen:
            return found
        rows = await Row.raw(
            "select client, level, count(*) as count from risk_rules_alert where client = any({}::bigint[]) and state = any({}::varchar[]) "
            "and not muted group by client, level",
            seen, STATES,
        )  # fmt: skip
        for row in rows:
            found[row["client"]][Severity(row["level"])] = row["count"]
        return found


def shown(row: Row) -> Alert:
    return Alert(
        id=row.id,
        client=row.client,
        rule=row.rule,
        period=Period.from_number(row.period),
        severity=Severity(row.level),
        title=row.title,
        sentence=row.sentence,
        todo=row.todo,
        source=row.source,
        since=row.created_at,
        path=f"/risks/{row.id}",
        amount=row.amount if row.unit == "fen" else None,
    )
