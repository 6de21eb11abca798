"""The page of a client's document lists."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_archive import services
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/archive", of=CLIENT, permission="archive.read")
async def archive_page() -> Page:
    """Lists made so far, and how to check them."""
    shown = await services.manifests(client_in_scope())
    return Page("archive/list.html", title="电子档案", active="archive", manifests=shown, period=Period.current())


@action("/archive", of=CLIENT, permission="archive.make")
async def make(data: Form) -> Redirect:
    """Make the list of a month."""
    await services.make_manifest(client_in_scope(), Period.parse(str(data.get("period", ""))))
    return go(here("/archive"))


PAGES = [archive_page, make]
