"""Alerts in memory."""

from collections.abc import Iterable, Mapping, Sequence

from zhangfang_sdk.alerts import Alert, Severity
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found


class FakeAlerts:
    """``alerts`` are those that stand open."""

    def __init__(self, alerts: Iterable[Alert]) -> None:
        self.alerts = list(alerts)

    async def open(
        self,
        *,
        client: int | None = None,
        rules: Sequence[str] = (),
        at_least: Severity = Severity.NOTE,
        limit: int = 100,
    ) -> Sequence[Alert]:
        require("alerts.read")
        if client is not None and not scope().sees(client):
            raise not_found("客户企业")
        found = [
            a
            for a in self.alerts
            if scope().sees(a.client) and client in (None, a.client) and (not rules or a.rule in rules) and a.severity >= at_least
        ]
        return sorted(found, key=lambda a: (a.severity, a.since, a.id), reverse=True)[: max(1, limit)]

    async def counts(self, clients: Sequence[int]) -> Mapping[int, Mapping[Severity, int]]:
        require("alerts.read")
        found: dict[int, dict[Severity, int]] = {client: {} for client in clients if scope().sees(client)}
        for alert in self.alerts:
            if alert.client in found:
                of = found[alert.client]
                of[alert.severity] = of.get(alert.severity, 0) + 1
        return found
