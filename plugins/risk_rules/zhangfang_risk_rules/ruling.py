"""What the firm decides of its rules: thresholds by industry and client, tried before they count, and which rules are muted."""

import datetime as dt
import json
from collections.abc import Mapping

from zhangfang_risk_rules.scanning.scanning import mark_everything, watch_new
from zhangfang_risk_rules.tables import Alert, ClientLimit, FirmLimit, RuleSwitch, Trial
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.money import fen
from zhangfang_sdk.risk import Rhythm, RiskRule, RiskRules, Unit

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

    Raises Refusal ``risk_rules.limit_wrong``, ``risk_rules.limit_none``, ``money.unreadable``.
    """
    found = {}
    for name, threshold in rule.thresholds.items():
        text = str(written.get(f"limit-{name}", "")).strip().removesuffix("%")
        if not text:
            continue
        if threshold.unit is Unit.FEN:
            value = fen(text)
        else:
            hundredths = fen(text)
            value = hundredths if threshold.unit is Unit.BASIS_POINTS else hundredths // 100
        if not threshold.smallest <= value <= threshold.largest:
            raise Refusal("risk_rules.limit_wrong", f"“{threshold.title}”的数不在允许的范围内。", field=f"limit-{name}")
        found[name] = value
    if not found:
        raise Refusal("risk_rules.limit_none", "请至少填写一个阈值。")
    return found


async def begin_trial(key: str, limits: Mapping[str, int], industry: str, client: int | None) -> int:
    """The trial's id; it runs after the commit. Needs ``risk_rules.manage``."""
    require(MANAGE)
    await rule_called(key)
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
        sentence = f"按这个数,{share}% 的客户都会收到提醒。确定要启用,请回到上一页点“确定启用”。"
        raise Refusal("risk_rules.fires_often", sentence, status=409, details={"share": share})
    for name, value in wanted["limits"].items():
        await set_limit(row.rule, name, int(value), industry=wanted["industry"], client=wanted["client"])
    rule = await rule_called(row.rule)
    limits = {rule.thresholds[name].title if name in rule.thresholds else name: value for name, value in wanted["limits"].items()}
    await use(Audit).record("risk_rules.limits", f"risk_rules_trial:{row.id}", client=wanted["client"], after={"rule": rule.title, **limits})
    clients = [wanted["client"]] if wanted["client"] else [c.id for c in await use(Clients).clients()]
    if (await rule_called(row.rule)).rhythm is Rhythm.EVENT:
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
