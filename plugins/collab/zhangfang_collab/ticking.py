"""What people do with a task: assign it, tick its steps, take that back, say something, hand in a file."""

import datetime as dt
from hashlib import sha256

from zhangfang_collab import arrivals
from zhangfang_collab import steps as states
from zhangfang_collab.due_dates import refuse_far
from zhangfang_collab.keeping import Happened, for_change, is_filed, keep, lock, refuse_when_done, takes_files, write
from zhangfang_collab.listing import shown
from zhangfang_collab.owners import own
from zhangfang_collab.statement_names import of_earlier_month, reach
from zhangfang_collab.steps import Step
from zhangfang_collab.tables import Entry, Task
from zhangfang_collab.telling import tell
from zhangfang_collab.yearly import asks_facts
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Arrival, AskedFor, Side

STATEMENT_FILES = (".pdf", ".ofd", ".xls", ".xlsx", ".csv", ".jpg", ".jpeg", ".png", ".webp", ".heic", ".zip")
"""What banks give statements as, and what they are photographed as."""
SENT_TWICE = dt.timedelta(seconds=10)


async def assign(
    client: int, period: Period, title: str, note: str, due_on: dt.date, *, side: Side = Side.CLIENT, asks: str = AskedFor.DONE
) -> int:
    """Make a task by hand; needs ``collab.assign``; its id. The same once more within SENT_TWICE is the form sent twice, and the same task.

    Raises Refusal ``collab.title_missing``, ``collab.due_far``.
    """
    require("collab.assign")
    words = title.strip()
    if not words or len(words) > 120:
        raise Refusal("collab.title_missing", "请写明要做什么(120 字以内)。", field="title")
    refuse_far(due_on)
    await lock([client])
    steps = (Step(words[:100], side, asks),)
    recent = await (
        Task.objects()
        .where(Task.client == client, Task.title == words, Task.due_on == due_on, Task.note == note.strip()[:400], Task.done_at.is_null())
        .where(Task.key.like(f"collab:{client}:hand:%:{scope().user or 0}"), Task.created_at > _now() - SENT_TWICE)
        .order_by(Task.id)
    )  # fmt: skip
    sent = next((int(task.id) for task in recent if states.read(task.steps) == steps), None)
    if sent is not None:
        return sent
    return await make_one(client, period, steps, title=words, note=note, due_on=due_on)


async def make_one(
    client: int, period: Period, steps: states.Steps, *, title: str, note: str, due_on: dt.date, party: str = "", key: str = ""
) -> int:
    """A task with these steps, on the trail. The caller has asked whether the person may."""
    if not scope().sees(client):
        raise not_found("客户企业")
    now = dt.datetime.now(dt.UTC)
    task = Task(
        client=client, key=key or f"collab:{client}:hand:{now.timestamp():.6f}:{scope().user or 0}", period=Period.of(due_on).number,
        covers=period.number, title=title, note=note.strip()[:400], due_on=due_on, party=party, steps=states.written(steps),
        turn=str(states.turn(steps) or ""), created_at=now, asked_on=today(),
    )  # fmt: skip
    await own(task)
    await task.save()
    await use(Audit).record("collab.assign", f"collab_task:{task.id}", client=client, after={"title": title})
    await write(task, Happened("made"))
    return int(task.id)


async def tick(task_id: int, *, done: bool) -> None:
    """Do the step whose turn it is, or open the last one again; needs ``collab.tick``. Ticking what is done changes nothing."""
    task = await for_change(task_id)
    steps = states.read(task.steps)
    at = states.current(steps)
    if done and at is not None:
        await tick_step(task_id, at)
    elif not done:
        place = len(steps) - 1 if at is None else at - 1
        if place >= 0 and (at is None or task.done_at is not None):
            await untick(task_id, place)


async def tick_step(task_id: int, place: int) -> bool:
    """Do one step by hand; needs ``collab.tick``; whether it was open until now.

    Raises Refusal ``common.not_found``, ``collab.not_your_step``, ``collab.answer_wanted``, ``collab.document_wanted``.
    """
    require("collab.tick")
    task = await for_change(task_id)
    steps = states.read(task.steps)
    step = _step(steps, place)
    if step.done_at is not None:
        return False
    _refuse_others_step(step)
    if step.asks == AskedFor.ANSWER and not scope().staff:
        raise Refusal("collab.answer_wanted", "这一步请在任务里写明或确认。", field="words")
    if step.asks == AskedFor.DOCUMENT and not scope().staff:
        raise Refusal("collab.document_wanted", "这一步请在任务里上传文件。", field="file")
    await keep(task, states.ticked(steps, place, scope().user_name[:80], _now()), Happened("ticked", step.title))
    await use(Audit).record("collab.tick", f"collab_task:{task_id}", client=task.client, after={"step": step.title})
    return True


async def untick(task_id: int, place: int) -> None:
    """Open a step again, and those after it; needs ``collab.tick``. Raises Refusal ``collab.filed`` (409) when the return was filed,
    for the client ``collab.gone_on`` (409) when somebody else has gone on from there."""
    require("collab.tick")
    task = await for_change(task_id)
    steps = states.read(task.steps)
    step = _step(steps, place)
    if step.done_at is None:
        return
    _refuse_others_step(step)
    if not scope().staff and not states.may_client_open(steps, place):
        raise Refusal("collab.gone_on", "会计已经接着往下办了,不能直接撤回。要改的请在留言里告诉会计。", status=409)
    if await is_filed(task):
        then = "确实要改的,请先撤回或作废那份申报。" if scope().staff else "有变动的请告诉会计。"
        raise Refusal("collab.filed", f"这件事对应的申报已经完成,不能撤回。{then}", status=409)
    words = f"{scope().user_name}撤回:{step.title}"
    if step.arrived:
        await arrivals.taken_back(task, step.asks, words)
    await keep(task, states.opened(steps, place), Happened("opened", step.title), reopened=words)
    await arrivals.open_what_stood_on(task)
    await use(Audit).record("collab.untick", f"collab_task:{task_id}", client=task.client, after={"step": step.title})


