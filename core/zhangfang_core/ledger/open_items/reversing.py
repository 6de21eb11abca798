"""What a reversal does to open items: the settlements of the reversed voucher count no more, and its items are settled with their reversal."""

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.open_items import settling
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.open_items import Match, Rule
from zhangfang_sdk.services import use

PLACES = range(1, 1000)


async def settle_reversal(client: int, original: int, reversal: int) -> None:
    """When ``reversal`` posts, in its transaction: whoever paid a reversed invoice has paid for nothing from that day on.

    A reversed reversal so gives its voucher's items back: they are open again, to be settled anew; and when that is reversed in its turn, the
    first reversal takes them away again.
    """
    pair: tuple[int, int] | None = (original, reversal)
    while pair is not None:
        await _take_away(client, *pair, by=reversal)
        standing = await _reversed(pair[0])
        below = None if standing is None else await _reversed(standing)
        pair = None if standing is None or below is None else (below, standing)


async def _take_away(client: int, original: int, reversal: int, *, by: int) -> None:
    reversed_ids = [original * 1000 + place for place in PLACES]
    standing = await settling.live(client, reversed_ids)
    # What was carried elsewhere stays settled here, and is reversed where it went.
    gone = {row[name] for row in standing if row["rule"] == Rule.CARRIED for name in ("debit_item", "credit_item")}
    reversed_ids = [id_ for id_ in reversed_ids if id_ not in gone]
    others = [row[name] for row in standing for name in ("debit_item", "credit_item")]
    wanted = [voucher * 1000 + place for voucher in {reversal, by} for place in PLACES]
    found = await settling.lock(client, [*reversed_ids, *wanted, *others])
    pairs = [(id_, red) for id_ in reversed_ids if id_ in found and (red := reversal * 1000 + id_ % 1000) in found]
    if not pairs:
        return
    # Asked again now that the locks are held: what counted before may have been undone meanwhile.
    settled = await settling.live(client, reversed_ids)
    if settled:
        await settling.unmake(client, settled, next(row["date"] for id_, row in found.items() if id_ // 1000 == by))
        await use(Audit).record(
            "open_items.undo",
            f"core_voucher:{by}",
            client=client,
            before={"matches": [[r["debit_item"], r["credit_item"], r["amount"]] for r in settled]},
            after={"reversal": by},
        )
    matches = [
        Match(id_, red, row["amount"]) if (row := found[id_])["amount"] > 0 else Match(red, id_, -row["amount"])
        for id_, red in pairs
    ]
    await settling.make(client, matches, Rule.REVERSAL, found)


async def _reversed(voucher: int) -> int | None:
    """The voucher that it reverses."""
    found: int | None = await connection().fetchval(
        "select reverses from core_voucher where firm = $1 and id = $2", firm_in_scope(), voucher
    )
    return found
