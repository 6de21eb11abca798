"""Jobs of the plugin: a file begins with ``read`` and goes on in the lane of what it turns out to be."""

from zhangfang_capture_ocr.services.lanes import Lane
from zhangfang_capture_ocr.services.reading_steps import read_item


async def read(item: int) -> None:
    """``capture_ocr.read``: from the kept file to its draft voucher, or to the reason why there is none; pictures and archives are passed on."""
    await read_item(item, Lane.READ)


async def look(item: int) -> None:
    """``capture_ocr.look``: the same for a file of which pages must be recognised as pictures."""
    await read_item(item, Lane.LOOK)


async def unpack(item: int) -> None:
    """``capture_ocr.unpack``: an archive becomes its files."""
    await read_item(item, Lane.UNPACK)
