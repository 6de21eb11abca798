"""The firm's board: clients by severity and age, with filters; one click goes to a client's list or asks the client."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from litestar.handlers import HTTPRouteHandler

from zhangfang_risk_rules.alerts import questions
from zhangfang_risk_rules.alerts.service import READ, STATES
from zhangfang_risk_rules.pages.listing import names_of_clients, words
from zhangfang_risk_rules.rules.reading_data import FAMILIES
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.risk import RiskRules
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import translatable
from zhangfang_sdk.web import FIRM, Page, page

AGES = ((0, 7, translatable("7 天内")), (8, 30, translatable("8 至 30 天")), (31, 100_000, translatable("30 天以上")))
MOST = 200


@dataclass(slots=True)
class Row:
    """A client's standing alerts: how many by level and by age (an index of AGES), and the worst of them."""

    client: int
    by_level: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    by_age: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@page("/risks/board", of=FIRM, permission=READ)
async def board_page(level: int = 0, age: int = -1, family: str = "") -> Page:
    """Counts of all clients, and below the alerts that the filters leave, the worst and oldest first."""
    alerts = await _standing()
    families = {key: rule.family for key, rule in (await use(RiskRules).known()).items()}
    shown = [a for a in alerts if _is_asked_for(a, level, age, family, families)]
    return Page(
        "risk_rules/board.html",
        title="风险看板",
        active="risk-board",
        rows=rows_of(alerts, today()),
        alerts=shown[:MOST],
        asked=await questions.of_clients(alert.id for alert in shown[:MOST]),
        most=MOST,
        found=len(shown),
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


async def _standing() -> Sequence[Alert]:
    query = Alert.objects().where(Alert.state.is_in(STATES), Alert.muted.eq(False))
    return await query.order_by(Alert.level, ascending=False).order_by(Alert.created_at).limit(5000)


def _is_asked_for(alert: Alert, level: int, age: int, family: str, families: Mapping[str, str]) -> bool:
    return (
        level in (0, alert.level)
        and (not 0 <= age < len(AGES) or age_of(alert, today()) == age)
        and family in ("", families.get(alert.rule, "其他"))
    )


def age_of(alert: Alert, day: dt.date) -> int:
    days = (day - alert.created_at.astimezone(BUSINESS_TIME_ZONE).date()).days
    return next((n for n, (low, high, _) in enumerate(AGES) if low <= days <= high), 0)


def rows_of(alerts: Sequence[Alert], day: dt.date) -> list[Row]:
    """One for each client that has any, the worst first."""
    rows: dict[int, Row] = {}
    for alert in alerts:
        row = rows.setdefault(alert.client, Row(alert.client))
        row.by_level[alert.level] += 1
        row.by_age[age_of(alert, day)] += 1
    return sorted(rows.values(), key=lambda r: tuple(-r.by_level.get(level, 0) for level in (4, 3, 2, 1)))


PAGES: list[HTTPRouteHandler] = [board_page]
