"""An auditor's sign-in asked on every route: what is not opened to auditors is not there, and nothing changes."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from litestar.routes import HTTPRoute

from tests.isolation.test_routes import ROUTES, rightful_ids, rows_of_everybody
from tests.isolation.test_what_roles_read import forms_of, text_of
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.auditing import links
from zhangfang_core.testing.portal import Visitor
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.isolation import leaked
from zhangfang_sdk.web import PUBLIC

NOT_CHANGED_BY_LOOKING = ("core_audit_entry", "core_audit_block")
"""Every look of an auditor stands on the trail."""


async def test_an_auditor_on_every_route(world: Any) -> None:
    place, boss = world.mine, world.actors["boss"]
    async with scoped_transaction(system_scope(place.firm)):
        link = await links.make("王审计", [place.client], [today().year], today() + dt.timedelta(days=3))
    opened = opened_to_auditors()
    hidden = [
        word
        for other in world.places.values()
        if other.mark != place.mark
        for word in (f"机密{other.mark}", other.name)
    ]
    shown = []
    async with world.portal.visitor(None) as auditor:
        assert (await auditor.post(f"/auditing/{link.token}", pin=link.pin)).status_code == 303
        before = await rows_of_everybody(world)
        for name, route in sorted(ROUTES.items()):
            if route.permission == PUBLIC or (route.is_stream and (route.method, route.path) not in opened):
                continue
            address = route.address(rightful_ids(world, boss, route))
            if route.method == "GET":
                address += f"?period={today().year}-{today().month:02d}"
            answer = await auditor.ask(route.method, address)
            assert leaked(answer.content, answer.headers, hidden) == [], name
            if route.method not in ("GET", "HEAD"):
                assert answer.status_code == 403, (name, answer.status_code)
            elif (route.method, route.path) not in opened:
                assert answer.status_code == 404, (name, answer.status_code)
            elif answer.status_code == 200:
                shown.append(name)
        after = await rows_of_everybody(world)
    assert len(shown) >= 10, shown
    assert {t for t in before if before[t] != after[t]} <= set(NOT_CHANGED_BY_LOOKING)


GRANTED, OTHER_YEAR, OTHER_CLIENT = 77777773, 88888883, 66666667
"""Fen, like no other amount: of the link's year and client, of the year before, of another client of the firm in the link's year."""
YEAR_BEFORE = Period(2025, 6)


async def test_an_auditor_is_told_no_amount_of_another_year_or_client(world: Any) -> None:
    """Each page, export and stream, with the months of the link and with others: what is not granted is nowhere, what is granted is."""
    mine = world.mine
    other = next(place for place in world.places.values() if place.firm == mine.firm and place.mark != mine.mark)
    await planted(mine.firm, mine.client, GRANTED, today())
    await planted(mine.firm, other.client, OTHER_CLIENT, today())
    # And taken back within its year: what the next year opens with is the next year's own.
    await planted(mine.firm, mine.client, OTHER_YEAR, dt.date(2025, 6, 10))
    await planted(mine.firm, mine.client, -OTHER_YEAR, dt.date(2025, 7, 10))
    now = Period.current()
    grants = ((mine.client, GRANTED, now), (mine.client, OTHER_YEAR, YEAR_BEFORE), (other.client, OTHER_CLIENT, now))
    for client, amount, month in grants:
        page = await world.visitors["owner"].get(f"/f/{mine.firm}/c/{client}/accounts/1122?period={month.key}")
        assert yuan(amount) in page.text, f"nobody is told {yuan(amount)}: the test would show nothing"
    async with scoped_transaction(system_scope(mine.firm)):
        link = await links.make("王审计", [mine.client], [today().year], today() + dt.timedelta(days=3))
    told: dict[int, list[str]] = {GRANTED: [], OTHER_YEAR: [], OTHER_CLIENT: []}
    async with world.portal.visitor(None) as auditor:
        assert (await auditor.post(f"/auditing/{link.token}", pin=link.pin)).status_code == 303
        for address in asked_by_an_auditor(world, mine, other):
            for amount in await amounts_at(auditor, address, told):
                told[amount].append(address)
        for place in (mine, other):
            assert (await auditor.get(f"/f/{place.firm}/c/{place.client}/events")).status_code == 404
    assert len(told[GRANTED]) >= 3, told[GRANTED]
    assert told[OTHER_YEAR] == []
    assert told[OTHER_CLIENT] == []


def opened_to_auditors() -> set[tuple[str, str]]:
    """Method and path."""
    return {
        (method, route.path)
        for route in create_app().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if handler.opt.get("for_auditors")
    }


async def planted(firm: int, client: int, amount: int, day: dt.date) -> None:
    """Posted; less than nothing takes back. Neither cash nor profit, so that no statement compares it with another year's."""
    owed, advance = (
        Line("1122", "应收", debit=abs(amount), counterparty="客户甲"),
        Line("2203", "预收", credit=abs(amount)),
    )
    if amount < 0:
        owed, advance = Line("1122", "冲回", credit=-amount, counterparty="客户甲"), Line("2203", "冲回", debit=-amount)
    async with scoped_transaction(system_scope(firm)):
        await use(Ledger).post(await use(Ledger).draft(VoucherDraft(client, day, "审计", (owed, advance))))


def asked_by_an_auditor(world: Any, mine: Any, other: Any) -> Iterator[str]:
    """Whatever can be read, of both clients, in the months of the link, of others, and in those that reach from one to the other."""
    granted, before = Period.current().key, YEAR_BEFORE.key
    months = (
        f"period={granted}",
        f"period={before}",
        f"period={granted}&to={before}",
        f"period={before}&to={granted}",
        "",
    )
    boss = world.actors["boss"]
    for place in (mine, other):
        for _, route in sorted(ROUTES.items()):
            if route.method == "GET" and route.own_name != "GET /events":
                own = route.address(rightful_ids(world, boss, route) | {"core_client": place.client})
                yield from (f"{own}{'&' if '?' in own else '?'}{asked}" for asked in months)
        for code in ("1122", "2203"):
            yield from (f"/f/{place.firm}/c/{place.client}/accounts/{code}?{asked}" for asked in months)


async def amounts_at(auditor: Visitor, address: str, amounts: dict[int, list[str]]) -> list[int]:
    answer = await auditor.get(address)
    shown = text_of(answer.content)
    return [amount for amount in amounts if any(form in shown for form in forms_of(amount))]
