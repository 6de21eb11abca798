"""Vouchers of another program brought into the books, many at once."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.ledger import VoucherDraft

BROUGHT = "import"
"""Source of drafts that a file brought in: a reviewer who compared its sums may post them together, without documents."""


class VoucherImport(Protocol):
    """Of the firm in scope, in the caller's transaction."""

    @needs("ledger.draft", "ledger.post")
    async def import_vouchers(
        self, client: int, vouchers: Iterable[VoucherDraft], *, drafted_by: str = "导入"
    ) -> Sequence[int]:
        """Post ``vouchers`` in the order given, with new numbers; their ids. Needs ``ledger.draft`` and ``ledger.post``.

        All or nothing: raises what ``Ledger.draft`` and ``Ledger.post`` raise, with the voucher's place from 1 in
        ``details["place"]``, and a place, a code and a sentence for each that is refused in ``details["refused"]``. Tells
        ``on_vouchers_posted`` once.
        """
        ...

    @needs("ledger.draft")
    async def import_drafts(self, client: int, vouchers: Iterable[VoucherDraft]) -> Sequence[int]:
        """Keep ``vouchers`` as drafts of the person who acts, whatever their source; their ids. Needs ``ledger.draft``.

        All or nothing, as ``import_vouchers``; what posting would refuse today (a closed month, a retired account) is refused.
        Tells ``on_vouchers_drafted`` once.
        """
        ...

    @needs("ledger.read")
    async def taking_over(self, client: int) -> bool:
        """Whether nothing is posted here but opening balances and imported vouchers: the books still are another firm's."""
        ...
