"""The firm's board."""

from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.response import Redirect

from zhangfang_collab import reminding, ticking
from zhangfang_collab.board import FILTERS, MOST_COUNTED, Chosen, board
from zhangfang_collab.listing import client_names
from zhangfang_collab.pages.forms import id_in, ids
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page

MOST_AT_ONCE = 50


@page("/tasks/board", of=FIRM, permission="collab.assign")
async def board_page(
    show: str = "late", accountant: str = "", client: str = "", number: int = 1
) -> Page:
    """Open tasks of all clients: ``show`` is a key of FILTERS, ``accountant`` and ``client`` (ids, or "" for all) narrow it, ``number``
    is the page."""
    page_number = max(1, min(number, 10_000))
    chosen = Chosen(show if show in FILTERS else "late", id_in(accountant), id_in(client), page_number)
    found = await board(chosen)
    return Page(
        "collab/board.html",
        title="任务看板",
        active="board",
        board=found,
        chosen=chosen,
        most=MOST_COUNTED,
        filters=list(FILTERS.items()),
        names=await client_names([t.client for t in found.tasks]),
        accountants=[("", "全部会计"), *((str(c.person), c.name) for c in found.colleagues)],
        today=today(),
    )


@action("/tasks/board", of=FIRM, permission="collab.assign")
async def act_on_board(request: Request[Any, Any, State]) -> Redirect:
    """What was ticked (``task``, several): ``do`` is "remind" or "done"."""
    form = await request.form()
    tasks = sorted(set(ids(form, "task")))
    if not tasks or len(tasks) > MOST_AT_ONCE:
        raise Refusal("collab.none_chosen", f"请勾选 1 到 {MOST_AT_ONCE} 项。", field="task")
    if form.get("do") == "done":
        for task in tasks:
            await ticking.tick(task, done=True)
    else:
        await reminding.nudge(tasks)
    return go(here("/tasks/board"))


PAGES = [board_page, act_on_board]
