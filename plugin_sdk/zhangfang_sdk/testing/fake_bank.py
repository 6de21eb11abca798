"""Bank lines in memory."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from zhangfang_sdk.bank import BankBalance, BankLine
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fake_ledger import refusal


class FakeBank:
    """``balances`` by client; ``lines`` by client; ``vouchers``: posted voucher → (client, account, fen that it moves there)."""

    def __init__(
        self,
        balances: Mapping[int, Sequence[BankBalance]],
        lines: Mapping[int, Iterable[BankLine]],
        vouchers: Mapping[int, tuple[int, str, int]],
    ) -> None:
        self._balances = balances
        self.lines = {line.id: (client, line) for client, lines_ in lines.items() for line in lines_}
        self._vouchers = vouchers

    async def balances(self, client: int) -> Sequence[BankBalance]:
        self._see(client)
        return self._balances.get(client, ())

    async def unmatched(self, client: int, period: Period, *, limit: int = 500) -> Sequence[BankLine]:
        self._see(client)
        found = [
            line for of, line in self.lines.values() if of == client and line.voucher is None and Period.of(line.date) == period
        ]
        return sorted(found, key=lambda line: (-abs(line.amount), line.date, line.id))[:limit]

    async def has_month(self, client: int, period: Period) -> bool:
        return await self.until(client, period) == period.last_day

    async def until(self, client: int, period: Period) -> dt.date | None:
        self._see(client)
        of_client = [line for of, line in self.lines.values() if of == client]
        accounts = {line.account for line in of_client if line.date <= period.last_day}
        last = {
            account: max((line.date for line in of_client if line.account == account and Period.of(line.date) == period), default=None)
            for account in accounts
        }
        days = [day for day in last.values() if day is not None]
        if not days or len(days) < len(accounts):
            return None
        return period.last_day if period < Period.current() else min(days)

    async def match(self, line: int, voucher: int) -> None:
        require("bank.write")
        client, found = self.lines.get(line, (0, None))
        if found is None or not scope().sees(client):
            raise not_found("流水")
        of, account, amount = self._vouchers.get(voucher, (0, "", 0))
        if of != client:
            raise not_found("凭证")
        if found.voucher is not None:
            raise refusal("bank.matched_already")
        if (account, amount) != (found.account, found.amount):
            raise refusal("bank.amounts_differ")
        self.lines[line] = (client, replace(found, voucher=voucher))

    def _see(self, client: int) -> None:
        require("bank.read")
        if not scope().sees(client):
            raise not_found("客户企业")
