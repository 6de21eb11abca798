"""The firm's board."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from litestar.datastructures import State
from litestar.response import Redirect

from zhangfang_collab import reminding, ticking
from zhangfang_collab.board import FILTERS, MOST_COUNTED, Chosen, board
from zhangfang_collab.listing import client_names
from zhangfang_collab.pages.forms import id_in, places, text
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.places import Address, here
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import Texts, translatable
from zhangfang_sdk.web import FIRM, Page, action, go, page

MOST_AT_ONCE = 50
ALL = translatable("全部负责人")


@page("/tasks/board", of=FIRM, permission="collab.assign")
async def board_page(
    show: str | None = None, accountant: str = "", client: str = "", person: str = "", number: int = 1, done: str = "", told: str = "", ticked: str = ""
) -> Page:
    """Open tasks of all clients: ``show`` is a key of FILTERS, ``accountant``, ``client`` and ``person`` (ids, or "" for all) narrow it, ``number``
    is the page. Of ``ticked`` just now ``done`` says how many are done, ``told`` of how many a client was reminded."""
    found = await board(Chosen(show, id_in(accountant), id_in(client), id_in(person), number))
    chosen = found.chosen
    return Page(
        "collab/board.html",
        title="任务看板",
        active="board",
        board=found,
        chosen=chosen,
        address=lambda **changed: _address({**_kept(chosen), **changed}),
        kept=_kept(chosen),
        done=id_in(done),
        told=id_in(told),
        ticked=id_in(ticked) or 0,
        most=MOST_COUNTED,
        filters=list(FILTERS.items()),
        names=await client_names([t.client for t in found.tasks] + ([chosen.client] if chosen.client else [])),
        accountants=[("", use(Texts).said(ALL)), *((str(c.person), c.name) for c in found.colleagues)],
        today=today(),
    )


@action("/tasks/board", of=FIRM, permission="collab.assign")
async def act_on_board(request: Request[Any, Any, State]) -> Redirect:
    """What was ticked (``task``, several, each with the place of the step that stood there: "17.0"): ``do`` is "remind" or "done"; sent twice, it
    does no second step. Back to what was shown, by its ``show``, ``accountant``, ``client``, ``person`` and ``number``."""
    form = await request.form()
    tasks = places(form, "task")
    if not tasks or len(tasks) > MOST_AT_ONCE:
        raise Refusal("collab.none_chosen", f"请勾选 1 到 {MOST_AT_ONCE} 项。", field="task")
    if form.get("do") not in ("remind", "done"):
        raise Refusal("collab.template_wrong", "请从给出的选项里选择。", field="do")
    if form.get("do") == "done":
        done = [await ticking.tick_step(task, tasks[task]) for task in sorted(tasks)]
        told = {"done": str(sum(done))}
    else:
        told = {"told": str(await reminding.nudge(sorted(tasks)))}
    told["ticked"] = str(len(tasks))
    sent = {name: text(form, name)[:20] for name in ("show", "accountant", "client", "person", "number") if name in form}
    return go(_address({**{name: value for name, value in sent.items() if value or name == "show"}, **told}))


def _kept(chosen: Chosen) -> Mapping[str, str]:
    """What leads to the same part of the board again."""
    of = {"accountant": chosen.accountant, "client": chosen.client, "person": chosen.person, "number": chosen.page if chosen.page > 1 else None}
    return {"show": chosen.show or "", **{name: str(value) for name, value in of.items() if value}}


def _address(values: Mapping[str, object]) -> Address:
    """Of the board with what is chosen; None is left out."""
    asked = urlencode({name: value for name, value in values.items() if value is not None})
    return here(f"/tasks/board?{asked}" if asked else "/tasks/board")


PAGES = [board_page, act_on_board]
