"""The firm's rules: what each asks, how its alerts ended, its thresholds; trying them before they count. And the risk list."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_risk_rules import ruling
from zhangfang_risk_rules.alerts.slips import figure_in_words
from zhangfang_risk_rules.limits import firm_limits, muted_rules
from zhangfang_risk_rules.pages.listing import names_of_clients, words
from zhangfang_risk_rules.ruling import MANAGE
from zhangfang_risk_rules.scanning.listing_sellers import bring_in
from zhangfang_risk_rules.tables import Alert, ClientLimit, Seller, Trial
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.risk import RiskRule, RiskRules
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
EXAMPLE = {"rule": "risk_rules.V26"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a rule's alerts ended: ``found`` in all, ``handled`` by people, ``passed`` by themselves; ``precision`` in per cent of those that ended."""

    found: int = 0
    handled: int = 0
    passed: int = 0

    @property
    def precision(self) -> int | None:
        ended = self.handled + self.passed
        return None if ended == 0 else self.handled * 100 // ended


async def how_they_ended() -> Mapping[str, Ended]:
    """By rule; accepted as no risk counts as not handled, resolved by a person as handled."""
    rows = await Alert.raw(
        "select rule, count(*) as found, count(*) filter (where shut_as = 'resolved' or state in ('explained', 'assigned')) as handled, "
        "count(*) filter (where shut_as = 'accepted' or (state = 'resolved' and shut_as = '')) as passed from risk_rules_alert group by rule"
    )
    return {row["rule"]: Ended(row["found"], row["handled"], row["passed"]) for row in rows}


@page("/risks/rules", of=FIRM, permission=MANAGE)
async def rules_page() -> Page:
    known = await use(RiskRules).known()
    families: dict[str, list[tuple[str, RiskRule]]] = {}
    for key, rule in known.items():
        families.setdefault(rule.family, []).append((key, rule))
    return Page(
        "risk_rules/rules.html", title="风险规则", active="risk-board", families=families, muted=await muted_rules(), ended=await how_they_ended(), **words()
    )


@page("/risks/rules/{rule:str}", of=FIRM, permission=MANAGE, examples=EXAMPLE)
async def rule_page(rule: str) -> Page:
    """One rule with its thresholds and trials."""
    found = await ruling.rule_called(rule)
    of_firm = await firm_limits()
    own = await ClientLimit.objects().where(ClientLimit.rule == rule)
    clients = await use(Clients).clients()
    trials = await Trial.objects().where(Trial.rule == rule).order_by(Trial.id, ascending=False).limit(10)
    return Page(
        "risk_rules/rule.html",
        title=found.title,
        active="risk-board",
        key=rule,
        rule=found,
        said={name: figure_in_words(t.value, t.unit) for name, t in found.thresholds.items()},
        of_firm=[
            (found.thresholds[n].title, industry, figure_in_words(value, found.thresholds[n].unit))
            for (r, n, industry), value in sorted(of_firm.items())
            if r == rule and n in found.thresholds
        ],
        of_clients=[
            (x.client, found.thresholds[x.name].title, figure_in_words(x.value, found.thresholds[x.name].unit))
            for x in own
            if x.name in found.thresholds
        ],
        industries=sorted({c.industry for c in clients}),
        names=await names_of_clients(),
        muted=rule in await muted_rules(),
        ended=(await how_they_ended()).get(rule, Ended()),
        trials=[(t, json.loads(t.wanted), json.loads(t.found)) for t in trials],
        many=ruling.MANY,
        **words(),
    )


@action("/risks/rules/{rule:str}/try", of=FIRM, permission=MANAGE, examples=EXAMPLE)
async def try_form(rule: str, data: Form) -> Redirect:
    """Thresholds that are to be tried over 24 months of all clients."""
    found = await ruling.rule_called(rule)
    client = str(data.get("client", ""))
    chosen = int(client) if client.isascii() and client.isdigit() else None
    if chosen is not None:
        await use(Clients).client(chosen)
    await ruling.begin_trial(rule, ruling.read_limits(found, data), str(data.get("industry", ""))[:40], chosen)
    return go(here(f"/risks/rules/{rule}"))


@action("/risks/trials/{trial_id:int}", of=FIRM, permission=MANAGE)
async def force_form(trial_id: int, data: Form) -> Redirect:
    """Put a trial's thresholds in force."""
    row = await Trial.objects().where(Trial.id == trial_id).first()
    if row is None:
        raise not_found("试算")
    await ruling.put_in_force(trial_id, sure=data.get("sure") == "1")
    return go(here(f"/risks/rules/{row.rule}"))


@action("/risks/rules/{rule:str}/mute", of=FIRM, permission=MANAGE, examples=EXAMPLE)
async def mute_form(rule: str, data: Form) -> Redirect:
    """Mute a rule, or let it speak again."""
    await ruling.mute(rule, muted=data.get("muted") == "1")
    return go(here(f"/risks/rules/{rule}"))


@page("/risks/sellers", of=FIRM, permission=MANAGE)
async def sellers_page(new: int | None = None) -> Page:
    sellers = await Seller.objects().order_by(Seller.id, ascending=False).limit(200)
    return Page("risk_rules/sellers.html", title="风险名单", active="risk-board", sellers=sellers, all=await Seller.count(), new=new)


@action("/risks/sellers", of=FIRM, permission=MANAGE)
async def sellers_form(data: Form) -> Redirect:
    """New sellers of the risk list, one a line."""
    made = await bring_in(str(data.get("lines", "")), str(data.get("source", "")))
    return go(here(f"/risks/sellers?new={made}"))


PAGES: list[HTTPRouteHandler] = [rules_page, rule_page, try_form, force_form, mute_form, sellers_page, sellers_form]
