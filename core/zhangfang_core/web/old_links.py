"""Addresses from before they named a place: who belongs to one place only is sent on to the same page there."""

from litestar import Request
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity.places import own_places
from zhangfang_core.web.own_paths import stands
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.places import CLIENT, FIRM, PERSON, mine
from zhangfang_sdk.web import PORTAL, SIGNED_IN, Address, go, page


@page("/{rest:path}", of=PORTAL, permission=SIGNED_IN, examples={"rest": "messages"})
async def old_link(request: Request[object, object, State], rest: FromPath[str]) -> Redirect:
    """To ``rest`` in the only place of this person; who has several chooses one of them first.

    Raises Refusal ``common.not_found`` where no such page is.
    """
    places = await own_places()
    query = f"?{request.url.query}" if request.url.query else ""
    if len(places) == 1:
        place = places[0]
        if stands(request.app, FIRM if place.client is None else CLIENT, rest):
            return go(Address(f"{place.home}{rest}{query}"))
    elif stands(request.app, PERSON, rest):
        return go(mine(f"{rest}{query}"))
    elif any(stands(request.app, place, rest) for place in (FIRM, CLIENT)):
        return go(mine())
    raise not_found("页面")


HANDLERS = [old_link]
