"""Import of many vouchers at once: the same checks, numbers and balances as posting one by one, some hundred times as fast."""

import datetime as dt
from collections.abc import Iterable, Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.analysis import write_beside
from zhangfang_core.ledger.bulk_checks import BulkChecks, hold
from zhangfang_core.ledger.digests import NEWEST, Beside, digest
from zhangfang_core.ledger.posting import poster
from zhangfang_core.ledger.records import reasons_to_json
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

_VOUCHERS = """insert into core_voucher (id, firm, client, period, date, word, number, summary, kind, state, total, document,
    source, reasons, drafted_by_name, posted_by, posted_by_name, posted_at, discard_reason)
    select v.id, $1, $2, v.period, v.date, v.word, v.number, v.summary, v.kind, 'posted', v.total, v.document,
    v.source, v.reasons::jsonb, $3, $4, $5, now(), ''
    from unnest($6::bigint[], $7::int[], $8::date[], $9::varchar[], $10::int[], $11::varchar[], $12::varchar[], $13::bigint[],
        $14::bigint[], $15::varchar[], $16::text[])
    v (id, period, date, word, number, summary, kind, total, document, source, reasons)"""

INSERT_LINES = """insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary)
    select l.id, $1, $2, l.id / 1000, l.account, l.date, l.debit, l.credit, l.counterparty, l.summary
    from unnest($3::bigint[], $4::varchar[], $5::date[], $6::bigint[], $7::bigint[], $8::varchar[], $9::varchar[])
    l (id, account, date, debit, credit, counterparty, summary)"""
"""After firm and client it takes what ``columns_of_lines`` gives."""

_NUMBERS = """insert into core_voucher_counter as c (firm, client, period, word, last)
    select $1, $2, t.* from unnest($3::int[], $4::varchar[], $5::int[]) t
    on conflict (client, period, word) do update set last = c.last + excluded.last returning period, word, last"""


async def import_posted(client: int, vouchers: Iterable[VoucherDraft], *, drafted_by: str = "导入") -> list[int]:
    """Post ``vouchers`` of one client in the caller's transaction, in the order given; their ids.

    Needs ``ledger.draft`` and ``ledger.post``: who imports answers for both, and ``drafted_by`` names who drafted. Asks
    ``check_voucher`` for each, writes an audit entry with their digests for every CHUNK, tells ``on_vouchers_posted`` once. All or nothing: raises what
    ``Ledger.draft`` and ``Ledger.post`` raise, as ``BulkChecks.chunks`` says.
    """
    require("ledger.draft")
    require("ledger.post")
    await hold(client)
    checks = await BulkChecks.read(client)
    ids: list[int] = []
    by, posted_at = poster()[1], await posting_instant()
    async for ready, totals in checks.chunks(vouchers):
        made, numbers = await _write(client, ready, totals, drafted_by)
        beside = [Beside(drafted_by, by, by, d.document, None, posted_at) for d in ready]
        await use(Audit).record(
            "ledger.import",
            f"core_client:{client}",
            client=client,
            after={
                "vouchers": len(made),
                "first": made[0],
                "last": made[-1],
                "ids": made,
                "digests": digests_of(numbers, ready, beside),
            },
        )
        await write_beside(
            client, ((id_, d.date, d.lines) for id_, d in zip(made, ready, strict=True)), checks.standing
        )
        ids += made
    if ids:
        await use(Live).announce("ledger", client)
        tell("vouchers_posted", ids)
        use(Search).changed("core.vouchers", ids)
    return ids


async def posting_instant() -> dt.datetime:
    """What stands as ``posted_at`` on all that the transaction in force posts."""
    now: dt.datetime = await connection().fetchval("select now()")
    return now


def digests_of(numbers: Sequence[int], drafts: Sequence[VoucherDraft], besides: Sequence[Beside]) -> str:
    """Their digests, one after the other."""
    return NEWEST + "".join(
        digest(number, d.date.isoformat(), d.word, d.summary, d.kind.value, d.lines, beside)
        for number, d, beside in zip(numbers, drafts, besides, strict=True)
    )


async def _write(
    client: int, chunk: Sequence[VoucherDraft], totals: Sequence[int], drafted_by: str
) -> tuple[list[int], list[int]]:
    """Ids and numbers."""
    firm, db = firm_in_scope(), connection()
    numbers = await take_numbers(client, chunk)
    ids = await new_ids(len(chunk))
    await db.execute(
        _VOUCHERS,
        firm,
        client,
        drafted_by,
        *poster(),
        ids,
        [month_of(d) for d in chunk],
        [d.date for d in chunk],
        [d.word for d in chunk],
        numbers,
        [d.summary for d in chunk],
        [d.kind.value for d in chunk],
        totals,
        [d.document for d in chunk],
        [d.source for d in chunk],
        [reasons_to_json(d.reasons) for d in chunk],
    )
    await db.execute(INSERT_LINES, firm, client, *columns_of_lines(ids, chunk))
    return ids, numbers


async def new_ids(count: int) -> list[int]:
    """Ids for as many vouchers, rising."""
    rows = await connection().fetch(
        """select nextval((select pg_get_serial_sequence('core_voucher', 'id')::regclass)) as id from generate_series(1, $1)""",
        count,
    )
    return [row["id"] for row in rows]


def columns_of_lines(ids: Sequence[int], chunk: Sequence[VoucherDraft]) -> tuple[list[object], ...]:
    """All lines of the vouchers ``ids``, column by column: what INSERT_LINES takes."""
    lines = [line for draft in chunk for line in draft.lines]
    return (
        [id_ * 1000 + place for id_, d in zip(ids, chunk, strict=True) for place in range(1, len(d.lines) + 1)],
        [line.account for line in lines],
        [draft.date for draft in chunk for _ in draft.lines],
        [line.debit for line in lines],
        [line.credit for line in lines],
        [line.counterparty for line in lines],
        ["" if line.summary == draft.summary else line.summary for draft in chunk for line in draft.lines],
    )


def month_of(draft: VoucherDraft) -> int:
    """As ``Period.number``."""
    return draft.date.year * 100 + draft.date.month


async def take_numbers(client: int, chunk: Sequence[VoucherDraft]) -> list[int]:
    """The next numbers of each month and word, in the order given; counters are locked in one order by everybody."""
    wanted: dict[tuple[int, str], int] = {}
    for draft in chunk:
        key = (month_of(draft), draft.word)
        wanted[key] = wanted.get(key, 0) + 1
    ordered = sorted(wanted.items())
    rows = await connection().fetch(
        _NUMBERS,
        firm_in_scope(),
        client,
        [period for (period, _), _ in ordered],
        [word for (_, word), _ in ordered],
        [count for _, count in ordered],
    )
    following = {(r["period"], r["word"]): r["last"] - wanted[r["period"], r["word"]] for r in rows}
    numbers = []
    for draft in chunk:
        key = (month_of(draft), draft.word)
        following[key] += 1
        numbers.append(following[key])
    return numbers
