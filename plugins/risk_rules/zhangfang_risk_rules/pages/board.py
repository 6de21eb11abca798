"""The firm's board: clients by severity and age, with filters; one click goes to a client's list or asks the client."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from litestar.handlers import HTTPRouteHandler
from piccolo.custom_types import Combinable

from zhangfang_risk_rules.alerts import questions
from zhangfang_risk_rules.alerts.service import READ, STATES
from zhangfang_risk_rules.pages.listing import names_of_clients, words
from zhangfang_risk_rules.rules.reading_data import FAMILIES
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.risk import RiskRules
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import translatable
from zhangfang_sdk.web import FIRM, Page, page

AGES: Sequence[tuple[int, int | None, str]] = ((0, 7, translatable("7 天内")), (8, 30, translatable("8 至 30 天")), (31, None, translatable("30 天以上")))
"""Days that an alert stands: from, to, and their name."""
MOST = 200
"""Clients and alerts on a page; all are counted."""


@dataclass(slots=True)
class Row:
    """A client's standing alerts: how many by level and by age (an index of AGES), and the worst of them."""

    client: int
    by_level: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    by_age: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@page("/risks/board", of=FIRM, permission=READ)
async def board_page(level: int = 0, age: int = -1, family: str = "") -> Page:
    """Counts of all clients, and below the alerts that the filters leave, the worst and oldest first."""
    families = {key: rule.family for key, rule in (await use(RiskRules).known()).items()}
    asked_for = _asked_for(level, age, [key for key, of in families.items() if of == family] if family else None)
    alerts = await Alert.objects().where(asked_for).order_by(Alert.level, ascending=False).order_by(Alert.created_at).limit(MOST)
    rows = await _rows()
    return Page(
        "risk_rules/board.html",
        title="风险看板",
        active="risk-board",
        rows=rows[:MOST],
        clients=len(rows),
        alerts=alerts,
        asked=await questions.of_clients(alert.id for alert in alerts),
        most=MOST,
        found=await Alert.count().where(asked_for),
        level=level,
        age=age,
        family=family,
        back=urlencode({"level": level, "age": age, "family": family}),
        families=[*FAMILIES.values()],
        ages=AGES,
        names=await names_of_clients(),
        due=(today() + dt.timedelta(days=7)).isoformat(),
        **words(),
    )


def _asked_for(level: int, age: int, rules: Sequence[str] | None) -> Combinable:
    """What stands, as the filters want it; ``rules`` of None are all."""
    asked: Combinable = Alert.state.is_in(STATES) & Alert.muted.eq(False)
    if level:
        asked &= Alert.level == level
    if 0 <= age < len(AGES):
        youngest, oldest, _ = AGES[age]
        asked &= Alert.created_at < _begin_of(today() - dt.timedelta(days=youngest - 1))
        if oldest is not None:
            asked &= Alert.created_at >= _begin_of(today() - dt.timedelta(days=oldest))
    return asked if rules is None else asked & Alert.rule.is_in([*rules, ""])


def _begin_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BUSINESS_TIME_ZONE)


async def _rows() -> list[Row]:
    """One for each client that has any, the worst first."""
    counts = await Alert.raw(
        """select client, level, (created_at at time zone {})::date as since, count(*) as alerts from risk_rules_alert
        where firm = {} and state = any({}::text[]) and not muted group by 1, 2, 3""",
        BUSINESS_TIME_ZONE.key,
        firm_in_scope(),
        list(STATES),
    )
    rows: dict[int, Row] = {}
    for found in counts:
        row = rows.setdefault(found["client"], Row(found["client"]))
        row.by_level[found["level"]] += found["alerts"]
        row.by_age[age_of(found["since"], today())] += found["alerts"]
    return sorted(rows.values(), key=lambda r: tuple(-r.by_level.get(level, 0) for level in (4, 3, 2, 1)))


def age_of(since: dt.date, day: dt.date) -> int:
    """An index of AGES."""
    return next((n for n, (low, high, _) in enumerate(AGES) if high is None or (day - since).days <= high), 0)


PAGES: list[HTTPRouteHandler] = [board_page]
