"""The SDK's ``Filings``: figures → confirmed by the client → filed with its receipt → paid. Each step is on the trail."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_books.figures.service import TITLES, Span, WorkedOut, payable
from zhangfang_books.filing.lines import Difference, differences, digest, numbers, packed
from zhangfang_books.filing.notices import TO_CONFIRM
from zhangfang_books.filing.tables import Confirmation, FilingRow
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope, transaction
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.invoices import Invoices
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.live import Live
from zhangfang_sdk.money import LARGEST_FEN, yuan
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tax_figures import ReturnFigures, Tax

FOLLOW = "books.follow"
TOPIC = "filings"
NO_FIGURES = ("taxes.no_return", "taxes.no_rules")
"""The client files no such return any more, or nobody knows the rules of its months."""


class RegisteredFilings:
    async def standing(
        self, client: int | None, *, due_until: dt.date, due_from: dt.date | None = None
    ) -> Sequence[Filing]:
        require("filings.read")
        if client is not None and not scope().sees(client):
            raise not_found("客户企业")
        rows = FilingRow.select().where(FilingRow.due <= due_until).order_by(FilingRow.due, FilingRow.id)
        if client is not None:
            rows = rows.where(FilingRow.client == client)
        if due_from is not None:
            rows = rows.where(FilingRow.due >= due_from)
        return [filing_of(row) for row in await rows]

    async def filing(self, filing: int) -> Filing:
        require("filings.read")
        row = await FilingRow.select().where(FilingRow.id == filing).first()
        if row is None:
            raise not_found("申报")
        return filing_of(row)

    async def confirmed(self, filing: int, *, payable: int) -> None:
        row = await _held(filing)
        by_firm = not scope().may("filings.confirm")
        if by_firm:
            require("filings.write")
        if row.step == FilingStep.OPEN:
            raise Refusal("filings.no_figures", "这一期还没有算出申报数,会计算好后再确认。", status=409)
        _refuse_behind(row, FilingStep.CONFIRMED)
        _refuse_running(row)
        if payable != row.payable:
            raise Refusal("filings.figures_changed", f"申报数有变动,现在应缴 {yuan(row.payable or 0)} 元,请看过再确认。", status=409)
        content, now = row.lines.encode(), dt.datetime.now(dt.UTC)
        await Confirmation(
            client=row.client, filing=row.id, content=content, sha256=digest(row.lines), payable=payable, by_firm=by_firm,
            confirmed_by=scope().user_name, confirmed_at=now,
        ).save()  # fmt: skip
        row.step, row.confirmed_sha256 = FilingStep.CONFIRMED, digest(row.lines)
        row.confirmed_by, row.confirmed_at = scope().user_name, now
        after: dict[str, object] = {"payable": payable, "sha256": row.confirmed_sha256, "by_firm": by_firm}
        await _keep(row, "books.filing_confirmed", after)
        await _settle(row)

    async def filed(self, filing: int, *, receipt: int | None, number: str, payable: int | None = None, on: dt.date | None = None) -> None:
        """``payable`` (fen) is what was filed, for a return that nobody could work out; ``on`` the day of the receipt, today by default.

        Raises as ``Filings.filed``, Refusal ``filings.month_running`` (409) while its months are not over.
        """
        require("filings.write")
        row = await _held(filing)
        _refuse_behind(row, FilingStep.FILED)
        _refuse_running(row)
        if row.payable is None and payable is None:
            raise Refusal("filings.no_figures", "还没有算出应缴税额,请填写申报表上的应缴税额。", status=409, field="payable")
        if row.payable is None:
            row.payable = payable
        day = on or today()
        if not Period.from_number(row.last).last_day < day <= today():
            raise Refusal("filings.day_wrong", "申报日期要在税款所属期以后,不晚于今天。", field="filed_on")
        words = number.replace("\x00", "").strip()[:40]
        if not words:
            raise Refusal("filings.number_missing", "请填写税务机关回执上的受理编号。", field="number")
        if receipt is not None and (await use(Documents).document(receipt)).client != row.client:
            raise not_found("回执")
        row.step, row.number, row.receipt, row.filed_on = FilingStep.FILED, words, receipt, day
        row.filed_by = scope().user_name
        await _keep(row, "books.filing_filed", {"number": words, "receipt": receipt, "payable": row.payable, "on": day.isoformat()})
        await _settle(row)
        use(Facts).tell("returns_filed", [int(row.id)])

    async def voided(self, filing: int, *, why: str) -> None:
        require("filings.write")
        row = await _held(filing)
        if row.step < FilingStep.FILED:
            raise Refusal("filings.not_filed", "这一期还没有申报,不用作废。", status=409)
        if row.step == FilingStep.PAID:
            raise Refusal("filings.paid_already", "这一期已经登记缴款,不能作废。登记错了的请先撤回缴款,确有错误的做更正申报。", status=409)
        words = why.replace("\x00", "").strip()[:200]
        if not words:
            raise Refusal("filings.why_missing", "请写一句作废的原因。", field="why")
        before: dict[str, object] = {"number": row.number, "receipt": row.receipt, "why": words}
        row.step = FilingStep.CONFIRMED if row.confirmed_sha256 else FilingStep.FIGURES if row.lines else FilingStep.OPEN
        row.number, row.receipt, row.filed_on, row.filed_by = "", None, None, ""
        row.payable = row.payable if row.lines else None
        await _keep(row, "books.filing_withdrawn", before)
        use(Facts).tell("returns_voided", [int(row.id)])

    async def paid(self, filing: int, *, on: dt.date, amount: int, line: int | None = None) -> None:
        """``line`` is the bank's line that it was paid with, with which it is taken back."""
        require("filings.write")
        row = await _held(filing)
        if row.step < FilingStep.FILED:
            raise Refusal("filings.not_filed", "这一期还没有申报,请先登记申报回执。", status=409)
        _refuse_behind(row, FilingStep.PAID)
        if not 0 < amount <= LARGEST_FEN:
            raise Refusal("filings.amount_wrong", "请填写缴纳的金额。", field="amount")
        if on > today():
            raise Refusal("filings.day_ahead", "缴款日期还没有到,请核对。", field="on")
        if on < Period.from_number(row.first).first_day:
            raise Refusal("filings.day_wrong", "缴款日期早于税款所属期,请核对。", field="on")
        row.step, row.paid_on, row.paid, row.paid_line = FilingStep.PAID, on, amount, line
        await _keep(row, "books.filing_paid", {"on": on.isoformat(), "amount": amount, "line": line})

    async def unpaid(self, filing: int) -> None:
        """Take a payment back. Raises Refusal ``filings.not_paid`` (409)."""
        require("filings.write")
        row = await _held(filing)
        if row.step != FilingStep.PAID:
            raise Refusal("filings.not_paid", "这一期没有登记过缴款,不用撤回。", status=409)
        before: dict[str, object] = {"on": None if row.paid_on is None else row.paid_on.isoformat(), "amount": row.paid}
        row.step, row.paid_on, row.paid, row.paid_line = FilingStep.FILED, None, None, None
        await _keep(row, "books.filing_unpaid", before)

    async def paid_with(self, client: int, line: int) -> Sequence[int]:
        """The returns that the bank's line paid."""
        require("filings.read")
        rows = FilingRow.select(FilingRow.id).where(FilingRow.client == client, FilingRow.paid_line == line)
        return [row["id"] for row in await rows.order_by(FilingRow.id)]


