"""Vouchers, as they are found: number, date, summaries, accounts, parties, dimension items and amounts."""

from collections.abc import Iterator, Mapping, Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import vouchers_of_firm
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Line, Voucher, VoucherState
from zhangfang_sdk.money import yuan
from zhangfang_sdk.search import LONGEST_TITLE, Search, SearchEntry, SearchSource
from zhangfang_sdk.services import use

KIND = "core.vouchers"
_IDS = "select id from core_voucher where firm = $1 and id > $2 order by id limit $3"
_ACCOUNTS = """select a.client, a.code, a.full_name from unnest($2::bigint[], $3::varchar[]) w (client, code)
    join core_account a on a.firm = $1 and a.client = w.client and a.code = w.code"""
_ITEMS = "select id, code, name from core_dimension_item where firm = $1 and id = any ($2::bigint[])"

# Drafts keep their lines as JSON: of a client, there are few.
_WITH_ACCOUNT = """select l.voucher as id from core_voucher_line l where l.firm = $1 and l.client = $2 and l.account >= $3 and l.account < $3 || ':'
    union select id from core_voucher where firm = $1 and client = $2 and state = 'draft'"""
_WITH_ITEM = """select d.id / 1000 as id from core_line_detail d where d.firm = $1 and d.client = $2
    and exists (select from jsonb_each(d.items) e where e.value = to_jsonb($3::bigint))
    union select id from core_voucher where firm = $1 and client = $2 and state = 'draft'"""

Names = Mapping[object, str]


async def account_renamed(client: int, code: str) -> None:
    """The account and those below it have other names in every voucher of the client."""
    rows = await connection().fetch(_WITH_ACCOUNT, firm_in_scope(), client, code)
    use(Search).changed(KIND, [row["id"] for row in rows])


async def item_renamed(client: int, item: int) -> None:
    """The dimension item has another name in every voucher of the client."""
    rows = await connection().fetch(_WITH_ITEM, firm_in_scope(), client, item)
    use(Search).changed(KIND, [row["id"] for row in rows])


async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
    vouchers = await vouchers_of_firm(ids)
    accounts, items = await _accounts(vouchers), await _items(vouchers)
    return [_entry(voucher, accounts, items) for voucher in vouchers]


async def ids(after: int, limit: int) -> Sequence[int]:
    return [row["id"] for row in await connection().fetch(_IDS, firm_in_scope(), after, limit)]


def _entry(voucher: Voucher, accounts: Names, items: Names) -> SearchEntry:
    label = {VoucherState.POSTED: voucher.label, VoucherState.DRAFT: "草稿"}.get(voucher.state, "作废")
    lines = "\n".join(" ".join(_words(voucher, line, accounts, items)) for line in voucher.lines)
    head = f"{voucher.date} {yuan(voucher.total)} {voucher.drafted_by} {voucher.posted_by}"
    title = f"{label} {voucher.summary}"[:LONGEST_TITLE]
    return SearchEntry(voucher.id, voucher.client, title, f"{head}\n{lines}", f"/vouchers/{voucher.id}", voucher.date)


def _words(voucher: Voucher, line: Line, accounts: Names, items: Names) -> Iterator[str]:
    yield line.summary
    yield line.account
    yield accounts.get((voucher.client, line.account), "")
    yield line.counterparty
    yield from (items.get(item, "") for item in line.dimensions.values())
    yield yuan(line.debit or line.credit)


async def _accounts(vouchers: Sequence[Voucher]) -> Names:
    """Full names by client and code."""
    named = list({(v.client, line.account): None for v in vouchers for line in v.lines})
    rows = await connection().fetch(_ACCOUNTS, firm_in_scope(), [c for c, _ in named], [code for _, code in named])
    return {(row["client"], row["code"]): row["full_name"] for row in rows}


async def _items(vouchers: Sequence[Voucher]) -> Names:
    """Code and name of dimension items by id."""
    named = list({item for v in vouchers for line in v.lines for item in line.dimensions.values()})
    rows = await connection().fetch(_ITEMS, firm_in_scope(), named)
    return {row["id"]: f"{row['code']} {row['name']}" for row in rows}


VOUCHERS = SearchSource("vouchers", "凭证", "ledger.read", write, ids)
