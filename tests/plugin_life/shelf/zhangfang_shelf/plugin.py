"""A page that counts, a job, and an action that fills the shelf."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from zhangfang_sdk import hook, use
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.jobs import Job, Jobs
from zhangfang_sdk.web import CLIENT, action, page
from zhangfang_shelf.tables import Box, Paper

VERSION = "1.0"


@page("/shelf", of=CLIENT, permission="shelf.use")
async def shelf() -> dict[str, object]:
    papers = await Paper.count().where(Paper.client == client_in_scope())
    return {"version": VERSION, "papers": papers}


@action("/shelf/box/{title:str}", of=CLIENT, permission="shelf.use", examples={"title": "甲"})
async def new_box(title: str) -> dict[str, object]:
    box = Box(client=client_in_scope(), title=title)
    await box.save()
    await use(Jobs).defer("shelf.dust", box=box.id)
    return {"box": box.id}


async def dust(box: int) -> None: ...


class Plugin:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return [shelf, new_box]

    @hook
    def register_jobs(self) -> Sequence[Job]:
        return [Job("dust", dust)]


plugin = Plugin()
