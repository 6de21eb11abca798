"""``/messages/deliveries``: the firm's log of what went out."""

from typing import Annotated

from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Redirect

from zhangfang_core.modules.translations import gettext
from zhangfang_core.notices import log
from zhangfang_core.notices.kinds import title_of
from zhangfang_core.notices.states import Reason, State, channel_words, reason_words, state_words
from zhangfang_sdk.contacts import Channel
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page

ENTRIES_SHOWN = 50
LONGEST_WORDS = 60
LOOKS = {
    State.SENT: "good",
    State.FAILED: "bad",
    State.UNCERTAIN: "warn",
    State.WAITING: "info",
    State.SENDING: "info",
    State.LEFT_OUT: "",
}


@page("/messages/deliveries", of=FIRM, permission=log.MAY)
async def deliveries_page(
    delivery_state: Annotated[str, QueryParameter(name="state")] = "",
    channel: str = "",
    words: Annotated[str, QueryParameter(name="q")] = "",
    older_than: Annotated[int, QueryParameter(name="before", ge=0, le=2**63 - 1)] = 0,
) -> Page:
    wanted = log.Wanted(_one(delivery_state), _one(channel), _one(words), older_than)
    rows = await log.entries(wanted, ENTRIES_SHOWN + 1)
    states, reasons, channels = state_words(), reason_words(), channel_words()
    shown = [
        {
            **row,
            "kind": title_of(row["kind"]),
            "state": states[State(row["state"])],
            "look": LOOKS[State(row["state"])],
            "why": row["detail"] or reasons[Reason(row["reason"])],
            "channel": channels[Channel(row["channel"])],
            "again": row["state"] in (State.FAILED, State.UNCERTAIN) or row["reason"] == Reason.NO_VENDOR,
            "uncertain": row["state"] == State.UNCERTAIN,
            "state_is_waiting": row["state"] == State.WAITING,
        }
        for row in rows[:ENTRIES_SHOWN]
    ]
    return Page(
        "notices/deliveries.html",
        title="通知记录",
        active="deliveries",
        entries=shown,
        older=rows[ENTRIES_SHOWN - 1]["id"] if len(rows) > ENTRIES_SHOWN else None,
        states=[*states.items(), (log.NOWHERE, gettext("没有联系方式"))],
        unreached=await log.unreached(),
        channels=[(key, text) for key, text in channels.items() if key is not Channel.SCREEN],
        chosen=wanted,
        opt_outs=[{**row, "kind": title_of(row["kind"])} for row in await log.opt_outs()],
    )


@action("/messages/deliveries/{notice_delivery_id:int}/again", of=FIRM, permission=log.MAY)
async def send_again(notice_delivery_id: int) -> Redirect:
    await log.send_again(notice_delivery_id)
    return go(here("/messages/deliveries"))


@action("/messages/deliveries/{notice_delivery_id:int}/arrived", of=FIRM, permission=log.MAY)
async def mark_arrived(notice_delivery_id: int) -> Redirect:
    await log.has_arrived(notice_delivery_id)
    return go(here("/messages/deliveries"))


@action("/messages/deliveries/{notice_delivery_id:int}/ask", of=FIRM, permission=log.MAY)
async def ask_for_contact(notice_delivery_id: int) -> Redirect:
    await log.ask_for_contact(notice_delivery_id)
    return go(here("/messages/deliveries"))


def _one(text: str) -> str:
    """What a person typed, without the NUL that PostgreSQL cannot hold."""
    return text.replace("\0", "").strip()[:LONGEST_WORDS]


HANDLERS: list[HTTPRouteHandler] = [deliveries_page, send_again, mark_arrived, ask_for_contact]
