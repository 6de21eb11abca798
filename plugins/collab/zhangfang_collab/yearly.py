"""A year's duty begins with what is known of the client, each fact with its source: the client says that it is right, or what is wrong."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from piccolo.columns.combination import WhereRaw

from zhangfang_collab import steps as states
from zhangfang_collab.keeping import Happened, for_change, keep, refuse_when_done
from zhangfang_collab.listing import ShownTask, one, shown
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import Fact, FactKind, FactValue
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.texts import Texts, translatable

FACTS = "facts"
"""The link of a task whose page shows the facts."""
ASKED = {
    "annual_report": (
        FactKind.LEGAL_REPRESENTATIVE,
        FactKind.REGISTERED_CAPITAL,
        FactKind.FOUNDED_ON,
        FactKind.REGISTERED_ADDRESS,
        FactKind.BUSINESS_SCOPE,
        FactKind.EMPLOYEES,
        FactKind.CONTACT,
    ),
    "beneficial_owner": (FactKind.LEGAL_REPRESENTATIVE, FactKind.REGISTERED_CAPITAL),
}
"""What is shown, by the template."""
PRESSING_DAYS = 30
"""From here on the facts stand open on the home."""
FIGURES = {
    "annual_report": ("sales", "net_profit", "taxes_payable"),
    "cit_annual": ("sales", "net_profit", "taxes_payable"),
}
FIGURE, FIGURE_SO_FAR = translatable("%(year)s年%(title)s"), translatable("%(year)s年%(title)s(到%(month)s月为止)")
MEND = "更正资料:"
"""How the firm's step begins that puts right what the client said is wrong."""


@dataclass(frozen=True, slots=True)
class ShownFact:
    """``since`` is the day from which it holds, "" for a figure. ``id`` is the profile's entry, None for a figure of the books, which is put
    right by the books alone; ``kind`` is the entry's, "" for a figure."""

    title: str
    text: str
    source: str
    since: str = ""
    confirmed_by: str = ""
    id: int | None = None
    objection: str = ""
    kind: str = ""


def asks_facts(task: ShownTask) -> bool:
    """Whether it is the client's turn to say that the facts are right."""
    return task.link == FACTS and task.turn is Side.CLIENT and task.at == 0


async def facts_of(task: ShownTask, template: str) -> Sequence[ShownFact]:
    """Of the profile as it is today, and of the books of the year that the task covers, as far as it has gone; nothing for who may not read the
    profile."""
    if not scope().may("profile.read") or not (template in ASKED or template in FIGURES):
        return []
    profile = await use(Clients).profile(task.client)
    kinds = ASKED.get(template, ())
    latest = {fact.kind: fact for fact in profile.facts() if fact.kind in kinds}
    found = [_shown(latest[kind]) for kind in kinds if kind in latest]
    return [*found, *await _figures(task, FIGURES.get(template, ()))]


async def _figures(task: ShownTask, keys: Sequence[str]) -> Sequence[ShownFact]:
    if not keys or not scope().may("ledger.read"):
        return []
    year, now = task.covers // 100, Period.of(today())
    first, last = Period(year, 1), min(Period(year, 12), max(now, Period(year, 1)))
    # A year that still runs is not said to be whole.
    worded = use(Texts).said(FIGURE_SO_FAR if now <= Period(year, 12) else FIGURE)
    definitions = [d for d in await use(Measures).offered(task.client) if d.key in keys]
    known = await use(Measures).series(task.client, [d.key for d in definitions], first, last)
    return [
        ShownFact(
            worded % {"year": year, "title": d.title, "month": last.month},
            f"¥{yuan(known[d.key][-1] if d.basis == 'closing' else sum(known[d.key]))}",
            "账簿",
        )
        for d in sorted(definitions, key=lambda d: keys.index(d.key))
        if d.key in known
    ]


def _shown(fact: Fact[FactValue]) -> ShownFact:
    worded = use(Clients).worded(fact)
    return ShownFact(
        worded.title, worded.text, worded.source, str(fact.valid_from), fact.confirmed_by, fact.id, fact.objection, fact.kind.value
    )


async def template_of(task_id: int) -> str:
    row = await Task.select(Task.template).where(Task.id == task_id).first()
    return "" if row is None else str(row["template"])


