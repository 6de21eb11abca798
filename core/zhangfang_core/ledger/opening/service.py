"""Filling the opening sheet, starting the books with it, and correcting it until the first month closes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import accounts, drafts, periods, posting
from zhangfang_core.ledger.dimensions import LedgerDimensions, next_item_code
from zhangfang_core.ledger.open_items.carrying import settle_corrected
from zhangfang_core.ledger.opening.sheet import Key, changes, recounted, standing, year_to_date
from zhangfang_core.ledger.opening.tables import OpeningLineRow
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Account, DimensionKind, Line, VoucherDraft, VoucherKind
from zhangfang_sdk.openings import OpeningLine
from zhangfang_sdk.services import use

MOST_LINES = 5000
SOURCE = "opening"
TITLE = "期初余额"

PARTY_KINDS = tuple(DimensionKind)
"""Customers and suppliers first: the kind of item that a line's party names is the first of these that its account asks for."""

# What stands: the lines of opening vouchers, those that took others back included.
_STANDS = """select l.account, coalesce(i.name, l.counterparty) as party, d.due, sum(l.debit - l.credit)::bigint as amount,
        sum(case when l.debit <> 0 then d.quantity else -d.quantity end) as quantity
    from core_voucher v
    cross join lateral (select * from core_voucher_line where firm = $1 and id between v.id * 1000 and v.id * 1000 + 999 order by id limit 999) l
    left join lateral (select * from core_line_detail where firm = $1 and id = l.id limit 1) d on true
    left join core_dimension_item n on n.firm = $1
        and n.id = (select (d.items ->> k.kind)::bigint from unnest($3::varchar[]) with ordinality k (kind, place) where d.items ? k.kind
            order by place limit 1)
    left join core_dimension_item i on i.firm = $1 and i.id = coalesce(n.merged_into, n.id)
    where v.firm = $1 and v.client = $2 and v.kind = 'opening' and v.state = 'posted' group by 1, 2, 3"""


@dataclass(frozen=True, slots=True)
class Stands:
    """By account (a divided one's at the account to which its balance went), party and due date."""

    amounts: Mapping[Key, int]
    quantities: Mapping[Key, Decimal]


@dataclass(frozen=True, slots=True)
class Opening:
    """A client's sheet. ``started``: opening balances stand in the books; ``changed``: the sheet says something else than they do;
    ``closed``: the first month is closed, so that nothing changes any more."""

    books_start: dt.date
    lines: Sequence[OpeningLine]
    accounts: Sequence[Account]
    started: bool
    changed: bool
    closed: bool


class SheetOpenings:
    """The SDK's ``Openings``."""

    async def year_to_date(self, client: int) -> Mapping[str, int]:
        see(client)
        chart = {a.code: a for a in await accounts.accounts(client)}
        return year_to_date(await _kept(client), chart)

    async def fill(self, client: int, lines: Sequence[OpeningLine]) -> None:
        await save(client, lines)


async def opening(client: int) -> Opening:
    """The sheet as it was kept, or, where none was, as the books stand; needs ``ledger.read``."""
    see(client)
    start = await _books_start(client)
    stands, kept = await _stands(client), await _kept(client)
    lines = kept or [
        OpeningLine(key[0], amount, party=key[1], due=key[2], quantity=stands.quantities.get(key)) for key, amount in stands.amounts.items()
    ]
    return Opening(
        start,
        lines,
        await accounts.accounts(client),
        bool(stands.amounts),
        bool(stands.amounts) and bool(changes(lines, stands.amounts) or recounted(lines, stands.amounts, stands.quantities)),
        await periods.closed_through(client) is not None,
    )


async def save(client: int, lines: Sequence[OpeningLine]) -> None:
    """Keep the sheet, finished or not; needs ``ledger.draft``. Raises Refusal ``opening.closed``, ``opening.twice``, ``opening.too_long``."""
    require("ledger.draft")
    see(client)
    await _refuse_closed(client)
    filled = [line for line in lines if not line.is_empty]
    if len(filled) > MOST_LINES:
        raise Refusal("opening.too_long", f"期初最多 {MOST_LINES} 行,请合并后再填。")
    seen: set[Key] = set()
    for line in filled:
        if line.key in seen:
            raise Refusal("opening.twice", f"科目 {line.account} 的“{line.party or TITLE}”填了两行,请合并成一行。", field="lines")
        seen.add(line.key)
    before = len(await _kept(client))
    await OpeningLineRow.delete().where(OpeningLineRow.client == client)
    rows = [
        OpeningLineRow(
            client=client,
            account=line.account,
            party=line.party,
            due=line.due,
            amount=line.amount,
            year_debit=line.year_debit,
            year_credit=line.year_credit,
            quantity=line.quantity,
        )
        for line in filled
    ]
    if rows:
        await OpeningLineRow.insert(*rows)
    await use(Audit).record(
        "ledger.fill_opening", f"core_client:{client}", client=client, before={"lines": before}, after={"lines": len(rows)}
    )


