"""PLAT-9: what people do to a chart is no fault; a client of before has its chart put on the trail by the first verification."""

import asyncpg

from zhangfang_core.ledger.accounts import change_account
from zhangfang_core.ledger.chart_digests import keep_chart
from zhangfang_core.ledger.chart_verification import check_accounts
from zhangfang_core.ledger.own_accounts.adding import add_account, add_first_level
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope


async def faults(firm: TestFirm) -> list[str]:
    with in_scope(system_scope(firm.id)):
        return [fault.sentence for fault in (await check_accounts()).faults]


async def work_on_the_chart(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await add_account(firm.restaurant, "1122", "112201", "张三")
        await change_account(firm.restaurant, "1122", name="应收货款")
        await change_account(firm.restaurant, "112201", name="李四", retired=True)
        await change_account(firm.restaurant, "112201", retired=False)
        await add_first_level(firm.restaurant, "1999", "待处理", "debit")


async def test_what_people_change_is_no_fault(firm: TestFirm) -> None:
    assert await faults(firm) == []
    await work_on_the_chart(firm)
    assert await faults(firm) == []


async def test_a_chart_of_before_counts_from_the_first_verification(
    firm: TestFirm, database: str, test_server: TestServer
) -> None:
    await work_on_the_chart(firm)
    owner = await asyncpg.connect(test_server.superuser(database))
    await owner.execute("set session_replication_role = replica")
    await owner.execute("delete from core_audit_entry where action = 'ledger.keep_chart'")
    await owner.execute("update core_audit_entry set after = after - 'chart' where after ? 'chart'")
    assert await faults(firm) == []
    assert await owner.fetchval("select count(*) from core_audit_entry where action = 'ledger.keep_chart'") == 2
    assert await faults(firm) == []
    assert await owner.fetchval("select count(*) from core_audit_entry where action = 'ledger.keep_chart'") == 2
    async with acting(firm, "accountant"):
        await change_account(firm.restaurant, "1122", name="应收款项")
    assert await faults(firm) == []
    await owner.execute("update core_account set name = '别人', full_name = '应收款项-别人' where code = '112201'")
    (fault,) = await faults(firm)
    assert "科目 112201 别人的名称" in fault
    await owner.close()


async def test_a_second_chart_on_the_trail_hides_nothing(
    firm: TestFirm, database: str, test_server: TestServer
) -> None:
    """Whoever has the database writes an entry that fits beside the alteration."""
    owner = await asyncpg.connect(test_server.superuser(database))
    await owner.execute("set session_replication_role = replica")
    await owner.execute(
        "update core_account set name = '应付', full_name = '应付' where code = '1122' and client = $1", firm.restaurant
    )
    (before,) = await faults(firm)
    async with acting(firm, "owner"):
        await keep_chart(firm.restaurant)
    assert await faults(firm) == [before]
    await owner.close()
