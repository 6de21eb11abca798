"""Jobs of the plugin."""

from zhangfang_capture_ocr.services.reading_steps import read_item


async def read(item: int) -> None:
    """``capture_ocr.read``: from the kept file to its draft voucher, or to the reason why there is none."""
    await read_item(item)
