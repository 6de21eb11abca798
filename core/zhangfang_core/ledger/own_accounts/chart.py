"""The SDK's ``Chart`` on PostgreSQL."""

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.accounts import accounts
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.ledger.own_accounts import codes
from zhangfang_core.ledger.own_accounts.adding import add_account, add_first_level, code_lengths
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account


class ClientChart:
    async def category_of(self, client: int, code: str) -> str | None:
        see(client)
        standard = await connection().fetchval(
            "select standard from core_client where firm = $1 and id = $2", firm_in_scope(), client
        )
        return load_chart(standard).category_of(code)

    async def code_below(self, client: int, parent: str, wanted: str = "") -> str:
        see(client)
        chart = {a.code: a for a in await accounts(client)}
        above = chart.get(parent)
        if above is None:
            raise Refusal("ledger.account_unknown", f"没有上级科目“{parent[:20]}”。", field="parent")
        step = codes.step_below(above, chart.values(), await code_lengths(client))
        fits = wanted.isdecimal() and wanted.startswith(parent) and len(wanted) == len(parent) + step
        return wanted if fits and wanted not in chart else codes.next_code(parent, step, chart)

    async def add(self, client: int, code: str, name: str, *, parent: str | None, normal_balance: str = "debit") -> Account:
        if parent is None:
            return await add_first_level(client, code, name, normal_balance)
        return (await add_account(client, parent, code, name)).account
