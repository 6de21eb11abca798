"""A role receives only what it may see (DASH-3): a figure that one role's pages show is nowhere in what another role is sent.

Each amount is posted once and is like no other; it is first found in the answers of those who may see it, then sought in everybody's:
every page, export and fragment of the client that the walk of the routes finds.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from tests.isolation.test_routes import ROUTES, rightful_ids
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT

SOLD, BOUGHT, WAGES, PAID = 77777771, 88888881, 66666661, 55555551
SEEN_BY: Mapping[int, frozenset[str]] = {
    SOLD: frozenset({"boss", "sales_manager"}),
    BOUGHT: frozenset({"boss", "cashier"}),
    WAGES: frozenset({"boss"}),
    PAID: frozenset({"boss", "cashier"}),
}
"""Fen → the client's roles that may be told: receivables, payables, wages, money that went out."""
ROLES = ("boss", "cashier", "sales_manager", "driver")
VOUCHERS = (
    (Line("1122", "", debit=SOLD, counterparty="客户甲"), Line("5001", "", credit=SOLD)),
    (Line("5401", "", debit=BOUGHT), Line("2202", "", credit=BOUGHT, counterparty="供应商乙")),
    (Line("560201", "", debit=WAGES), Line("221101", "", credit=WAGES)),
    (Line("1801", "", debit=PAID), Line("1002", "", credit=PAID, counterparty="房东")),
)


async def test_amounts_reach_their_roles_alone(world: Any) -> None:
    """Boss all; cashier money and payables; sales manager receivables; driver nothing but their own uploads."""
    place = world.mine
    async with scoped_transaction(system_scope(place.firm)):
        for lines in VOUCHERS:
            voucher = await use(Ledger).draft(
                VoucherDraft(place.client, min(today(), dt.date(2026, 12, 1)), "一笔", lines)
            )
            await use(Ledger).post(voucher)
    found: dict[tuple[str, int], list[str]] = {}
    for name, route in sorted(ROUTES.items()):
        if route.method != "GET" or route.place != CLIENT or route.own_name == "GET /events":
            continue
        for actor in world.actors.values():
            if actor.role not in ROLES or place.mark not in actor.sees:
                continue
            answer = await world.visitors[actor.name].ask("GET", route.address(rightful_ids(world, actor, route)))
            told = text_of(answer.content)
            for amount in SEEN_BY:
                if any(form in told for form in forms_of(amount)):
                    found.setdefault((actor.role, amount), []).append(name)
    for amount, roles in SEEN_BY.items():
        for role in roles:
            assert (role, amount) in found, f"{role} is nowhere told {yuan(amount)}: the test would show nothing"
        for role in ROLES:
            assert role in roles or (role, amount) not in found, (role, yuan(amount), found[role, amount])


def forms_of(amount: int) -> tuple[str, ...]:
    """As people read it, as a file holds it, in fen."""
    plain = f"{amount // 100}.{amount % 100:02}"
    return yuan(amount), plain, str(amount)


def text_of(content: bytes) -> str:
    """Of a page, or of every part of an Excel file."""
    if not content.startswith(b"PK"):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


@pytest.mark.parametrize(("amount", "form"), [(SOLD, "777,777.71"), (SOLD, "777777.71"), (SOLD, "77777771")])
def test_an_amount_is_found_in_each_of_its_forms(amount: int, form: str) -> None:
    assert form in forms_of(amount)
