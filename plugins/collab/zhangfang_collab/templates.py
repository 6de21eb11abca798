"""A firm's templates: those that everybody begins with, and what the owner makes of them. A change touches coming months only."""

import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from zhangfang_collab.due_dates import Due, DueRule, taxes
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Template
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import AskedFor, Side, return_filed
from zhangfang_sdk.tax_figures import Tax
from zhangfang_sdk.texts import translatable

_FILE = Path(__file__).parent / "data/templates.toml"
COVERS = "{covers}"
"""In a title: the month or year that the task is about."""
SIDE_TITLES: Mapping[str, str] = translatable({Side.CLIENT: "客户", Side.FIRM: "我们", Side.TAX_OFFICE: "税务局"})
ASKED_TITLES: Mapping[str, str] = translatable({
    AskedFor.DONE: "手工打勾",
    AskedFor.DOCUMENT: "在任务里交一份文件",
    AskedFor.ANSWER: "在任务里回答",
    AskedFor.BANK_STATEMENT: "收到银行对账单",
    AskedFor.PAYROLL: "工资表已确认",
    AskedFor.INPUT_INVOICES: "进项发票都已确认",
    return_filed(Tax.VAT): "增值税已申报",
    return_filed(Tax.SURCHARGES): "附加税费已申报",
    return_filed(Tax.CIT): "企业所得税预缴已申报",
    return_filed(Tax.IIT): "个人所得税扣缴已申报",
    return_filed(Tax.STAMP): "印花税已申报",
})
"""Kinds that a step may ask for. Of other plugins' own kinds nothing is known here."""
OWNER_ROLES: Mapping[str, str] = translatable({"": "老板", "cashier": "出纳(没有出纳的由老板负责)"})
"""Roles at the client that may have a template's tasks."""
MOST_STEPS = 20


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """See :class:`zhangfang_collab.tables.Template`."""

    key: str
    title: str
    due: Due
    steps: Sequence[Step]
    note: str = ""
    payer: str = ""
    package: str = ""
    month: int = 0
    feeds: str = ""
    party: str = ""
    link: str = ""
    active: bool = True
    owner_role: str = ""
    id: int = 0
    changed_at: dt.datetime | None = field(default=None, compare=False)

    def fits(self, payer: TaxpayerKind, package: str, period: Period) -> bool:
        return (
            self.active
            and self.payer in ("", payer)
            and self.package in ("", package)
            and self.month in (0, period.month)
        )

    def covers(self, period: Period) -> int:
        """The month before, as a number; for a year's task the year before: 202500."""
        return (period.year - 1) * 100 if self.month else period.plus(-1).number

    def title_in(self, period: Period) -> str:
        of = f"{period.year - 1}年度" if self.month else f"{period.plus(-1).month}月"
        return self.title.replace(COVERS, of)


@cache
def defaults() -> Sequence[TaskTemplate]:
    """Those of ``data/templates.toml``."""
    return [
        TaskTemplate(
            key=key,
            title=data["title"],
            due=Due(DueRule(data["due"][0]), data["due"][1], data["due"][2]),
            steps=[Step(s["title"], Side(s["side"]), s.get("asks", AskedFor.DONE)) for s in data["steps"]],
            **{name: data[name] for name in ("note", "payer", "month", "feeds", "party", "link") if name in data},
        )
        for key, data in tomllib.loads(_FILE.read_text("utf-8")).items()
        if isinstance(data, dict)
    ]


def preset_title(key: str, title: str, period: Period) -> str:
    """The title with COVERS of the preset that a task's title of a month is from; "" for what somebody wrote."""
    known = next((preset for preset in defaults() if preset.key == key), None)
    return known.title if known is not None and known.title_in(period) == title else ""


async def templates() -> Sequence[TaskTemplate]:
    """The firm's own, those in use first; the first time they are copied from the defaults."""
    if not await Template.exists():
        for template in defaults():
            await _insert(template)
    rows = await Template.objects().order_by(Template.active, ascending=False).order_by(Template.month, Template.id)
    return [_value(row) for row in rows]


