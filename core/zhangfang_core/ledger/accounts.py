"""A client's chart of accounts: opened from the standard's, and extended below it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.chart_digests import keep_chart, said_of
from zhangfang_core.ledger.charts import load_chart, standards
from zhangfang_core.ledger.reading import see_accounts
from zhangfang_core.ledger.rules import kinds_of
from zhangfang_core.ledger.search_source import account_renamed
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Account, Line
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import seen

_INSERT = """insert into core_account (firm, client, code, name, full_name, parent, category, normal_balance, is_leaf,
    dimensions, open_items) select $1, $2, a.* from unnest($3::varchar[], $4::varchar[], $5::varchar[], $6::varchar[], $7::varchar[],
    $8::varchar[], $9::boolean[], $10::varchar[], $11::boolean[]) a"""

_NAMES = "select code, full_name from core_account where firm = $1 and client = $2"


async def open_chart(client: int, standard: str) -> int:
    """Give a new client the accounts of ``standard`` for its kind of taxpayer; the number of accounts.

    Raises Refusal ``ledger.standard_unknown``, ``ledger.chart_open``, ``common.not_found``.
    """
    if standard not in standards():
        raise Refusal("ledger.standard_unknown", "没有这套会计准则的科目表,请重新选择。", field="standard")
    row = await connection().fetchrow(
        """select app_client_fact(c.id, 'taxpayer_kind', c.books_start) as taxpayer_kind, exists (select from core_account a where a.client = c.id) as has_chart
        from core_client c where c.firm = $1 and c.id = $2""",
        firm_in_scope(),
        client,
    )
    if row is None:
        raise not_found("客户企业")
    if row["has_chart"]:
        raise Refusal("ledger.chart_open", "这家企业已经有科目表了。", status=409)
    chart = load_chart(standard, row["taxpayer_kind"])
    await connection().execute(
        _INSERT,
        firm_in_scope(),
        client,
        [a.code for a in chart],
        [a.name for a in chart],
        [a.full_name for a in chart],
        [a.parent for a in chart],
        [a.category.value for a in chart],
        [a.normal_balance.value for a in chart],
        [a.is_leaf for a in chart],
        [",".join(chart.dimensions_of(a.code)) for a in chart],
        [chart.has_open_items(a.code) for a in chart],
    )
    await keep_chart(client)
    return len(chart)


async def accounts(client: int) -> Sequence[Account]:
    """See ``Ledger.accounts``, by code: those that the role sees."""
    if not scope().sees(client):
        raise not_found("客户企业")
    rows = await connection().fetch(
        """select code, name, full_name, parent, category, normal_balance, is_leaf, dimensions, required, open_items, retired
        from core_account where firm = $1 and client = $2 order by code""",
        firm_in_scope(),
        client,
    )
    return [account_of(row) for row in rows if scope().sees_account(row["code"])]


async def account_names(client: int, codes: Sequence[str] | None = None) -> Mapping[str, str]:
    """See ``Ledger.account_names``; needs ``accounts.read`` or ``ledger.read``."""
    see_accounts(client)
    if codes is None:
        rows = await connection().fetch(_NAMES, firm_in_scope(), client)
    else:
        wanted = [code for code in codes if "\x00" not in code]
        rows = await connection().fetch(f"{_NAMES} and code = any($3::varchar[])", firm_in_scope(), client, wanted)
    return {code: name for code, name in rows if scope().sees_account(code)}


async def moved(client: int) -> Mapping[str, str]:
    """Accounts that were divided → the accounts below them to which their balances went."""
    rows = await connection().fetch(
        "select code, moved_to from core_account where firm = $1 and client = $2 and moved_to is not null",
        firm_in_scope(),
        client,
    )
    return {row["code"]: row["moved_to"] for row in rows}


async def followed(client: int, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines on the accounts to which those that were divided since went."""
    went = await moved(client)
    return tuple(
        replace(line, account=where_now(line.account, went)) if line.account in went else line for line in lines
    )


def where_now(code: str, moved: Mapping[str, str]) -> str:
    while code in moved:
        code = moved[code]
    return code


def account_of(row: Mapping[str, Any]) -> Account:
    """A row of ``core_account``."""
    return Account(
        code=row["code"],
        name=row["name"],
        full_name=row["full_name"],
        parent=row["parent"],
        category=row["category"],
        normal_balance=row["normal_balance"],
        is_leaf=row["is_leaf"],
        dimensions=kinds_of(row["dimensions"]),
        required=kinds_of(row["required"]),
        open_items=row["open_items"],
        retired=row["retired"],
    )


async def change_account(client: int, code: str, *, name: str | None = None, retired: bool | None = None) -> Account:
    """Rename an account, retire it, or take it up again; needs ``ledger.draft``. On the trail.

    A retired account keeps its figures and takes no new lines. Raises Refusal ``ledger.account_unknown``,
    ``ledger.account_name``, ``ledger.account_has_balance``.
    """
    require("ledger.draft")
    if not scope().sees(client):
        raise not_found("客户企业")
    before = await connection().fetchrow(
        "select * from core_account where firm = $1 and client = $2 and code = $3 for no key update",
        firm_in_scope(),
        client,
        code.replace("\x00", ""),
    )
    if before is None:
        raise Refusal("ledger.account_unknown", f"没有科目“{code[:20]}”。", field="code")
    new = before["name"] if name is None else name_of(name)
    if retired and await _balance(client, code):
        raise Refusal(
            "ledger.account_has_balance", f"科目 {code} 还有余额,结清之后才能停用。", status=409, field="retired"
        )
    above = before["full_name"][: len(before["full_name"]) - len(before["name"])]
    full_name = f"{above}{new}"
    longest = await connection().fetchval(
        "select max(length(full_name)) from core_account where firm = $1 and client = $2 and code >= $3 and code < $3 || ':'",
        firm_in_scope(),
        client,
        code,
    )
    if longest - len(before["full_name"]) + len(full_name) > 255:
        raise Refusal("ledger.account_name", "科目全称太长,请缩短名称。", field="name")
    await connection().execute(
        """update core_account set full_name = $4 || substr(full_name, $5), name = case when code = $3 then $6 else name end,
        retired = case when code = $3 then $7 else retired end
        where firm = $1 and client = $2 and code >= $3 and code < $3 || ':'""",
        firm_in_scope(),
        client,
        code,
        full_name,
        len(before["full_name"]) + 1,
        new,
        before["retired"] if retired is None else retired,
    )
    if new != before["name"]:
        await account_renamed(client, code)
    kept = before["retired"] if retired is None else retired
    changed = replace(account_of(before), name=new, full_name=full_name, retired=kept)
    await use(Audit).record(
        "ledger.change_account",
        f"core_account:{before['id']}",
        client=client,
        before={"name": before["name"], "retired": before["retired"]},
        after={"code": code, "name": new, "retired": kept, "chart": said_of(changed)},
    )
    return changed


def name_of(text: str) -> str:
    """Raises Refusal ``ledger.account_name``."""
    name = seen(text).strip()
    if not 0 < len(name) <= 80:
        raise Refusal("ledger.account_name", "请填写科目名称,最多 80 个字。", field="name")
    return name


async def _balance(client: int, code: str) -> int:
    balance: int = await connection().fetchval(
        """select coalesce(sum(debit - credit + closing_debit - closing_credit), 0)::bigint from core_balance
        where firm = $1 and client = $2 and account >= $3 and account < $3 || ':'""",
        firm_in_scope(),
        client,
        code,
    )
    return balance
