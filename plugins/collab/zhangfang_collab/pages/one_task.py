"""One task: its steps, what is said and handed in, what happened."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.response import Redirect

from zhangfang_collab import listing, owners, ticking
from zhangfang_collab.keeping import is_filed, takes_files
from zhangfang_collab.listing import ShownTask
from zhangfang_collab.pages.forms import Form, number, text
from zhangfang_collab.tables import Task
from zhangfang_collab.yearly import asks_facts, facts_of, template_of
from zhangfang_sdk.contacts import Contacts
from zhangfang_sdk.context import scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.tasks import AskedFor, Side
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

MOST_BYTES = 20 * 2**20
TAKES_FILE = frozenset({AskedFor.DOCUMENT, AskedFor.BANK_STATEMENT})
"""What a file that is handed in on the task itself brings."""


@page("/tasks/{task_id:int}", of=CLIENT, permission="collab.read")
async def task_page(task_id: int) -> Page:
    """Everything about one task of the open client."""
    return await _page(task_id)


async def _page(task_id: int, refusal: Refusal | None = None) -> Page:
    """``refusal`` says why a file was not kept."""
    task = await listing.one(task_id)
    return Page(
        "collab/task.html",
        title=task.title,
        active="desk-tasks" if scope().staff else "tasks",
        status_code=200 if refusal is None else 422,
        file_error=None if refusal is None else refusal.sentence,
        task=task,
        trail=await listing.trail(task_id),
        owners=await use(Contacts).names(task.client, sorted(task.owners.values())),
        takes_files=task.urgency is not None or await _takes_more(task_id),
        filed=await _filed(task_id),
        takes_file=task.current is not None and task.current.asks in TAKES_FILE,
        takes_answer=task.current is not None and task.current.asks == AskedFor.ANSWER and not asks_facts(task),
        asks_facts=asks_facts(task),
        facts=await facts_of(task, await template_of(task_id)),
        people=await _people(task),
        today=today(),
    )


async def _filed(task_id: int) -> bool:
    """Whether nothing of it is taken back any more: its return was filed."""
    row = await Task.objects().where(Task.id == task_id).first()
    return row is not None and await is_filed(row)


async def _takes_more(task_id: int) -> bool:
    row = await Task.objects().where(Task.id == task_id).first()
    return row is not None and await takes_files(row)


async def _people(task: ShownTask) -> Mapping[str, Sequence[tuple[str, str]]]:
    """Who may own it, by side, for who may say so."""
    if task.urgency is None or not (scope().may("collab.assign") and scope().may("contacts.read")):
        return {}
    people = await owners.people_of([task.client])
    return {
        side.value: [("", owners.by_role(people, task.client, side)), *((str(id_), name) for id_, name in people.of(task.client, side).items())]
        for side in (Side.FIRM, Side.CLIENT)
    }


@action("/tasks/{task_id:int}/owner", of=CLIENT, permission="collab.assign")
async def own_task(task_id: int, data: Form) -> Redirect:
    """``person`` owns it on their ``side``; "" for the usual one."""
    await listing.one(task_id)
    side = text(data, "side")
    if side not in (Side.FIRM, Side.CLIENT):
        raise Refusal("collab.template_wrong", "请从给出的选项里选择。", field="side")
    await owners.give(task_id, Side(side), number(data, "person") if text(data, "person") else None)
    return go(here(f"/tasks/{task_id}"))


@action("/tasks/{task_id:int}/tick", of=(FIRM, CLIENT), permission="collab.tick")
async def tick_task(task_id: int, data: Form) -> Redirect:
    """Do the step whose turn it is (``done=1``), or open the last one again. With ``place``, that one: sent twice, it does no second one."""
    await listing.one(task_id)
    place, done = number(data, "place"), text(data, "done") == "1"
    if done and place >= 0:
        await ticking.tick_step(task_id, place)
    else:
        await ticking.tick(task_id, done=done)
    period, show = text(data, "period"), text(data, "show")
    kept = f"&show={show}" if show in listing.FILTERS and show else ""
    return go(here(f"/tasks?period={Period.parse(period).key}{kept}" if period else "/tasks"))


@action("/tasks/{task_id:int}/steps", of=CLIENT, permission="collab.tick")
async def tick_step(task_id: int, data: Form) -> Redirect:
    """One step by its ``place``: done, or open again."""
    await listing.one(task_id)
    place = number(data, "place")
    if text(data, "done") == "1":
        await ticking.tick_step(task_id, place)
    else:
        await ticking.untick(task_id, place)
    return go(here(f"/tasks/{task_id}"))


@action("/tasks/{task_id:int}/answer", of=CLIENT, permission="collab.tick")
async def answer_task(task_id: int, data: Form) -> Redirect:
    """Answer with ``words``."""
    await listing.one(task_id)
    await ticking.answer(task_id, text(data, "words"))
    return go(here(f"/tasks/{task_id}"))


@action("/tasks/{task_id:int}/comments", of=CLIENT, permission="collab.tick")
async def comment_task(task_id: int, data: Form) -> Redirect:
    """Say ``words`` on it."""
    await listing.one(task_id)
    await ticking.comment(task_id, text(data, "words"))
    return go(here(f"/tasks/{task_id}"))


@action(
    "/tasks/{task_id:int}/files", of=CLIENT, permission="collab.tick", stream=True, request_max_body_size=MOST_BYTES + 2**20
)
async def attach_file(request: Request[Any, Any, State], task_id: int) -> Redirect | Page:
    """Hand in the ``file``; no transaction waits for it. Why it is refused stands at its field."""
    async with transaction():
        await listing.one(task_id)
    try:
        name, media_type, content = await file_of(request)
        async with transaction():
            await ticking.attach(task_id, name, media_type, content)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        async with transaction():
            return await _page(task_id, refusal)
    return go(here(f"/tasks/{task_id}"))


async def file_of(request: Request[Any, Any, State]) -> tuple[str, str, bytes]:
    """Name, media type and bytes. Raises Refusal ``collab.file_missing``, ``collab.file_large``."""
    file = await sent_file(await request.form())
    if file is None:
        raise Refusal("collab.file_missing", "请选择要上传的文件。", field="file")
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refusal("collab.file_large", "文件超过 20 MB,请压缩或分开上传。", field="file")
    return file.filename or "文件", file.content_type or "application/octet-stream", content


PAGES = [task_page, own_task, tick_task, tick_step, answer_task, comment_task, attach_file]
