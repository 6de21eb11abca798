"""Jobs of the plugin: a file begins with ``read`` and goes on in the lane of what it turns out to be; what was read is checked with the records."""

from zhangfang_capture_ocr.records import ask_later_ones
from zhangfang_capture_ocr.records.answering import answer_check
from zhangfang_capture_ocr.services.lanes import Lane
from zhangfang_capture_ocr.services.reading_steps import read_item
from zhangfang_sdk.context import transaction


async def read(item: int) -> None:
    """``capture_ocr.read``: from the kept file to its draft voucher, or to the reason why there is none; pictures and archives are passed on."""
    await read_item(item, Lane.READ)


async def look(item: int) -> None:
    """``capture_ocr.look``: the same for a file of which pages must be recognised as pictures."""
    await read_item(item, Lane.LOOK)


async def unpack(item: int) -> None:
    """``capture_ocr.unpack``: an archive becomes its files."""
    await read_item(item, Lane.UNPACK)


async def check(check: int) -> None:
    """``capture_ocr.check``: one question to the firm's vendor of invoice checks."""
    await answer_check(check)


async def recheck() -> None:
    """``capture_ocr.recheck``: what another day makes answerable is asked again."""
    async with transaction():
        await ask_later_ones()
