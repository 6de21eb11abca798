"""At how many days from the due date somebody is told, and in which tone: what everybody begins with, and what the owner makes of it."""

import datetime as dt
import json
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

from zhangfang_collab.tables import Reminders
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.texts import translatable

_FILE = Path(__file__).parent / "data/reminders.toml"
FARTHEST = 366
MOST = 12
TONES: Mapping[str, str] = translatable({
    "soon": "提前说一声",
    "today": "请马上处理",
    "late": "已逾期,语气最重",
    "yearly": "弹出窗口,请办理",
    "escalated": "告诉第二个人",
})
"""The kinds of notice (``notice_kinds.py``) that a level may have."""


BEFORE, AFTER = frozenset({"soon", "today", "yearly"}), frozenset({"late", "escalated"})
"""Tones that say that there is still time (on the last day too), and those that say that it is over. ``soon`` counts the days that are left."""


class Duty(StrEnum):
    """``YEARLY``: a year's, while the client has it; ``MONTHLY``: all else."""

    MONTHLY = "monthly"
    YEARLY = "yearly"


def tones_of(duty: Duty) -> Mapping[str, str]:
    """The window is a year's duty's alone."""
    return {tone: title for tone, title in TONES.items() if duty is Duty.YEARLY or tone != "yearly"}


Levels = Mapping[int, str]
"""Days from the due date (before it negative) → tone, in order."""


async def levels() -> Mapping[Duty, Levels]:
    """The firm's own, or the presets."""
    rows = await Reminders.select(Reminders.duty, Reminders.levels)
    own = {Duty(row["duty"]): _levels(json.loads(row["levels"])) for row in rows}
    return {duty: own.get(duty, preset) for duty, preset in presets().items()}


@cache
def presets() -> Mapping[Duty, Levels]:
    """Those of ``data/reminders.toml``."""
    return {Duty(duty): _levels(given) for duty, given in tomllib.loads(_FILE.read_text("utf-8")).items()}


async def save(duty: Duty, wanted: Sequence[tuple[int, str]]) -> None:
    """The firm's levels from now on; none is none. Needs ``collab.templates``; on the trail. Raises Refusal ``collab.reminders_wrong``."""
    require("collab.templates")
    days = [day for day, _ in wanted]
    if len(wanted) > MOST or any(abs(day) > FARTHEST for day in days) or {tone for _, tone in wanted} - tones_of(duty).keys():
        raise Refusal("collab.reminders_wrong", f"最多 {MOST} 次,每次在到期日前后 {FARTHEST} 天以内,语气请从给出的里选。", field="days")
    if len(set(days)) < len(days):
        raise Refusal("collab.reminders_wrong", "同一天只提醒一次,请去掉重复的。", field="days")
    for day, tone in wanted:
        if not fits(day, tone):
            when = "到期日之后" if tone in AFTER else "到期日之前" if tone == "soon" else "到期日当天或之前"
            raise Refusal("collab.reminders_wrong", f"“{TONES[tone]}”只能用在{when},请改语气或早晚。", field="days")
    before, after = (await levels())[duty], _levels(wanted)
    text = json.dumps(list(after.items()))
    await Reminders.raw(
        """insert into collab_reminders (firm, duty, levels, changed_at) values ({}, {}, {}::jsonb, {})
        on conflict (firm, duty) do update set levels = excluded.levels, changed_at = excluded.changed_at""",
        *(firm_in_scope(), duty.value, text, dt.datetime.now(dt.UTC)),
    )
    await use(Audit).record("collab.reminders", f"collab_reminders:{duty}", before={"levels": _shown(before)}, after={"levels": _shown(after)})


def fits(day: int, tone: str) -> bool:
    """Whether a tone says what is true at that many days from the due date."""
    return day > 0 if tone in AFTER else day < (0 if tone == "soon" else 1) if tone in BEFORE else True


def _levels(given: Sequence[tuple[int, str]]) -> Levels:
    return dict(sorted((int(day), str(tone)) for day, tone in given))


def _shown(found: Levels) -> str:
    return "、".join(f"{day:+d} {TONES.get(tone, tone)}" for day, tone in found.items())
