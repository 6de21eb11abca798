"""Import of many vouchers at once: the same checks, numbers and balances as posting one by one, some hundred times as fast."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger import rules
from zhangfang_core.ledger.analysis import Directory, write_beside
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.ledger.digests import digest
from zhangfang_core.ledger.posting import balance_period, poster
from zhangfang_core.ledger.records import reasons_to_json
from zhangfang_core.modules.hooks import call_one, listeners
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Objection, VoucherDraft, VoucherKind
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

CHUNK = 5000
"""Vouchers in memory at once."""

_VOUCHERS = """insert into core_voucher (id, firm, client, period, date, word, number, summary, kind, state, total, document,
    source, reasons, drafted_by_name, posted_by, posted_by_name, posted_at, discard_reason)
    select id, firm, client, period, date, word, number, summary, kind, 'posted', total, document,
    source, reasons, drafted_by_name, posted_by, posted_by_name, now(), '' from bulk_voucher order by id"""

_LINES = """insert into core_voucher_line (id, firm, client, voucher, account, date, debit, credit, counterparty, summary)
    select id, firm, client, voucher, account, date, debit, credit, counterparty, summary from bulk_line order by id"""

_VOUCHER_COLUMNS = (
    *("id", "firm", "client", "period", "date", "word", "number", "summary", "kind", "total", "document"),
    *("source", "reasons", "drafted_by_name", "posted_by", "posted_by_name"),
)
_LINE_COLUMNS = ("id", "firm", "client", "voucher", "account", "date", "debit", "credit", "counterparty", "summary")

# COPY itself does not pass row-level security, so rows are copied into a table of the session and inserted from there.
_STAGES = """create temporary table if not exists bulk_voucher on commit drop as select * from core_voucher with no data;
    create temporary table if not exists bulk_line on commit drop as select * from core_voucher_line with no data"""

_NUMBERS = """insert into core_voucher_counter as c (firm, client, period, word, last)
    select $1, $2, t.* from unnest($3::int[], $4::varchar[], $5::int[]) t
    on conflict (client, period, word) do update set last = c.last + excluded.last returning period, word, last"""

_SUMS = """insert into core_balance as b (firm, client, period, account, debit, credit, closing_debit, closing_credit)
    select $1, $2, t.* from unnest($3::int[], $4::varchar[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) t
    on conflict (client, period, account) do update set debit = b.debit + excluded.debit, credit = b.credit + excluded.credit,
        closing_debit = b.closing_debit + excluded.closing_debit, closing_credit = b.closing_credit + excluded.closing_credit"""


async def import_posted(client: int, vouchers: Iterable[VoucherDraft], *, drafted_by: str = "导入") -> list[int]:
    """Post ``vouchers`` of one client in the caller's transaction, in the order given; their ids.

    Needs ``ledger.draft`` and ``ledger.post``: who imports answers for both, and ``drafted_by`` names who drafted. Asks
    ``check_voucher`` for each, writes an audit entry with their digests for every CHUNK, tells ``on_vouchers_posted`` once. All or nothing: raises what
    ``Ledger.draft`` and ``Ledger.post`` raise, with the voucher's place from 1 in ``details["place"]``.
    """
    require("ledger.draft")
    require("ledger.post")
    if not scope().sees(client):
        raise not_found("客户企业")
    await connection().execute(
        "select pg_advisory_xact_lock_shared(hashtextextended('ledger:' || $1::bigint, 0))", client
    )
    chart = await _Chart.read(client)
    await connection().execute(_STAGES)
    ids: list[int] = []
    remaining = iter(vouchers)
    while chunk := list(islice(remaining, CHUNK)):
        directory = await Directory.read(client, [line for draft in chunk for line in draft.lines])
        checked = [await chart.check(len(ids) + place, draft, directory) for place, draft in enumerate(chunk, 1)]
        ready = [draft for _, draft in checked]
        made, numbers = await _write(client, ready, [total for total, _ in checked], drafted_by)
        await use(Audit).record(
            "ledger.import",
            f"core_client:{client}",
            client=client,
            after={
                "vouchers": len(made),
                "first": made[0],
                "last": made[-1],
                "ids": made,
                "digests": "".join(
                    digest(number, d.date.isoformat(), d.word, d.summary, d.kind.value, d.lines)
                    for number, d in zip(numbers, ready, strict=True)
                ),
            },
        )
        posted = ((id_, balance_period(d), d.date, d.lines) for id_, d in zip(made, ready, strict=True))
        await write_beside(client, posted, chart.standing)
        ids += made
    if ids:
        await use(Live).announce("ledger", client)
        tell("vouchers_posted", ids)
        use(Search).changed("core.vouchers", ids)
    return ids


class _Chart:
    """What one client's vouchers are checked against, read once for the import."""

    def __init__(
        self,
        client: int,
        standing: Mapping[str, rules.Standing],
        start: dt.date,
        profit: str,
        closed: int | None,
        askers: Sequence[str],
    ) -> None:
        self._client, self._start, self._profit, self._closed, self._askers = client, start, profit, closed, askers
        self.standing = standing

    @classmethod
    async def read(cls, client: int) -> "_Chart":
        firm = firm_in_scope()
        about = await connection().fetchrow(
            "select books_start, standard from core_client where firm = $1 and id = $2", firm, client
        )
        if about is None:
            raise not_found("客户企业")
        rows = await connection().fetch(
            """select code, category, is_leaf, dimensions, required, open_items, retired from core_account
            where firm = $1 and client = $2""",
            firm,
            client,
        )
        closed = await connection().fetchval(
            "select max(period) from core_period where firm = $1 and client = $2 and closed_at is not null",
            firm,
            client,
        )
        standing = {r["code"]: rules.Standing.of(r) for r in rows}
        profit = load_chart(about["standard"]).month_end["profit"]
        return cls(client, standing, about["books_start"], profit, closed, await listeners("check_voucher"))

    async def check(self, place: int, draft: VoucherDraft, directory: Directory) -> tuple[int, VoucherDraft]:
        """The voucher's total, and the draft with the items that its counterparties name."""
        try:
            if draft.client != self._client:
                raise Refusal("ledger.other_client", "这张凭证属于另一家企业,不能一起导入。")
            total = rules.check_draft(draft)
            if any(line.counterparty or line.dimensions for line in draft.lines):
                lines = (
                    directory.resolved(n, line, self.standing.get(line.account))
                    for n, line in enumerate(draft.lines, 1)
                )
                draft = replace(draft, lines=tuple(lines))
            rules.check_accounts(draft.lines, self.standing)
            rules.check_date(draft, self._start)
            if (kind := rules.kind_of(draft, self.standing, self._profit)) is not draft.kind:
                draft = replace(draft, kind=kind)
            rules.refuse_closed(draft, self._closed)
            for module in self._askers:
                objection: Objection | None = await call_one("check_voucher", module, voucher=draft)
                if objection is not None:
                    raise Refusal(objection.code, objection.sentence, status=409, details=objection.details)
        except Refusal as refusal:
            refusal.sentence = f"第 {place} 张凭证({draft.date:%Y-%m-%d} {draft.summary[:20]}):{refusal.sentence}"
            refusal.details = {**refusal.details, "place": place}
            raise
        return total, draft


async def _write(
    client: int, chunk: Sequence[VoucherDraft], totals: Sequence[int], drafted_by: str
) -> tuple[list[int], list[int]]:
    """Ids and numbers."""
    firm, db = firm_in_scope(), connection()
    numbers = await _take_numbers(client, chunk)
    ids = [
        row["id"]
        for row in await db.fetch(
            "select nextval(pg_get_serial_sequence('core_voucher', 'id')) as id from generate_series(1, $1)", len(chunk)
        )
    ]
    user, name = poster()
    heads = [
        (
            *(id_, firm, client, Period.of(d.date).number, d.date, d.word, number, d.summary, d.kind.value, total),
            *(d.document, d.source, reasons_to_json(d.reasons), drafted_by, user, name),
        )
        for id_, d, number, total in zip(ids, chunk, numbers, totals, strict=True)
    ]
    await db.copy_records_to_table("bulk_voucher", records=heads, columns=_VOUCHER_COLUMNS)
    await db.copy_records_to_table("bulk_line", records=_lines(firm, client, ids, chunk), columns=_LINE_COLUMNS)
    await db.execute(_VOUCHERS)
    await db.execute(_LINES)
    await db.execute("truncate bulk_voucher, bulk_line")
    await _add_sums(client, chunk)
    return ids, numbers


def _lines(firm: int, client: int, ids: Sequence[int], chunk: Sequence[VoucherDraft]) -> Iterator[tuple[object, ...]]:
    for id_, draft in zip(ids, chunk, strict=True):
        for place, line in enumerate(draft.lines, 1):
            summary = "" if line.summary == draft.summary else line.summary
            key = (id_ * 1000 + place, firm, client, id_, line.account, draft.date)
            yield (*key, line.debit, line.credit, line.counterparty, summary)


async def _take_numbers(client: int, chunk: Sequence[VoucherDraft]) -> list[int]:
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


async def _add_sums(client: int, chunk: Sequence[VoucherDraft]) -> None:
    sums: dict[tuple[int, str], list[int]] = {}
    for draft in chunk:
        period = balance_period(draft)
        offset = 2 if draft.kind is VoucherKind.CLOSING else 0
        for line in draft.lines:
            row = sums.setdefault((period, line.account), [0, 0, 0, 0])
            row[offset] += line.debit
            row[offset + 1] += line.credit
    ordered = sorted(sums.items())
    await connection().execute(
        _SUMS,
        firm_in_scope(),
        client,
        [period for (period, _), _ in ordered],
        [account for (_, account), _ in ordered],
        *([row[place] for _, row in ordered] for place in range(4)),
    )
