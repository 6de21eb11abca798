"""Firms, clients and people for tests, made through the product's own services."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.permissions import rights_of
from zhangfang_core.identity.roles import side_of
from zhangfang_core.identity.set_up import make_firm, make_member
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.portal import session_for
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.services import use


@dataclass(frozen=True, slots=True)
class TestFirm:
    """A firm with its owner and two clients: a small-scale restaurant and a general trading company."""

    __test__ = False

    id: int
    owner: int
    restaurant: int
    trading: int


RESTAURANT_TAX_ID = "91330106MA2TEXT16P"
TRADING_TAX_ID = "91330106MA2TEXT24J"
OWNER_PASSWORD = "correct horse battery"  # noqa: S105  # of a firm that lives for one test


async def make_test_firm(name: str) -> TestFirm:
    """Books of both clients start on 2025-01-01. Tax ids are invented, with right check digits."""
    made = await make_firm(
        name=name, owner_login=f"owner@{name}.example", owner_name="周老板", owner_password=OWNER_PASSWORD
    )
    async with scoped_transaction(system_scope(made.firm)):
        clients = use(Clients)
        start = dt.date(2025, 1, 1)
        restaurant = await clients.take_on(
            NewClient(f"{name}餐饮有限公司", RESTAURANT_TAX_ID, TaxpayerKind.SMALL_SCALE, "restaurant", start)
        )
        trading = await clients.take_on(
            NewClient(f"{name}商贸有限公司", TRADING_TAX_ID, TaxpayerKind.GENERAL, "trading", start)
        )
    return TestFirm(made.firm, made.owner, restaurant, trading)


@asynccontextmanager
async def acting(
    firm: TestFirm,
    role: str = "accountant",
    *,
    client: int | None = None,
    user: int | None = None,
    name: str = "测试人员",
) -> AsyncIterator[Scope]:
    """A transaction in the scope of somebody with ``role``; people of a client see ``client`` only (the restaurant by default)."""
    staff = side_of(role) == "firm"
    opened = client if client is not None else (None if staff else firm.restaurant)
    rights = rights_of(role, None, frozenset(registry().modules))
    scope = Scope(
        firm=firm.id,
        user=user if user is not None else firm.owner,
        user_name=name,
        role=role,
        staff=staff,
        client=opened,
        clients=None if staff else frozenset({opened} if opened else ()),
        permissions=rights.permissions,
        measures=rights.measures,
        accounts=rights.accounts,
    )
    async with scoped_transaction(scope):
        yield scope


async def somebody(firm: TestFirm, role: str) -> int:
    """Another person of the firm with ``role``: their id."""
    async with scoped_transaction(system_scope(firm.id)):
        return await make_member(
            login=f"{role}@firm{firm.id}.example", name="另一位", password=OWNER_PASSWORD, role=role
        )


async def session_of(firm: TestFirm, role: str, client: int | None = None, login: str = "") -> str:
    """The session of a new person."""
    async with scoped_transaction(system_scope(firm.id)):
        login = login or f"{role}{client}@{firm.id}"
        person = await make_member(login=login, name=role, password=OWNER_PASSWORD, role=role, client=client)
    return await session_for(person)
