"""What the trail said of postings before its digests covered who answers for a voucher is verified as it was written (PLAT-9)."""

import datetime as dt

import asyncpg
import pytest

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.digests import NEWEST, Beside, Form, digest
from zhangfang_core.ledger.verification import check_vouchers
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft

LINES = (Line("1001", "", debit=300), Line("1002", "", credit=300))


@pytest.mark.parametrize("form", [Form.CONTENT, Form.ANSWERED])
async def test_an_older_entry_covers_what_it_did(
    firm: TestFirm, database: str, test_server: TestServer, form: Form
) -> None:
    day = dt.date(2025, 1, 2)
    async with acting(firm, "owner"):
        (voucher,) = await import_posted(
            firm.restaurant, [VoucherDraft(firm.restaurant, day, "取现", LINES, source="test")]
        )
    older = digest(1, day.isoformat(), "记", "取现", "normal", LINES, Beside("导入", "测试人员", "测试人员", None, None, None), form)
    owner = await asyncpg.connect(test_server.superuser(database))
    await owner.execute("set session_replication_role = replica")
    written = await owner.fetchval("select after ->> 'digests' from core_audit_entry where action = 'ledger.import'")
    assert written.startswith(NEWEST)
    change = "update core_audit_entry set after = jsonb_set(after, '{digests}', to_jsonb($1::text)) where action = 'ledger.import'"
    await owner.execute(change, form + older)
    with in_scope(system_scope(firm.id)):
        await owner.execute("update core_voucher set posted_at = posted_at - interval '1 day' where id = $1", voucher)
        assert (await check_vouchers()).found == 0, "which nobody said"
        await owner.execute("update core_voucher set posted_by_name = '别人' where id = $1", voucher)
        assert (await check_vouchers()).found == (1 if form is Form.ANSWERED else 0)
        await owner.execute("update core_voucher set summary = '别的' where id = $1", voucher)
        assert (await check_vouchers()).found == 1
    await owner.close()
