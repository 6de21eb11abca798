"""Data never waits for pictures, and one file of a client never for a thousand of another's (CAP-5)."""

import json
from typing import Any

from zhangfang_capture_ocr.jobs import read
from zhangfang_capture_ocr.services import uploads
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.context import in_scope, system_scope

from .conftest import File
from .test_parts import zipped

PICTURES, ARCHIVES = "capture_ocr:pictures", "capture_ocr:archives"


async def queued() -> list[tuple[str, str, int]]:
    """Lane, job and item of everything that waits, in the order in which a worker takes it."""
    rows = await connection().fetch(
        "select queue_name, task_name, args from procrastinate_jobs where task_name like 'capture_ocr.%' and status = 'todo' "
        "order by priority desc, id"
    )
    return [(row["queue_name"], row["task_name"], json.loads(row["args"])["arguments"]["item"]) for row in rows]


async def test_pictures_and_archives_go_on_in_lanes_of_their_own(office: Any, drawn: Any) -> None:
    """The job that every file begins with brings data to its end and passes the rest on, once."""
    photo = (await office.send(("一.jpg", drawn.photo(number="26332000000187654321"))))[0].item
    archive = (await office.send(("二.zip", zipped(three_xml=drawn.xml(number="26332000000187654322")))))[0].item
    data = (await office.send(("三.xml", drawn.xml(number="26332000000187654323"))))[0].item
    with in_scope(system_scope(office.firm.id)):
        for item in (photo, archive, data, photo, archive):
            await read(item)
    assert await office.state(data) == ("drafted", "")
    assert await office.state(photo) == await office.state(archive) == ("queued", "")
    async with acting(office.firm, "accountant"):
        waiting = await queued()
    assert [each for each in waiting if each[1] != "capture_ocr.read"] == [
        (PICTURES, "capture_ocr.look", photo),
        (ARCHIVES, "capture_ocr.unpack", archive),
    ]


async def test_many_files_of_one_client_hold_up_nobody(office: Any, drawn: Any) -> None:
    """The second client's only file stands behind the first file of the first one, not behind all of them."""
    many = [(await office.send((f"{n}.xml", drawn.xml(number=f"263320000001876543{n:02d}"))))[0].item for n in range(5)]
    async with acting(office.firm, "accountant", client=office.firm.trading):
        (one,) = await uploads.receive([File("一.xml", drawn.xml())], purpose="", upload_key=None)
    async with acting(office.firm, "accountant"):
        order = [item for _, _, item in await queued()]
    assert order == [many[0], one.item, *many[1:]]