async def work_out(filing: int) -> None:
    """Take the figures of today into the return; needs ``filings.write``. Other lines than the confirmed ones take the confirmation away.

    The client's people are asked to confirm. Raises Refusal ``filings.step_back`` for a filed one, ``filings.month_running`` while its months
    are not over, ``filings.not_known`` while a fact is missing, and as ``TaxFigures.figures``.
    """
    require("filings.write")
    row = await _held(filing)
    if row.step >= FilingStep.FILED:
        _refuse_behind(row, FilingStep.FIGURES)
    _refuse_running(row)
    figures = await figures_of(row)
    if payable(figures) is None:
        raise Refusal("filings.not_known", "还缺这些情况,算不出应缴税额:" + ";".join(figures.doubts), status=409)
    await _take(row, figures)


async def follow_postings(vouchers: Sequence[int]) -> None:
    """Returns not filed yet whose books moved are worked out anew; a confirmation of other lines is void."""
    moved: dict[int, Period] = {}
    for id_ in vouchers:
        voucher = await use(Ledger).voucher(id_)
        moved[voucher.client] = min(moved.get(voucher.client, voucher.period), voucher.period)
    for client, first in moved.items():
        await follow_facts(client, first)


async def follow_facts(client: int, first: Period) -> None:
    """The same for what was learnt of a client's months from ``first`` on. A confirmation doesn't outlast a tax that can't be told any more."""
    rows = FilingRow.objects().where(
        FilingRow.client == client,
        FilingRow.last >= first.number,
        FilingRow.step.is_in([FilingStep.FIGURES, FilingStep.CONFIRMED]),
    )
    for row in await rows.order_by(FilingRow.id).lock_rows("UPDATE"):
        try:
            figures = await figures_of(row)
        except Refusal as refusal:
            if refusal.code not in NO_FIGURES:
                raise
            figures = ReturnFigures(Tax(row.tax), *_months(row), (), (refusal.sentence,))
        if payable(figures) is None:
            await _forget(row, figures)
        else:
            await _take(row, figures)


async def follow_months(client: int, first: int) -> None:
    """The job ``FOLLOW``; ``first`` is a period's number. Opens its own transaction."""
    async with transaction():
        await follow_facts(client, Period.from_number(first))


async def follow_profiles(clients: Sequence[int]) -> None:
    """The same for facts of these clients: what they are decides the rates of any month."""
    for client in clients:
        await follow_facts(client, Period.of((await use(Clients).client(client)).books_start))


