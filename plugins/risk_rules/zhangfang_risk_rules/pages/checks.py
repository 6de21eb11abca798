"""Questionnaires on the phone and at the desk: one question at a time, kept at once, continued at the first open one."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_risk_rules.alerts.service import READ
from zhangfang_risk_rules.questionnaires import keeping
from zhangfang_risk_rules.questionnaires.definition import parse
from zhangfang_risk_rules.questionnaires.keeping import CHECK
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/risks/checks", of=CLIENT, permission=READ)
async def checks_page() -> Page:
    """What may be begun or continued, and what was finished."""
    return await _checks_page()


async def _checks_page(refused: Refusal | None = None) -> Page:
    client = client_in_scope()
    runs = await keeping.runs_of(client)
    return Page(
        "risk_rules/checks.html",
        title="自查问卷",
        status_code=200 if refused is None else refused.status,
        refused=refused,
        active="risks",
        kinds=[(code, parse(body)) for code, body in (await keeping.texts()).items()],
        begun={run.code: run for run in runs if run.done_at is None},
        done=[run for run in runs if run.done_at is not None],
        may=scope().holds(CHECK),
    )


@action("/risks/checks", of=CLIENT, permission=CHECK)
async def begin_form(data: Form) -> Redirect | Page:
    """Begin, or go on where it was left."""
    try:
        run = await keeping.begin(client_in_scope(), str(data.get("code", "")))
    except Refusal as refusal:
        return await _checks_page(refusal)
    return go(here(f"/risks/checks/{run}"))


@page("/risks/checks/{run_id:int}", of=CLIENT, permission=READ)
async def check_page(run_id: int, q: str = "") -> Page:
    """The first open question, or that named by ``q``; when all are answered, what came out."""
    return await _check_page(run_id, q)


async def _check_page(run_id: int, q: str = "", refused: Refusal | None = None) -> Page:
    known = await keeping.run_of(client_in_scope(), run_id)
    standing, done = known.standing, known.run.done_at is not None
    chosen = next((question for question in standing.path if question.key == q), standing.open)
    return Page(
        "risk_rules/check.html",
        title=known.run.title,
        status_code=200 if refused is None else refused.status,
        refused=refused,
        active="risks",
        run=known.run,
        about=known.definition.about,
        bases=known.definition.bases,
        standing=standing,
        question=None if done else chosen,
        given={one.question.key: one.option.words for one in standing.answered},
        may=scope().holds(CHECK),
    )


@action("/risks/checks/{run_id:int}/answer", of=CLIENT, permission=CHECK)
async def answer_form(run_id: int, data: Form) -> Redirect | Page:
    """One answer; the next open question follows."""
    option, question = str(data.get("option", "")), str(data.get("question", ""))
    number = int(option) if option.isascii() and option.isdigit() and len(option) < 4 else 0
    try:
        await keeping.answer(client_in_scope(), run_id, question, number)
    except Refusal as refusal:
        return await _check_page(run_id, question, refusal)
    return go(here(f"/risks/checks/{run_id}"))


@action("/risks/checks/{run_id:int}/finish", of=CLIENT, permission=CHECK)
async def finish_form(run_id: int) -> Redirect | Page:
    """Make the report and the tasks."""
    try:
        await keeping.finish(client_in_scope(), run_id)
    except Refusal as refusal:
        return await _check_page(run_id, refused=refusal)
    return go(here(f"/risks/checks/{run_id}"))


PAGES: list[HTTPRouteHandler] = [checks_page, begin_form, check_page, answer_form, finish_form]
