"""The firm's alerts and questionnaires on its admin desk. Questionnaires are written on a page of their own: forms there have no field of several lines."""

from zhangfang_risk_rules.alerts.life import TITLES
from zhangfang_risk_rules.pages.listing import SEVERITIES
from zhangfang_risk_rules.tables import Alert, Questionnaire, Run
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
        permission="alerts.read",
        better=BetterPage("风险看板", "/risks/board"),
    ),
    AdminScreen(
        Questionnaire,
        "本机构的自查问卷",
        (Questionnaire.code, Questionnaire.title, Questionnaire.is_on, Questionnaire.written_by, Questionnaire.written_at),
        {"code": "编号", "body": "内容", "is_on": "启用", "written_by": "编写人", "written_at": "编写时间"},
        words={"code": lambda row: f"编号 {row['code']}"},
        better=BetterPage("自查问卷", "/risks/questionnaires"),
    ),
    AdminScreen(
        Run,
        "客户的自查",
        (Run.client, Run.title, Run.score, Run.started_at, Run.done_at, Run.done_by),
        {"score": "得分", "started_by": "开始人", "started_at": "开始时间", "done_at": "完成时间", "done_by": "完成人", "document": "报告"},
        hidden=(Run.body, Run.code),
        permission="risk_rules.check",
    ),
]  # fmt: skip
