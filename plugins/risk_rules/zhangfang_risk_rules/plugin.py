"""Hook implementations of the plugin; each delegates."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from zhangfang_risk_rules import rules, services, web
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminScreen, BetterPage
from zhangfang_sdk.web import CLIENT, FIRM, Badge, Card, NavEntry


class RiskRules:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return web.PAGES

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("my-risks", "风险提醒", "shield-alert", "/risks", "risk_rules.read", "me", 30),
            NavEntry("risks", "风险提醒", "shield-alert", "/risks", "risk_rules.read", "side", 45, (FIRM, CLIENT)),
        ]

    @hook
    def register_cards(self) -> Sequence[Card]:
        return [
            Card(
                "risk_rules.alerts",
                "cockpit",
                "risk_rules/card.html",
                "risk_rules.read",
                web.load_card,
                0,
                (services.TOPIC,),
            )
        ]

    @hook
    def register_badges(self) -> Sequence[Badge]:
        return [Badge(nav, services.open_alerts, (services.TOPIC,)) for nav in ("risks", "my-risks")]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        columns = (Alert.client, Alert.title, Alert.severity, Alert.state, Alert.created_at, Alert.closed_by)
        labels = {
            "severity": "级别",
            "closed_by": "处理人",
            "sentence": "说明",
            "todo": "怎么办",
            "explanation": "原因",
            "rule": "规则",
        }
        screen = AdminScreen(
            Alert,
            "风险提醒",
            columns,
            labels,
            money=(Alert.amount,),
            choices={"severity": rules.SEVERITIES, "state": services.STATES},
            hidden=(Alert.rule,),
            better=BetterPage("风险提醒", "/risks"),
        )
        return [screen]

    @hook
    async def on_vouchers_posted(self, ids: Sequence[int]) -> None:
        await services.scan_clients_of(ids)


plugin = RiskRules()
