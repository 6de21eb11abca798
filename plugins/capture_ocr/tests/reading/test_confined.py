"""CAP-1, CAP-5: reading in processes with limits, from an asyncio server, without leaving any behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_capture_ocr.reading import InvoiceKind, Refused, read, read_confined
from zhangfang_capture_ocr.reading.confined import Reader
from zhangfang_capture_ocr.reading.wire import dump, load, visible
from zhangfang_capture_ocr.specimens import SpecimenInvoice, draw, einvoice_xml, taxed_line
from zhangfang_sdk.texts import seen

MakeInvoice = Callable[..., SpecimenInvoice]

OWNER = """
import sys, time
from zhangfang_capture_ocr.reading.confined import Reader
reader = Reader()
connection = reader.warm().fork()
print(reader.warm().process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def reader() -> Iterator[Reader]:
    one = Reader()
    yield one
    one.close()


def running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in listed]


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


async def test_the_same_reading_as_in_process(make_invoice: MakeInvoice) -> None:
    """CAP-2: nothing is lost on the way back from the child."""
    invoice = make_invoice(remarks="备注")
    for data in (draw(invoice), einvoice_xml(invoice)):
        assert await read_confined(data, "发票") == read(data, "发票")


def test_json_keeps_everything(make_invoice: MakeInvoice) -> None:
    """CAP-2: a stored reading is the reading."""
    reading = read(draw(make_invoice()), "x").only
    assert load(dump(reading)) == reading


async def test_many_at_once_and_the_loop_stays_free(make_invoice: MakeInvoice) -> None:
    """CAP-5: a batch is read while the server goes on answering."""
    invoices = [make_invoice(number=f"2633200000000000{number:04d}") for number in range(12)]
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    pulse = asyncio.create_task(beat())
    readings = await asyncio.gather(*(read_confined(draw(each), "x.pdf") for each in invoices))
    pulse.cancel()
    assert [whole.only.number for whole in readings] == [each.number for each in invoices]
    assert beats > 3


async def test_refusals_come_through() -> None:
    """CAP-4: the child's reason is the client's reason."""
    for code, data in (("xml.not_an_invoice", b"<a/>"), ("pdf.broken", b"%PDF-1.7 x"), ("file.empty", b"")):
        with pytest.raises(Refused) as refused:
            await read_confined(data, "x")
        assert refused.value.code == code


def test_time_is_limited(make_invoice: MakeInvoice) -> None:
    """CAP-1: a file that takes longer than allowed is refused, and its process ends."""
    reader = Reader(wall_seconds=0.0005)
    try:
        warm = reader.warm()
        with pytest.raises(Refused) as refused:
            reader.read(draw(make_invoice()), "x.pdf")
        assert refused.value.code == "decode.too_slow"
        assert wait_until(lambda: not children_of(warm.process.pid))
    finally:
        reader.close()


def test_secrets_and_files_stay_outside(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    """CAP-1: the reading process inherits no environment and no open files of the server."""
    monkeypatch.setenv("ZHANGFANG_SECRET", "hush")
    pid = reader.warm().process.pid
    assert b"hush" not in Path(f"/proc/{pid}/environ").read_bytes()
    handles = {each.readlink().name for each in Path(f"/proc/{pid}/fd").iterdir()}
    assert all(name == "null" or name.startswith("socket:") for name in handles)


def test_limits_hold_in_the_reading_process(reader: Reader) -> None:
    """CAP-1: memory, processor time, files and, where the kernel allows, network."""
    warm = reader.warm()
    with warm.fork():
        assert wait_until(lambda: len(children_of(warm.process.pid)) == 1)
        limits = Path(f"/proc/{children_of(warm.process.pid)[0]}/limits")
        assert wait_until(lambda: "536870912" in limits.read_text())
        assert wait_until(lambda: " 16 " in limits.read_text())
    own = Path("/proc/self/ns/net").readlink()
    assert warm.walled == (Path(f"/proc/{warm.process.pid}/ns/net").readlink() != own)


def test_a_dead_warm_process_is_replaced(reader: Reader, make_invoice: MakeInvoice) -> None:
    """CAP-5: killing the warm process loses no file."""
    first = reader.warm().process
    first.kill()
    first.wait()
    assert reader.read(draw(make_invoice()), "x.pdf").only.total == make_invoice().total
    assert reader.warm().process.pid != first.pid


def test_nothing_outlives_a_killed_server() -> None:
    """CAP-5: kill -9 of the server ends the warm process and the one in work."""
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)  # noqa: S603
    try:
        assert owner.stdout is not None
        warm = int(owner.stdout.readline())
        assert wait_until(lambda: len(children_of(warm)) == 1)
        fork = children_of(warm)[0]
    finally:
        os.kill(owner.pid, signal.SIGKILL)
        owner.wait()
    assert wait_until(lambda: not running(warm))
    assert wait_until(lambda: not running(fork))


SIGNS = st.text(st.sampled_from("甲乙\x00\x01\x0b\x1f\x7f\u202e\u200b\ufeff"), max_size=6)
SAID = st.recursive(
    SIGNS | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SIGNS, inner, max_size=3),
    max_leaves=12,
)


@given(SAID)
def test_nothing_that_a_reader_says_holds_a_sign_that_nobody_sees(said: Any) -> None:
    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for each in [*value, *value.values()] if isinstance(value, dict) else value:
                yield from texts(each)

    kept = visible(said)
    assert [text for text in texts(kept) if seen(text) != text] == []
    assert type(kept) is type(said)


async def test_an_invoice_with_such_signs_is_read_without_them(make_invoice: MakeInvoice) -> None:
    """XML can hold those that turn what follows: a seller reads as another seller."""
    line = taxed_line("*印刷品*图书\u202e", 500, "免税")
    invoice = make_invoice(InvoiceKind.DIGITAL_SPECIAL, line, remarks="备\u200b注\ufeff")
    invoice = replace(invoice, seller_name="\u202e司公限有乙本样")
    reading = (await read_confined(einvoice_xml(invoice, "utf-8"), "发\u202e票.xml")).only
    assert (reading.seller_name, reading.remarks) == ("司公限有乙本样", "备注")
    assert "\u202e" not in reading.text + reading.lines[0].name
