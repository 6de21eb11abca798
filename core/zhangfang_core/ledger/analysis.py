"""What posting writes beside the lines: their details, open items and balances by dimension item. Plain lines cost nothing here."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.records import has_details
from zhangfang_core.ledger.rules import Standing
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Line

PARTIES = (DimensionKind.CUSTOMER, DimensionKind.SUPPLIER)

PostedLines = tuple[int, dt.date, Sequence[Line]]
"""A voucher's id, its date and its lines."""

# An item that was merged stands for the other, by id and by name.
_ITEMS = """select i.id, i.kind, i.name, coalesce(m.retired, i.retired) as retired, coalesce(m.id, i.id) as stands_for from core_dimension_item i
    left join core_dimension_item m on m.firm = i.firm and m.id = i.merged_into where i.firm = $1 and i.client = $2
    and (i.id = any($3::bigint[]) or i.name = any($4::varchar[]) and i.kind in ('customer', 'supplier'))"""

_DETAILS = """insert into core_line_detail (id, firm, client, items, quantity, unit_price, due)
    select d.id, $1, $2, d.items::jsonb, d.quantity, d.unit_price, d.due
    from unnest($3::bigint[], $4::text[], $5::numeric[], $6::numeric[], $7::date[]) d (id, items, quantity, unit_price, due)"""

_OPEN = """insert into core_open_item (id, firm, client, account, date, due, item, amount, open, said)
    select o.id, $1, $2, o.account, o.date, o.due, o.item, o.amount, o.amount, o.said
    from unnest($3::bigint[], $4::varchar[], $5::date[], $6::date[], $7::bigint[], $8::bigint[], $9::boolean[])
        o (id, account, date, due, item, amount, said)"""


class Directory:
    """Dimension items that lines name, read once: by id, and customers and suppliers by name."""

    def __init__(self, rows: Iterable[Mapping[str, object]]) -> None:
        self._by_id: dict[object, tuple[object, object]] = {}
        self._merged: dict[int, int] = {}
        self._by_name: dict[tuple[object, object], int] = {}
        for row in rows:
            self._by_id[row["id"]] = (row["kind"], row["retired"])
            if row["stands_for"] != row["id"]:
                self._merged[int(str(row["id"]))] = int(str(row["stands_for"]))
            if not row["retired"]:
                self._by_name[row["kind"], row["name"]] = int(str(row["stands_for"]))

    @classmethod
    async def read(cls, client: int, lines: Iterable[Line]) -> "Directory":
        """Empty, without a query, where no line has a dimension or a counterparty."""
        ids = {item for line in lines for item in line.dimensions.values()}
        names = {line.counterparty for line in lines if line.counterparty}
        if not ids and not names:
            return cls(())
        possible = [item for item in ids if type(item) is int and 0 < item < 2**63]
        return cls(await connection().fetch(_ITEMS, firm_in_scope(), client, possible, sorted(names)))

    def resolved(self, place: int, line: Line, account: Standing | None) -> Line:
        """The line with the customer or supplier that its counterparty names. Raises ``ledger.dimension_unknown``."""
        for kind, item in line.dimensions.items():
            if self._by_id.get(item) != (kind, False):
                raise Refusal(
                    "ledger.dimension_unknown",
                    f"第 {place} 行的辅助核算项目不存在或已停用,请重新选择。",
                    field=f"lines.{place - 1}.{kind}",
                )
        if not self._merged.keys().isdisjoint(line.dimensions.values()):
            line = replace(line, dimensions={kind: self._merged.get(item, item) for kind, item in line.dimensions.items()})
        if line.counterparty and account is not None:
            for kind in PARTIES:
                found = self._by_name.get((kind, line.counterparty))
                if found is not None and kind in account.dimensions and kind not in line.dimensions:
                    return replace(line, dimensions={**line.dimensions, kind.value: found})
        return line


async def resolve(client: int, lines: Sequence[Line], standing: Mapping[str, Standing]) -> tuple[Line, ...]:
    """Lines with their items: what ``Ledger.draft`` says of counterparties. Raises ``ledger.dimension_unknown``."""
    asked = [x for x in lines if x.dimensions or (x.counterparty and _offers_party(standing.get(x.account)))]
    if not asked:
        return tuple(lines)
    directory = await Directory.read(client, asked)
    return tuple(directory.resolved(place, x, standing.get(x.account)) for place, x in enumerate(lines, 1))


def _offers_party(account: Standing | None) -> bool:
    return account is not None and any(kind in account.dimensions for kind in PARTIES)


async def write_beside(client: int, posted: Iterable[PostedLines], standing: Mapping[str, Standing]) -> None:
    """In the posting transaction, after the lines: details and open items; no statement where there is nothing.

    The database adds the details to the balances by item (migration 15).
    """
    details: list[tuple[object, ...]] = []
    items: list[tuple[object, ...]] = []
    for voucher, date, lines in posted:
        for place, line in enumerate(lines, 1):
            key = voucher * 1000 + place
            if has_details(line):
                kinds = json.dumps(dict(line.dimensions)) if line.dimensions else None
                details.append((key, kinds, line.quantity, line.unit_price, line.due))
            if standing[line.account].open_items:
                party = next((line.dimensions[kind] for kind in PARTIES if kind in line.dimensions), None)
                items.append((key, line.account, date, line.due, party, line.debit - line.credit, party is None and line.counterparty != ""))
    if details:
        await connection().execute(_DETAILS, firm_in_scope(), client, *map(list, zip(*details, strict=True)))
    if items:
        await connection().execute(_OPEN, firm_in_scope(), client, *map(list, zip(*items, strict=True)))
