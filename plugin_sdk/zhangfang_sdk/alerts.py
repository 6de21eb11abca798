"""What somebody should look at in a client's books, taxes or papers: open until it is right again or explained.

A cockpit shows the worst of a client::

    worst = await use(Alerts).open(client=client, at_least=Severity.HIGH, limit=3)

A marketplace offers help where a rule has found something::

    found = await use(Alerts).open(rules=["risk_rules.B04"], limit=500)
    clients = {alert.client for alert in found}
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


class Severity(IntEnum):
    """The larger, the worse."""

    NOTE = 1
    LOW = 2
    HIGH = 3
    URGENT = 4


@dataclass(frozen=True, slots=True)
class Alert:
    """``sentence`` tells a client what was found with its figure, ``todo`` what to do, ``source`` is the law or rule with paragraph and date.

    ``rule`` is "<plugin>.<id>". ``period`` is the last month that it is about. ``amount`` in fen, None where none is meant. ``path`` is the client's
    page of it. ``since`` is UTC.
    """

    id: int
    client: int
    rule: str
    period: Period
    severity: Severity
    title: str
    sentence: str
    todo: str
    source: str
    since: dt.datetime
    path: str
    amount: int | None = None


class Alerts(Protocol):
    """Alerts of clients in scope, in the caller's transaction; the person needs ``alerts.read``."""

    @needs("alerts.read")
    async def open(
        self,
        *,
        client: int | None = None,
        rules: Sequence[str] = (),
        at_least: Severity = Severity.NOTE,
        limit: int = 100,
    ) -> Sequence[Alert]:
        """Neither right again nor accepted nor muted, the worst first and of those the newest; of certain rules, or of all.

        Raises Refusal ``common.not_found`` for a client out of scope.
        """
        ...

    @needs("alerts.read")
    async def counts(self, clients: Sequence[int]) -> Mapping[int, Mapping[Severity, int]]:
        """How many are open, by client and severity; one query. Clients out of scope are left out."""
        ...
