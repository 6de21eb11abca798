"""企业资料: a client's facts, kept by people of the firm and looked at by the client's own."""

from collections.abc import Sequence
from typing import Any

from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, as_sent, number, numbers_in, written
from zhangfang_core.tenancy import fact_wording
from zhangfang_core.tenancy.fact_forms import fact_in, fields_of, fields_of_quarter, quarter_key, quarters_until
from zhangfang_core.tenancy.small_low_profit import last_year_of_loss
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import here
from zhangfang_sdk.profile import VALUE_TYPES, Fact, FactKind, FactValue, Profile, QuarterEnds, Standing
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, Page, action, go, page

EXAMPLE = {"kind": "registered_capital"}


@page("/profile", of=CLIENT, permission="profile.read")
async def profile_page() -> Page:
    return await _profile_page()


async def _profile_page(refusal: Refusal | None = None, objected: int | None = None) -> Page:
    """``objected`` is the fact whose objection was refused."""
    client = client_in_scope()
    known = await use(Clients).profile(client)
    values: dict[str, Any] = {
        "known": known,
        "client": await use(Clients).client(client),
        "error": None if refusal is None else refusal.sentence,
        "titles": fact_wording.titles(),
        "title_of": fact_wording.title_of,
        "shown": fact_wording.shown,
        "sources": fact_wording.sources(),
        "waiting": await use(Clients).waiting(client),
        "coming": _coming(await use(Clients).history(client, None)),
        "cards": await use(Cards).shown("client", client, Period.current().key),
    }
    if scope().may("profile.confirm"):
        return Page(
            "tenancy/profile_client.html",
            title="企业资料",
            active="my-profile",
            back=here("/account"),
            facts=known.facts(),
            explanations=fact_wording.explanations(),
            quick=[(text, text) for text in fact_wording.quick_objections()],
            objected=objected,
            **values,
        )
    return Page("tenancy/profile_desk.html", title="企业资料", active="profile", groups=_groups(known), **values)


def _coming(history: Sequence[Fact[FactValue]]) -> dict[FactKind, list[Fact[FactValue]]]:
    """What will hold from a later day on, the next first."""
    found: dict[FactKind, list[Fact[FactValue]]] = {}
    for fact in reversed(history):
        if fact.standing is Standing.IN_FORCE and fact.valid_from > today():
            found.setdefault(fact.kind, []).append(fact)
    return found


def _groups(known: Profile) -> list[tuple[str, list[tuple[FactKind, list[Fact[FactValue]]]]]]:
    facts = known.facts()
    return [
        (title, [(kind, [f for f in facts if f.kind is kind]) for kind in kinds])
        for title, kinds in fact_wording.groups().items()
    ]


@page("/profile/{kind:str}", of=CLIENT, permission="profile.read", examples=EXAMPLE)
async def fact_page(kind: FromPath[str], fact: int = 0) -> Page:
    """One kind: how it was over time, and the form for those who may, filled from the entry ``fact`` where there are several in force."""
    return await _fact_page(_kind(kind), filled_from=fact)


@action("/profile/{kind:str}", of=CLIENT, permission="profile.write", examples=EXAMPLE)
async def fact_form(kind: FromPath[str], data: Form) -> Page | Redirect:
    """``seen`` is the latest entry that the form was filled from: who comes second is told so."""
    asked = _kind(kind)
    seen = as_sent(data, "seen")
    try:
        fact = fact_in(asked, data)
        latest = number(seen)
        await use(Clients).record(client_in_scope(), fact, seen=latest)
    except Refusal as refusal:
        return await _fact_page(asked, data, refusal)
    return go(here("/profile"))


@action("/profile/facts/{client_fact_id:int}/accept", of=CLIENT, permission="profile.write")
async def accept_form(client_fact_id: FromPath[int], data: Form) -> Redirect:
    await use(Clients).accept(client_fact_id)
    return go(here("/profile"))


@action("/profile/facts/{client_fact_id:int}/withdraw", of=CLIENT, permission="profile.write")
async def withdraw_form(client_fact_id: FromPath[int], data: Form) -> Page | Redirect:
    try:
        await use(Clients).withdraw(client_fact_id, written(data, "reason"))
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _profile_page(refusal)
    return go(here("/profile"))


@action("/profile/facts/{client_fact_id:int}/object", of=CLIENT, permission="profile.confirm")
async def object_form(client_fact_id: FromPath[int], data: Form) -> Page | Redirect:
    """What is wrong, in the client's words; one of the quick ones alone is enough."""
    try:
        words = " ".join(part for part in (written(data, "quick", 40), written(data, "words", 400)) if part)
        await use(Clients).object_to(client_fact_id, words)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return await _profile_page(refusal, client_fact_id)
    return go(here("/profile"))


@action("/profile/facts/confirm", of=CLIENT, permission="profile.confirm")
async def confirm_form(data: Form) -> Page | Redirect:
    """Exactly the facts that stood on the page are confirmed."""
    try:
        await use(Clients).confirm(client_in_scope(), numbers_in(data, "fact")[:200])
    except Refusal as refusal:
        return await _profile_page(refusal)
    return go(here("/profile"))


async def _fact_page(
    kind: FactKind, data: Form | None = None, refusal: Refusal | None = None, *, filled_from: int = 0
) -> Page:
    history = await use(Clients).history(client_in_scope(), kind)
    now = today()
    holding = [f for f in history if f.standing is Standing.IN_FORCE and f.valid_from <= now]
    meant = next((f for f in holding if f.id == filled_from), None)
    holds = meant or next(iter(holding), None)
    fields = fields_of(None if holds is None else holds.value, now)
    if meant is not None and isinstance(meant.value, QuarterEnds) and meant.valid_from in quarters_until(now):
        fields |= fields_of_quarter(kind, meant.value, meant.valid_from)
    if data is not None:
        fields |= {name: as_sent(data, name) for name in fields if name in data}
    return Page(
        "tenancy/fact.html",
        title=fact_wording.titles()[kind],
        active="profile" if scope().staff else "my-profile",
        back=here("/profile"),
        kind=kind.value,
        is_quarterly=VALUE_TYPES[kind] is QuarterEnds,
        explanation=fact_wording.explanations().get(kind, ""),
        fields=fields,
        errors={} if refusal is None else {refusal.field or "": refusal.sentence},
        seen=as_sent(data, "seen") if data is not None and not _moved(refusal) else _latest(history),
        history=history,
        today=now,
        title_of=fact_wording.title_of,
        shown=fact_wording.shown,
        sources=fact_wording.sources(),
        taxpayers=[(key.value, text) for key, text in fact_wording.taxpayers().items()],
        industries=list(fact_wording.industries().items()),
        roles=[(key.value, text) for key, text in fact_wording.roles().items()],
        quarters=[(quarter_key(day), fact_wording.quarter_written(day)) for day in quarters_until(now)],
        last_year_of_loss=last_year_of_loss,
    )


def _moved(refusal: Refusal | None) -> bool:
    """After the newest state was shown, the form is filled from that."""
    return refusal is not None and refusal.code == "profile.changed"


def _latest(history: Sequence[Fact[FactValue]]) -> int:
    return max((f.id for f in history if f.standing is Standing.IN_FORCE), default=0)


def _kind(text: str) -> FactKind:
    if text not in list(FactKind):
        raise not_found("资料")
    return FactKind(text)


HANDLERS = [profile_page, fact_page, fact_form, accept_form, withdraw_form, object_form, confirm_form]
