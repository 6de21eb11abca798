"""Vouchers that wait for a reviewer, over all clients in scope, each with what is doubtful about it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.choices import choices
from zhangfang_core.ledger.records import voucher_of
from zhangfang_core.ledger.remark_sources import told_of
from zhangfang_core.ledger.remarks import Remark, lonely_months
from zhangfang_core.ledger.reviewing.doubts import Known, content_accounts, doubts_of, parties_of
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.invoices import LONGEST_PAGE, Invoice, InvoiceQuery, Invoices, InvoiceState
from zhangfang_sdk.ledger import Account, Ledger, Voucher
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

MOST = 500
"""Vouchers that one page holds and one go posts."""
REMEMBERED_DAYS = 400
"""How far back it is asked where a party was booked: this month of last year is among it."""

_DRAFTS = """core_voucher v where v.firm = $1 and v.state = 'draft'
    and ($2::bigint is null or v.client = $2) and ($3::bigint[] is null or v.client = any($3))"""

# Of each client the oldest: one whose books were brought in by the thousand hides no other's.
_WAITING = f"""select v.*, null::bigint as reversed_by from core_voucher v join (
        select id from (select v.id, row_number() over (partition by v.client order by v.id) as place from {_DRAFTS}
            and ($4::bigint[] is null or v.id = any($4))) w order by place, id limit $5) shown on shown.id = v.id
    where v.firm = $1 order by v.client, v.id"""  # noqa: S608 - our own condition
_NUMBER = f"select count(*) from {_DRAFTS}"  # noqa: S608

_CLOSED = """select client, max(period) as period from core_period where firm = $1 and client = any($2::bigint[]) and closed_at is not null
    group by client"""

_SHARING = """select v.id, v.document, v.word, v.number from core_voucher v where v.firm = $1 and v.document = any($2::bigint[])
    and v.state <> 'discarded' and v.reverses is null and not exists (
        select from core_voucher r where r.firm = v.firm and r.reverses = v.id and r.state = 'posted') order by v.id"""

# Vouchers of the same day's month and total: few, found by client and month; their lines tell whether they say the same.
_ALIKE = """select v.id, v.client, v.period, v.total, v.word, v.number, coalesce(
        (select array_agg(concat_ws(' ', l.account, l.debit, l.credit, nullif(l.counterparty, '')) order by l.id) from core_voucher_line l
        where l.firm = v.firm and l.id between v.id * 1000 and v.id * 1000 + 999), '{}') as lines
    from unnest($2::bigint[], $3::int[], $4::bigint[]) asked (client, period, total)
    join core_voucher v on v.firm = $1 and v.client = asked.client and v.period = asked.period and v.total = asked.total
    where v.state = 'posted'"""

# Where a party stood before: lines of the accounts that carry one now, by the index of client, account and date.
_BOOKED = """select distinct l.client, l.counterparty, o.account
    from unnest($2::bigint[], $3::varchar[]) asked (client, account)
    cross join lateral (select client, counterparty, voucher from core_voucher_line x where x.firm = $1 and x.client = asked.client
        and x.account = asked.account and x.date >= $5 and x.counterparty = any($4::varchar[])) l
    cross join lateral (select account from core_voucher_line y where y.firm = $1 and y.id between l.voucher * 1000 and l.voucher * 1000 + 999
        limit 999) o"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft with its doubts; ``is_clean`` when there is none. ``invoice`` is what was read from its document."""

    voucher: Voucher
    doubts: tuple[Remark, ...]
    invoice: Invoice | None
    is_own: bool

    @property
    def is_clean(self) -> bool:
        return not self.doubts


async def waiting_vouchers(client: int | None = None, only: Sequence[int] | None = None) -> list[Waiting]:
    """By client, in the order in which they were drafted; needs ``ledger.post``. ``only`` are ids, all of them otherwise, MOST at most."""
    require("ledger.post")
    allowed = scope().clients
    rows = await connection().fetch(
        _WAITING,
        firm_in_scope(),
        client,
        None if allowed is None else sorted(allowed),
        None if only is None else list(only),
        MOST,
    )
    if not rows:
        return []
    vouchers = [voucher_of(row, (), row["reversed_by"]) for row in rows]
    own = _own(rows)
    around = await _Around.read(vouchers)
    found = []
    for voucher in vouchers:
        known = around.known(voucher, is_own=voucher.id in own and not around.single_person)
        found.append(Waiting(voucher, tuple(doubts_of(voucher, known)), known.invoice, known.is_own))
    return found


async def waiting_number(shown: Sequence[Waiting], client: int | None) -> int:
    """How many wait in all, of which :func:`waiting_vouchers` gave ``shown``."""
    if len(shown) < MOST:
        return len(shown)
    allowed = scope().clients
    number: int = await connection().fetchval(_NUMBER, firm_in_scope(), client, None if allowed is None else sorted(allowed))
    return number