async def start(client: int) -> int | None:
    """Bring the opening balances to what the sheet says, by one voucher of kind opening: the first one, or the difference of a correction.

    Needs ``ledger.draft`` and ``ledger.post``: it is one act of the person who takes the books over, named on the trail. Customers and suppliers
    that the sheet names become items. None where nothing differs. Raises Refusal ``opening.unbalanced``, ``opening.accounts``, ``opening.closed``
    and what posting raises.
    """
    require("ledger.draft")
    require("ledger.post")
    see(client)
    await connection().execute("select pg_advisory_xact_lock(hashtextextended('opening:' || $1::bigint, 0))", client)
    await _refuse_closed(client)
    chart = {a.code: a for a in await accounts.accounts(client)}
    lines = await _kept(client)
    state = standing(lines, chart)
    if state.unknown:
        raise Refusal("opening.accounts", f"这些科目不能填期初:{'、'.join(state.unknown[:5])}。请改到在用的末级科目。", status=409)
    if not state.may_start:
        raise Refusal(
            "opening.unbalanced",
            "期初还没有平:请让期初借方合计等于贷方合计,并核对本年累计发生额。",
            status=409,
            details={"difference": state.difference, "turnover": state.turnover},
        )
    stands = await _stands(client)
    moves = _moves(lines, stands)
    if not moves:
        return None
    date = await _books_start(client) - dt.timedelta(days=1)
    booked = tuple([await _line(client, chart[key[0]], key, by, quantity) for key, by, quantity in moves])
    draft = VoucherDraft(client, date, TITLE, booked, kind=VoucherKind.OPENING, source=SOURCE)
    voucher = await drafts.keep(draft)
    await posting.post(voucher)
    await settle_corrected(client, sorted({line.account for line in booked}))
    await use(Audit).record(
        "ledger.start_books", f"core_voucher:{voucher}", client=client, after={"lines": len(booked), "debit": state.debit}
    )
    return voucher


def _moves(lines: Sequence[OpeningLine], stands: Stands) -> list[tuple[Key, int, Decimal]]:
    """What the books lack: amounts with their quantities; where the quantity alone is wrong, the line is taken out and put in again."""
    nothing = Decimal(0)
    wanted = {line.key: line.quantity or nothing for line in lines}
    moves = [
        (key, by, wanted.get(key, nothing) - stands.quantities.get(key, nothing)) for key, by in changes(lines, stands.amounts)
    ]
    for line in recounted(lines, stands.amounts, stands.quantities):
        moves.append((line.key, -line.amount, -stands.quantities.get(line.key, nothing)))
        moves.append((line.key, line.amount, line.quantity or nothing))
    return moves


async def _line(client: int, account: Account, key: Key, amount: int, quantity: Decimal) -> Line:
    _, party, due = key
    dimensions: dict[str, int] = {}
    kinds = [k for k in PARTY_KINDS if k in account.dimensions]
    if party and kinds:
        kind = DimensionKind.STOCK if quantity and DimensionKind.STOCK in kinds else kinds[0]
        dimensions[kind.value] = await _item(client, kind, party)
    return Line(
        account.code,
        TITLE,
        debit=max(amount, 0),
        credit=max(-amount, 0),
        counterparty=party,
        dimensions=dimensions,
        quantity=(quantity if amount > 0 else -quantity) if quantity else None,
        due=due,
    )


async def _item(client: int, kind: DimensionKind, name: str) -> int:
    """The item of that name, made where there is none; codes go on from the largest number."""
    items = await LedgerDimensions().items(client, kind)
    found = next((item for item in items if item.name == name), None)
    if found is None:
        found = await LedgerDimensions().add(client, kind, next_item_code(items), name)
    return found.merged_into or found.id


async def _kept(client: int) -> list[OpeningLine]:
    rows = await OpeningLineRow.select().where(OpeningLineRow.client == client).order_by(
        OpeningLineRow.account, OpeningLineRow.party, OpeningLineRow.due
    )
    return [
        OpeningLine(r["account"], r["amount"], r["year_debit"], r["year_credit"], r["party"], r["due"], r["quantity"]) for r in rows
    ]


async def _stands(client: int) -> Stands:
    amounts: dict[Key, int] = {}
    quantities: dict[Key, Decimal] = {}
    moved = await accounts.moved(client)
    for row in await connection().fetch(_STANDS, firm_in_scope(), client, [kind.value for kind in PARTY_KINDS]):
        key = accounts.where_now(row["account"], moved), row["party"], row["due"]
        amounts[key] = amounts.get(key, 0) + row["amount"]
        quantities[key] = quantities.get(key, Decimal(0)) + (row["quantity"] or 0)
    return Stands({k: a for k, a in amounts.items() if a}, {k: q for k, q in quantities.items() if q})


async def _books_start(client: int) -> dt.date:
    start: dt.date | None = await connection().fetchval(
        "select books_start from core_client where firm = $1 and id = $2", firm_in_scope(), client
    )
    if start is None or not scope().sees(client):
        raise not_found("客户企业")
    return start


async def _refuse_closed(client: int) -> None:
    if await periods.closed_through(client) is not None:
        raise Refusal("opening.closed", "第一个月已经结账,期初不能再改;确需更正请先反结账。", status=409)
