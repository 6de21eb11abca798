"""The owner's templates: a list, and one to be changed or made."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict, State
from litestar.response import Redirect

from zhangfang_collab import templates
from zhangfang_collab.due_dates import RULE_TITLES, Due, DueRule, taxes
from zhangfang_collab.pages.forms import number, text, texts
from zhangfang_collab.steps import Step
from zhangfang_collab.templates import ASKED_TITLES, MOST_STEPS, OWNER_ROLES, SIDE_TITLES, TypedTemplate
from zhangfang_sdk.clients import Clients, TaxpayerKind
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.texts import Texts, translatable
from zhangfang_sdk.web import FIRM, Page, action, go, page

EMPTY_ROWS = 3
"""For further steps, below those that there are."""
EVERY_MONTH, ONCE_A_YEAR = translatable("每个月"), translatable("每年 %(n)s 月")
DUE_WORDS: Mapping[str, str] = translatable({
    "": "申报期截止日(%(tax)s)",
    DueRule.DEADLINE: "申报期截止前 %(n)s 天(%(tax)s)",
    DueRule.WORKING_DAY: "第 %(n)s 个工作日前",
    DueRule.DAY: "%(n)s 日前(遇休息日顺延)",
})
PAYERS: Mapping[str, str] = translatable({"": "全部客户", TaxpayerKind.GENERAL: "一般纳税人", TaxpayerKind.SMALL_SCALE: "小规模纳税人"})


@page("/tasks/templates", of=FIRM, permission="collab.templates")
async def templates_page() -> Page:
    """All of them, those in use first."""
    found = await templates.templates()
    known = await taxes()
    return Page(
        "collab/templates.html",
        title="任务模板",
        active="templates",
        templates=found,
        payers=PAYERS,
        due={t.key: due_words(t.due, known) for t in found},
        packages=await use(Clients).packages(),
    )


@page("/tasks/templates/new", of=FIRM, permission="collab.templates")
async def new_template_page() -> Page:
    """An empty form."""
    return await _form(None, {"due_rule": DueRule.WORKING_DAY, "due_number": "5", "month": "0", "active": "1"}, [])


@page("/tasks/templates/{template_id:int}", of=FIRM, permission="collab.templates")
async def template_page(template_id: int) -> Page:
    """One, to be changed."""
    known = await templates.template(template_id)
    typed = {
        "seen": templates.stamp(known),
        **{"title": known.title, "note": known.note, "payer": known.payer, "package": known.package},
        **{"month": str(known.month), "due_rule": known.due.rule, "due_number": str(known.due.number), "due_tax": known.due.tax},
        **{"feeds": known.feeds, "owner_role": known.owner_role, "active": "1" if known.active else ""},
    }
    return await _form(template_id, typed, known.steps)


@action("/tasks/templates/new", of=FIRM, permission="collab.templates")
async def make_template(request: Request[Any, Any, State]) -> Redirect | Page:
    """A new one. What is refused stands in the form again."""
    return await _saved(None, await request.form())


@action("/tasks/templates/{template_id:int}", of=FIRM, permission="collab.templates")
async def change_template(template_id: int, request: Request[Any, Any, State]) -> Redirect | Page:
    """Changed for coming months. What is refused stands in the form again."""
    return await _saved(template_id, await request.form())


async def _saved(template_id: int | None, data: FormMultiDict) -> Redirect | Page:
    """Steps are sent as ``side``, ``step`` and ``asks``, each as often as there are rows."""
    names = ("title", "note", "payer", "package", "month", "due_rule", "due_number", "due_tax", "feeds", "owner_role", "active", "seen")
    typed = {name: text(data, name)[:4000] for name in names}
    sides = texts(data, "side")
    steps = [
        Step(title, Side(side) if side in (*Side,) else Side.CLIENT, asks)
        for side, title, asks in zip(sides, texts(data, "step"), texts(data, "asks"), strict=False)
    ]
    try:
        if typed["due_rule"] not in RULE_TITLES:
            raise Refusal("collab.due_wrong", "请选择到期日怎么算。", field="due_rule")
        if {*sides} - {*Side}:
            raise Refusal("collab.steps_wrong", "请选择每一步谁来做。", field="steps")
        wanted = TypedTemplate(
            title=typed["title"],
            steps=steps,
            due=Due(DueRule(typed["due_rule"]), number(data, "due_number"), typed["due_tax"]),
            note=typed["note"],
            payer=typed["payer"],
            package=typed["package"],
            month=number(data, "month") if typed["month"] else 0,
            feeds=typed["feeds"],
            active=typed["active"] == "1",
            owner_role=typed["owner_role"],
        )
        await templates.save(template_id, wanted, typed["seen"])
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        if template_id is not None and refusal.status == 409:
            typed["seen"] = templates.stamp(await templates.template(template_id))
        return await _form(template_id, typed, [step for step in steps if step.title.strip()], refusal)
    return go(here("/tasks/templates"))


async def _form(
    template_id: int | None, typed: Mapping[str, str], steps: Sequence[Step], refusal: Refusal | None = None
) -> Page:
    said = use(Texts).said
    returns = [t for t in await templates.templates() if not t.month]
    return Page(
        "collab/template.html",
        title="任务模板",
        active="templates",
        status_code=200 if refusal is None else 422,
        id=template_id,
        typed=typed,
        packages=sorted(await use(Clients).packages()),
        steps=[*steps, *[Step("", Side.CLIENT)] * EMPTY_ROWS][: max(MOST_STEPS, len(steps))],
        sides=list(SIDE_TITLES.items()),
        roles=list(OWNER_ROLES.items()),
        errors={} if refusal is None else {refusal.field or "": refusal.sentence},
        payers=[(str(key), title) for key, title in PAYERS.items()],
        months=[("0", said(EVERY_MONTH)), *((str(n), said(ONCE_A_YEAR) % {"n": n}) for n in range(1, 13))],
        rules=list(RULE_TITLES.items()),
        taxes=[("", "—"), *(await taxes()).items()],
        asked=list(ASKED_TITLES.items()),
        returns=[("", "—"), *((t.key, said(t.title).replace(templates.COVERS, "")) for t in returns)],
    )


def due_words(due: Due, taxes: Mapping[str, str]) -> str:
    """Such as "申报期截止前 3 天(增值税及附加税费)", in the reader's language."""
    rule = "" if due.rule is DueRule.DEADLINE and not due.number else due.rule
    return use(Texts).said(DUE_WORDS[rule]) % {"n": due.number, "tax": taxes.get(due.tax, due.tax)}


PAGES = [templates_page, new_template_page, make_template, template_page, change_template]
