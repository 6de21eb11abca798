"""What the firm decides of its rules: thresholds by industry and client, tried before they count, and which rules are muted."""

import datetime as dt
import json
from collections.abc import Mapping

from zhangfang_risk_rules.alerts.slips import figure_in_words
from zhangfang_risk_rules.scanning.scanning import mark_everything, watch_new
from zhangfang_risk_rules.tables import Alert, ClientLimit, FirmLimit, RuleSwitch, Trial
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.industries import INDUSTRIES
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.money import fen
from zhangfang_sdk.risk import Rhythm, RiskRule, RiskRules, Threshold, Unit

MANAGE = "risk_rules.manage"
MANY = 30
"""Per cent of the clients asked: a rule that would fire on more is put in force only when somebody says so twice."""


async def rule_called(key: str) -> RiskRule:
    """Raises Refusal ``common.not_found``."""
    found = (await use(RiskRules).known()).get(key)
    if found is None:
        raise not_found("规则")
    return found


def read_limits(rule: RiskRule, written: Mapping[str, str]) -> dict[str, int]:
    """What a form says of the rule's thresholds: yuan for money, per cent for shares. Those left empty stay as they are.

    Raises Refusal ``risk_rules.limit_wrong`` that names what may be filled in, ``risk_rules.limit_none``.
    """
    found = {}
    for name, threshold in rule.thresholds.items():
        text = str(written.get(f"limit-{name}", "")).strip()
        if text:
            value = _read(threshold.unit, text)
            if value is None or not threshold.smallest <= value <= threshold.largest:
                raise Refusal("risk_rules.limit_wrong", _what_may_be(threshold), field=f"limit-{name}")
            found[name] = value
    if not found:
        raise Refusal("risk_rules.limit_none", "请至少填写一个数。")
    return found


def _read(unit: Unit, text: str) -> int | None:
    """None for what is no such number: half a month, a share that is words."""
    try:
        hundredths = fen(text.removesuffix("%") if unit is Unit.BASIS_POINTS else text)
    except Refusal:
        return None
    if unit in (Unit.FEN, Unit.BASIS_POINTS):
        return hundredths
    return None if hundredths % 100 else hundredths // 100


def _what_may_be(threshold: Threshold) -> str:
    smallest, largest = figure_in_words(threshold.smallest, threshold.unit), figure_in_words(threshold.largest, threshold.unit)
    whole = "" if threshold.unit in (Unit.FEN, Unit.BASIS_POINTS) else "整数,"
    return f"“{threshold.title}”请填{whole}从 {smallest} 到 {largest}。"


async def begin_trial(key: str, limits: Mapping[str, int], industry: str, client: int | None) -> int:
    """The trial's id; it runs after the commit. Needs ``risk_rules.manage``.

    Raises Refusal ``risk_rules.industry_unknown``, ``risk_rules.one_of_both`` where an industry and a client are named, ``common.not_found``.
    """
    require(MANAGE)
    await rule_called(key)
    if industry and industry not in INDUSTRIES:
        raise Refusal("risk_rules.industry_unknown", "请从列表里选一个行业。")
    if industry and client is not None:
        raise Refusal("risk_rules.one_of_both", "行业和客户请只选一个:只对一家客户的,行业选“所有行业”。")
    wanted = {"limits": dict(limits), "industry": industry, "client": client}
    trial = Trial(rule=key, wanted=json.dumps(wanted), made_by=scope().user_name, made_at=dt.datetime.now(dt.UTC))
    await trial.save()
    await use(Jobs).defer("risk_rules.trial", trial=int(trial.id))
    return int(trial.id)


async def put_in_force(trial: int, *, sure: bool) -> None:
    """The thresholds of a finished trial count from now on; needs ``risk_rules.manage``.

    Raises Refusal ``risk_rules.trial_runs`` (409), ``risk_rules.fires_often`` (409) when it would fire on more than MANY per cent and nobody
    has said twice that it should.
    """
    require(MANAGE)
    row = await Trial.objects().where(Trial.id == trial).first()
    if row is None:
        raise not_found("试算")
    if row.done_at is None:
        raise Refusal("risk_rules.trial_runs", "试算还没有结束,请稍后再启用。", status=409)
    wanted = json.loads(row.wanted)
    if fires_often(row) and not sure:
        share = row.hit * 100 // row.asked
        sentence = f"按这个数,{share}% 的客户都会收到提醒。确定要启用,请在那次试算下面点“确定启用”。"
        raise Refusal("risk_rules.fires_often", sentence, status=409, details={"share": share})
    rule = await rule_called(row.rule)
    for name, value in wanted["limits"].items():
        if name in rule.thresholds and not rule.thresholds[name].smallest <= value <= rule.thresholds[name].largest:
            raise Refusal("risk_rules.limit_wrong", _what_may_be(rule.thresholds[name]), field=f"limit-{name}")
        await set_limit(row.rule, name, int(value), industry=wanted["industry"], client=wanted["client"])
    limits = {rule.thresholds[name].title if name in rule.thresholds else name: value for name, value in wanted["limits"].items()}
    await use(Audit).record("risk_rules.limits", f"risk_rules_trial:{row.id}", client=wanted["client"], after={"rule": rule.title, **limits})
    await _look_again(rule, wanted["client"])