async def template(template_id: int) -> TaskTemplate:
    """Raises Refusal ``common.not_found``."""
    row = await Template.objects().where(Template.id == template_id).first()
    if row is None:
        raise not_found("任务模板")
    return _value(row)


async def _insert(template: TaskTemplate) -> None:
    columns = {"key": template.key, **_columns(template)}
    await Template.raw(
        f"insert into collab_template (firm, {', '.join(columns)}) "  # noqa: S608  # names of columns written above
        f"values ({{}}, {', '.join('{}' for _ in columns)}) on conflict (firm, key) do nothing",
        firm_in_scope(),
        *columns.values(),
    )


def _columns(template: TaskTemplate) -> dict[str, Any]:
    return {
        "title": template.title,
        "note": template.note,
        "payer": template.payer,
        "package": template.package,
        "month": template.month,
        "due_rule": template.due.rule.value,
        "due_number": template.due.number,
        "due_tax": template.due.tax,
        "steps": json.dumps(
            [{"title": s.title, "side": s.side.value, "asks": s.asks} for s in template.steps], ensure_ascii=False
        ),
        "feeds": template.feeds,
        "party": template.party,
        "link": template.link,
        "active": template.active,
        "owner_role": template.owner_role,
        "changed_at": dt.datetime.now(dt.UTC),
    }


def _value(row: Template) -> TaskTemplate:
    return TaskTemplate(
        key=row.key,
        title=row.title,
        due=Due(DueRule(row.due_rule), row.due_number, row.due_tax),
        steps=[Step(s["title"], Side(s["side"]), s["asks"]) for s in json.loads(row.steps)],
        note=row.note,
        payer=row.payer,
        package=row.package,
        month=row.month,
        feeds=row.feeds,
        party=row.party,
        link=row.link,
        active=row.active,
        owner_role=row.owner_role,
        id=int(row.id),
        changed_at=row.changed_at,
    )


@dataclass(frozen=True, slots=True)
class TypedTemplate:
    """What the owner typed. Steps without a title are left out."""

    title: str
    steps: Sequence[Step]
    due: Due
    note: str = ""
    payer: str = ""
    package: str = ""
    month: int = 0
    feeds: str = ""
    active: bool = True
    owner_role: str = ""


async def save(template_id: int | None, typed: TypedTemplate, seen: str = "") -> int:
    """Change a template, or make one with None; needs ``collab.templates``; on the trail. A new one that is like one that there is in all is that
    one: the form was sent twice. ``seen`` is ``stamp`` of the template that stood in the form, "" for whichever.

    Raises Refusal ``collab.template_changed`` (409) when it was changed since, ``collab.title_missing``, ``collab.note_long``,
    ``collab.package_long``, ``collab.due_wrong``, ``collab.steps_wrong``, ``collab.template_wrong``, ``common.not_found``.
    """
    require("collab.templates")
    await Template.raw("select pg_advisory_xact_lock(hashtextextended({}, 0))", f"collab:{firm_in_scope()}:templates")
    before = None if template_id is None else await template(template_id)
    wanted = await _checked(typed, before)
    if before is not None and seen not in ("", stamp(before)) and not _is_same(wanted, before):
        raise Refusal("collab.template_changed", "您打开之后有人改过这份模板。请核对后再保存一次,会以这里写的为准。", status=409)
    if before is None:
        known = next((t.id for t in await templates() if _is_same(wanted, t)), None)
        if known is not None:
            return known
        template_id = await _added(wanted)
    else:
        await Template.update(_columns(wanted)).where(Template.id == template_id)
    await use(Audit).record(
        "collab.template",
        f"collab_template:{template_id}",
        before=None if before is None else _shown(before),
        after=_shown(wanted),
    )
    return int(template_id or 0)


def _is_same(wanted: TaskTemplate, known: TaskTemplate) -> bool:
    return replace(wanted, key=known.key, id=known.id) == known


