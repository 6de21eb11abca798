"""Handing in a letter."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.response import Redirect

from zhangfang_collab import letters, owners
from zhangfang_collab.letters import Letter, kinds
from zhangfang_collab.pages.forms import day, number, text
from zhangfang_collab.pages.one_task import MOST_BYTES, file_of
from zhangfang_sdk.context import client_in_scope, scope, transaction
from zhangfang_sdk.places import here
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.web import CLIENT, Page, action, go, page


@page("/tasks/letter", of=CLIENT, permission="collab.tick")
async def letter_page() -> Page:
    """Photograph a letter and say until when it is to be answered."""
    people = await owners.possible(client_in_scope(), Side.FIRM) if scope().may("contacts.read") else {}
    return Page(
        "collab/letter.html",
        title="收到税务局来函",
        active="desk-tasks" if scope().staff else "tasks",
        kinds=[(key, kind.title) for key, kind in kinds().items()],
        people=[("", "负责这家的会计"), *((str(id_), name) for id_, name in people.items())] if people else [],
    )


@action("/tasks/letter", of=CLIENT, permission="collab.tick", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def hand_in_letter(request: Request[Any, Any, State]) -> Redirect:
    """The picture as ``file``, ``kind``, ``due_on``, ``number``, ``note``, ``owner``; no transaction waits for the file."""
    name, media_type, content = await file_of(request)
    form = dict(await request.form())
    owner = number(form, "owner")
    due_on = day(form, "due_on")
    async with transaction():
        client = client_in_scope()
        if owner >= 0 and owner not in await owners.possible(client, Side.FIRM):
            owner = -1
        letter = Letter(text(form, "kind"), due_on, text(form, "number"), text(form, "note"), owner if owner >= 0 else None)
        task = await letters.hand_in(client, letter, name, media_type, content)
    return go(here(f"/tasks/{task}"))


PAGES = [letter_page, hand_in_letter]
