"""When the owner wants people to be reminded."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict, State
from litestar.response import Redirect

from zhangfang_collab import reminder_levels
from zhangfang_collab.pages.forms import texts
from zhangfang_collab.reminder_levels import MOST, Duty, tones_of
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.texts import half_width, translatable
from zhangfang_sdk.web import FIRM, Page, action, go, page

EMPTY_ROWS = 2
TITLES: Mapping[str, str] = translatable({Duty.MONTHLY: "每月的任务", Duty.YEARLY: "年度事项,等客户时"})


@page("/tasks/reminders", of=FIRM, permission="collab.templates")
async def reminders_page() -> Page:
    """Days and tones of both duties."""
    known = await reminder_levels.levels()
    return _page({duty: [_row(days, tone) for days, tone in found.items()] for duty, found in known.items()})


@action("/tasks/reminders/{duty:str}", of=FIRM, permission="collab.templates", examples={"duty": Duty.MONTHLY.value})
async def change_reminders(duty: str, request: Request[Any, Any, State]) -> Redirect | Page:
    """Rows of ``days``, ``side`` of the due date ("before", "after") and ``tone``; those without days are left out. What is refused stays."""
    if duty not in (*Duty,):
        raise Refusal("collab.template_wrong", "请从给出的选项里选择。", field="duty")
    changed, form = Duty(duty), await request.form()
    rows = [row for row in _rows(form) if row[0]]
    try:
        await reminder_levels.save(changed, [(_days(row), row[2]) for row in rows])
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        known = await reminder_levels.levels()
        other = {d: [_row(days, tone) for days, tone in found.items()] for d, found in known.items() if d != changed}
        return _page({**other, changed: rows}, refusal, changed)
    return go(here("/tasks/reminders"))


def _rows(form: FormMultiDict) -> list[tuple[str, str, str]]:
    days = [half_width(value).strip() for value in texts(form, "days")]
    return list(zip(days, texts(form, "side"), texts(form, "tone"), strict=False))


def _row(days: int, tone: str) -> tuple[str, str, str]:
    return str(abs(days)), "after" if days > 0 else "before", tone


def _days(row: tuple[str, str, str]) -> int:
    typed, side, _ = row
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= 4):
        raise Refusal("collab.reminders_wrong", "天数请填写整数,例如 7。", field="days")
    return int(typed) if side == "after" else -int(typed)


def _page(
    found: dict[Duty, list[tuple[str, str, str]]], refusal: Refusal | None = None, wrong: Duty | None = None
) -> Page:
    return Page(
        "collab/reminders.html",
        title="提醒时间",
        active="templates",
        status_code=200 if refusal is None else 422,
        duties=[(duty.value, TITLES[duty], _with_empty(found[duty], duty)) for duty in Duty],
        tones={duty.value: list(tones_of(duty).items()) for duty in Duty},
        error="" if refusal is None else refusal.sentence,
        wrong="" if wrong is None else wrong.value,
    )


def _with_empty(rows: Sequence[tuple[str, str, str]], duty: Duty) -> list[tuple[str, str, str]]:
    tone = next(iter(tones_of(duty)))
    return [*rows, *[("", "before", tone)] * EMPTY_ROWS][: max(MOST, len(rows))]


PAGES = [reminders_page, change_reminders]
