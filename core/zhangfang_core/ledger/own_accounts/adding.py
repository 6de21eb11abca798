"""A client's own accounts: of the first level as the standard codes them, and below any account, with entries or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.accounts import account_of, accounts, name_of
from zhangfang_core.ledger.chart_digests import said_of
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.ledger.own_accounts import codes
from zhangfang_core.ledger.own_accounts.carrying import LOCK
from zhangfang_core.ledger.own_accounts.dividing import Division, divide
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Account
from zhangfang_sdk.services import use

_INSERT = """insert into core_account (firm, client, code, name, full_name, parent, category, normal_balance, is_leaf,
    dimensions, required, open_items) values ($1, $2, $3, $4, $5, $6, $7, $8, true, $9, $10, $11) on conflict (client, code) do nothing returning id"""


@dataclass(frozen=True, slots=True)
class Added:
    """The new account, and what moved to it."""

    account: Account
    division: Division


async def add_account(client: int, parent: str, code: str, name: str, *, divide_used: bool = False) -> Added:
    """Add an account below ``parent``; needs ``ledger.draft``.

    With ``divide_used`` the balance of a parent that has entries moves to the new account (:mod:`dividing`), which needs ``ledger.post`` too.
    Raises Refusal ``ledger.account_unknown``, ``ledger.account_code``, ``ledger.account_name``, ``ledger.account_taken``,
    ``ledger.account_retired``, without ``divide_used`` ``ledger.account_in_use``, and what posting raises.
    """
    await _may_change(client)
    above = await connection().fetchrow(
        "select * from core_account where firm = $1 and client = $2 and code = $3 for no key update",
        firm_in_scope(),
        client,
        parent.replace("\x00", ""),
    )
    if above is None:
        raise Refusal("ledger.account_unknown", f"没有上级科目“{parent[:20]}”。", field="parent")
    if above["retired"]:
        raise Refusal("ledger.account_retired", f"科目 {parent} 已经停用,请先重新启用,再设下级科目。", field="parent")
    chart = await accounts(client)
    codes.check_code(code, parent, codes.step_below(account_of(above), chart, await code_lengths(client)))
    name = name_of(name)
    full_name = f"{above['full_name']}-{name}"
    if len(full_name) > 255:
        raise Refusal("ledger.account_name", "科目全称太长,请缩短名称。", field="name")
    used = False
    if above["is_leaf"]:
        await connection().execute(LOCK, client)
        used = await has_entries(client, parent)
        if used and not divide_used:
            raise Refusal(
                "ledger.account_in_use",
                f"科目 {parent} {above['full_name']} 已经有发生额:增设下级科目时,原有余额会用凭证转入新的下级科目,请确认后再试。",
                status=409,
                field="parent",
            )
    made = Account(
        code,
        name,
        full_name,
        parent,
        above["category"],
        above["normal_balance"],
        True,
        account_of(above).dimensions,
        account_of(above).required,
        above["open_items"],
    )
    row = await _insert(client, made)
    division = Division()
    if used:
        division = await divide(client, above, code)
    elif above["is_leaf"]:
        await connection().execute(
            "update core_account set is_leaf = false where firm = $1 and client = $2 and code = $3", firm_in_scope(), client, parent
        )
    after: dict[str, object] = {"code": code, "name": name, "chart": said_of(made)}
    if used:
        after |= {"moved_from": parent, "vouchers": list(division.vouchers), "drafts": division.drafts}
    await use(Audit).record("ledger.add_account", f"core_account:{row}", client=client, after=after)
    return Added(made, division)


async def add_first_level(client: int, code: str, name: str, normal_balance: str) -> Account:
    """Add an account of the first level; its first digit says its category, as in the client's standard. Needs ``ledger.draft``.

    Raises Refusal ``ledger.account_code``, ``ledger.account_name``, ``ledger.account_taken``, ``ledger.account_side``.
    """
    await _may_change(client)
    standard = await connection().fetchval("select standard from core_client where firm = $1 and id = $2", firm_in_scope(), client)
    if standard is None:
        raise not_found("客户企业")
    codes.check_first_level(code)
    category = load_chart(standard).category_of(code)
    if category is None:
        raise Refusal("ledger.account_code", f"{load_chart(standard).title}没有以 {code[0]} 开头的科目类别。", field="code")
    if normal_balance not in ("debit", "credit"):
        raise Refusal("ledger.account_side", "请选择余额方向:借或贷。", field="normal_balance")
    name = name_of(name)
    made = Account(code, name, name, None, category.value, normal_balance, True)
    row = await _insert(client, made)
    after: dict[str, object] = {"code": code, "name": name, "chart": said_of(made)}
    await use(Audit).record("ledger.add_account", f"core_account:{row}", client=client, after=after)
    return made


async def has_entries(client: int, code: str) -> bool:
    """Whether anything was ever posted to the account itself."""
    found: bool = await connection().fetchval(
        "select exists (select from core_balance where firm = $1 and client = $2 and account = $3)", firm_in_scope(), client, code
    )
    return found


async def code_lengths(client: int) -> tuple[int, ...]:
    """Digits of each level."""
    text = await connection().fetchval(
        "select lengths from core_code_rule where firm = $1 and client = $2", firm_in_scope(), client
    )
    return codes.DEFAULT if text is None else codes.lengths_of(text)


async def set_code_lengths(client: int, lengths: Sequence[int]) -> None:
    """How new codes are made from now on; needs ``ledger.draft``. Accounts beside others keep the length that these have."""
    await _may_change(client)
    text = codes.text_of(codes.lengths_of(codes.text_of(lengths)))
    row = await connection().fetchval(
        """insert into core_code_rule (firm, client, lengths) values ($1, $2, $3)
        on conflict (client) do update set lengths = excluded.lengths returning id""",
        firm_in_scope(),
        client,
        text,
    )
    await use(Audit).record("ledger.code_rule", f"core_code_rule:{row}", client=client, after={"lengths": text})


async def _may_change(client: int) -> None:
    require("ledger.draft")
    if not scope().sees(client):
        raise not_found("客户企业")


async def _insert(client: int, account: Account) -> int:
    made: int | None = await connection().fetchval(
        _INSERT,
        firm_in_scope(),
        client,
        account.code,
        account.name,
        account.full_name,
        account.parent,
        account.category,
        account.normal_balance,
        ",".join(account.dimensions),
        ",".join(account.required),
        account.open_items,
    )
    if made is None:
        raise Refusal("ledger.account_taken", f"科目编码 {account.code} 已经用了,请换一个。", field="code", status=409)
    return made
