"""What the trail said of postings before its digests covered who answers for a voucher is verified as it was written (PLAT-9)."""

import datetime as dt

import asyncpg

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.digests import WHOLE, digest
from zhangfang_core.ledger.verification import check_vouchers
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft

LINES = (Line("1001", "", debit=300), Line("1002", "", credit=300))


async def test_an_older_entry_covers_lines_and_head(firm: TestFirm, database: str, test_server: TestServer) -> None:
    day = dt.date(2025, 1, 2)
    async with acting(firm, "owner"):
        (voucher,) = await import_posted(
            firm.restaurant, [VoucherDraft(firm.restaurant, day, "取现", LINES, source="test")]
        )
    older = digest(1, day.isoformat(), "记", "取现", "normal", LINES, None)
    owner = await asyncpg.connect(test_server.superuser(database))
    await owner.execute("set session_replication_role = replica")
    written = await owner.fetchval("select after ->> 'digests' from core_audit_entry where action = 'ledger.import'")
    assert written.startswith(WHOLE)
    change = "update core_audit_entry set after = jsonb_set(after, '{digests}', to_jsonb($1::text)) where action = 'ledger.import'"
    await owner.execute(change, older)
    with in_scope(system_scope(firm.id)):
        assert (await check_vouchers()).found == 0
        await owner.execute("update core_voucher set summary = '别的' where id = $1", voucher)
        assert (await check_vouchers()).found == 1
    await owner.close()
