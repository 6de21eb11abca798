"""What parties owe is read from balances by item: the verification sums them again too (PLAT-9)."""

import datetime as dt

import asyncpg
import pytest

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.verification import check_balances
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft
from zhangfang_sdk.services import use


@pytest.mark.parametrize(
    "change",
    [
        "update core_dimension_balance set debit = debit + 100 where account = '1122'",
        "update core_dimension_balance set quantity = quantity + 1 where account = '1122'",
        "delete from core_dimension_balance where account = '1122'",
        """insert into core_dimension_balance (firm, client, period, account, item, debit, credit, quantity)
        select firm, client, 202402, account, item, 5, 0, 0 from core_dimension_balance where account = '1122'""",
    ],
    ids=["changed", "quantity", "removed", "put in"],
)
async def test_a_balance_of_an_item_is_summed_again(
    firm: TestFirm, database: str, test_server: TestServer, change: str
) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)
        customer = await use(Dimensions).add(firm.trading, DimensionKind.CUSTOMER, "1", "杭州某公司")
        lines = (Line("1122", "", debit=900, dimensions={"customer": customer.id}), Line("5001", "", credit=900))
        voucher = await use(Ledger).draft(VoucherDraft(firm.trading, dt.date(2025, 3, 5), "销售", lines))
        await use(Ledger).post(voucher)
        assert await connection().fetchval("select count(*) from core_dimension_balance where account = '1122'") == 1
    with in_scope(system_scope(firm.id)):
        assert (await check_balances()).found == 0
        owner = await asyncpg.connect(test_server.superuser(database))
        await owner.execute("set session_replication_role = replica")
        await owner.execute(change)
        await owner.close()
        found = await check_balances()
    assert found.found == 1
    assert "杭州某公司" in found.faults[0].sentence