def _own(rows: Sequence[Mapping[str, Any]]) -> set[int]:
    user = scope().user
    return {row["id"] for row in rows if user is not None and row["drafted_by"] == user and not row["reviewed_by_name"]}


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known around the waiting vouchers, read in one go for all of them."""

    charts: Mapping[int, Mapping[str, Account]]
    closed: Mapping[int, Period]
    lonely: set[tuple[int, int]]
    by_voucher: Mapping[int, Invoice]
    by_document: Mapping[int, Invoice]
    readings_missing: bool
    sharing: Mapping[int, list[tuple[int, str]]]
    alike: Mapping[tuple[object, ...], list[tuple[int, str]]]
    booked: Mapping[tuple[int, str], set[str]]
    told: Mapping[int, Sequence[Remark]]
    limit: int
    single_person: bool

    @classmethod
    async def read(cls, vouchers: Sequence[Voucher]) -> "_Around":
        clients = sorted({v.client for v in vouchers})
        charts = {client: {a.code: a for a in await use(Ledger).accounts(client)} for client in clients}
        closed = await connection().fetch(_CLOSED, firm_in_scope(), clients)
        invoices, missing = await _invoices()
        months = sorted({(v.client, v.period.number) for v in vouchers})
        return cls(
            charts,
            {row["client"]: Period.from_number(row["period"]) for row in closed},
            await lonely_months(months, own=1),
            {i.voucher: i for i in invoices if i.voucher is not None},
            {i.document: i for i in invoices if i.document is not None},
            missing,
            await _sharing(vouchers),
            await _alike(vouchers),
            await _booked(vouchers),
            await told_of(vouchers),
            (await choices()).clean_limit,
            await connection().fetchval("select single_person from core_firm where id = $1", firm_in_scope()),
        )

    def known(self, voucher: Voucher, *, is_own: bool) -> Known:
        accounts = self.charts[voucher.client]
        parties = [(voucher.client, party) for party in parties_of(voucher.lines)]
        before = [self.booked[party] for party in parties if party in self.booked]
        stood = {code for codes in before for code in codes}
        invoice = self.by_voucher.get(voucher.id) or self.by_document.get(voucher.document or 0)
        return Known(
            accounts,
            today(),
            self.limit,
            closed=self.closed.get(voucher.client),
            is_alone=(voucher.client, voucher.period.number) in self.lonely,
            is_own=is_own,
            invoice=invoice,
            readings_missing=self.readings_missing,
            twins=_others(self.alike.get(_likeness(voucher), ()), voucher.id),
            sharing=_others(self.sharing.get(voucher.document or 0, ()), voucher.id)
            if voucher.reverses is None
            else (),
            booked=content_accounts(stood, accounts) if before else None,
            told=self.told.get(voucher.id, ()),
        )


async def _invoices() -> tuple[Sequence[Invoice], bool]:
    """Those that are read and not booked yet, and whether a source did not answer. Nothing for who may not read invoices."""
    if not scope().may("invoices.read"):
        return [], True
    found: list[Invoice] = []
    waiting = frozenset({InvoiceState.READ, InvoiceState.CHECKED})
    query, after, missing = InvoiceQuery(client=scope().client, states=waiting), "", False
    while True:
        answer = await use(Invoices).page(query, after=after, limit=LONGEST_PAGE)
        found += answer.invoices
        missing = missing or bool(answer.missing)
        after = answer.after
        if not after:
            return found, missing


async def _sharing(vouchers: Sequence[Voucher]) -> dict[int, list[tuple[int, str]]]:
    documents = sorted({v.document for v in vouchers if v.document is not None})
    found: dict[int, list[tuple[int, str]]] = {}
    for row in await connection().fetch(_SHARING, firm_in_scope(), documents):
        found.setdefault(row["document"], []).append((row["id"], _label(row)))
    return found


async def _alike(vouchers: Sequence[Voucher]) -> dict[tuple[object, ...], list[tuple[int, str]]]:
    """Vouchers by what they say: the waiting ones and the posted ones of their months."""
    found: dict[tuple[object, ...], list[tuple[int, str]]] = {}
    for voucher in vouchers:
        found.setdefault(_likeness(voucher), []).append((voucher.id, f"草稿 #{voucher.id}"))
    asked = sorted({(v.client, v.period.number, v.total) for v in vouchers})
    for row in await connection().fetch(_ALIKE, firm_in_scope(), *map(list, zip(*asked, strict=True))):
        key = (row["client"], row["period"], tuple(sorted(row["lines"])))
        found.setdefault(key, []).append((row["id"], _label(row)))
    return found


def _likeness(voucher: Voucher) -> tuple[object, ...]:
    lines = sorted(
        " ".join(part for part in (x.account, str(x.debit), str(x.credit), x.counterparty) if part)
        for x in voucher.lines
    )
    return (voucher.client, voucher.period.number, tuple(lines))


async def _booked(vouchers: Sequence[Voucher]) -> dict[tuple[int, str], set[str]]:
    """Accounts by client and party."""
    carrying = [(v.client, line) for v in vouchers for line in v.lines if line.counterparty]
    asked = sorted({(client, line.account) for client, line in carrying})
    rows = await connection().fetch(
        _BOOKED,
        firm_in_scope(),
        [client for client, _ in asked],
        [account for _, account in asked],
        sorted({line.counterparty for _, line in carrying}),
        today() - dt.timedelta(days=REMEMBERED_DAYS),
    )
    found: dict[tuple[int, str], set[str]] = {}
    for row in rows:
        found.setdefault((row["client"], row["counterparty"]), set()).add(row["account"])
    return found


def _others(found: Sequence[tuple[int, str]], own: int) -> tuple[str, ...]:
    return tuple(label for id_, label in found if id_ != own)[:3]


def _label(row: Mapping[str, Any]) -> str:
    return f"{row['word']}-{row['number']:04d}" if row["number"] else f"草稿 #{row['id']}"
