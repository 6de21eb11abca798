"""Vouchers of another program brought into the books, many at once."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.ledger import VoucherDraft


class VoucherImport(Protocol):
    """Of the firm in scope, in the caller's transaction."""

    @needs("ledger.draft", "ledger.post")
    async def import_vouchers(
        self, client: int, vouchers: Iterable[VoucherDraft], *, drafted_by: str = "导入"
    ) -> Sequence[int]:
        """Post ``vouchers`` in the order given, with new numbers; their ids. Needs ``ledger.draft`` and ``ledger.post``.

        All or nothing: raises what ``Ledger.draft`` and ``Ledger.post`` raise, with the voucher's place from 1 in
        ``details["place"]``. Tells ``on_vouchers_posted`` once.
        """
        ...
