"""Which queue a file waits in, and behind how many of its client's own: data never waits for pictures, one file never for a thousand of others."""

from enum import StrEnum

from zhangfang_capture_ocr.reading import FileReading
from zhangfang_capture_ocr.states import BUSY
from zhangfang_capture_ocr.tables import Item
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.services import use


class Lane(StrEnum):
    """The job that brings a file to its end."""

    READ = "capture_ocr.read"
    LOOK = "capture_ocr.look"
    UNPACK = "capture_ocr.unpack"


def lane_for(whole: FileReading) -> Lane:
    """Where a file belongs, once it is known what it holds."""
    if whole.is_archive:
        return Lane.UNPACK
    return Lane.LOOK if whole.unseen else Lane.READ


async def queue(item: Item, lane: Lane) -> None:
    """Put an item in a queue, in the caller's transaction; it waits there already where it was put before."""
    waiting = await Item.count().where(
        Item.client == item.client, Item.state.is_in(sorted(BUSY)), Item.id < item.id
    )
    await use(Jobs).defer(lane, once=f"{lane}:{item.id}", behind=waiting, item=item.id)
