"""The first page after signing in, the red dots, and the health check."""

from dataclasses import replace
from typing import Any

from litestar import Request
from litestar.response import Redirect, Response

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.places import is_operator, own_standing
from zhangfang_core.jobs.queue import CORE, is_declared, put
from zhangfang_core.jobs.stranded import stranded
from zhangfang_core.modules.calling import tallies
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.troubles import failed_job, failed_jobs, taken_up, troubles
from zhangfang_core.web.cards import one_card
from zhangfang_core.web.navigation import dots, entries_of, home_of, place_in_scope
from zhangfang_core.web.waiting import Found, joined, panel_of, waiting_at, waiting_here
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.context import client_in_scope, scope, system_scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import OwnPlace, at_each_place, here, mine, portal
from zhangfang_sdk.services import use
from zhangfang_sdk.web import ANYWHERE, CLIENT, FIRM, PERSON, PORTAL, PUBLIC, SIGNED_IN, Page, action, go, page

PARTS_SHOWN = 30
JOBS_SHOWN = 50


@page("/", of=PORTAL, permission=SIGNED_IN, for_auditors="page")
async def front() -> Redirect:
    """To the one place that this person belongs to; who has several chooses on their own page. An auditor to what the link opens."""
    if scope().years is not None:
        return go(mine("/auditing"))
    places, operator = await own_standing()
    if len(places) == 1 and not operator:
        return go(places[0].home)
    return go(portal("/operator") if operator and not places else mine())


@page("/", of=(FIRM, CLIENT), permission=SIGNED_IN)
async def home() -> Redirect:
    """To the first page that this person has here: the desk's for people of the firm, the tab bar's for a client's."""
    first = home_of(entries_of(place_in_scope(), await enabled_modules()))
    return go(here(first.path if first else "/account"))


@page("/", of=PERSON, permission=SIGNED_IN)
async def own_home() -> Page:
    """Every place of the person with what waits there, each asked in its own scope and with that firm's switches."""
    visited = await at_each_place(_place)
    return Page(
        "web/own_home.html",
        title="我的首页",
        active="home",
        places=[(place, len(found.waits), found.is_late) for place, found in visited],
        waiting=panel_of(joined(found for _, found in visited)),
        operator=await is_operator(),
    )


@page("/waiting", of=ANYWHERE, permission=SIGNED_IN)
async def waiting(request: Request[Any, Any, Any], whole: str = "") -> Page | Response[str]:
    """等您处理: everything on a page of its own (the firm's home), and the part of other homes when it fetches itself again."""
    is_part = request.headers.get("hx-request") == "true"
    html = panel_of(await waiting_here(only_quick=not is_part), whole=not is_part or whole == "1")
    if is_part:
        return Response(html, media_type="text/html", headers={"Cache-Control": "no-store"})
    client = scope().client
    cards = () if client is None else await use(Cards).shown("home", client, Period.current().key)
    return Page("web/waiting.html", title="等您处理", active="waiting", waiting=html, cards=cards)


@page("/badges", of=(FIRM, CLIENT), permission=SIGNED_IN)
async def all_badges() -> dict[str, int]:
    """Red dots by nav id, asked again when a live event says so."""
    enabled = await enabled_modules()
    counts = await dots(enabled, entries_of(place_in_scope(), enabled))
    return {nav: count or 0 for nav, count in counts.items()}


@page("/badges", of=PERSON, permission=SIGNED_IN)
async def own_badges() -> dict[str, int]:
    """How many things wait at each of the person's places, by "place-" and the membership."""
    return {f"place-{place.membership}": count for place, count in await at_each_place(_count)}


async def _count(place: OwnPlace) -> tuple[OwnPlace, int]:
    return place, len((await waiting_at(place, only_quick=False)).waits)


async def _place(place: OwnPlace) -> tuple[OwnPlace, Found]:
    """What is quick: the page fetches the rest after it. Other red dots are other things (messages that are not read), and not in the number."""
    return place, await waiting_at(place, only_quick=True)


@page("/cards/{card_id:str}", of=CLIENT, permission=SIGNED_IN, examples={"card_id": "no.such"})
async def card(card_id: str, period: str | None = None, document: int | None = None) -> Response[str]:
    """A card of a plugin alone, fetched when it was slow and when one of its topics moves."""
    month = Period.parse(period) if period else Period.current()
    html = await one_card(card_id, client_in_scope(), month.key if document is None else str(document))
    return Response(html, media_type="text/html", headers={"Cache-Control": "no-store"})


@page("/healthz", of=PORTAL, permission=PUBLIC)
async def health() -> dict[str, str]:
    """Answers 200 when the database answers too."""
    await connection().fetchval("select 1")
    return {"status": "ok"}


@page("/operator", of=PORTAL, permission="operator.use")
async def operator_front(before: int | None = None) -> Page:
    """The operator's front page: what runs, what does not fit and why. ``before``: failed jobs older than that one's id."""
    failed = await failed_jobs(before=before, limit=JOBS_SHOWN + 1)
    return Page(
        "web/operator.html",
        title="运行状况",
        active="operator",
        modules=list(registry().modules.values()),
        titles={id_: module.manifest.title for id_, module in registry().modules.items()},
        firms={row["id"]: row["name"] for row in await connection().fetch("select id, name from core_firm")},
        skipped=registry().skipped,
        troubles=await troubles(),
        failed=failed[:JOBS_SHOWN],
        older=failed[JOBS_SHOWN - 1].id if len(failed) > JOBS_SHOWN else None,
        stranded=await stranded(),
        parts=sorted(tallies().items(), key=lambda part: -part[1].seconds)[:PARTS_SHOWN],
    )


@action("/operator/failed/{failed_job_id:int}/again", of=PORTAL, permission="operator.use", stream=True)
async def run_again(failed_job_id: int) -> Redirect:
    """A job that failed for good is queued anew, once, in its firm and on that firm's trail in the operator's name.

    Raises Refusal ``common.not_found`` and, as nobody would run it, ``module.is_off`` or ``module.not_installed``.
    """
    async with scoped_transaction(scope()):
        found = await failed_job(failed_job_id)
    if found is None:
        raise not_found("任务")
    operator = scope()
    in_its_firm = replace(system_scope(found.firm), user=operator.user, user_name=operator.user_name)
    async with scoped_transaction(in_its_firm):
        if found.plugin not in {CORE, *registry().modules} or not is_declared(found.job):
            raise Refusal("module.not_installed", f"现在没有安装能办这项任务的模块“{found.plugin}”。任务还留在这里。", status=409)
        if found.plugin in registry().modules and found.plugin not in await enabled_modules():
            title = registry().modules[found.plugin].manifest.title
            raise Refusal("module.is_off", f"这家代账公司停用了“{title}”,重新启用后才能再办。任务还留在这里。", status=409)
        if await taken_up(found.id):
            await put(found.job, found.firm, lock=None, once=None, arguments=found.arguments)
            await use(Audit).record("job.again", f"job:{found.job}", after={"plugin": found.plugin, "reason": found.reason})
    return go(portal("/operator"))


HANDLERS = [front, home, own_home, waiting, all_badges, own_badges, card, health, operator_front, run_again]
