"""Posting: one draft becomes numbered lines and monthly balances, in one transaction and few round trips."""

import datetime as dt
from collections.abc import Mapping

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger import analysis, rules
from zhangfang_core.ledger.digests import NEWEST, Beside, digest
from zhangfang_core.ledger.drafts import SYSTEM, refuse_non_draft, refuse_same_person
from zhangfang_core.ledger.open_items.reversing import settle_reversal
from zhangfang_core.ledger.own_accounts.reversals import settle_moved
from zhangfang_core.ledger.records import draft_of
from zhangfang_core.modules.hooks import ask
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Voucher, VoucherDraft, VoucherState
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

# The shared lock is held to the end of the transaction, so that a month cannot close between the check and the commit.
# What was closed meanwhile is seen by the next statement, whose snapshot is taken after the lock.
_HOLD = """select v.*, f.single_person, pg_advisory_xact_lock_shared(hashtextextended('ledger:' || v.client, 0))
    from core_voucher v join core_firm f on f.id = v.firm
    where v.firm = $1 and v.id = $2 and v.state = 'draft' for update of v"""

_CHECK = """select c.books_start, (select max(period) from core_period p where p.client = c.id and p.closed_at is not null) closed,
    a.code, a.category, a.is_leaf, a.dimensions, a.required, a.open_items, a.retired
    from core_client c left join core_account a on a.client = c.id and a.firm = c.firm and a.code = any($3::varchar[])
    where c.firm = $1 and c.id = $2"""

# One statement: the counter's row lock makes numbers without gaps. At its end the database looks at the voucher, and adds its lines
# to the balances in the order of account codes (migration 15), so that two postings never wait for each other in a circle.
_POST = """with number as (
    insert into core_voucher_counter as c (firm, client, period, word, last) values ($1, $2, $4, $5, 1)
    on conflict (client, period, word) do update set last = c.last + 1 returning last
), lines as (
    insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary)
    select $3::bigint * 1000 + place, $1, $2, $3, account, $6, debit, credit, counterparty, summary
    from unnest($7::varchar[], $8::bigint[], $9::bigint[], $10::varchar[], $11::varchar[])
        with ordinality as l (account, debit, credit, counterparty, summary, place)
)
update core_voucher v set state = 'posted', number = n.last, draft_lines = null, posted_by = $12, posted_by_name = $13,
    posted_at = now()
from number n where v.firm = $1 and v.id = $3 and v.state = 'draft' returning v.number, v.posted_at"""


async def post(voucher: int, *, version: int | None = None) -> Voucher:
    """See ``Ledger.post``. Raises also what ``Ledger.draft`` raises, where the chart changed since.

    ``version`` is the one that the reviewer looked at: ``ledger.changed_meanwhile`` when it is another by now.
    """
    require("ledger.post")
    row = await connection().fetchrow(_HOLD, firm_in_scope(), voucher)
    if row is None:
        await refuse_non_draft(voucher)
    if version is not None and row["version"] != version:
        raise Refusal("ledger.changed_meanwhile", "这张凭证在您打开之后又被改过,请再看一遍。", status=409)
    if row["reviewed_by_name"] is None:
        refuse_same_person(row)
    draft = draft_of(row)
    standing = await _check(draft)
    await ask("check_voucher", voucher=draft)
    number, posted_at = await _write(voucher, draft)
    by = poster()[1]
    beside = Beside(
        row["drafted_by_name"], row["reviewed_by_name"] or by, by, draft.document, row["reverses"], posted_at
    )
    await analysis.write_beside(draft.client, [(voucher, draft.date, draft.lines)], standing)
    if row["reverses"] is not None:
        await settle_reversal(draft.client, row["reverses"], voucher)
        await settle_moved(draft.client, row["reverses"], voucher)
    await use(Audit).record(
        "ledger.post",
        f"core_voucher:{voucher}",
        client=draft.client,
        after={
            "number": f"{draft.word}-{number:04d}",
            "period": row["period"],
            "total": row["total"],
            "digest": NEWEST
            + digest(number, draft.date.isoformat(), draft.word, draft.summary, draft.kind.value, draft.lines, beside),
        },
    )
    await use(Live).announce("ledger", draft.client)
    tell("vouchers_posted", [voucher])
    use(Search).changed("core.vouchers", [voucher])
    return Voucher(
        id=voucher,
        client=draft.client,
        period=Period.of(draft.date),
        date=draft.date,
        word=draft.word,
        number=number,
        summary=draft.summary,
        kind=draft.kind,
        state=VoucherState.POSTED,
        lines=draft.lines,
        total=row["total"],
        document=draft.document,
        source=draft.source,
        reasons=draft.reasons,
        drafted_by=row["drafted_by_name"],
        posted_by=poster()[1],
        posted_at=posted_at,
        reverses=row["reverses"],
        reviewed_by=row["reviewed_by_name"] or poster()[1],
        version=row["version"],
        returned=row["returned_reason"] or "",
        returned_by=row["returned_by_name"] or "",
    )


async def _check(draft: VoucherDraft) -> Mapping[str, rules.Standing]:
    rules.check_draft(draft)
    codes = sorted({line.account for line in draft.lines})
    rows = await connection().fetch(_CHECK, firm_in_scope(), draft.client, codes)
    standing = {row["code"]: rules.Standing.of(row) for row in rows if row["code"]}
    rules.check_accounts(draft.lines, standing)
    rules.check_date(draft, rows[0]["books_start"])
    rules.refuse_closed(draft, rows[0]["closed"])
    return standing


def poster() -> tuple[int | None, str]:
    """Id and name of whoever posts now; the platform's own jobs have no id."""
    acting = scope()
    return acting.user, acting.user_name if acting.user is not None else SYSTEM


async def _write(voucher: int, draft: VoucherDraft) -> tuple[int, dt.datetime]:
    written = await connection().fetchrow(
        _POST,
        firm_in_scope(),
        draft.client,
        voucher,
        Period.of(draft.date).number,
        draft.word,
        draft.date,
        [line.account for line in draft.lines],
        [line.debit for line in draft.lines],
        [line.credit for line in draft.lines],
        [line.counterparty for line in draft.lines],
        ["" if line.summary == draft.summary else line.summary for line in draft.lines],
        *poster(),
    )
    if written is None:
        await refuse_non_draft(voucher)
    return written["number"], written["posted_at"]
