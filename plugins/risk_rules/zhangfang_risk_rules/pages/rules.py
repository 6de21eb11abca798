"""The firm's rules: what each asks, how its alerts ended, its thresholds; trying them before they count."""

import json
import re
from collections.abc import Mapping, Sequence
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
from zhangfang_risk_rules.tables import Alert, ClientLimit, Trial
from zhangfang_risk_rules.trying import FEWEST, REFERENCE
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.industries import INDUSTRIES
from zhangfang_sdk.places import here
from zhangfang_sdk.risk import RiskRule, RiskRules
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
EXAMPLE = {"rule": "risk_rules.V26"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a rule's alerts ended: ``found`` in all; ``handled`` and ``accepted`` by people, ``passed`` by themselves.

    ``precision`` is in per cent of what people ended: why a thing is gone by itself, nobody knows.
    """

    found: int = 0
    handled: int = 0
    accepted: int = 0
    passed: int = 0

    @property
    def precision(self) -> int | None:
        ended = self.handled + self.accepted
        return None if ended == 0 else self.handled * 100 // ended


async def how_they_ended() -> Mapping[str, Ended]:
    """By rule; explained, assigned or resolved by a person counts as handled."""
    rows = await Alert.raw(
        "select rule, count(*) as found, count(*) filter (where shut_as = 'resolved' or state in ('explained', 'assigned')) as handled, "
        "count(*) filter (where shut_as = 'accepted') as accepted, "
        "count(*) filter (where state = 'resolved' and shut_as = '') as passed from risk_rules_alert group by rule"
    )
    return {row["rule"]: Ended(row["found"], row["handled"], row["accepted"], row["passed"]) for row in rows}


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
    return await _rule_page(rule)


async def _rule_page(rule: str, refused: Refusal | None = None, written: Mapping[str, Any] | None = None) -> Page:
    """With what was ``written`` and why it was ``refused``, at the field where that is of one."""
    found = await ruling.rule_called(rule)
    of_firm = await firm_limits()
    own = await ClientLimit.objects().where(ClientLimit.rule == rule)
    trials = await Trial.objects().where(Trial.rule == rule).order_by(Trial.id, ascending=False).limit(10)
    return Page(
        "risk_rules/rule.html",
        title=found.title,
        status_code=200 if refused is None else refused.status,
        refused=refused,
        written=written or {},
        active="risk-board",
        key=rule,
        rule=found,
        said={name: figure_in_words(t.value, t.unit) for name, t in found.thresholds.items()},
        of_firm=[
            (n, industry, found.thresholds[n].title, INDUSTRIES.get(industry, industry), figure_in_words(value, found.thresholds[n].unit))
            for (r, n, industry), value in sorted(of_firm.items())
            if r == rule and n in found.thresholds
        ],
        of_clients=[
            (x.name, x.client, found.thresholds[x.name].title, figure_in_words(x.value, found.thresholds[x.name].unit))
            for x in own
            if x.name in found.thresholds
        ],
        industries=INDUSTRIES,
        sentence=re.sub(r"\{\w+\}", "…", found.sentence),
        names=await names_of_clients(),
        muted=rule in await muted_rules(),
        ended=(await how_they_ended()).get(rule, Ended()),
        trials=[_shown(t, found) for t in trials],
        runs=any(t.done_at is None for t in trials),
        many=ruling.MANY,
        by_reference=REFERENCE in found.thresholds,
        fewest=FEWEST,
        **words(),
    )


@dataclass(frozen=True, slots=True)
class TrialShown:
    """A trial in words: ``wanted`` are thresholds by title, ``months`` by client those in which the rule would have fired.

    ``quartiles`` of the clients' own figures, empty where there are too few or nothing is held against a reference.
    """

    row: Trial
    wanted: Sequence[tuple[str, str]]
    industry: str
    client: int | None
    months: Mapping[str, Sequence[int]]
    findings: int
    confirmed: int
    often: bool
    quartiles: Sequence[str]


def _shown(row: Trial, rule: RiskRule) -> TrialShown:
    wanted, found = json.loads(row.wanted), json.loads(row.found)
    limits = [(t.title, figure_in_words(wanted["limits"][n], t.unit)) for n, t in rule.thresholds.items() if n in wanted.get("limits", {})]
    industry = str(wanted.get("industry", ""))
    return TrialShown(
        row, limits, INDUSTRIES.get(industry, industry), wanted.get("client"), found.get("months", {}), found.get("findings", 0),
        found.get("confirmed", 0), ruling.fires_often(row),
        [figure_in_words(figure, rule.thresholds[REFERENCE].unit) for figure in found.get("quartiles") or ()],
    )  # fmt: skip


@action("/risks/rules/{rule:str}/try", of=FIRM, permission=MANAGE, examples=EXAMPLE)
async def try_form(rule: str, data: Form) -> Redirect | Page:
    """Thresholds that are to be tried over 24 months of all clients."""
    found, client, industry = await ruling.rule_called(rule), await _client_in(data), str(data.get("industry", ""))
    try:
        await ruling.begin_trial(rule, ruling.read_limits(found, data), industry, client)
    except Refusal as refusal:
        return await _rule_page(rule, refusal, data)
    return go(here(f"/risks/rules/{rule}"))


@action("/risks/rules/{rule:str}/clear", of=FIRM, permission=MANAGE, examples=EXAMPLE)
async def clear_form(rule: str, data: Form) -> Redirect | Page:
    """A threshold of the firm's is given up."""
    client = await _client_in(data)
    try:
        await ruling.clear_limit(rule, str(data.get("name", "")), industry=str(data.get("industry", "")), client=client)
    except Refusal as refusal:
        if refusal.code != "risk_rules.limit_gone":
            raise
        return await _rule_page(rule, refusal)
    return go(here(f"/risks/rules/{rule}"))


async def _client_in(data: Mapping[str, Any]) -> int | None:
    """None where none is named. Raises Refusal ``common.not_found`` for one that the actor does not see."""
    client = str(data.get("client", ""))
    chosen = next((one.id for one in await use(Clients).clients() if str(one.id) == client), None)
    if client and chosen is None:
        raise not_found("客户企业")
    return chosen


@action("/risks/trials/{trial_id:int}", of=FIRM, permission=MANAGE)
async def force_form(trial_id: int, data: Form) -> Redirect | Page:
    """Put a trial's thresholds in force."""
    row = await Trial.objects().where(Trial.id == trial_id).first()
    if row is None:
        raise not_found("试算")
    try:
        await ruling.put_in_force(trial_id, sure=data.get("sure") == "1")
    except Refusal as refusal:
        if row.rule not in await use(RiskRules).known():
            raise
        return await _rule_page(row.rule, refusal)
    return go(here(f"/risks/rules/{row.rule}"))


@action("/risks/rules/{rule:str}/mute", of=FIRM, permission=MANAGE, examples=EXAMPLE)
async def mute_form(rule: str, data: Form) -> Redirect:
    """Mute a rule, or let it speak again."""
    await ruling.mute(rule, muted=data.get("muted") == "1")
    return go(here(f"/risks/rules/{rule}"))


PAGES: list[HTTPRouteHandler] = [rules_page, rule_page, try_form, clear_form, force_form, mute_form]
