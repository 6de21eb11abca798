"""The SDK's ``MonthEnd``: proposals in their order, each counted with those before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import drafts, posting, reading
from zhangfang_core.ledger.assets.write_offs import write_offs
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.ledger.month_end import skips, sources, templates
from zhangfang_core.ledger.month_end.books import month_books
from zhangfang_core.ledger.month_end.closing import emptied, open_balances, said, said_of_year
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Line, Voucher, VoucherDraft, VoucherKind
from zhangfang_sdk.month_end import Accrual, MonthBooks, Proposal, ProposalKind, Skipped
from zhangfang_sdk.periods import Period

SOURCE = "month_end:"
DECEMBER = 12
CLOSING_KINDS = (ProposalKind.PRIOR_YEARS, ProposalKind.PROFIT_AND_LOSS, ProposalKind.YEAR_END)

_CLIENT = """select c.standard, c.books_start,
    (select max(period) from core_period p where p.client = c.id and p.firm = c.firm and p.closed_at is not null) as closed
    from core_client c where c.firm = $1 and c.id = $2"""
_RESULTS = "select code from core_account where firm = $1 and client = $2 and category = 'profit_and_loss' and is_leaf"


class LedgerMonthEnd:
    """Proposals of clients of the firm in scope, in the caller's transaction."""

    async def proposals(self, client: int, period: Period) -> Sequence[Proposal]:
        see(client)
        row = await connection().fetchrow(_CLIENT, firm_in_scope(), client)
        if row is None:
            raise not_found("客户企业")
        if period < Period.of(row["books_start"]) or period.number <= (row["closed"] or 0):
            return []
        aside = frozenset(each.key for each in await skips.skipped(client, period))
        month = _Month(await month_books(client, period), aside)
        month.take(await write_offs(month.books))
        month.take(await templates.due(client, period, SOURCE))
        month.take(
            _accrued(month.books, ProposalKind.ACCRUAL, each) for each in await sources.accruals(month.books, aside)
        )
        await _carry_over(month, row["standard"])
        if period.month == DECEMBER:
            given = await sources.distributions(month.books, aside)
            month.take(_accrued(month.books, ProposalKind.DISTRIBUTION, each) for each in given)
        return month.found

    async def accept(self, client: int, period: Period, key: str) -> Voucher:
        require("ledger.draft")
        await _hold(client)
        proposal = await self._called(client, period, key)
        if proposal.asks:
            raise Refusal("month_end.fact_missing", proposal.asks[0].sentence, status=409)
        voucher = await drafts.keep(proposal.draft)
        if scope().user is None or await _is_one_person():
            return await posting.post(voucher)
        return await reading.voucher(voucher)

    async def skip(self, client: int, period: Period, key: str, reason: str) -> None:
        require("ledger.draft")
        await _hold(client)
        await skips.put_aside(client, period, await self._called(client, period, key), reason)

    async def unskip(self, client: int, period: Period, key: str) -> None:
        require("ledger.draft")
        see(client)
        await skips.take_up(client, period, key)

    async def skipped(self, client: int, period: Period) -> Sequence[Skipped]:
        see(client)
        return await skips.skipped(client, period)

    async def keep_template(self, title: str, draft: VoucherDraft, first: Period | None, last: Period | None) -> int:
        return await templates.keep(title, draft, first, last)

    async def stop_template(self, template: int) -> None:
        await templates.stop(template)

    async def _called(self, client: int, period: Period, key: str) -> Proposal:
        for proposal in await self.proposals(client, period):
            if proposal.key == key:
                return proposal
        raise Refusal("month_end.gone", "这张凭证已经不需要了,请刷新页面。", status=409)


@dataclass
class _Month:
    """Proposals so far, and the books with them."""

    books: MonthBooks
    aside: frozenset[str]
    found: list[Proposal] = field(default_factory=list)

    def take(self, proposals: Iterable[Proposal]) -> None:
        for proposal in proposals:
            if proposal.key not in self.aside and (proposal.draft.lines or proposal.asks):
                self.found.append(proposal)
                self.books = self.books.plus(proposal.draft.lines, closing=proposal.draft.kind is VoucherKind.CLOSING)


async def _carry_over(month: _Month, standard: str) -> None:
    """以前年度损益调整 goes straight to 未分配利润 (it is no profit of this year), all else through 本年利润, December's on to 未分配利润."""
    names = load_chart(standard).month_end
    period, prior = month.books.period, names.get("prior_years")
    rows = await connection().fetch(_RESULTS, firm_in_scope(), month.books.client)
    results = {r["code"] for r in rows}
    of_prior = {code for code in results if prior and code.startswith(prior)}
    steps = [
        (ProposalKind.PRIOR_YEARS, "结转以前年度损益调整", of_prior, names["retained"]),
        (ProposalKind.PROFIT_AND_LOSS, "结转本期损益", results - of_prior, names["profit"]),
    ]
    if period.month == DECEMBER:
        profit = {b.account for b in month.books.balances if b.account.startswith(names["profit"])}
        steps.append((ProposalKind.YEAR_END, "结转本年利润", profit | {names["profit"]}, names["retained"]))
    for kind, title, accounts, into in steps:
        balances = open_balances(month.books, accounts)
        lines = emptied(balances, into, title)
        why = said_of_year(balances) if kind is ProposalKind.YEAR_END else said(balances)
        month.take([_proposal(month.books, kind, kind.value, title, lines, why)])


def _accrued(books: MonthBooks, kind: ProposalKind, accrual: Accrual) -> Proposal:
    made = _proposal(books, kind, accrual.key, accrual.title, () if accrual.asks else accrual.lines, accrual.reasons)
    return Proposal(made.key, kind, made.title, made.draft, made.reasons, accrual.asks)


def _proposal(
    books: MonthBooks, kind: ProposalKind, key: str, title: str, lines: tuple[Line, ...], reasons: tuple[str, ...]
) -> Proposal:
    draft = VoucherDraft(
        books.client,
        books.period.last_day,
        title,
        lines,
        kind=VoucherKind.CLOSING if kind in CLOSING_KINDS else VoucherKind.NORMAL,
        source=f"{SOURCE}{key}"[:40],
        reasons=reasons,
    )
    return Proposal(key, kind, title, draft, reasons)


async def _hold(client: int) -> None:
    """Two people who accept at once would both be right and make it twice."""
    see(client)
    await connection().execute("select pg_advisory_xact_lock(hashtextextended('month-end:' || $1::bigint, 0))", client)


async def _is_one_person() -> bool:
    declared: bool = await connection().fetchval("select single_person from core_firm where id = $1", firm_in_scope())
    return declared