async def say_right(task_id: int, seen: Sequence[int]) -> None:
    """The client has looked at the facts ``seen``: they are confirmed in the profile, but for those that somebody of the client has said are wrong,
    which the firm mends before the task moves on; needs ``collab.tick``, ``profile.confirm``.

    Raises Refusal ``collab.already_answered`` (409), ``collab.facts_unseen`` (409) when one in force is not among them, and
    ``profile.changed`` (409) when one of them is not in force any more.
    """
    task, steps = await _asked(task_id)
    standing = await facts_of(shown(task), task.template)
    wrong = [fact for fact in standing if fact.objection]
    agreed = [id_ for id_ in seen if id_ not in {fact.id for fact in wrong}]
    if agreed:
        await use(Clients).confirm(task.client, agreed)
    if {fact.id for fact in standing if not fact.objection} - {None, *agreed}:
        raise Refusal("collab.facts_unseen", "有资料您还没有看到,请刷新页面,全部核对后再确认。", status=409)
    await _answered(task, _with_mends(steps, _mends(wrong)), "其余资料都对" if wrong else "资料都对")


async def say_wrong(task_id: int, fact: int | None, words: str) -> None:
    """What is wrong; ``fact`` is the profile's entry, where it is one. The firm mends it, and what was said before to be wrong, before the task moves
    on; needs ``collab.tick``, ``profile.confirm``.

    Raises Refusal ``collab.words_missing``, ``collab.already_answered`` (409), ``profile.changed`` (409).
    """
    said = words.strip()[:200]
    if not said:
        raise Refusal("collab.words_missing", "请写明哪里不对,应该是什么。", field="words")
    task, steps = await _asked(task_id)
    if fact is not None:
        await use(Clients).object_to(fact, said)
    standing = await facts_of(shown(task), task.template)
    mends = _mends([known for known in standing if known.objection])
    if fact not in {known.id for known in standing if known.id is not None}:
        mends.append(f"{MEND}{said}")
    await _answered(task, _with_mends(steps, mends), said)


def _mends(wrong: Sequence[ShownFact]) -> list[str]:
    return [f"{MEND}{fact.title},{fact.objection}" for fact in wrong]


def _with_mends(steps: states.Steps, mends: Sequence[str]) -> states.Steps:
    """After the answer what the firm is to mend, in place of what an answer that was taken back asked for."""
    left = [step for step in steps[1:] if step.done_at is not None or not step.title.startswith(MEND)]
    return (steps[0], *(Step(mend[:100], Side.FIRM) for mend in mends), *left)


async def _asked(task_id: int) -> tuple[Task, states.Steps]:
    require("collab.tick")
    require("profile.confirm")
    task = await for_change(task_id)
    refuse_when_done(task)
    if not asks_facts(shown(task)):
        raise Refusal("collab.already_answered", "这些资料已经核对过了,请刷新页面。", status=409)
    return task, states.read(task.steps)


async def _answered(task: Task, steps: states.Steps, words: str) -> None:
    done = states.ticked(steps, 0, scope().user_name[:80], dt.datetime.now(dt.UTC))
    await keep(task, done, Happened("answered", words))
    await use(Audit).record("collab.answer", f"collab_task:{task.id}", client=task.client, after={"answer": words})


async def home_card(client: int, _period: str) -> dict[str, Any] | None:
    """The red card of a client's home: the year's duty that the client has, until it is done; only for those who may answer it."""
    if scope().staff or not scope().may("profile.confirm"):
        return None
    row = (
        await Task.select(Task.id)
        .where(Task.client == client)
        .where(WhereRaw("covers % 100 = 0"))
        .where(Task.turn == Side.CLIENT.value)
        .order_by(Task.due_on, Task.id)
        .first()
    )
    if row is None:
        return None
    task = await one(row["id"])
    is_pressing = task.due_on <= today() + dt.timedelta(days=PRESSING_DAYS)
    facts = await facts_of(task, await template_of(task.id)) if asks_facts(task) else []
    return {"task": task, "facts": facts, "asks_facts": asks_facts(task), "is_pressing": is_pressing, "today": today()}
