"""A worker that is killed while it reads loses no file and does none twice (CAP-1, PLAT-10)."""

import asyncio
import contextlib
import datetime as dt
import random
import time
from collections import Counter
from io import BytesIO
from pathlib import Path

import psutil

from zhangfang_capture_ocr.reading.kinds import InvoiceKind
from zhangfang_capture_ocr.services.uploads import receive
from zhangfang_capture_ocr.specimens import SpecimenInvoice, draw, taxed_line
from zhangfang_capture_ocr.states import ItemState
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.processes import start
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, TestFirm, acting
from zhangfang_sdk.context import system_scope

ROUNDS = 20
FILES_A_ROUND = 3
LATEST_KILL_S = 0.7
STALLED_S = "1"
TAKEN_OVER = "(capture_ocr.read) was left by a dead worker"
LAST_EVENT = "select last_value from procrastinate_events_id_seq"
RUNNING = """select exists (select 1 from procrastinate_events e join procrastinate_jobs j on j.id = e.job_id
    where e.id > $1 and e.type = 'started' and j.status = 'doing' and j.task_name = 'capture_ocr.read')"""
LEFT = "select count(*) from procrastinate_jobs where task_name = 'capture_ocr.read' and status in ('todo', 'doing')"


class Sent:
    """A file as a request brings it."""

    content_type = "application/pdf"

    def __init__(self, filename: str, data: bytes) -> None:
        self.filename = filename
        self._data = BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        return self._data.read(size)

    async def seek(self, offset: int) -> None:
        self._data.seek(offset)


def invoice(number: int) -> Sent:
    """An invoice of its own, in the client's name."""
    drawn = SpecimenInvoice(
        kind=InvoiceKind.DIGITAL_ORDINARY,
        number=f"25332000{number:012d}",
        issued_on=dt.date(2025, 3, 1 + number % 28),
        buyer_name="嘉喜餐饮有限公司",
        buyer_tax_id=RESTAURANT_TAX_ID,
        seller_name="样张粮油商行",
        seller_tax_id="91330106MA2TEXT24J",
        lines=(taxed_line("*粮油*大米", 100_00 + number, "1%"),),
    )
    return Sent(f"发票{number}.pdf", draw(drawn))


async def kill(process: asyncio.subprocess.Process) -> list[psutil.Process]:
    """As ``kill -9`` does; the processes that it had started."""
    helpers: list[psutil.Process] = []
    with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
        helpers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
    await process.wait()
    return helpers


async def asked(firm: TestFirm, query: str, *values: object) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        found: int = await connection().fetchval(query, *values)
        return found


async def until(firm: TestFirm, query: str, *values: object, equals: object, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while await asked(firm, query, *values) != equals:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{query} is not {equals} after {within_s} s")
        await asyncio.sleep(0.02)


async def states(firm: TestFirm) -> Counter[ItemState]:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch("select state from capture_ocr_item")
    return Counter(ItemState(row["state"]) for row in rows)


async def test_every_file_ends_exactly_once(
    firm: TestFirm, database: str, test_server: TestServer, tmp_path: Path
) -> None:
    """20 workers are killed with -9, each at a moment of its own while jobs run; the next, starting meanwhile, goes on."""
    environment = {
        "ZHANGFANG_DATA_DIR": str(tmp_path),
        "ZHANGFANG_DSN": test_server.addresses(database).application,
        "ZHANGFANG_WORKER_STALLED_S": STALLED_S,
    }
    moments = random.Random(20)  # noqa: S311  # moments of a test
    log = tmp_path / "worker.log"
    helpers: list[psutil.Process] = []
    last = await asked(firm, LAST_EVENT)
    workers = [(await start("worker", environment, log)).process]
    try:
        for number in range(ROUNDS):
            workers.append((await start("worker", environment, log)).process)
            files = [invoice(number * FILES_A_ROUND + place) for place in range(FILES_A_ROUND)]
            async with acting(firm, "boss"):
                received = await receive(files, purpose="", upload_key=f"round-{number:04d}")
            assert all(one.item for one in received)
            await until(firm, RUNNING, last, equals=True, within_s=20)
            await asyncio.sleep(moments.uniform(0, LATEST_KILL_S))
            helpers += await kill(workers.pop(0))
            last = await asked(firm, LAST_EVENT)
        await until(firm, LEFT, equals=0, within_s=90)
        (remaining,) = workers
        remaining.terminate()
        assert await remaining.wait() == 0, log.read_text()
    finally:
        for process in workers:
            await kill(process)
    assert log.read_text().count(TAKEN_OVER) > ROUNDS // 4, "the kills hardly interrupted anything"
    await nothing_lost_nothing_twice(firm, ROUNDS * FILES_A_ROUND)
    _, alive = psutil.wait_procs(helpers, timeout=5)
    assert not alive, f"left running by killed workers: {alive}"


async def nothing_lost_nothing_twice(firm: TestFirm, files: int) -> None:
    """Each file has one item, one invoice, one draft voucher of its own amount, and one stored original."""
    assert await states(firm) <= Counter({ItemState.DRAFTED: files, ItemState.NEEDS_REVIEW: files})
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch(
            """select i.id, i.document, count(v.id) as invoices, min(v.voucher) as voucher, min(v.total) as total
            from capture_ocr_item i left join capture_ocr_invoice v on v.item = i.id group by i.id, i.document"""
        )
        vouchers = await connection().fetch("select id, document, total, state from core_voucher")
        documents = await connection().fetchval("select count(*) from core_document")
    assert len(rows) == files == documents
    assert {row["invoices"] for row in rows} == {1}
    assert len(vouchers) == files
    assert {voucher["state"] for voucher in vouchers} == {"draft"}
    assert {(v["id"], v["document"], v["total"]) for v in vouchers} == {
        (row["voucher"], row["document"], row["total"]) for row in rows
    }