async def follow_settings(clients: Sequence[int]) -> None:
    """The same for what the firm chose of these clients' taxes, each in a job of its own: the firm's choice may be all of them."""
    for client in clients:
        first = Period.of((await use(Clients).client(client)).books_start)
        await use(Jobs).defer(FOLLOW, client=client, first=first.number)


async def follow_invoices(keys: Sequence[str]) -> None:
    """The same for invoices that were read."""
    first: dict[int, Period] = {}
    for invoice in await use(Invoices).get(keys):
        month = Period.of(invoice.issued_on)
        first[invoice.client] = min(first.get(invoice.client, month), month)
    for client, month in first.items():
        await follow_facts(client, month)


async def figures_of(row: FilingRow) -> ReturnFigures:
    return await WorkedOut().figures(int(row.client), Tax(row.tax), *_months(row))


def _months(row: FilingRow) -> tuple[Period, Period]:
    return Period.from_number(row.first), Period.from_number(row.last)


async def against_books(row: FilingRow) -> list[Difference]:
    """Lines of the return that the books say otherwise today."""
    return differences(row.lines, await figures_of(row)) if row.lines else []


def filing_of(row: Mapping[str, Any]) -> Filing:
    first, last = (Period.from_number(row[name]) for name in ("first", "last"))
    return Filing(
        row["id"], row["client"], Tax(row["tax"]), first, last, row["due"], FilingStep(row["step"]), row["payable"],
        row["filed_on"], row["receipt"],
    )  # fmt: skip


def title_of(filing: Filing) -> str:
    """ "2026年10月增值税"."""
    return f"{Span(filing.tax, filing.first, filing.last).label}{TITLES[filing.tax]}"


async def _take(row: FilingRow, figures: ReturnFigures) -> None:
    text = packed(figures)
    if row.step > FilingStep.OPEN and numbers(text) == numbers(row.lines):
        if row.step == FilingStep.FIGURES and text != row.lines:
            await FilingRow.update({FilingRow.lines: text}).where(FilingRow.id == row.id)
        return
    again = await Confirmation.exists().where(Confirmation.filing == row.id)
    await _replace(row, text, payable(figures), {"payable": payable(figures)})
    await _ask(row, again=again)


async def _forget(row: FilingRow, figures: ReturnFigures) -> None:
    """Nobody can tell the tax any more: no amount is left to be confirmed, and what is missing is kept in its place."""
    await _replace(row, packed(figures), None, {"payable": None, "why": ";".join(figures.doubts)})


async def _replace(row: FilingRow, text: str, amount: int | None, after: dict[str, object]) -> None:
    was_confirmed = row.step == FilingStep.CONFIRMED
    row.lines, row.payable = text, amount
    row.step = FilingStep.OPEN if amount is None else FilingStep.FIGURES
    row.worked_by, row.worked_at = scope().user_name, dt.datetime.now(dt.UTC)
    row.confirmed_sha256, row.confirmed_by, row.confirmed_at = "", "", None
    await _keep(row, "books.filing_voided" if was_confirmed else "books.filing_figures", after)
    await _settle(row)


async def _ask(row: FilingRow, *, again: bool) -> None:
    filing = filing_of(row.to_dict())
    values = {
        "what": title_of(filing),
        "amount": yuan(row.payable or 0),
        "until": f"{row.due:%m-%d}",
        "again": "申报数有变动,原来的确认已失效。" if again else "",
    }
    # By the time: figures that come back to what they were are asked about once more.
    key = f"{_asked_about(row)}{row.worked_at:%Y%m%d%H%M%S%f}"
    await use(Notices).send(Notice(filing.client, TO_CONFIRM, key, f"/books/filings/{row.id}", values))


async def _settle(row: FilingRow) -> None:
    """What people were asked before is answered, or asks for other figures."""
    await use(Notices).withdraw(int(row.client), _asked_about(row))


def _asked_about(row: FilingRow) -> str:
    return f"filing:{row.id}:"


async def _held(filing: int) -> FilingRow:
    row: FilingRow | None = await FilingRow.objects().where(FilingRow.id == filing).first().lock_rows("UPDATE")
    if row is None:
        raise not_found("申报")
    return row


async def _keep(row: FilingRow, action: str, after: dict[str, object]) -> None:
    await row.save()
    client = int(row.client)
    await use(Audit).record(action, f"books_filing:{row.id}", client=client, after=after)
    await use(Live).announce(TOPIC, client)


def _refuse_running(row: FilingRow) -> None:
    last = Period.from_number(row.last)
    if last >= Period.current():
        raise Refusal("filings.month_running", f"{last.label}还没有结束,月末以后再算税、确认、申报。目前的数在税款页。", status=409)


def _refuse_behind(row: FilingRow, wanted: FilingStep) -> None:
    if row.step >= wanted:
        said = {FilingStep.CONFIRMED: "已经确认", FilingStep.FILED: "已经申报", FilingStep.PAID: "已经缴款"}
        raise Refusal("filings.step_back", f"这一期{said.get(FilingStep(row.step), '已经算过')},不用再做这一步。", status=409)
