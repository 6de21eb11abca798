"""One decision at a time for a client, where two at once could both say "this is the first"."""

from zhangfang_capture_ocr.tables import Item
from zhangfang_sdk.context import firm_in_scope


async def decide_alone(client: int) -> None:
    """Wait until no other transaction admits or checks files of this client; held until the transaction ends."""
    key = f"capture_ocr:{firm_in_scope()}:{client}"
    await Item.raw("select pg_advisory_xact_lock(hashtextextended({}, 0))", key)
