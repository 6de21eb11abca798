"""The page of a client's document lists."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_archive import services
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, FIRM, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/archive", of=(FIRM, CLIENT), permission="archive.read")
async def archive_page() -> Page:
    """Lists made so far and how to check them: the client's, or at the firm those of all clients."""
    client = scope().client
    return Page(
        "archive/list.html",
        title="电子档案",
        active="archive",
        manifests=await services.manifests(client),
        names={c.id: c.name for c in await use(Clients).clients()} if client is None else {},
        period=Period.current(),
    )


@action("/archive", of=CLIENT, permission="archive.make")
async def make(data: Form) -> Redirect:
    """Make the list of a month."""
    await services.make_manifest(client_in_scope(), Period.parse(str(data.get("period", ""))))
    return go(here("/archive"))


PAGES = [archive_page, make]
