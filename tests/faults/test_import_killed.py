"""A process that is killed while it imports leaves all of a file or nothing of it (LEDG-3).

``ZHANGFANG_IMPORT_KILLS=100`` kills as many; without it a few, at moments of a fixed seed.
"""

import asyncio
import os
import random
import sys

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

ROUNDS = int(os.environ.get("ZHANGFANG_IMPORT_KILLS", "4"))
VOUCHERS = 300
SEED = 20261126
# The import as the page does it, again and again with another file, after a sign that it has started.
IMPORTER = """
import asyncio, sys
from zhangfang_core.services import provide_services
from zhangfang_core.database.engine import open_pool
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.importing.services import Choices, bring_in, read_file
from zhangfang_sdk.context import in_scope, system_scope

async def main(dsn, firm, client, vouchers, straight):
    provide_services()
    await open_pool(dsn)
    choices = Choices(really=True, straight=straight == "1", leave_standing=False)
    print("started", flush=True)
    for turn in range(1000):
        head = "日期,凭证字,凭证号,摘要,科目代码,借方,贷方\\n"
        text = head + "".join(
            f"2025-03-05,记,{n},第{turn}次,1002,{n}.5,\\n2025-03-05,记,{n},第{turn}次,5001,,{n}.5\\n" for n in range(1, int(vouchers) + 1)
        )
        content = (text + " " * int(sys.argv[6])).encode()
        async with rows_of(content) as rows:
            with in_scope(system_scope(int(firm))):
                read = await read_file(int(client), rows)
                done = await bring_in(int(client), read, choices, Source.of(content, f"{turn}.csv"))
        assert done.brought == int(vouchers), done

asyncio.run(main(*sys.argv[1:6]))
"""
COUNTED = """select (select count(*) from core_voucher) as vouchers, (select count(*) from core_voucher_line) as lines,
    (select coalesce(sum(last), 0)::int from core_voucher_counter) as numbers,
    (select coalesce(sum(vouchers), 0)::int from books_imported_file) as noted,
    (select coalesce(sum((after->>'vouchers')::int), 0)::int from core_audit_entry where action = 'books.import') as told,
    (select coalesce(sum(debit), 0)::bigint from core_balance) as balances,
    (select coalesce(sum(debit), 0)::bigint from core_voucher_line) as posted"""


async def test_all_of_a_file_or_nothing(firm: TestFirm, database: str, test_server: TestServer) -> None:
    moments = random.Random(SEED)  # noqa: S311  # moments of a test
    environment = {"PATH": os.defpath, "ZHANGFANG_DATA_DIR": os.environ["ZHANGFANG_DATA_DIR"]}
    dsn = test_server.addresses(database).application
    brought_at_all = 0
    for turn in range(ROUNDS):
        straight = turn % 2
        client = (firm.restaurant, firm.trading)[straight]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", IMPORTER, dsn, str(firm.id), str(client), str(VOUCHERS), str(straight), str(turn)),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert await process.stdout.readline() == b"started\n"
        await asyncio.sleep(moments.uniform(0.2, 2.0))
        process.kill()
        await process.wait()
        async with scoped_transaction(system_scope(firm.id)):
            # Waits for what the dead one's connection still holds.
            await connection().execute("lock table core_voucher in share row exclusive mode")
            found = await connection().fetchrow(COUNTED)
        assert found is not None
        assert found["vouchers"] % VOUCHERS == 0
        assert found["vouchers"] == found["noted"] == found["told"]
        assert found["lines"] == 2 * found["numbers"]
        assert found["numbers"] % VOUCHERS == 0
        assert found["balances"] == found["posted"]
        brought_at_all = found["vouchers"]
    assert brought_at_all > 0, "no import ended before it was killed: nothing was tried"
