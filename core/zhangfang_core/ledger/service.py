"""The SDK's ``Ledger`` on PostgreSQL. Each method is one of the room's modules; see the Protocol for what is raised."""

import datetime as dt
from collections.abc import Mapping, Sequence

from zhangfang_core.ledger import accounts, balances, drafts, parties, periods, posting, reading, reversal
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.ledger import Account, Balance, LedgerEntry, PartyBalance, Voucher, VoucherDraft, VoucherState
from zhangfang_sdk.periods import Period


class PostgresLedger:
    """The books of the firm in scope, in the caller's transaction."""

    async def accounts(self, client: int) -> Sequence[Account]:
        return await accounts.accounts(client)

    async def account_names(self, client: int, *, codes: Sequence[str] | None = None) -> Mapping[str, str]:
        return await accounts.account_names(client, codes)

    async def draft(self, draft: VoucherDraft) -> int:
        return await drafts.keep(draft)

    async def redraft(self, voucher: int, draft: VoucherDraft, *, version: int | None = None) -> None:
        await drafts.replace(_possible(voucher), draft, version=version)

    async def hand_back(self, voucher: int, reason: str) -> None:
        await drafts.hand_back(_possible(voucher), reason)

    async def discard(self, voucher: int, reason: str) -> None:
        await drafts.discard(_possible(voucher), reason)

    async def post(self, voucher: int) -> Voucher:
        return await posting.post(_possible(voucher))

    async def review(self, voucher: int) -> None:
        await drafts.review(_possible(voucher))

    async def reverse(self, voucher: int, date: dt.date, reason: str) -> int:
        return await reversal.reverse(_possible(voucher), date, reason)

    async def voucher(self, voucher: int) -> Voucher:
        return await reading.voucher(_possible(voucher))

    async def vouchers(
        self,
        client: int,
        *,
        period: Period | None = None,
        state: VoucherState | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Sequence[Voucher]:
        return await reading.vouchers(client, period=period, state=state, limit=limit, before=before)

    async def entries(
        self, client: int, account: str, first: Period, last: Period, *, limit: int = 200
    ) -> Sequence[LedgerEntry]:
        return await reading.entries(client, account, first, last, limit=limit)

    async def balances(
        self, client: int, first: Period | None, last: Period, *, ends: Sequence[Period] | None = None
    ) -> Sequence[Balance]:
        return await balances.balances(client, first, last, ends)

    async def vouchers_by_id(self, ids: Sequence[int]) -> Sequence[Voucher]:
        return await reading.vouchers_of_firm(ids)

    async def posted_counts(self, client: int, first: Period, last: Period) -> Mapping[Period, int]:
        return await reading.posted_counts(client, first, last)

    async def party_balances(
        self, client: int, accounts: Sequence[str], until: Sequence[Period | None]
    ) -> Sequence[PartyBalance]:
        return await parties.party_balances(client, accounts, until)

    async def close_period(self, client: int, period: Period, *, early: bool = False) -> None:
        await periods.close_period(client, period, early=early)

    async def reopen_period(self, client: int, period: Period, reason: str) -> None:
        await periods.reopen_period(client, period, reason)

    async def closed_through(self, client: int) -> Period | None:
        return await periods.closed_through(client)


def _possible(voucher: int) -> int:
    """An id from an address may be any number; raises ``common.not_found`` for one that no voucher can have."""
    if not 0 < voucher < 2**53:
        raise not_found("凭证")
    return voucher
