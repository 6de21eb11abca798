"""The first page after signing in, the red dots, and the health check."""

from litestar.response import Redirect

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.places import is_operator, own_places
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.web.navigation import badges, entries_of, place_in_scope
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import OwnPlace, at_each_place, here, mine, portal
from zhangfang_sdk.web import CLIENT, FIRM, PERSON, PORTAL, PUBLIC, SIGNED_IN, Page, go, page


@page("/", of=PORTAL, permission=SIGNED_IN)
async def front() -> Redirect:
    """To the one place that this person belongs to; who has several chooses on their own page."""
    places = await own_places()
    operator = await is_operator()
    if len(places) == 1 and not operator:
        return go(places[0].home)
    return go(portal("/operator") if operator and not places else mine())


@page("/", of=(FIRM, CLIENT), permission=SIGNED_IN)
async def home() -> Redirect:
    """To the first page that this person has here: the desk's for people of the firm, the tab bar's for a client's."""
    zone = "side" if scope().staff else "tab"
    first = next((e for e in entries_of(place_in_scope(), await enabled_modules()) if e.zone == zone), None)
    return go(here(first.path if first else "/account"))


@page("/", of=PERSON, permission=SIGNED_IN)
async def own_home() -> Page:
    """Every place of the person with what waits there, each asked in its own scope and with that firm's switches."""
    places = await at_each_place(_waiting)
    return Page("web/own_home.html", title="我的首页", active="home", places=places, operator=await is_operator())


@page("/badges", of=(FIRM, CLIENT), permission=SIGNED_IN)
async def all_badges() -> dict[str, int]:
    """Red dots by nav id, asked again when a live event says so."""
    return await badges(await enabled_modules())


@page("/badges", of=PERSON, permission=SIGNED_IN)
async def own_badges() -> dict[str, int]:
    """Red dots of the person's places, by "place-" and the membership."""
    return {f"place-{place.membership}": count for place, count in await at_each_place(_waiting)}


async def _waiting(place: OwnPlace) -> tuple[OwnPlace, int]:
    enabled = await enabled_modules()
    shown = {entry.id for entry in entries_of(place_in_scope(), enabled)}
    return place, sum((await badges(enabled, shown)).values())


@page("/healthz", of=PORTAL, permission=PUBLIC)
async def health() -> dict[str, str]:
    """Answers 200 when the database answers too."""
    await connection().fetchval("select 1")
    return {"status": "ok"}


@page("/operator", of=PORTAL, permission="operator.use")
async def operator_front() -> Page:
    """The operator's front page: what runs, what does not fit and why."""
    return Page(
        "web/operator.html",
        title="运行状况",
        active="operator",
        modules=list(registry().modules.values()),
        skipped=registry().skipped,
    )


HANDLERS = [front, home, own_home, all_badges, own_badges, health, operator_front]