async def _look_again(rule: RiskRule, client: int | None) -> None:
    """With the thresholds of now: what happened in earlier months counts as well where the rule tells of those."""
    clients = [client] if client else [c.id for c in await use(Clients).clients()]
    if rule.rhythm is Rhythm.EVENT:
        await watch_new(clients)
    else:
        await mark_everything(clients)


def fires_often(trial: Trial) -> bool:
    """Whether a finished trial hit more of several clients than MANY per cent; of one client alone nothing is often."""
    return trial.asked > 1 and trial.hit * 100 > trial.asked * MANY


async def set_limit(rule: str, name: str, value: int, *, industry: str = "", client: int | None = None) -> None:
    """For an industry, or all, or one client; whoever calls has asked the permission and sees to the trail."""
    now, by = dt.datetime.now(dt.UTC), scope().user_name
    if client is None:
        await FirmLimit.raw(
            "insert into risk_rules_firm_limit (firm, rule, name, industry, value, set_by, set_at) values ({}, {}, {}, {}, {}, {}, {}) "
            "on conflict (firm, rule, name, industry) do update set value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at",
            firm_in_scope(), rule, name, industry, value, by, now,
        )  # fmt: skip
    else:
        await ClientLimit.raw(
            "insert into risk_rules_client_limit (firm, client, rule, name, value, set_by, set_at) values ({}, {}, {}, {}, {}, {}, {}) "
            "on conflict (firm, client, rule, name) do update set value = excluded.value, set_by = excluded.set_by, set_at = excluded.set_at",
            firm_in_scope(), client, rule, name, value, by, now,
        )  # fmt: skip


async def clear_limit(key: str, name: str, *, industry: str = "", client: int | None = None) -> None:
    """What was set is forgotten: the next wider one counts again, in the end the rule's own. Needs ``risk_rules.manage``.

    Raises Refusal ``risk_rules.limit_gone`` (409) where nothing was set, or somebody has cleared it already.
    """
    require(MANAGE)
    rule = await rule_called(key)
    if client is None:
        of_firm = (FirmLimit.rule == key) & (FirmLimit.name == name) & (FirmLimit.industry == industry)
        gone = await FirmLimit.delete().where(of_firm).returning(FirmLimit.value)
    else:
        of_client = (ClientLimit.rule == key) & (ClientLimit.name == name) & (ClientLimit.client == client)
        gone = await ClientLimit.delete().where(of_client).returning(ClientLimit.value)
    if not gone:
        raise Refusal("risk_rules.limit_gone", "这个数已经不在了,现在有效的列在下面。", status=409)
    title = rule.thresholds[name].title if name in rule.thresholds else name
    before = {"rule": rule.title, title: gone[0]["value"], **({"industry": industry} if industry else {})}
    await use(Audit).record("risk_rules.limits_cleared", f"risk_rule:{key}", client=client, before=before)
    await _look_again(rule, client)


async def mute(key: str, *, muted: bool) -> None:
    """A muted rule is asked and its findings are kept, but they are shown to nobody unasked; needs ``risk_rules.manage``."""
    require(MANAGE)
    await rule_called(key)
    await RuleSwitch.raw(
        "insert into risk_rules_switch (firm, rule, muted, set_by, set_at) values ({}, {}, {}, {}, {}) "
        "on conflict (firm, rule) do update set muted = excluded.muted, set_by = excluded.set_by, set_at = excluded.set_at",
        firm_in_scope(), key, muted, scope().user_name, dt.datetime.now(dt.UTC),
    )  # fmt: skip
    # The scan asks of the running months alone: what was found of earlier ones is muted here.
    await Alert.update({Alert.muted: muted}).where(Alert.rule == key)
    if muted:
        await use(Audit).record("risk_rules.muted", f"risk_rule:{key}")
    else:
        await use(Audit).record("risk_rules.unmuted", f"risk_rule:{key}")
    await mark_everything([c.id for c in await use(Clients).clients()])
