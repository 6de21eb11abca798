"""The firm's risk list, brought in and corrected: past invoices of whoever came or went are looked at again."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_risk_rules.drafts.looking import look
from zhangfang_risk_rules.scanning.lines_of_list import Line, read_lines
from zhangfang_risk_rules.scanning.scanning import BACK, LISTED, scan
from zhangfang_risk_rules.tables import Seller
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope, transaction
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery, Invoices, InvoiceState
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.periods import Period, today

MANAGE = "risk_rules.manage"
LONGEST_SOURCE = 200


async def bring_in(text: str, source: str) -> int:
    """How many are new; needs ``risk_rules.manage``. A seller that stood there takes the name, reason and source that are told now.

    Past invoices of all of them are looked for after the commit. Raises as :func:`read_lines`, and ``risk_rules.list_source`` for a source of too many words.
    """
    require(MANAGE)
    lines = {_key(line.tax_id, line.name): line for line in read_lines(text)}
    standing = {_key(row.tax_id, row.name): row for row in await Seller.objects()}
    now, told = dt.datetime.now(dt.UTC), source.strip() or "本机构录入"
    if len(told) > LONGEST_SOURCE:
        raise Refusal("risk_rules.list_source", f"来源最多 {LONGEST_SOURCE} 个字。", field="source")
    for key in lines.keys() & standing.keys():
        line, row = lines[key], standing[key]
        await Seller.update(
            {Seller.name: line.name, Seller.reason: line.reason, Seller.source: told, Seller.listed_on: line.listed_on or row.listed_on}
        ).where(Seller.id == row.id)
    rows = [_row(line, told, now) for key, line in lines.items() if key not in standing]
    for start in range(0, len(rows), 500):
        await Seller.insert(*rows[start : start + 500])
    await use(Audit).record("risk_rules.listed", "risk_rules_seller", after={"new": len(rows), "changed": len(lines) - len(rows), "source": told})
    await _look_again([line.tax_id or line.name for line in lines.values()])
    return len(rows)


async def take_off(seller: int) -> None:
    """Somebody who should not stand there; alerts of them close by themselves. Needs ``risk_rules.manage``. Raises Refusal ``common.not_found``."""
    require(MANAGE)
    row = await Seller.objects().where(Seller.id == seller).first()
    if row is None:
        raise not_found("销方")
    await Seller.delete().where(Seller.id == seller)
    await use(Audit).record("risk_rules.unlisted", f"risk_rules_seller:{seller}", before={"name": row.name, "tax_id": row.tax_id, "reason": row.reason})
    await _look_again([row.tax_id or row.name])


async def look_back(parties: list[str]) -> None:
    """Scan for these sellers where they ever billed: each client that has an invoice of one, in the months of those."""
    running = Period.of(today())
    months: dict[int, set[Period]] = {}
    async with transaction():
        for party in parties:
            query = InvoiceQuery(None, running.plus(1 - BACK), running, InvoiceDirection.RECEIVED, frozenset(InvoiceState), party)
            after = ""
            while True:
                page = await use(Invoices).page(query, after=after, limit=500)
                for invoice in page.invoices:
                    months.setdefault(invoice.client, set()).add(Period.of(invoice.issued_on))
                after = page.after
                if not after:
                    break
        seen = {client.id for client in await use(Clients).clients()}
    for client in sorted(set(months) & seen):
        async with transaction():
            await scan(client, only=frozenset({LISTED}), events=months[client])
            await look(client, running)


async def _look_again(parties: Sequence[str]) -> None:
    await use(Jobs).defer("risk_rules.look_back", parties=list(parties))


def _key(tax_id: str, name: str) -> str:
    """Who it is: a tax id, or the name of whom none is known."""
    return tax_id or f"name:{name}"


def _row(line: Line, source: str, now: dt.datetime) -> Seller:
    return Seller(
        name=line.name, tax_id=line.tax_id, reason=line.reason, source=source, listed_on=line.listed_on, added_by=scope().user_name, added_at=now
    )
