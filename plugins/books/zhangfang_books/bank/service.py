"""The SDK's ``Bank``, provided from the statements that were brought in."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_books.bank.accepting import tie
from zhangfang_books.bank.accounts import account_of, accounts_of, hold, masked
from zhangfang_books.bank.standing import entries_of, standing
from zhangfang_books.bank.tables import BankFile, BankLineRow
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.bank import BankBalance, BankLine
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period


class StatementBank:
    async def balances(self, client: int) -> Sequence[BankBalance]:
        self._see(client)
        return [
            BankBalance(a.account, a.bank, masked(a.number), a.balance, a.told_at.astimezone(dt.UTC))
            for a in await accounts_of(client)
            if a.balance is not None and a.told_at is not None
        ]

    async def unmatched(self, client: int, period: Period, *, limit: int = 500) -> Sequence[BankLine]:
        self._see(client)
        found: list[BankLine] = []
        for account in await accounts_of(client):
            known = await standing(account, since=period.first_day, until=period.last_day)
            posted = {m.line for m in known.matches if m.voucher not in known.drafts}
            found += [
                BankLine(row.id, account.account, row.date, row.amount, row.counterparty, row.text)
                for row in known.rows
                if row.id not in posted or known.explained.get(row.id, 0) != row.amount
            ]
        return sorted(found, key=lambda line: (-abs(line.amount), line.date, line.id))[:limit]

    async def has_month(self, client: int, period: Period) -> bool:
        return await self.until(client, period) == period.last_day

    async def until(self, client: int, period: Period) -> dt.date | None:
        self._see(client)
        # What lies before the first line of an account nobody asks for: it may not have been opened yet.
        rows = await BankFile.raw(
            """select account.id, max(case when (file.brought_at at time zone 'Asia/Shanghai')::date > {} then {} else least(file.last, {}) end)
                filter (where exists (select 1 from books_bank_line line where line.file = file.id and line.date between {} and {})) as until
            from books_bank_account account join books_bank_file file on file.firm = account.firm and file.account = account.id
            where account.client = {} group by account.id having min(file.first) <= {}""",
            *(period.last_day, period.last_day, period.last_day, period.first_day, period.last_day, client, period.last_day),
        )
        found = [row["until"] for row in rows]
        return None if not found or None in found else min(found)

    async def match(self, line: int, voucher: int) -> None:
        require("bank.write")
        row = await BankLineRow.objects().where(BankLineRow.id == line).first()
        if row is None:
            raise not_found("流水")
        account = await account_of(row.client, row.account)
        found = await use(Ledger).voucher(voucher)
        if found.client != row.client:
            raise not_found("凭证")
        await hold(row.client)
        known = await standing(account)
        left = next((each for each in known.lines() if each.id == line), None)
        if left is None:
            raise Refusal("bank.matched_already", "这笔流水已经有凭证对应了。", status=409)
        fitting = [e for e in entries_of(found, account.account, {}) if e.amount - known.tied.get(e.key, 0) == left.amount]
        if not fitting:
            raise Refusal("bank.amounts_differ", "这张凭证在这个银行科目上的金额与流水不一样。", status=409)
        await tie(account, left, voucher, fitting[0].place, left.amount, "由人指定")
        await use(Audit).record(
            "books.bank_matched", f"books_bank_account:{account.id}", client=row.client,
            after={"lines": [line], "vouchers": [voucher], "rule": "chosen", "sure": False},
        )  # fmt: skip

    def _see(self, client: int) -> None:
        require("bank.read")
        if not scope().sees(client):
            raise not_found("企业")



