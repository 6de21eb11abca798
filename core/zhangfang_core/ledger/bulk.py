"""Import of many vouchers at once: the same checks, numbers and balances as posting one by one, some hundred times as fast."""

from collections.abc import Iterable, Iterator, Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.analysis import write_beside
from zhangfang_core.ledger.bulk_checks import BulkChecks, hold
from zhangfang_core.ledger.digests import digest
from zhangfang_core.ledger.posting import poster
from zhangfang_core.ledger.records import reasons_to_json
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

_VOUCHERS = """insert into core_voucher (id, firm, client, period, date, word, number, summary, kind, state, total, document,
    source, reasons, drafted_by_name, posted_by, posted_by_name, posted_at, discard_reason)
    select id, firm, client, period, date, word, number, summary, kind, 'posted', total, document,
    source, reasons, drafted_by_name, posted_by, posted_by_name, now(), '' from bulk_voucher order by id"""

INSERT_LINES = """insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary)
    select id, firm, client, voucher, account, date, debit, credit, counterparty, summary from bulk_line order by id"""
EMPTY_LINES = "truncate bulk_line"

_VOUCHER_COLUMNS = (
    *("id", "firm", "client", "period", "date", "word", "number", "summary", "kind", "total", "document"),
    *("source", "reasons", "drafted_by_name", "posted_by", "posted_by_name"),
)
_LINE_COLUMNS = ("id", "firm", "client", "voucher", "account", "date", "debit", "credit", "counterparty", "summary")

# COPY itself does not pass row-level security, so rows are copied into a table of the session and inserted from there.
STAGES = """create temporary table if not exists bulk_voucher on commit drop as select * from core_voucher with no data;
    create temporary table if not exists bulk_line on commit drop as select * from core_voucher_line with no data"""

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
    await connection().execute(STAGES)
    ids: list[int] = []
    async for ready, totals in checks.chunks(vouchers):
        made, numbers = await _write(client, ready, totals, drafted_by)
        await use(Audit).record(
            "ledger.import",
            f"core_client:{client}",
            client=client,
            after={
                "vouchers": len(made),
                "first": made[0],
                "last": made[-1],
                "ids": made,
                "digests": digests_of(numbers, ready),
            },
        )
        await write_beside(client, ((id_, d.date, d.lines) for id_, d in zip(made, ready, strict=True)), checks.standing)
        ids += made
    if ids:
        await use(Live).announce("ledger", client)
        tell("vouchers_posted", ids)
        use(Search).changed("core.vouchers", ids)
    return ids


def digests_of(numbers: Sequence[int], drafts: Sequence[VoucherDraft]) -> str:
    """Their digests, one after the other."""
    return "".join(
        digest(number, d.date.isoformat(), d.word, d.summary, d.kind.value, d.lines)
        for number, d in zip(numbers, drafts, strict=True)
    )


async def _write(
    client: int, chunk: Sequence[VoucherDraft], totals: Sequence[int], drafted_by: str
) -> tuple[list[int], list[int]]:
    """Ids and numbers."""
    firm, db = firm_in_scope(), connection()
    numbers = await take_numbers(client, chunk)
    ids = await new_ids(len(chunk))
    user, name = poster()
    heads = [
        (
            *(id_, firm, client, Period.of(d.date).number, d.date, d.word, number, d.summary, d.kind.value, total),
            *(d.document, d.source, reasons_to_json(d.reasons), drafted_by, user, name),
        )
        for id_, d, number, total in zip(ids, chunk, numbers, totals, strict=True)
    ]
    await db.copy_records_to_table("bulk_voucher", records=heads, columns=_VOUCHER_COLUMNS)
    await db.execute(f"{_VOUCHERS}; truncate bulk_voucher")
    await stage_lines(client, ids, chunk)
    await db.execute(f"{INSERT_LINES}; {EMPTY_LINES}")
    return ids, numbers


async def stage_lines(client: int, ids: Sequence[int], chunk: Sequence[VoucherDraft]) -> None:
    """Lines of vouchers into their stage, from where INSERT_LINES takes them in the step that posts the vouchers."""
    records = _lines(firm_in_scope(), client, ids, chunk)
    await connection().copy_records_to_table("bulk_line", records=records, columns=_LINE_COLUMNS)


async def new_ids(count: int) -> list[int]:
    """Ids for as many vouchers, rising."""
    rows = await connection().fetch(
        "select nextval(pg_get_serial_sequence('core_voucher', 'id')) as id from generate_series(1, $1)", count
    )
    return [row["id"] for row in rows]


def _lines(firm: int, client: int, ids: Sequence[int], chunk: Sequence[VoucherDraft]) -> Iterator[tuple[object, ...]]:
    for id_, draft in zip(ids, chunk, strict=True):
        for place, line in enumerate(draft.lines, 1):
            summary = "" if line.summary == draft.summary else line.summary
            key = (id_ * 1000 + place, firm, client, id_, line.account, draft.date)
            yield (*key, line.debit, line.credit, line.counterparty, summary)


async def take_numbers(client: int, chunk: Sequence[VoucherDraft]) -> list[int]:
    """The next numbers of each month and word, in the order given; counters are locked in one order by everybody."""
    wanted: dict[tuple[int, str], int] = {}
    for draft in chunk:
        key = (Period.of(draft.date).number, draft.word)
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
        key = (Period.of(draft.date).number, draft.word)
        following[key] += 1
        numbers.append(following[key])
    return numbers
