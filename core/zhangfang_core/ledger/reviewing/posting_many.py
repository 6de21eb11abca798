"""Many vouchers posted in one go: each by itself, and each that fails is named."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import savepoint
from zhangfang_core.ledger import posting
from zhangfang_core.ledger.reviewing.waiting_vouchers import waiting_vouchers
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Voucher


@dataclass(frozen=True, slots=True)
class Failed:
    """``voucher`` as it still stands, and why it did not post."""

    voucher: Voucher
    sentence: str


@dataclass(frozen=True, slots=True)
class Done:
    posted: tuple[Voucher, ...]
    failed: tuple[Failed, ...]


async def post_clean(client: int | None, seen: Sequence[tuple[int, int]]) -> Done:
    """Post those of ``seen`` (id, version as it was shown) that are clean still; needs ``ledger.post``.

    What changed meanwhile, is not clean any more or is refused stays a draft and is named; the others are posted.
    """
    require("ledger.post")
    versions = dict(seen)
    posted, failed = [], []
    for waiting in await waiting_vouchers(client, list(versions)):
        voucher = waiting.voucher
        if waiting.doubts:
            failed.append(Failed(voucher, waiting.doubts[0].sentence))
            continue
        try:
            async with savepoint():
                posted.append(await posting.post(voucher.id, version=versions[voucher.id]))
        except Refusal as refusal:
            failed.append(Failed(voucher, refusal.sentence))
    return Done(tuple(posted), tuple(failed))
