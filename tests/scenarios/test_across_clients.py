"""PLAT-13: with no client named, an accountant's lists hold what all of her clients have, of nobody else, and lead to the thing itself."""

import datetime as dt
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from zhangfang_collab import ticking
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm, acting, somebody
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use
from zhangfang_sdk.tasks import Side

OTHERS = "别人家科技有限公司"
CLIENT = "/f/{firm}/c/{client}"
LISTS = {
    "/vouchers": CLIENT + "/vouchers/{voucher}",
    "/vouchers/review": "/f/{firm}/vouchers/review?voucher={voucher}",
    "/tasks": CLIENT + "/tasks/{task}",
    "/waiting": CLIENT + "/vouchers/review",
    "/books/wall": CLIENT,
    "/clients": CLIENT,
}
"""Page of the firm → where a row of it leads."""


@pytest_asyncio.fixture(loop_scope="session")
async def rows(firm: TestFirm) -> dict[int, dict[str, int]]:
    """A draft and a task of each of three clients, by client; the third is given to nobody."""
    async with scoped_transaction(system_scope(firm.id)):
        other = await use(Clients).take_on(
            NewClient(OTHERS, "91330106MA2TEXT32D", TaxpayerKind.SMALL_SCALE, "trading", dt.date(2025, 1, 1))
        )
    made = {}
    for client in (firm.restaurant, firm.trading, other):
        async with acting(firm, "owner", client=client):
            lines = (Line("1002", "存现", debit=100), Line("1001", "存现", credit=100))
            voucher = await use(Ledger).draft(VoucherDraft(client, today(), f"存现{client}", lines))
            task = await ticking.assign(client, Period.of(today()), f"补资料{client}", "", today(), side=Side.FIRM)
        made[client] = {"voucher": voucher, "task": task}
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def accountant(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    person = await somebody(firm, "accountant")
    async with acting(firm, "owner"):
        await assign(person, [firm.restaurant, firm.trading])
    async with portal.visitor(await session_for(person), f"/f/{firm.id}") as visitor:
        yield visitor


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_of_all_of_hers(accountant: Visitor, rows: dict[int, dict[str, int]], firm: TestFirm, path: str) -> None:
    page = (await accountant.get(path)).text
    for client, name in ((firm.restaurant, "嘉喜餐饮有限公司"), (firm.trading, "嘉喜商贸有限公司")):
        assert name in page
        assert f'href="{LISTS[path].format(firm=firm.id, client=client, **rows[client])}' in page
    assert OTHERS not in page
    assert all(f"{word}{max(rows)}" not in page for word in ("存现", "补资料"))
