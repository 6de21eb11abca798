"""Which line of the cash flow statement each voucher's cash belongs to, judged once: posted vouchers never change.

The rules look at a voucher's words and at its lines together, so that nothing can be summed before; a year of a large client is
thousands of vouchers. Rows are written after posting, and the database sums them by month and line as they come; a month that is not
judged whole, by the rules of now, is judged as it is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256

from piccolo.columns.combination import And

from zhangfang_books.statements.cash_flow import UNASSIGNED, Flow, flows
from zhangfang_books.statements.forms import cash_rules, standards
from zhangfang_books.tables import CashAssignment, JudgedCash, JudgedMonth
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.ledger import Ledger, Voucher, VoucherKind, VoucherState
from zhangfang_sdk.periods import Period

METHOD = 1
"""Goes up when ``statements/cash_flow.py`` judges otherwise by the same rules."""
AT_ONCE = 200
MOST_UNASSIGNED = 1000

_SUMS = """select period, line, amount, vouchers, flows from books_judged_month
    where firm = {} and client = {} and rules = {} and period between {} and {}"""


@cache
def rules_of(standard: str) -> str:
    """Names the rules by which flows are judged now."""
    return sha256(f"{METHOD} {standard} {cash_rules(standard)!r}".encode()).hexdigest()[:16]


async def judged_months(client: int, standard: str, first: Period, last: Period) -> Mapping[Period, Sequence[Flow]]:
    """Flows of the months that are judged whole, summed by line; those that stand on no line one by one.

    A month with more than MOST_UNASSIGNED of these is not among them.
    """
    posted = await use(Ledger).posted_counts(client, first, last)
    sums = await JudgedMonth.raw(_SUMS, firm_in_scope(), client, rules_of(standard), first.number, last.number)
    judged = {row["period"]: row["vouchers"] for row in sums if row["line"] == UNASSIGNED}
    months = [first.plus(n) for n in range((last.year - first.year) * 12 + last.month - first.month + 1)]
    whole: dict[Period, list[Flow]] = {m: [] for m in months if judged.get(m.number, 0) == posted.get(m, 0)}
    of_number = {month.number: found for month, found in whole.items()}
    for row in sums:
        if row["period"] in of_number and row["line"] != UNASSIGNED and row["flows"]:
            of_number[row["period"]].append(Flow(0, 0, row["line"], row["amount"]))
    unassigned = any(row["flows"] for row in sums if row["line"] == UNASSIGNED)
    if not unassigned:
        return whole
    of_months = (
        (JudgedCash.client == client)
        & (JudgedCash.rules == rules_of(standard))
        & (JudgedCash.period >= first.number)
        & (JudgedCash.period <= last.number)
    )
    return await _with_unassigned(whole, of_months)


async def _with_unassigned(whole: dict[Period, list[Flow]], of_months: And) -> Mapping[Period, Sequence[Flow]]:
    rows = (
        await JudgedCash.select()
        .where(of_months, JudgedCash.line == UNASSIGNED, JudgedCash.place > 0)
        .order_by(JudgedCash.period, JudgedCash.voucher, JudgedCash.place)
        .limit(MOST_UNASSIGNED + 1)
    )
    if len(rows) > MOST_UNASSIGNED:
        return {}
    for row in rows:
        period = Period.from_number(row["period"])
        if period in whole:
            whole[period].append(Flow(row["voucher"], row["place"], UNASSIGNED, row["amount"], row["by_hand"]))
    return whole


async def judge(ids: Sequence[int]) -> None:
    """Vouchers that were posted; running it twice changes nothing."""
    for start in range(0, len(ids), AT_ONCE):
        found = await use(Ledger).vouchers_by_id(ids[start : start + AT_ONCE])
        by_client: dict[int, list[Voucher]] = {}
        for voucher in found:
            by_client.setdefault(voucher.client, []).append(voucher)
        for client, vouchers in by_client.items():
            await _keep(client, (await use(Clients).client(client)).standard, vouchers)


async def judge_anew(voucher: Voucher, standard: str) -> None:
    """After the accountant placed a line of it by hand: the amounts stay, their lines may not."""
    rows = await _rows(standard, [voucher])
    if rows:
        await JudgedCash.insert(*rows).on_conflict(
            action="DO UPDATE",
            target=(JudgedCash.firm, JudgedCash.voucher, JudgedCash.place, JudgedCash.rules),
            values=[JudgedCash.line, JudgedCash.by_hand],
        )


async def judge_the_rest() -> None:
    """Every night, of each client: what was posted while nobody judged, or judged by rules that hold no more."""
    async with transaction():
        clients = [(c.id, c.standard, Period.of(c.books_start)) for c in await use(Clients).clients()]
    for client, standard, starts in clients:
        if standard in standards():
            async with transaction():
                await JudgedCash.delete().where(JudgedCash.client == client, JudgedCash.rules != rules_of(standard))
                await JudgedMonth.delete().where(JudgedMonth.client == client, JudgedMonth.rules != rules_of(standard))
                missing = await _not_judged(client, standard, starts)
            for period in missing:
                async with transaction():
                    await _keep(client, standard, await _posted(client, period))


async def _not_judged(client: int, standard: str, starts: Period) -> list[Period]:
    last = Period.current().plus(12)
    posted = await use(Ledger).posted_counts(client, starts, last)
    rows = await JudgedMonth.select(JudgedMonth.period, JudgedMonth.vouchers).where(
        JudgedMonth.client == client, JudgedMonth.rules == rules_of(standard), JudgedMonth.line == UNASSIGNED
    )
    judged = {Period.from_number(row["period"]): row["vouchers"] for row in rows}
    return sorted(period for period, count in posted.items() if judged.get(period) != count)


async def _posted(client: int, period: Period) -> list[Voucher]:
    found: list[Voucher] = []
    before: int | None = None
    while True:
        page = await use(Ledger).vouchers(
            client, period=period, state=VoucherState.POSTED, limit=AT_ONCE, before=before
        )
        found += page
        if len(page) < AT_ONCE:
            return found
        before = page[-1].id


async def _keep(client: int, standard: str, vouchers: Sequence[Voucher]) -> None:
    if standard not in standards():
        return
    for start in range(0, len(vouchers), AT_ONCE):
        rows = await _rows(standard, vouchers[start : start + AT_ONCE])
        if rows:
            await JudgedCash.insert(*rows).on_conflict(action="DO NOTHING")


async def _rows(standard: str, vouchers: Iterable[Voucher]) -> list[JudgedCash]:
    own = [v for v in vouchers if v.kind is not VoucherKind.OPENING and v.state is VoucherState.POSTED]
    if not own:
        return []
    chosen: dict[int, dict[int, int]] = {}
    for row in await CashAssignment.select().where(CashAssignment.voucher.is_in([v.id for v in own])):
        chosen.setdefault(row["voucher"], {})[row["place"]] = row["line"]
    return [
        JudgedCash(
            client=voucher.client,
            period=voucher.period.number,
            voucher=voucher.id,
            place=flow.place,
            line=flow.line,
            amount=flow.amount,
            by_hand=flow.by_hand,
            rules=rules_of(standard),
        )
        for voucher in own
        for flow in (
            Flow(voucher.id, 0, UNASSIGNED, 0),
            *flows(voucher, cash_rules(standard), chosen.get(voucher.id, {})),
        )
    ]
