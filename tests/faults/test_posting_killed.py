"""A process that is killed while it posts, one by one or many at once, leaves whole vouchers or drafts (LEDG-1).

``ZHANGFANG_POSTING_KILLS=200`` kills as many; without it a few, at moments of a fixed seed.
"""

import asyncio
import os
import random
import sys

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

ROUNDS = int(os.environ.get("ZHANGFANG_POSTING_KILLS", "4"))
AT_ONCE = 50
SEED = 20261127
# Drafts and postings as the services do them, again and again after a sign that it has started; every second process posts in bulk.
POSTER = """
import asyncio, datetime as dt, sys
from zhangfang_core.services import provide_services
from zhangfang_core.database.engine import open_pool, scoped_transaction
from zhangfang_core.ledger.bulk_posting import post_drafts
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.services import use
from zhangfang_sdk.voucher_import import VoucherImport

def sale(client, n):
    lines = (Line("1002", "", debit=n), Line("5001", "", credit=n))
    return VoucherDraft(client, dt.date(2025, 1 + n % 3, 5), f"销售{n}", lines)

async def main(dsn, firm, client, at_once):
    provide_services()
    await open_pool(dsn)
    scope = system_scope(firm)
    print("started", flush=True)
    for turn in range(100_000):
        drafts = [sale(client, turn * 100 + n) for n in range(1, at_once + 1)]
        async with scoped_transaction(scope):
            made = await use(VoucherImport).import_drafts(client, drafts)
        if at_once > 1:
            async with scoped_transaction(scope):
                await post_drafts(client, dict.fromkeys(made, 1))
        else:
            async with scoped_transaction(scope):
                await use(Ledger).post(made[0])

asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
"""
COUNTED = """select
    (select count(*) from core_voucher where state = 'posted') as posted,
    (select count(*) from core_voucher where state = 'posted' and number is null or state <> 'posted' and number is not null) as torn,
    (select count(*) from core_voucher v left join (select voucher, sum(debit) as debit from core_voucher_line group by 1) l
        on l.voucher = v.id where state = 'posted' and total is distinct from l.debit) as without_lines,
    (select count(*) from core_voucher_line) as lines,
    (select coalesce(sum(last), 0)::int from core_voucher_counter) as numbers,
    (select count(*) from (select from core_voucher where state = 'posted' group by client, period, word
        having count(distinct number) <> max(number)) gaps) as gaps,
    (select coalesce(sum(case action when 'ledger.post' then 1 when 'ledger.post_many' then (after ->> 'vouchers')::int end), 0)::int
        from core_audit_entry) as told,
    (select coalesce(sum(debit), 0)::bigint from core_balance) as balances,
    (select coalesce(sum(debit), 0)::bigint from core_voucher_line) as sums"""


async def test_a_killed_posting_is_whole_or_none(firm: TestFirm, database: str, test_server: TestServer) -> None:
    moments = random.Random(SEED)  # noqa: S311  # moments of a test
    environment = {"PATH": os.defpath, "ZHANGFANG_DATA_DIR": os.environ["ZHANGFANG_DATA_DIR"]}
    dsn = test_server.addresses(database).application
    posted = dict.fromkeys((1, AT_ONCE), 0)
    before = 0
    for turn in range(ROUNDS):
        at_once = (1, AT_ONCE)[turn % 2]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", POSTER, dsn, str(firm.id), str(firm.restaurant), str(at_once)),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"started\n"
        await asyncio.sleep(moments.uniform(0.1, 1.5))
        process.kill()
        await process.wait()
        async with scoped_transaction(system_scope(firm.id)):
            # Waits for what the dead one's connection still holds.
            await connection().execute("lock table core_voucher in share row exclusive mode")
            found = await connection().fetchrow(COUNTED)
        assert found is not None
        assert (found["torn"], found["without_lines"], found["gaps"]) == (0, 0, 0)
        assert found["posted"] == found["numbers"] == found["told"]
        assert found["lines"] == 2 * found["posted"]
        assert found["balances"] == found["sums"]
        assert (found["posted"] - before) % at_once == 0
        posted[at_once] += found["posted"] - before
        before = found["posted"]
    assert all(posted.values()), "nothing was posted before it was killed: nothing was tried"