async def answer(task_id: int, words: str) -> None:
    """Answer on a task: the step whose turn it is, which asks for an answer, is done with these words; needs ``collab.tick``.

    Raises Refusal ``collab.words_missing``, ``collab.no_answer_wanted`` (409), ``collab.locked`` (409).
    """
    require("collab.tick")
    said = words.strip()[:400]
    if not said:
        raise Refusal("collab.words_missing", "请写明情况。", field="words")
    task = await for_change(task_id)
    refuse_when_done(task)
    steps = states.read(task.steps)
    at = states.current(steps)
    if at is None or steps[at].asks != AskedFor.ANSWER or asks_facts(shown(task)):
        raise Refusal("collab.no_answer_wanted", "这件事现在不需要回答,请刷新页面看看。要说的话可以写在留言里。", status=409)
    _refuse_others_step(steps[at])
    steps = states.ticked(steps, at, scope().user_name[:80], _now())
    await keep(task, steps, Happened("answered", said), result=said)
    await use(Audit).record("collab.answer", f"collab_task:{task_id}", client=task.client)


async def comment(task_id: int, words: str) -> None:
    """Say something on an open task, which the other side is told; needs ``collab.tick``. The same words of the same person within SENT_TWICE are the
    form sent twice.

    Raises Refusal ``collab.words_missing``, ``collab.locked`` (409).
    """
    require("collab.tick")
    said = words.strip()[:1000]
    if not said:
        raise Refusal("collab.words_missing", "请写点什么再发送。", field="words")
    task = await for_change(task_id)
    refuse_when_done(task)
    same = (Entry.task == task_id) & (Entry.kind == "comment") & (Entry.words == said) & (Entry.by == scope().user_name[:80])
    if not await Entry.exists().where(same & (Entry.at > _now() - SENT_TWICE)):
        entry, staff = await write(task, Happened("comment", said)), scope().staff
        side, kind = (Side.CLIENT, "comment") if staff else (Side.FIRM, "firm_comment")
        await tell(task, side, kind, f"collab.comment:{task.id}:{entry}", by=scope().user_name, words=said)


async def attach(task_id: int, name: str, media_type: str, content: bytes) -> int:
    """Hand in a file on a task that takes one (``takes_files``); needs ``collab.tick``; the document's id. It closes a step that asks for a file.
    Handed in once more, the same file changes nothing, unless it is asked for again.

    Raises Refusal ``collab.locked`` (409), ``collab.no_statement`` for what no statement comes as, ``collab.other_month`` for what by its
    name is of a month before, and those of ``Documents.store``.
    """
    require("collab.tick")
    task = await for_change(task_id)
    steps = states.read(task.steps)
    at = states.current(steps)
    is_asked_for = at is not None and steps[at].asks in (AskedFor.DOCUMENT, AskedFor.BANK_STATEMENT)
    known = await _handed_in(task, content, since=_now() - SENT_TWICE if is_asked_for else task.created_at)
    if known is not None:
        return known
    if not await takes_files(task):
        refuse_when_done(task)
    asked = next((step.asks for step in steps if step.arrived), None) if at is None else steps[at].asks
    if asked == AskedFor.BANK_STATEMENT and not name.lower().endswith(STATEMENT_FILES):
        raise Refusal("collab.no_statement", "这里要交银行对账单:请上传 PDF、OFD、Excel、CSV 文件、照片或压缩包。", field="file")
    if asked == AskedFor.BANK_STATEMENT and (named := of_earlier_month(name, Period.from_number(task.covers), Period.current())) is not None:
        wanted = Period.from_number(task.covers).label
        raise Refusal(
            "collab.other_month", f"文件名上写的是{named.label},这里要的是{wanted}的对账单,没有保存。确实是{wanted}的,请改文件名后再传。", field="file"
        )
    document = await use(Documents).store(task.client, name, media_type, content)
    happened = Happened("file", document.name, document.id)
    if asked == AskedFor.BANK_STATEMENT:
        await write(task, happened)
        covers, reference = Period.from_number(task.covers), f"document:{document.id}"
        until = reach(document.name, covers, today())
        await arrivals.arrived(Arrival(task.client, asked, covers, reference, document.name, document.id, until))
    elif at is not None and asked == AskedFor.DOCUMENT:
        await keep(task, states.ticked(steps, at, scope().user_name[:80], _now()), happened)
    else:
        await write(task, happened)
    return document.id


async def _handed_in(task: Task, content: bytes, *, since: dt.datetime) -> int | None:
    """The document of the task that has these bytes: a form that is sent twice is one file. Who may not read documents is not told."""
    if not scope().may("documents.read"):
        return None
    same = [d.id for d in await use(Documents).same_content(task.client, sha256(content).hexdigest())]
    if not same:
        return None
    row = await Entry.select(Entry.document).where(Entry.task == task.id, Entry.document.is_in(same), Entry.at >= since).first()
    return None if row is None else int(row["document"])


def _step(steps: states.Steps, place: int) -> Step:
    if not 0 <= place < len(steps):
        raise Refusal("collab.step_missing", "没有这一步,请刷新后再试。", field="place")
    return steps[place]


def _refuse_others_step(step: Step) -> None:
    if not scope().staff and step.side is not Side.CLIENT:
        raise Refusal("collab.not_your_step", "这一步由会计来做,您不用处理。", status=403)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
