"""A role receives only what it may see (DASH-3): a figure that one role's pages show is nowhere in what another role is sent.

Each amount and each measure of the month is like no other; it is first found in the answers of those who may see it, then sought in
everybody's: every page, export and fragment of the client that the walk of the routes finds, each figure's page, what the search finds,
as a page and as JSON. Roles that the firm made stand in the same matrix.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from typing import Any

import pypdfium2
import pytest

from tests.isolation.test_routes import ROUTES, rightful_ids
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.own_roles.service import RoleDraft, make
from zhangfang_core.identity.roles import role
from zhangfang_core.identity.set_up import join, make_person
from zhangfang_core.testing.portal import session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.measures import Measures, Unit
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT

SOLD, BOUGHT, WAGES, PAID = 77777771, 88888881, 66666661, 55555551
DUN, KEEPER = "催款员", "资产员"
MADE = (
    RoleDraft(
        DUN,
        "client",
        frozenset({"receivables.read", "accounts.read", "dashboard.view"}),
        frozenset({"receivables"}),
        ("1122",),
    ),
    RoleDraft(
        KEEPER, "client", frozenset({"accounts.read", "funds.read", "dashboard.view"}), None, ("1801", "560201", "1001")
    ),
)
SEEN_BY: Mapping[int, frozenset[str]] = {
    SOLD: frozenset({"boss", "sales_manager", DUN}),
    BOUGHT: frozenset({"boss", "cashier"}),
    WAGES: frozenset({"boss", KEEPER}),
    PAID: frozenset({"boss", "cashier", KEEPER}),
}
"""Fen → the client's roles that may be told: receivables, payables, wages, money that went out for what account 1801 holds."""
ROLES = ("boss", "cashier", "sales_manager", "driver", DUN, KEEPER)
VOUCHERS = (
    (Line("1122", "", debit=SOLD, counterparty="客户甲"), Line("5001", "", credit=SOLD)),
    (Line("5401", "", debit=BOUGHT), Line("2202", "", credit=BOUGHT, counterparty="供应商乙")),
    (Line("560201", "", debit=WAGES), Line("221101", "", credit=WAGES)),
    (Line("1801", "", debit=PAID), Line("1002", "", credit=PAID, counterparty="房东")),
    (Line("1001", "", debit=987653), Line("5001", "", credit=987653)),
    # What the measures add up to is then no amount of one line.
    (Line("1122", "", debit=1111117, counterparty="客户甲"), Line("5001", "", credit=1111117)),
    (Line("5401", "", debit=2222223), Line("2202", "", credit=2222223, counterparty="供应商乙")),
    (Line("560203", "", debit=333337), Line("1001", "", credit=333337)),
    (Line("1001", "", debit=444449), Line("1002", "", credit=444449)),
    (Line("5403", "", debit=555553), Line("222101", "", credit=555553)),
)


async def test_amounts_reach_their_roles_alone(world: Any) -> None:
    """Boss all; cashier money and payables; sales manager receivables; driver nothing but their own uploads; made roles as they say."""
    await planted(world)
    seen_by = dict(SEEN_BY) | await measures_seen(world)
    found: dict[tuple[str, int], list[str]] = {}
    async with AsyncExitStack() as stack:
        visitors = {
            role: await stack.enter_async_context(world.portal.visitor(token)) for role, token in await people(world)
        }
        for role_, visitor in visitors.items():
            for name, path in addresses(world, seen_by):
                for accepts in ("text/html", "application/json"):
                    answer = await visitor.ask("GET", path, headers={"accept": accepts})
                    told = text_of(answer.content)
                    for amount in seen_by:
                        if any(form in told for form in forms_of(amount)):
                            found.setdefault((role_, amount), []).append(name)
    for amount, roles in seen_by.items():
        for role_ in roles:
            assert (role_, amount) in found, f"{role_} is nowhere told {yuan(amount)}: the test would show nothing"
        for role_ in ROLES:
            assert role_ in roles or (role_, amount) not in found, (role_, yuan(amount), found[role_, amount])


async def planted(world: Any) -> None:
    place = world.mine
    async with scoped_transaction(system_scope(place.firm)):
        for lines in VOUCHERS:
            voucher = await use(Ledger).draft(
                VoucherDraft(place.client, min(today(), dt.date(2026, 12, 1)), "一笔", lines)
            )
            await use(Ledger).post(voucher)
        for draft in MADE:
            await make(draft)


