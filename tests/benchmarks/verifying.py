"""A clean base verified whole: ``.venv/bin/python -m tests.benchmarks.verifying [vouchers]`` (100,000). Fails above 30 s.

Twenty clients over two years, loaded in bulk, sealed and their head kept; then every check of the firm, each timed. The server is the one for
tests; no files are stored, whose bytes take as long as the disk.
"""

import asyncio
import os
import random
import sys
import tempfile
import time

from tests.benchmarks.ledger_post import CLIENTS, FIRST, tax_id, voucher
from zhangfang_core.database.engine import JOBS, close_pool, open_pool, scoped_transaction
from zhangfang_core.identity.set_up import make_firm
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.services import provide_services
from zhangfang_core.testing.databases import fresh, prepare
from zhangfang_core.trail.audit import seal_job
from zhangfang_core.trail.heads import keep_head
from zhangfang_core.trail.verification import FIRM_CHECKS, verify_all
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.services import use

BAR_S = 30.0


async def load(firm: int, vouchers: int) -> None:
    dice = random.Random(1)  # noqa: S311 - a benchmark's
    for number in range(CLIENTS):
        async with scoped_transaction(system_scope(firm)):
            new = NewClient(f"客户{number}有限公司", tax_id(number), TaxpayerKind.GENERAL, "trading", FIRST.first_day)
            client = await use(Clients).take_on(new)
            leaves = frozenset(a.code for a in await use(Ledger).accounts(client) if a.is_leaf)
            await import_posted(client, (voucher(client, dice, leaves) for _ in range(vouchers // CLIENTS)))


async def measure(vouchers: int) -> float:
    provide_services()
    server = await prepare()
    async with fresh(server) as name:
        await open_pool(server.addresses(name).application, limits=JOBS)
        made = await make_firm(
            name="基准", owner_login="o@bench.example", owner_name="周", owner_password="long enough 1"
        )
        await load(made.firm, vouchers)
        with in_scope(system_scope(made.firm)):
            await seal_job()
            await keep_head()
            began = time.perf_counter()
            found = await verify_all(whole=True)
            taken = time.perf_counter() - began
        await close_pool()
    for part in found.parts:
        print(f"{part.id:10} {part.counted} {'' if not part.found else part.faults[0].sentence}")  # noqa: T201
    assert found.holds
    assert len(found.parts) == len(FIRM_CHECKS)
    return taken


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZHANGFANG_DATA_DIR"] = folder
        asked = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
        seconds = asyncio.run(measure(asked))
    print(f"{asked:,} vouchers verified in {seconds:.1f} s (bar {BAR_S:.0f}), load {os.getloadavg()[0]:.1f}")  # noqa: T201
    sys.exit(seconds > BAR_S)
