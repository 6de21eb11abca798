"""Scans: what changed is marked by client, reader and month, and only rules that read it are asked again."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from zhangfang_risk_rules.alerts.keeping import TOPIC, Opened, keep
from zhangfang_risk_rules.alerts.service import STATES
from zhangfang_risk_rules.alerts.telling import tell, tell_uploaders
from zhangfang_risk_rules.drafts.looking import look
from zhangfang_risk_rules.judging.listed import RiskList
from zhangfang_risk_rules.limits import limits_of
from zhangfang_risk_rules.scanning.asking import Months, ask_all
from zhangfang_risk_rules.scanning.reading import read
from zhangfang_risk_rules.scanning.risk_list import is_any_listed, listed_sellers
from zhangfang_risk_rules.tables import Alert, Mark, Watch
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.filings import Filings, FilingStep
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, Invoices
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.risk import Reader, RiskRule, RiskRules
from zhangfang_sdk.risk_books import months_between
from zhangfang_sdk.services import ServiceMissing

JOB = "risk_rules.scan"
EVERYTHING = "everything"
"""The mark of a change of which any rule may know: the profile, a threshold, a new client."""
DRAFTS = "drafts"
"""The mark of drafts that were written: no rule reads it, and what is kept of them is brought in line."""
BACK = 24
BACK_DAYS = 730
OF_BOOKS = (Reader.BOOKS, Reader.CASH, Reader.DUES, Reader.PARTIES, Reader.BANK, Reader.DEDUCTIONS)
OF_INVOICES = (Reader.INVOICES, Reader.DEDUCTIONS, Reader.RISK_LIST)
LISTED = "risk_rules.V30"


async def mark(client: int, changed: Iterable[str], months: Iterable[Period]) -> None:
    """In the caller's transaction: a scan follows its commit."""
    rows = [(reader, month.number) for month in sorted(set(months)) for reader in sorted(set(changed))]
    if not rows:
        return
    await Mark.raw(
        "insert into risk_rules_mark (firm, client, reader, period) select {}, {}, r, p from unnest({}::varchar[], {}::int[]) t(r, p) "
        "on conflict (firm, client, reader, period) do nothing",
        firm_in_scope(), client, [r for r, _ in rows], [p for _, p in rows],
    )  # fmt: skip
    await use(Jobs).defer(JOB, once=f"risk:{client}", client=client)


async def mark_vouchers(ids: Sequence[int]) -> None:
    months: defaultdict[int, set[Period]] = defaultdict(set)
    for voucher in await use(Ledger).vouchers_by_id(ids):
        months[voucher.client].add(voucher.period)
    for client, of in sorted(months.items()):
        await mark(client, OF_BOOKS, of)


async def mark_drafts(ids: Sequence[int]) -> None:
    for client in sorted({voucher.client for voucher in await use(Ledger).vouchers_by_id(ids)}):
        await mark(client, (DRAFTS,), [Period.of(today())])


async def invoices_read(keys: Sequence[str]) -> None:
    """Sellers are held against the risk list at once, before anything is booked; the rest follows."""
    months: defaultdict[int, set[Period]] = defaultdict(set)
    received: defaultdict[int, list[Invoice]] = defaultdict(list)
    for invoice in await use(Invoices).get(keys):
        months[invoice.client].add(Period.of(invoice.issued_on))
        if invoice.direction is InvoiceDirection.RECEIVED:
            received[invoice.client].append(invoice)
    for client, invoices in sorted(received.items()):
        if not await is_any_listed((i.seller.tax_id for i in invoices), (i.seller.name for i in invoices)):
            continue
        await scan(client, only=frozenset({LISTED}), events=months[client])
        await tell_uploaders(client, await _warned_of(client, invoices))
    for client, of in sorted(months.items()):
        await mark(client, OF_INVOICES, of)


async def _warned_of(client: int, invoices: Sequence[Invoice]) -> Sequence[Invoice]:
    """Those of sellers whose alert stands: each one, not the first alone; none of whom somebody has accepted or the firm has muted."""
    rows = await Alert.select(Alert.subject, Alert.month).where(
        Alert.client == client, Alert.rule == LISTED, Alert.state.is_in(STATES), Alert.muted.eq(False)
    )
    standing, listed = {(row["subject"], row["month"]) for row in rows}, RiskList(await listed_sellers())
    return [i for i in invoices if (listed.subject(i.seller), Period.of(i.issued_on).number) in standing]


async def scan_job(client: int) -> None:
    """What a mark defers."""
    async with transaction():
        await scan_marked(client)


async def scan_marked(client: int) -> None:
    """Ask the rules that read what is marked, and what the turn of a month has moved; twice in a row changes nothing."""
    watch = await _locked(client)
    taken = await Mark.delete().where(Mark.client == client).returning(Mark.reader, Mark.period)
    months = await months_of(client)
    turned = {watch.running, watch.settled} != {months.running.number, months.settled.number}
    marked: defaultdict[str, set[Period]] = defaultdict(set)
    for row in taken:
        marked[row["reader"]].add(Period.from_number(row["period"]))
    if marked or turned:
        rules = await use(RiskRules).known()
        everything = marked.get(EVERYTHING, set())
        asked = {k: r for k, r in rules.items() if turned or everything or any(reader.value in marked for reader in r.needs)}
        events = {month for of in marked.values() for month in of}
        await _scan(client, asked, Months(months.running, months.settled, tuple(sorted(events))), quiet=bool(everything))
        await look(client, months.running)
    await Watch.update(
        {Watch.running: months.running.number, Watch.settled: months.settled.number, Watch.scanned_at: dt.datetime.now(dt.UTC)}
    ).where(Watch.id == watch.id)


