"""A month's payroll brought in, all or nothing: its totals for those who see the books, its rows for readers alone."""

import asyncio
import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.layouts import Columns, Unnamed, find_headings, made_of, unnamed
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.importing.recognising import heads
from zhangfang_books.payroll import readers
from zhangfang_books.payroll.checking import Question, questions_about
from zhangfang_books.payroll.notices import ask_to_confirm
from zhangfang_books.payroll.sheet import PersonRow, ReadSheet, payroll_layout, people_of
from zhangfang_books.payroll.tables import Payroll, PayrollRow, PayrollState
from zhangfang_books.payroll.withholding import Earned
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period

TOPIC = "payroll"
SUMS = ("gross", "social", "fund", "tax", "net", "employer_social", "employer_fund")


@dataclass(slots=True)
class UnderstoodSheet:
    read: ReadSheet
    unnamed: Unnamed | None = None
    made: Mapping[str, Columns] = field(default_factory=dict)


@dataclass(slots=True)
class BroughtPayroll:
    """``payroll`` None for a trial and for a sheet with faults."""

    read: ReadSheet
    questions: Sequence[Question] = ()
    payroll: int | None = None


async def understood(rows: Rows, own: Mapping[str, Columns], chosen: Mapping[int, str]) -> UnderstoodSheet:
    """``own``: the firm's columns by the digest of their heading row; ``chosen``: place from 0 → field, as a person named them now."""
    return await asyncio.to_thread(_understood, rows, own, chosen)


def _understood(rows: Rows, own: Mapping[str, Columns], chosen: Mapping[int, str]) -> UnderstoodSheet:
    kind, sheets = payroll_layout(), heads(rows())
    made = made_of(kind, sheets, chosen)
    found = find_headings(kind, sheets, {**own, **made})
    if any(head.number for head in found):
        return UnderstoodSheet(people_of(rows(), found), made=made)
    return UnderstoodSheet(ReadSheet(), unnamed(kind, sheets, chosen))


async def bring_in(client: int, period: Period, read: ReadSheet, source: Source, *, really: bool) -> BroughtPayroll:
    """Keep the month's payroll, which then waits for the client; one that waits or went back is replaced. Needs ``books.payroll``.

    In the caller's transaction; a trial writes nothing: a sheet that somebody made up opens nobody's salary. What it asks about earlier months needs a
    reader of those. Raises Refusal ``payroll.confirmed``,
    ``payroll.month_wrong``.
    """
    require(readers.TOTALS)
    starts = Period.of((await use(Clients).client(client)).books_start)
    if not starts <= period <= Period.current().plus(1):
        raise Refusal("payroll.month_wrong", "请选择建账以后、最迟下个月的月份。", field="period")
    of_month = (Payroll.client == client) & (Payroll.period == period.number)
    before = await Payroll.objects().where(of_month).first().lock_rows("UPDATE")
    if before is not None and before.state == PayrollState.CONFIRMED:
        raise Refusal("payroll.confirmed", f"{period.label}的工资表企业已经确认。要换的话,请在那份工资表上写明原因重做。", status=409, field="period")
    done = BroughtPayroll(read)
    if not read.clean:
        return done
    if really:
        await readers.name_importer(client)
    done.questions = questions_about(read.people, await _earlier(client, period), period.first_day)
    if really:
        done.payroll = await _keep(client, period, read, source, before)
    return done


async def _earlier(client: int, period: Period) -> Mapping[str, Sequence[Earned]]:
    """Id number → its months of the year before this one."""
    found = defaultdict[str, list[Earned]](list)
    rows = await PayrollRow.objects().where(
        PayrollRow.client == client, PayrollRow.period >= Period(period.year, 1).number, PayrollRow.period < period.number
    ).order_by(PayrollRow.period)  # fmt: skip
    for r in rows:
        found[r.id_number].append(Earned(r.gross, r.exempt, r.social, r.fund, r.special, r.other, r.tax))
    return found


async def _keep(client: int, period: Period, read: ReadSheet, source: Source, before: Payroll | None) -> int:
    row = before or Payroll(client=client, period=period.number)
    if before is not None:
        await PayrollRow.delete().where(PayrollRow.client == client, PayrollRow.payroll == before.id)
    for name in SUMS:
        setattr(row, name, read.sum_of(name))
    row.why = row.why if before is not None and _still_said(before) else ""
    row.state, row.people, row.sha256 = PayrollState.WAITING.value, len(read.people), digest_of(read.people)
    row.file, row.made_by, row.made_at = source.name, scope().user_name, dt.datetime.now(dt.UTC)
    row.answered_by, row.answered_at = "", None
    await row.save()
    await PayrollRow.insert(*(_row(client, row.id, period, person) for person in read.people))
    after: dict[str, object] = {"period": period.key, "people": row.people, "sha256": row.sha256}
    await use(Audit).record("books.payroll", f"books_payroll:{row.id}", client=client, after=after)
    await use(Live).announce(TOPIC, client)
    await ask_to_confirm(row)
    return row.id


def _still_said(before: Payroll) -> bool:
    """Why a confirmation was void is told until the client answers again, however often the sheet is replaced."""
    return before.state in (PayrollState.REOPENED, PayrollState.WAITING)


def _row(client: int, payroll: int, period: Period, person: PersonRow) -> PayrollRow:
    return PayrollRow(
        client=client, payroll=payroll, period=period.number, name=person.name, id_number=person.id_number,
        gross=person.gross, exempt=person.exempt, social=person.social, fund=person.fund, special=person.special,
        other=person.other, tax=person.tax, net=person.net, employer_social=person.employer_social,
        employer_fund=person.employer_fund,
    )  # fmt: skip


def digest_of(people: Sequence[PersonRow]) -> str:
    """Of what the client confirms: each person's figures, in the sheet's order."""
    figures = [[p.name, p.id_number, *(getattr(p, name) for name in SUMS)] for p in people]
    return hashlib.sha256(json.dumps(figures, ensure_ascii=False).encode()).hexdigest()
