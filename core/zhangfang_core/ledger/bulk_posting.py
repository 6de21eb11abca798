"""Many drafts of one client posted at once, by another person than their drafter: the same checks, numbers and balances as one by one."""

from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.analysis import write_beside
from zhangfang_core.ledger.bulk import INSERT_LINES, columns_of_lines, digests_of, posting_instant, take_numbers
from zhangfang_core.ledger.bulk_checks import BulkChecks, hold
from zhangfang_core.ledger.digests import Beside
from zhangfang_core.ledger.drafts import refuse_non_draft, refuse_same_person
from zhangfang_core.ledger.open_items.reversing import settle_reversal
from zhangfang_core.ledger.own_accounts.reversals import settle_moved
from zhangfang_core.ledger.posting import poster
from zhangfang_core.ledger.records import draft_of
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

_HOLD = """select v.*, f.single_person from core_voucher v join core_firm f on f.id = v.firm
    where v.firm = $1 and v.client = $2 and v.id = any($3::bigint[]) and v.state = 'draft' order by v.id for update of v"""

# One statement: lines come to vouchers that are drafts yet, and the database looks at them when both stand (migration 22).
_WITH_LINES = f"with lines as ({INSERT_LINES})"
_POST = """update core_voucher v set state = 'posted', number = t.number, draft_lines = null, posted_by = $10, posted_by_name = $11,
    posted_at = now() from unnest($12::bigint[], $13::int[]) t (id, number)
    where v.firm = $1 and v.client = $2 and v.id = t.id and v.state = 'draft'"""


async def post_drafts(client: int, versions: Mapping[int, int]) -> dict[int, int]:
    """Post drafts (id → the version that the reviewer looked at) in the order of their ids; id → number. Needs ``ledger.post``.

    In the caller's transaction, all or nothing: raises what ``Ledger.post`` raises. One entry on the trail names them all, with
    their digests.
    """
    require("ledger.post")
    await hold(client)
    rows = await connection().fetch(_HOLD, firm_in_scope(), client, list(versions))
    await _refuse(rows, versions)
    checks = await BulkChecks.read(client)
    ids, done = [row["id"] for row in rows], dict[int, int]()
    async for ready, _ in checks.chunks(draft_of(row) for row in rows):
        some = rows[len(done) : len(done) + len(ready)]
        done |= await _post(client, some, ready, checks)
    for row in rows:
        if row["reverses"] is not None:
            await settle_reversal(client, row["reverses"], row["id"])
            await settle_moved(client, row["reverses"], row["id"])
    if done:
        await use(Live).announce("ledger", client)
        tell("vouchers_posted", ids)
        use(Search).changed("core.vouchers", ids)
    return done


async def _refuse(rows: Sequence[Mapping[str, Any]], versions: Mapping[int, int]) -> None:
    missing = versions.keys() - {row["id"] for row in rows}
    if missing:
        await refuse_non_draft(min(missing))
    for row in rows:
        if row["version"] != versions[row["id"]]:
            raise Refusal("ledger.changed_meanwhile", "这张凭证在您打开之后又被改过,请再看一遍。", status=409)
        if row["reviewed_by_name"] is None:
            refuse_same_person(row)


async def _post(
    client: int, rows: Sequence[Mapping[str, Any]], drafts: Sequence[VoucherDraft], checks: BulkChecks
) -> dict[int, int]:
    ids = [row["id"] for row in rows]
    by, at = poster()[1], await posting_instant()
    beside = [
        Beside(r["drafted_by_name"], r["reviewed_by_name"] or by, by, r["document"], r["reverses"], at) for r in rows
    ]
    numbers = await take_numbers(client, drafts)
    lines = columns_of_lines(ids, drafts)
    await connection().execute(f"{_WITH_LINES} {_POST}", firm_in_scope(), client, *lines, *poster(), list(ids), numbers)
    await write_beside(client, ((id_, d.date, d.lines) for id_, d in zip(ids, drafts, strict=True)), checks.standing)
    await use(Audit).record(
        "ledger.post_many",
        f"core_client:{client}",
        client=client,
        after={"vouchers": len(ids), "ids": list(ids), "digests": digests_of(numbers, drafts, beside)},
    )
    return dict(zip(ids, numbers, strict=True))
