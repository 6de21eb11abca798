"""Auxiliary dimensions (辅助核算): items, what accounts ask for, balances and entries by item."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import entries_of, see
from zhangfang_core.ledger.rules import KIND_TITLES
from zhangfang_core.ledger.search_source import item_renamed
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.dimensions import DimensionBalance, DimensionItem, StockTurnover
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import DimensionKind, LedgerEntry
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import seen

LONGEST_COUNTED = 10
_FIELDS = "id, client, kind, code, name, tax_id, unit, retired, merged_into"

_BALANCES = """select b.account, b.item, b.period, b.debit, b.credit, b.quantity from core_dimension_balance b
    join core_dimension_item i on i.id = b.item and i.firm = b.firm
    where b.firm = $1 and b.client = $2 and b.account >= $3 and b.account < $3 || ':' and i.kind = $4 and b.period between $5 and $6
    order by b.account, b.item, b.period"""

# Quantities by side are those of the months' lines; what lies before is read from balances.
_STOCK = """with before as (
        select b.account, b.item, sum(b.debit - b.credit)::bigint as amount, sum(b.quantity) as quantity from core_dimension_balance b
        join core_dimension_item i on i.id = b.item and i.firm = b.firm and i.kind = 'stock'
        where b.firm = $1 and b.client = $2 and b.account >= $3 and b.account < $3 || ':' and b.period < $6 group by 1, 2
    ), within as (
        select l.account, (d.items ->> 'stock')::bigint as item, sum(l.debit)::bigint as debit, sum(l.credit)::bigint as credit,
            sum(d.quantity) filter (where l.debit <> 0) as came, sum(d.quantity) filter (where l.credit <> 0) as went
        from core_voucher_line l join core_voucher v on v.id = l.voucher and v.firm = l.firm and v.kind <> 'opening'
        cross join lateral (select * from core_line_detail where firm = $1 and id = l.id limit 1) d
        where l.firm = $1 and l.client = $2 and l.account >= $3 and l.account < $3 || ':' and l.date between $4 and $5 and d.items ? 'stock'
        group by 1, 2
    )
    select coalesce(b.account, w.account) as account, coalesce(b.item, w.item) as item, coalesce(b.quantity, 0) as opening_quantity,
        coalesce(b.amount, 0) as opening, coalesce(w.came, 0) as in_quantity, coalesce(w.debit, 0) as debit,
        coalesce(w.went, 0) as out_quantity, coalesce(w.credit, 0) as credit
    from before b full join within w on w.account = b.account and w.item = b.item order by 1, 2"""


class LedgerDimensions:
    """The SDK's ``Dimensions`` on PostgreSQL."""

    async def items(self, client: int, kind: DimensionKind | None = None) -> Sequence[DimensionItem]:
        see(client)
        rows = await connection().fetch(
            f"""select {_FIELDS} from core_dimension_item where firm = $1 and client = $2 and ($3::varchar is null or kind = $3)
            order by kind, code""",  # noqa: S608 - our own names
            firm_in_scope(),
            client,
            kind,
        )
        return [_item(row) for row in rows]

    async def add(
        self, client: int, kind: DimensionKind, code: str, name: str, *, tax_id: str = "", unit: str = ""
    ) -> DimensionItem:
        require("ledger.draft")
        if not scope().sees(client):
            raise not_found("客户企业")
        code, name = code.strip(), _name(name)
        if not 0 < len(code) <= 40 or "\x00" in code:
            raise Refusal("ledger.dimension_code", "请填写编码,最多 40 个字。", field="code")
        tax_id, unit = _short(tax_id, "tax_id"), _short(unit, "unit")
        row = await connection().fetchrow(
            f"""insert into core_dimension_item (firm, client, kind, code, name, tax_id, unit, retired)
            values ($1, $2, $3, $4, $5, $6, $7, false) on conflict do nothing returning {_FIELDS}""",  # noqa: S608
            firm_in_scope(),
            client,
            DimensionKind(kind).value,
            code,
            name,
            tax_id,
            unit,
        )
        if row is None:
            raise Refusal(
                "ledger.dimension_taken", f"{KIND_TITLES[DimensionKind(kind)]}里已经有这个编码或名称了。", status=409
            )
        await _record("ledger.add_dimension", row, {"kind": kind, "code": code, "name": name})
        return _item(row)

    async def change(
        self,
        item: int,
        *,
        name: str | None = None,
        retired: bool | None = None,
        tax_id: str | None = None,
        unit: str | None = None,
    ) -> DimensionItem:
        require("ledger.draft")
        if not 0 < item < 2**63:
            raise not_found("辅助核算项目")
        before = await connection().fetchrow(
            f"select {_FIELDS} from core_dimension_item where firm = $1 and id = $2 for update",  # noqa: S608
            firm_in_scope(),
            item,
        )
        if before is None or not scope().sees(before["client"]):
            raise not_found("辅助核算项目")
        new = before["name"] if name is None else _name(name)
        taken = await connection().fetchval(
            """select exists (select from core_dimension_item where firm = $1 and client = $2 and kind = $3 and name = $4
            and id <> $5)""",
            firm_in_scope(),
            before["client"],
            before["kind"],
            new,
            item,
        )
        if taken:
            raise Refusal("ledger.dimension_taken", f"已经有叫“{new[:20]}”的项目了。", status=409, field="name")
        row = await connection().fetchrow(
            f"""update core_dimension_item set name = $3, retired = $4, tax_id = $5, unit = $6, merged_into = case when $4 then merged_into end
            where firm = $1 and id = $2 returning {_FIELDS}""",  # noqa: S608
            firm_in_scope(),
            item,
            new,
            before["retired"] if retired is None else retired,
            before["tax_id"] if tax_id is None else _short(tax_id, "tax_id"),
            before["unit"] if unit is None else _short(unit, "unit"),
        )
        if row is None:
            raise not_found("辅助核算项目")
        await item_renamed(row["client"], item)
        await _record("ledger.change_dimension", row, {"name": row["name"], "retired": row["retired"]})
        return _item(row)

    async def require_kinds(
        self, client: int, account: str, offered: Sequence[DimensionKind], required: Sequence[DimensionKind]
    ) -> None:
        require("ledger.draft")
        if not scope().sees(client):
            raise not_found("客户企业")
        if not set(required) <= set(offered):
            raise Refusal("ledger.dimension_required", "必填的辅助核算应先设为可用。", field="required")
        done = await connection().fetchval(
            """update core_account set dimensions = $4, required = $5 where firm = $1 and client = $2 and code = $3
            returning id""",
            firm_in_scope(),
            client,
            account.replace("\x00", ""),
            ",".join(DimensionKind(kind).value for kind in offered),
            ",".join(DimensionKind(kind).value for kind in required),
        )
        if done is None:
            raise Refusal("ledger.account_unknown", f"没有科目“{account[:20]}”。", field="account")
        after: dict[str, object] = {"account": account, "offered": list(offered), "required": list(required)}
        await use(Audit).record("ledger.require_dimensions", f"core_account:{done}", client=client, after=after)

    async def balances(
        self, client: int, account: str, kind: DimensionKind, first: Period | None, last: Period
    ) -> Sequence[DimensionBalance]:
        see(client)
        rows = await connection().fetch(
            _BALANCES,
            firm_in_scope(),
            client,
            account.replace("\x00", ""),
            DimensionKind(kind).value,
            0 if first is None else first.number,
            last.number,
        )
        return [
            DimensionBalance(
                row["account"],
                row["item"],
                Period.from_number(row["period"]) if row["period"] else None,
                row["debit"],
                row["credit"],
                row["quantity"],
            )
            for row in rows
        ]

    async def stock(self, client: int, account: str, first: Period, last: Period) -> Sequence[StockTurnover]:
        see(client)
        rows = await connection().fetch(
            _STOCK,
            firm_in_scope(),
            client,
            account.replace("\x00", ""),
            first.first_day,
            last.last_day,
            first.number,
        )
        found = [StockTurnover(**dict(row)) for row in rows]
        return [t for t in found if any((t.opening_quantity, t.opening, t.in_quantity, t.debit, t.out_quantity, t.credit))]

    async def entries(
        self, client: int, account: str, item: int, first: Period, last: Period, *, limit: int = 200
    ) -> Sequence[LedgerEntry]:
        return await entries_of(client, account, first, last, limit=limit, item=item)


def _name(text: str) -> str:
    name = seen(text).strip()
    if not 0 < len(name) <= 120:
        raise Refusal("ledger.dimension_name", "请填写名称,最多 120 个字。", field="name")
    return name


def _short(text: str, field: str) -> str:
    if len(text.strip()) > 20 or "\x00" in text:
        raise Refusal("ledger.dimension_text", "税号和计量单位最多 20 个字。", field=field)
    return text.strip()


def next_item_code(items: Iterable[DimensionItem]) -> str:
    """Codes go on from the largest number; a tax number that somebody wrote as a code is none."""
    numbers = [int(item.code) for item in items if item.code.isascii() and item.code.isdigit() and len(item.code) < LONGEST_COUNTED]
    return f"{max(numbers, default=0) + 1:04d}"


def _item(row: Mapping[str, Any]) -> DimensionItem:
    return DimensionItem(**{**dict(row), "kind": DimensionKind(row["kind"])})


async def _record(action: str, row: Mapping[str, Any], after: dict[str, object]) -> None:
    await use(Audit).record(action, f"core_dimension_item:{row['id']}", client=row["client"], after=after)
