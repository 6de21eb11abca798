"""Fingerprints of a client's accounts on the trail: written when its chart is opened, and with each change, for the account that changed.

Clients of before, whose opening says nothing, have theirs written by the first verification.
"""

import hashlib
import json

from zhangfang_core.database.engine import connection
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Account
from zhangfang_sdk.services import use

LENGTH = 16
"""Hexadecimal digits: 64 bits, of texts that nobody chooses freely twice."""

# Whoever changes an account holds its row: what is read here is before that change, which then comes later on the trail, or after it.
_ACCOUNTS = """select code, name, category, normal_balance, retired from core_account where firm = $1 and client = $2
    order by code for share"""


def account_digest(code: str, name: str, category: str, normal_balance: str, retired: bool) -> str:
    """Of what an account is called, what it is, and whether it takes new lines."""
    said = json.dumps([code, name, category, normal_balance, retired], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:LENGTH]


def said_of(account: Account) -> dict[str, str]:
    """What an entry about one account says in ``chart``."""
    return {
        account.code: account_digest(
            account.code, account.name, account.category, account.normal_balance, account.retired
        )
    }


async def keep_chart(client: int) -> None:
    """Put the client's whole chart on the trail, in the caller's transaction."""
    rows = await connection().fetch(_ACCOUNTS, firm_in_scope(), client)
    chart = {row["code"]: account_digest(*row) for row in rows}
    await use(Audit).record(
        "ledger.keep_chart", f"core_client:{client}", client=client, after={"accounts": len(chart), "chart": chart}
    )
