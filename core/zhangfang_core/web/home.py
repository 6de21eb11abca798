"""The first page after signing in, the red dots, and the health check."""

from litestar.response import Redirect

from zhangfang_core.database.engine import connection
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.web.navigation import badges, navigation
from zhangfang_sdk.context import scope
from zhangfang_sdk.web import PUBLIC, SIGNED_IN, Page, page


@page("/", permission=SIGNED_IN)
async def home() -> Redirect:
    """To the first place that this person has: the desk's for people of the firm, the tab bar's for a client's."""
    if scope().firm is None:
        return Redirect("/operator" if scope().operator else "/me", status_code=303)
    zone = "side" if scope().staff else "tab"
    places = [item for item in await navigation(await enabled_modules()) if item.zone == zone]
    return Redirect(places[0].href if places else "/me", status_code=303)


@page("/badges", permission=SIGNED_IN)
async def all_badges() -> dict[str, int]:
    """Red dots by nav id, asked again when a live event says so."""
    return {} if scope().firm is None else await badges(await enabled_modules())


@page("/healthz", permission=PUBLIC)
async def health() -> dict[str, str]:
    """Answers 200 when the database answers too."""
    await connection().fetchval("select 1")
    return {"status": "ok"}


@page("/operator", permission="operator.use")
async def operator_front() -> Page:
    """The operator's front page: what runs, what does not fit and why."""
    return Page(
        "web/operator.html",
        title="运行状况",
        active="operator",
        modules=list(registry().modules.values()),
        skipped=registry().skipped,
    )


HANDLERS = [home, all_badges, health, operator_front]
