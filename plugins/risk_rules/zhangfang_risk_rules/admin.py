"""The firm's alerts on its admin desk."""

from zhangfang_risk_rules.alerts.life import TITLES
from zhangfang_risk_rules.pages.listing import SEVERITIES
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk.admin import AdminScreen, BetterPage, Row


def _level(row: Row) -> str:
    return next((title for severity, title in SEVERITIES.items() if int(severity) == row["level"]), "")


SCREENS = [
    AdminScreen(
        Alert,
        "风险提醒",
        (Alert.client, Alert.title, Alert.level, Alert.period, Alert.state, Alert.created_at, Alert.closed_by),
        {
            "level": "级别", "closed_by": "处理人", "sentence": "说明", "todo": "怎么办", "explanation": "原因", "rule": "规则",
            "period": "所属期", "opened": "提醒次数", "muted": "静音", "note": "变动说明", "subject": "对象", "assigned_name": "指派给",
        },
        choices={"state": {state.value: title for state, title in TITLES.items()}},
        words={"level": _level},
        hidden=(Alert.rule, Alert.slip, Alert.amount, Alert.base, Alert.unit, Alert.shut_as, Alert.month, Alert.assigned_to, Alert.subject),
        better=BetterPage("风险看板", "/risks/board"),
    )
]  # fmt: skip
