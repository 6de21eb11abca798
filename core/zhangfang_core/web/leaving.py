"""What leaves is on the trail, whichever page gave it (PLAT-9): every file, and pages that say they are sensitive.

The gate asks here before an answer begins, so that nothing has left when the entry cannot be written.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from litestar.types import HTTPResponseStartEvent
from litestar.types import Scope as Connection

from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import scope_or_none
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import seen

TELLS_ITSELF = "tells_itself"
"""In a page's ``opt``: its service puts each look on the trail."""
_NAMED = "filename*=utf-8''"
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Leaving:
    """``name`` of the file; "" of a page that is looked at."""

    action: str
    name: str


def leaving(message: HTTPResponseStartEvent, connection: Connection, opt: dict[str, Any]) -> Leaving | None:
    """Of an auditor every look is one. None for what is nothing of the kind: refused, redirected, or brought up to date in a page that is open already."""
    if message["status"] >= 300 or opt.get(TELLS_ITSELF):
        return None
    actor = scope_or_none()
    if actor is not None and actor.years is not None and opt.get("for_auditors"):
        return Leaving("auditor.view", "")
    for name, value in message["headers"]:
        if name.lower() == b"content-disposition":
            said = value.decode("latin-1")
            if said.lower().startswith("attachment"):
                place = said.lower().find(_NAMED)
                return Leaving("export.download", unquote(said[place + len(_NAMED) :].partition(";")[0]) if place >= 0 else said)
    sensitive = opt.get("seen_as")
    if sensitive and not any(name.lower() == b"hx-request" for name, _ in connection["headers"]):
        return Leaving(sensitive, "")
    return None


async def told(connection: Connection, left: Leaving) -> None:
    """In the transaction in force; nothing where nobody known asks."""
    actor = scope_or_none()
    if actor is None or actor.user is None:
        return
    asked = seen(unquote(connection["query_string"].decode("latin-1")))[:_LONGEST]
    after: dict[str, object] = {key: words for key, words in (("name", seen(left.name)[:_LONGEST]), ("asked", asked)) if words}
    await use(Audit).record(left.action, f"page:{connection['path'][:150]}", client=actor.client, after=after)