def stamp(template: TaskTemplate) -> str:
    """Tells a template from what it becomes when somebody changes it."""
    return "" if template.changed_at is None else template.changed_at.isoformat()


async def _added(template: TaskTemplate) -> int:
    number, now = 1 + await Template.count(), dt.datetime.now(dt.UTC)
    row = Template(key=f"own_{number}_{int(now.timestamp())}", **_columns(template))
    await row.save()
    return int(row.id)


async def _checked(typed: TypedTemplate, before: TaskTemplate | None) -> TaskTemplate:
    title, note, package = typed.title.strip(), typed.note.strip(), typed.package.strip()
    if not title or len(title) > 100:
        raise Refusal("collab.title_missing", "请写明要做什么(100 字以内)。", field="title")
    if len(note) > 400:
        raise Refusal("collab.note_long", "补充说明请写在 400 字以内。", field="note")
    if len(package) > 80:
        raise Refusal("collab.package_long", "服务套餐请写在 80 字以内。", field="package")
    if typed.owner_role not in {*OWNER_ROLES, "" if before is None else before.owner_role}:
        raise Refusal("collab.template_wrong", "请从给出的选项里选择客户那边由谁负责。", field="owner_role")
    typed.due.check()
    due = typed.due if typed.due.rule is DueRule.DEADLINE else replace(typed.due, tax="")
    if not 0 <= typed.month <= 12 or typed.payer not in ("", *TaxpayerKind):
        raise Refusal("collab.template_wrong", "请从给出的选项里选择。", field="month")
    # What is unknown today and stands in the template already stays.
    if due.tax not in {"", *await taxes(), "" if before is None else before.due.tax}:
        raise Refusal("collab.template_wrong", "请从给出的选项里选择按哪一项申报。", field="due_tax")
    returns = {t.key for t in await templates() if not t.month and t != before}
    if typed.feeds not in {"", *returns, "" if before is None else before.feeds}:
        raise Refusal("collab.template_wrong", "请从给出的选项里选择影响哪一项申报。", field="feeds")
    return TaskTemplate(
        key="" if before is None else before.key,
        title=title,
        due=due,
        steps=_steps(typed.steps),
        note=note,
        payer=typed.payer,
        package=package,
        month=typed.month,
        feeds=typed.feeds,
        party="" if before is None else before.party,
        link="" if before is None else before.link,
        active=typed.active,
        owner_role=typed.owner_role,
    )


def _steps(typed: Sequence[Step]) -> Sequence[Step]:
    steps = [Step(s.title.strip(), s.side, s.asks) for s in typed if s.title.strip()]
    if not 1 <= len(steps) <= MOST_STEPS:
        raise Refusal("collab.steps_wrong", f"请写明至少一步,最多 {MOST_STEPS} 步。", field="steps")
    if any(len(s.title) > 100 for s in steps):
        raise Refusal("collab.steps_wrong", "每一步请写在 100 字以内。", field="steps")
    if any(s.asks not in ASKED_TITLES for s in steps):
        raise Refusal("collab.steps_wrong", "请从给出的选项里选择每一步怎样算完成。", field="steps")
    return steps


def lines_of(steps: Sequence[Step]) -> str:
    """As the trail shows them: "客户:上传银行对账单(收到银行对账单)"."""
    asked = {s.asks: "" if s.asks == AskedFor.DONE else f"({ASKED_TITLES.get(s.asks, s.asks)})" for s in steps}
    return "\n".join(f"{SIDE_TITLES[step.side]}:{step.title}{asked[step.asks]}" for step in steps)


def _shown(template: TaskTemplate) -> dict[str, object]:
    due = f"{template.due.rule} {template.due.number} {template.due.tax}".strip()
    return {
        **{"title": template.title, "due": due, "steps": lines_of(template.steps), "active": template.active},
        **{name: value for name, value in (("package", template.package), ("owner_role", template.owner_role)) if value},
    }
