"""Handing in a letter."""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.response import Redirect

from zhangfang_collab import letters, owners
from zhangfang_collab.letter_kinds import kinds
from zhangfang_collab.letters import Letter
from zhangfang_collab.pages.forms import day, number, text
from zhangfang_collab.pages.one_task import MOST_BYTES, file_of
from zhangfang_sdk.context import client_in_scope, scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.texts import Texts, translatable
from zhangfang_sdk.web import CLIENT, Page, action, go, page

WHOEVER = translatable("负责这家的会计")
TYPED = ("kind", "due_on", "number", "note", "owner")


@page("/tasks/letter", of=CLIENT, permission="collab.tick")
async def letter_page() -> Page:
    """Photograph a letter and say until when it is to be answered."""
    return await _page({})


async def _page(typed: Mapping[str, str], refusal: Refusal | None = None) -> Page:
    """``typed`` is what stands in the form, by field; ``refusal`` says why it was not kept."""
    people = (await owners.people_of([client_in_scope()])).of(client_in_scope(), Side.FIRM)
    return Page(
        "collab/letter.html",
        title="收到税务局来函",
        active="desk-tasks" if scope().staff else "tasks",
        status_code=200 if refusal is None else 422,
        typed=typed,
        errors={} if refusal is None else {refusal.field or "": refusal.sentence},
        kinds=[(key, kind.title) for key, kind in kinds().items()],
        people=[("", use(Texts).said(WHOEVER)), *((str(id_), name) for id_, name in people.items())] if people else [],
    )


@action("/tasks/letter", of=CLIENT, permission="collab.tick", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def hand_in_letter(request: Request[Any, Any, State]) -> Redirect | Page:
    """The picture as ``file``, ``kind``, ``due_on``, ``number``, ``note``, ``owner``; no transaction waits for the file. What is refused stands in
    the form again, but for the file, which a browser wants to be chosen anew."""
    form = dict(await request.form())
    try:
        due_on = day(form, "due_on")
        name, media_type, content = await file_of(request)
        async with transaction():
            client, owner = client_in_scope(), number(form, "owner")
            if owner >= 0 and owner not in (await owners.people_of([client])).of(client, Side.FIRM):
                owner = -1
            letter = Letter(text(form, "kind"), due_on, text(form, "number"), text(form, "note"), owner if owner >= 0 else None)
            task = await letters.hand_in(client, letter, name, media_type, content)
    except Refusal as refusal:
        if refusal.status != 422:
            raise
        async with transaction():
            return await _page({field: text(form, field)[:400] for field in TYPED}, refusal)
    return go(here(f"/tasks/{task}"))


PAGES = [letter_page, hand_in_letter]
