"""Which vouchers of a file the books have already. Two true entries that are alike both stay: each of the books' answers for one."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence

from zhangfang_books.importing.outcome import FileVoucher, Standing
from zhangfang_sdk import use
from zhangfang_sdk.ledger import Ledger, Voucher, VoucherState
from zhangfang_sdk.periods import Period

REFERENCE = "原凭证号 "
"""How a draft's first reason begins; the file's word and number follow."""
MOST_NAMED = 100
AT_ONCE = 500

_Key = tuple[dt.date, tuple[tuple[str, int, int, str], ...]]
"""Date and lines: account, debit, credit, summary."""


async def standing(client: int, vouchers: Sequence[FileVoucher]) -> dict[int, Standing]:
    """Place in ``vouchers`` from 0 → what stands already, in the books or in an earlier sheet of the file."""
    found: dict[int, Standing] = {}
    books = await _in_books(client, vouchers)
    earlier: Counter[tuple[_Key, str]] = Counter()
    this_sheet: Counter[tuple[_Key, str]] = Counter()
    sheet = ""
    for place, voucher in enumerate(vouchers):
        if voucher.sheet != sheet:
            earlier += this_sheet
            this_sheet.clear()
            sheet = voucher.sheet
        key = _key(voucher)
        there = _taken(books.get(key, []), voucher.reference)
        if there is not None:
            found[place] = _named(voucher, f"账上的{there.label}({there.summary[:30]})")
        elif earlier[key, voucher.reference] > 0:
            earlier[key, voucher.reference] -= 1
            found[place] = _named(voucher, "同一文件前面的工作表")
        this_sheet[key, voucher.reference] += 1
    return found


def _named(voucher: FileVoucher, where: str) -> Standing:
    return Standing(voucher.row, voucher.date, voucher.reference, voucher.summary, voucher.total, where)


def _taken(there: list[Voucher], reference: str) -> Voucher | None:
    """The one of the file's number, else one whose number nobody knows; it answers for no other."""
    for place, voucher in enumerate(there):
        if _number(reference) in _numbers(voucher):
            return there.pop(place)
    for place, voucher in enumerate(there):
        if not _numbers(voucher):
            return there.pop(place)
    return None


def _number(reference: str) -> str:
    word, _, number = reference.rpartition("-")
    return f"{word}-{number.lstrip('0')}"


def _numbers(voucher: Voucher) -> set[str]:
    """The number that it has here, and the one that it came with; none for a draft by hand."""
    came = next((r.removeprefix(REFERENCE) for r in voucher.reasons if r.startswith(REFERENCE)), None)
    if came is not None:
        return {_number(came)}
    return {f"{voucher.word}-{voucher.number}"} if voucher.number else set()


async def _in_books(client: int, vouchers: Sequence[FileVoucher]) -> Mapping[_Key, list[Voucher]]:
    """The client's vouchers of the file's months, given-up ones left out, where date and total are those of one in the file."""
    wanted = {(voucher.date, voucher.total) for voucher in vouchers}
    found: dict[_Key, list[Voucher]] = {}
    for number in sorted({Period.of(voucher.date).number for voucher in vouchers}):
        before: int | None = None
        while True:
            page = await use(Ledger).vouchers(client, period=Period.from_number(number), limit=AT_ONCE, before=before)
            for voucher in page:
                if voucher.state is not VoucherState.DISCARDED and (voucher.date, voucher.total) in wanted:
                    found.setdefault(_key(voucher), []).append(voucher)
            if len(page) < AT_ONCE:
                break
            before = page[-1].id
    for there in found.values():
        there.reverse()
    return found


def _key(voucher: FileVoucher | Voucher) -> _Key:
    return voucher.date, tuple(
        sorted((x.account, x.debit, x.credit, x.summary or voucher.summary) for x in voucher.lines)
    )