async def scan(client: int, *, only: frozenset[str] | None = None, events: Iterable[Period] = ()) -> Sequence[Opened]:
    """All rules, or those of ``only``, now; ``events`` are the months of which those that tell of events are asked."""
    await _locked(client)
    rules = {k: r for k, r in (await use(RiskRules).known()).items() if only is None or k in only}
    months = await months_of(client)
    return await _scan(client, rules, Months(months.running, months.settled, tuple(sorted(set(events)))))


async def months_of(client: int) -> Months:
    """The running month, and the last that is whole: the last closed one, or the one before the running month where closing lags or leads."""
    running = Period.of(today())
    before, closed = running.plus(-1), await use(Ledger).closed_through(client)
    settled = closed if closed is not None and before.plus(-2) <= closed <= before else before
    return Months(running, settled)


async def _scan(client: int, rules: Mapping[str, RiskRule], months: Months, *, quiet: bool = False) -> Sequence[Opened]:
    """``quiet``: a first look, or one with other thresholds, tells what has stood for long: it opens alerts and shouts at nobody."""
    wanted = {key: rule for key, rule in rules.items() if months.of(rule)}
    known = await read(client, [(rule, months.of(rule)) for rule in wanted.values()])
    if known is None:
        return []
    limits = await limits_of(known.client)
    opened, changed = await keep(client, ask_all(wanted, known, months, limits), limits.muted)
    if changed:
        await use(Live).announce(TOPIC, client)
    if not quiet:
        await tell(client, opened)
    return opened


async def _locked(client: int) -> Watch:
    """The client's row, held until the transaction ends: one scan of a client at a time, on whatever node."""
    await Watch.raw(
        "insert into risk_rules_watch (firm, client, running, settled) values ({}, {}, 0, 0) on conflict (firm, client) do nothing",
        firm_in_scope(), client,
    )  # fmt: skip
    found: Watch | None = await Watch.objects().where(Watch.client == client).first().lock_rows("UPDATE")
    if found is None:
        raise RuntimeError(f"client {client} is out of scope")
    return found


async def watch_new(clients: Iterable[int]) -> None:
    """Everything of a client's last months is looked at once."""
    for client in clients:
        about = await use(Clients).client(client)
        running = Period.of(today())
        first = max(Period.of(about.books_start), running.plus(1 - BACK))
        await mark(client, (EVERYTHING,), list(months_between(first, running)) or [running])


async def mark_everything(clients: Iterable[int]) -> None:
    """Something changed that any rule may read, and that is of no certain month."""
    for client in clients:
        await mark(client, (EVERYTHING,), [Period.of(today())])


async def sweep() -> None:
    """Each night: clients that were never looked at, those whose running or settled month is another now, those with a return that is late."""
    async with transaction():
        clients = [client.id for client in await use(Clients).clients()]
        known = {row["client"]: row for row in await Watch.select(Watch.client, Watch.running, Watch.settled)}
        await watch_new(c for c in clients if c not in known)
        for client in (c for c in clients if c in known):
            months = await months_of(client)
            if (known[client]["running"], known[client]["settled"]) != (months.running.number, months.settled.number):
                await use(Jobs).defer(JOB, once=f"risk:{client}", client=client)
        await mark_now(await _late_with_returns(), (Reader.FILINGS,))


async def _late_with_returns() -> Sequence[int]:
    """Clients of whom a return is due and not filed: nothing but the day tells, and each day makes it a day later."""
    try:
        filings = use(Filings)
    except ServiceMissing:
        return ()
    day = today()
    due = await filings.standing(None, due_from=day - dt.timedelta(days=BACK_DAYS), due_until=day - dt.timedelta(days=1))
    return sorted({filing.client for filing in due if filing.step < FilingStep.FILED})


async def mark_now(clients: Iterable[int], changed: Iterable[str]) -> None:
    """Something came in for clients whose months are not told: the running month and the one before it are asked."""
    running = Period.of(today())
    for client in clients:
        await mark(client, changed, [running.plus(-1), running])


async def returns_moved(ids: Sequence[int]) -> None:
    clients = {(await use(Filings).filing(id_)).client for id_ in ids}
    await mark_now(sorted(clients), (Reader.FILINGS,))


async def invoices_booked(keys: Sequence[str]) -> None:
    """What is deducted is known now."""
    months: defaultdict[int, set[Period]] = defaultdict(set)
    for invoice in await use(Invoices).get(keys):
        months[invoice.client].add(Period.of(invoice.issued_on))
    for client, of in sorted(months.items()):
        await mark(client, OF_INVOICES, of)