async def people(world: Any) -> list[tuple[str, str]]:
    """Roles with a session of somebody who has them at the client."""
    known = [(a.role, a.token) for a in world.actors.values() if a.role in ROLES and world.mine.mark in a.sees]
    made = []
    for draft in MADE:
        async with scoped_transaction(system_scope(world.mine.firm)):
            person = await make_person(f"{draft.title}@example.com", draft.title, OWNER_PASSWORD)
            await join(person, draft.title, world.mine.client)
        made.append((draft.title, await session_for(person)))
    return known + made


def addresses(world: Any, amounts: Mapping[int, object]) -> Iterator[tuple[str, str]]:
    """Pages of the client that are asked by everybody, with the amounts' own pages and searches."""
    boss = world.actors["boss"]
    here = f"/f/{world.mine.firm}/c/{world.mine.client}"
    for name, route in sorted(ROUTES.items()):
        if route.method == "GET" and route.place == CLIENT and route.own_name != "GET /events":
            yield name, route.address(rightful_ids(world, boss, route))
    for key in ("bank_balance", "cash_balance", "available_funds", "net_profit", "operating_expenses", "cost_of_sales"):
        yield f"figure {key}", f"{here}/figures/{key}"
    for key in ("taxes_payable", "receivables", "payables", "gross_profit"):
        yield f"figure {key}", f"{here}/figures/{key}"
    for code in ("1002", "1122", "1801", "2202", "221101", "560201", "5001"):
        yield f"account {code}", f"{here}/accounts/{code}"
    for amount in amounts:
        # Without its last sign, so that the words of the question are no answer.
        yield f"search {yuan(amount)}", f"{here}/search?q={amount // 1000}"
    yield "search words", f"{here}/search?q=一笔"


async def measures_seen(world: Any) -> dict[int, frozenset[str]]:
    """This month's measures that are no amount of a line: fen → the roles that see them, as core and the firm declare it."""
    place, month = world.mine, Period.of(min(today(), dt.date(2026, 12, 1)))
    async with scoped_transaction(system_scope(place.firm)):
        offered = [d for d in await use(Measures).offered(place.client) if d.unit is Unit.FEN and not d.plugin]
        values = await use(Measures).series(place.client, [d.key for d in offered], month, month)
    made = {draft.title: draft for draft in MADE}
    shown = {d.key: frozenset(r for r in ROLES if _sees(made.get(r) or role(r), d)) for d in offered if d.key in PAGES}
    by_amount: dict[int, set[str]] = {}
    for key, roles in shown.items():
        by_amount.setdefault(abs(values[key][0]), set()).update(roles)
    taken = {*SEEN_BY, 0}
    found = {amount: frozenset(roles) for amount, roles in by_amount.items() if amount not in taken and amount > 10_000}
    assert len(found) >= 7, found
    return found


PAGES = {
    *("bank_balance", "cash_balance", "available_funds", "sales", "net_profit", "operating_expenses", "cost_of_sales"),
    *("taxes_payable", "receivables", "payables"),
}
"""Measures that have a page of their own."""


def _sees(declared: Any, measure: Any) -> bool:
    held = Scope(measures=declared.measures, accounts=declared.accounts)
    has_page = not isinstance(declared, RoleDraft) or "dashboard.view" in declared.permissions
    return has_page and held.sees_measure(measure.key, measure.accounts)


def forms_of(amount: int) -> tuple[str, ...]:
    """As people read it, as a file holds it, in fen."""
    plain = f"{amount // 100}.{amount % 100:02}"
    return yuan(amount), plain, str(amount)


def text_of(content: bytes) -> str:
    """Of a page, of every part of an Excel file, of every page of a PDF."""
    if content.startswith(b"%PDF"):
        with pypdfium2.PdfDocument(content) as printed:
            return "".join(page.get_textpage().get_text_range() for page in printed)
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


@pytest.mark.parametrize(("amount", "form"), [(SOLD, "777,777.71"), (SOLD, "777777.71"), (SOLD, "77777771")])
def test_an_amount_is_found_in_each_of_its_forms(amount: int, form: str) -> None:
    assert form in forms_of(amount)
