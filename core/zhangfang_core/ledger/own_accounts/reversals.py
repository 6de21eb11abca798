"""A voucher is reversed whose account was divided or whose party was merged since: its open items went on, and so do those that are red."""

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.open_items.carrying import settle_carried
from zhangfang_core.ledger.reversal import DIVISION, MERGER
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.open_items import Match

# The line after the one that took an item over is the item's own where it went.
_TAKEN_OVER = """select s.id, s.counter + 1 as now from (
        select debit_item as id, credit_item as counter, firm, undone_at from core_settlement where firm = $1 and client = $2
        union all select credit_item, debit_item, firm, undone_at from core_settlement where firm = $1 and client = $2) s
    join core_voucher v on v.firm = s.firm and v.id = s.counter / 1000 and v.source = any($4::varchar[])
    where s.id = any($3::bigint[]) and s.undone_at is null and s.counter / 1000 > s.id / 1000"""

_OPEN = "select id, account, amount, open from core_open_item where firm = $1 and client = $2 and id = any($3::bigint[])"


async def settle_moved(client: int, original: int, reversal: int) -> None:
    """When a reversal posts: its red items take away what is open of those that took over from the items that it reverses."""
    firm = firm_in_scope()
    now = {original * 1000 + place: original * 1000 + place for place in range(1, 1000)}
    moved: dict[int, int] = {}
    while now:
        rows = await connection().fetch(_TAKEN_OVER, firm, client, list(now), [DIVISION, MERGER])
        now = {row["now"]: now[row["id"]] for row in rows}
        moved |= {first: latest for latest, first in now.items()}
    if not moved:
        return
    reds = {first: reversal * 1000 + first % 1000 for first in moved}
    items = {r["id"]: r for r in await connection().fetch(_OPEN, firm, client, [*moved.values(), *reds.values()])}
    matches = []
    for first, latest in moved.items():
        item, red = items.get(latest), items.get(reds[first])
        if item is None or red is None or item["account"] != red["account"]:
            continue
        amount = min(abs(item["open"]), abs(red["open"]))
        if amount and (item["amount"] > 0) != (red["amount"] > 0):
            debit, credit = (latest, red["id"]) if item["amount"] > 0 else (red["id"], latest)
            matches.append(Match(debit, credit, amount))
    await settle_carried(client, matches)
