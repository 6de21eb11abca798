"""Bringing in a risk list: who is new is looked for in all past invoices, and the tax deducted from them."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_risk_rules.scanning.scanning import BACK, LISTED, scan
from zhangfang_risk_rules.tables import Seller
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery, Invoices, InvoiceState
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.periods import Period, today

MANAGE = "risk_rules.manage"
_TAX_ID = re.compile(r"[0-9A-Z]{15,20}")
MOST_LINES = 5000


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    tax_id: str
    reason: str


def read_lines(text: str) -> Sequence[Line]:
    """One seller a line: name, tax id and reason, apart by commas or tabs, in this order; the tax id may be missing.

    Raises Refusal ``risk_rules.list_line`` for a line that is neither, ``risk_rules.list_empty``.
    """
    found = []
    for number, raw in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"[,\t,;;]", raw)]
        if not any(cells):
            continue
        tax_id = next((c.upper() for c in cells if _TAX_ID.fullmatch(c.upper())), "")
        others = [c for c in cells if c and c.upper() != tax_id]
        if not others or (not tax_id and len(others[0]) < 4):
            raise Refusal("risk_rules.list_line", f"第 {number} 行看不懂,应为:名称,税号,原因。", field="lines")
        found.append(Line(others[0][:200], tax_id, (others[1] if len(others) > 1 else "列入风险名单")[:120]))
    if not found:
        raise Refusal("risk_rules.list_empty", "请至少填写一行。", field="lines")
    return found[:MOST_LINES]


async def bring_in(text: str, source: str) -> int:
    """How many are new; needs ``risk_rules.manage``. Their past invoices are looked for after the commit."""
    require(MANAGE)
    lines = read_lines(text)
    known = {(row["tax_id"], row["name"]) for row in await Seller.select(Seller.tax_id, Seller.name)}
    new = [line for line in dict.fromkeys(lines) if (line.tax_id, line.name) not in known]
    now = dt.datetime.now(dt.UTC)
    rows = [
        Seller(name=x.name, tax_id=x.tax_id, reason=x.reason, source=source.strip()[:200] or "本机构录入", added_by=scope().user_name, added_at=now)
        for x in {(x.tax_id, x.name): x for x in new}.values()
    ]
    for start in range(0, len(rows), 500):
        await Seller.insert(*rows[start : start + 500])
    if rows:
        await use(Audit).record("risk_rules.listed", "risk_rules_seller", after={"new": len(rows), "source": source})
        await use(Jobs).defer("risk_rules.look_back", parties=[r.tax_id or r.name for r in rows])
    return len(rows)


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
