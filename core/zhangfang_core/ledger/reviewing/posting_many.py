"""Many vouchers posted in one go: each by itself, and each that fails is named."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from zhangfang_core.database.engine import savepoint
from zhangfang_core.ledger import posting
from zhangfang_core.ledger.bulk_posting import post_drafts
from zhangfang_core.ledger.posting import poster
from zhangfang_core.ledger.remarks import Remark
from zhangfang_core.ledger.reviewing.waiting_vouchers import Waiting, waiting_vouchers
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Voucher, VoucherState
from zhangfang_sdk.voucher_import import BROUGHT

FROM_A_FILE = frozenset({"no_document", "party_new", "account_new", "far_date", "lonely_month"})
"""What is doubtful about every voucher of a file, and answered by comparing the file's sums."""
MANY = 20
"""Of one client, from which on vouchers post together; fewer are quick enough one by one."""


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
    return await _post(client, seen, lambda waiting: waiting.doubts)


async def post_brought(client: int, seen: Sequence[tuple[int, int]]) -> Done:
    """Post those of ``seen`` that a file brought in and that nothing but FROM_A_FILE speaks against; else as :func:`post_clean`."""
    return await _post(client, seen, lambda waiting: waiting.doubts if not is_brought(waiting) else ())


def is_brought(waiting: Waiting) -> bool:
    """Whether a file brought it in and it is doubtful for nothing but that."""
    return waiting.voucher.source == BROUGHT and {doubt.code for doubt in waiting.doubts} <= FROM_A_FILE


async def _post(client: int | None, seen: Sequence[tuple[int, int]], against: Callable[[Waiting], Sequence[Remark]]) -> Done:
    require("ledger.post")
    versions = dict(seen)
    waiting = await waiting_vouchers(client, list(versions))
    failed = [Failed(one.voucher, doubts[0].sentence) for one in waiting if (doubts := against(one))]
    clean = [one.voucher for one in waiting if not against(one)]
    posted = []
    for of_one in _by_client(clean):
        done = await _together(of_one, versions)
        if done is None:
            done = await _one_by_one(of_one, versions, failed)
        posted += done
    return Done(tuple(posted), tuple(failed))


def _by_client(vouchers: Sequence[Voucher]) -> Iterable[list[Voucher]]:
    grouped: dict[int, list[Voucher]] = {}
    for voucher in vouchers:
        grouped.setdefault(voucher.client, []).append(voucher)
    return grouped.values()


async def _together(vouchers: Sequence[Voucher], versions: Mapping[int, int]) -> list[Voucher] | None:
    """All in one step; None, with nothing posted, when one of them is refused."""
    if len(vouchers) < MANY:
        return None
    try:
        async with savepoint():
            numbers = await post_drafts(vouchers[0].client, {v.id: versions[v.id] for v in vouchers})
    except Refusal:
        return None
    return [replace(v, state=VoucherState.POSTED, number=numbers[v.id], posted_by=poster()[1]) for v in vouchers]


async def _one_by_one(vouchers: Sequence[Voucher], versions: Mapping[int, int], failed: list[Failed]) -> list[Voucher]:
    posted = []
    for voucher in vouchers:
        try:
            async with savepoint():
                posted.append(await posting.post(voucher.id, version=versions[voucher.id]))
        except Refusal as refusal:
            failed.append(Failed(voucher, refusal.sentence))
    return posted
