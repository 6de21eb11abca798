"""The firm writes a questionnaire of its own."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from zhangfang_risk_rules.questionnaires.definition import CODE, own_texts, parse
from zhangfang_risk_rules.questionnaires.definition import Questionnaire as Definition
from zhangfang_risk_rules.ruling import MANAGE
from zhangfang_risk_rules.tables import Questionnaire
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal


@dataclass(frozen=True, slots=True)
class Known:
    """One that the firm has, on or off. ``is_ours``: it comes with the plugin, and the firm has written nothing in its place."""

    code: str
    title: str
    body: str
    questions: int
    is_on: bool
    is_ours: bool


async def known() -> Mapping[str, Known]:
    """By code: ours, then the firm's own, which stand in place of ours of the same code. Needs ``risk_rules.manage``."""
    require(MANAGE)
    found = {code: _known(code, body, is_on=True, is_ours=True) for code, body in own_texts().items()}
    for row in await Questionnaire.objects().order_by(Questionnaire.id):
        found[row.code] = _known(row.code, row.body, is_on=row.is_on, is_ours=False)
    return found


def _known(code: str, body: str, *, is_on: bool, is_ours: bool) -> Known:
    definition = parse(body)
    return Known(code, definition.title, body, len(definition.questions), is_on, is_ours)


async def write(code: str, body: str, *, is_on: bool) -> Definition:
    """Kept under ``code``, in place of what stood there; runs that have begun keep their text. Needs ``risk_rules.manage``.

    Raises Refusal ``risk_rules.questionnaire_wrong``, ``risk_rules.questionnaire_code``.
    """
    require(MANAGE)
    if not CODE.fullmatch(code):
        raise Refusal("risk_rules.questionnaire_code", "编号要以小写字母开头,只用小写字母、数字和下划线,最长 20 个。", field="code")
    definition = parse(body)
    await Questionnaire.raw(
        "insert into risk_rules_questionnaire (firm, code, title, body, is_on, written_by, written_at) values ({}, {}, {}, {}, {}, {}, {}) "
        "on conflict (firm, code) do update set title = excluded.title, body = excluded.body, is_on = excluded.is_on, "
        "written_by = excluded.written_by, written_at = excluded.written_at",
        firm_in_scope(), code, definition.title, body, is_on, scope().user_name, dt.datetime.now(dt.UTC),
    )  # fmt: skip
    await use(Audit).record("risk_rules.questionnaire", f"risk_rules_questionnaire:{code}", after={"title": definition.title, "is_on": is_on})
    return definition
