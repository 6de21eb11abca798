"""The answer to the facts of a year's duty."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.response import Redirect

from zhangfang_collab import listing, yearly
from zhangfang_collab.pages.forms import id_in, ids, text
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, action, go


@action("/tasks/{task_id:int}/facts", of=CLIENT, permission="collab.tick")
async def answer_facts(request: Request[Any, Any, State], task_id: int) -> Redirect:
    """``right`` with the ids ``seen``, or what is wrong: ``fact`` ("other" for none of them) and ``words``."""
    await listing.one(task_id)
    form = await request.form()
    if form.get("right") == "1":
        await yearly.say_right(task_id, ids(form, "seen"))
    else:
        await yearly.say_wrong(task_id, id_in(form.get("fact")), text(form, "words"))
    return go(here(f"/tasks/{task_id}"))


PAGES = [answer_facts]
