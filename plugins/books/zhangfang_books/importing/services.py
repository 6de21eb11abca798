"""A voucher file brought into a client's books. The trial is the import itself, rolled back: it refuses what the import refuses."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.importing import files_before, kept_profiles
from zhangfang_books.importing.faults import Fault
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.items import Directory, unknown_items
from zhangfang_books.importing.outcome import FileVoucher, Outcome, SheetFound
from zhangfang_books.importing.parsing import Chart, vouchers_of
from zhangfang_books.importing.profiles import Profile, enough
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.importing.recognising import (
    Guess,
    SheetHead,
    as_chosen,
    as_read,
    guess,
    heads,
    profile_of,
    recognise,
)
from zhangfang_books.importing.twins import MOST_NAMED, REFERENCE, standing
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, VoucherDraft
from zhangfang_sdk.voucher_import import BROUGHT, VoucherImport


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person answered. ``really``: write it. ``make_items``: names become items (None: not asked yet).

    ``leave_standing``: leave out what the books have already (None: not asked yet). ``again``: the same file once more.
    ``straight``: post at once, which only a take-over may.
    """

    really: bool = False
    make_items: bool | None = None
    leave_standing: bool | None = None
    again: bool = False
    straight: bool = False


@dataclass(slots=True)
class ReadFile:
    """A file as it was understood, before the ledger is asked.

    ``guess``: its columns, where no profile knows them or nobody looked at the profile yet. ``made``: the profile that the
    person's own choice of columns makes.
    """

    outcome: Outcome
    vouchers: Sequence[FileVoucher]
    guess: Guess | None = None
    made: Profile | None = None


class _TakenBack(Exception):
    """Ends the transaction of a trial."""


async def read_file(
    client: int, rows: Rows, *, program: str = "", columns: Mapping[int, str] | None = None, name: str = ""
) -> ReadFile:
    """Understand a file by the profile of ``program``, else by whichever fits best. Needs ``books.import``.

    ``columns``: place from 0 → field, as a person chose them for a file that no profile knows; ``name`` is what its profile is called.
    Opens its own short transaction: none waits while rows are gone through. Raises Refusal ``books.no_such_profile``.
    """
    async with transaction():
        require("books.import")
        known = await kept_profiles.profiles()
        accounts = await use(Ledger).accounts(client)
        chart = Chart({a.code: a.is_leaf for a in accounts}, await kept_profiles.mapping_of(client))
    if program:
        known = [p for p in known if p.program == program]
        if not known:
            raise Refusal("books.no_such_profile", "没有这种导入格式。", field="program")
    return await asyncio.to_thread(_understood, rows, known, chart, columns, name)


def _understood(
    rows: Rows, known: Sequence[Profile], chart: Chart, columns: Mapping[int, str] | None, name: str
) -> ReadFile:
    sheets = heads(rows())
    made = None
    if columns and (guessed := guess(sheets)) is not None:
        fields = [columns.get(place, "") for place in range(len(guessed.headings))]
        made = profile_of(name, guessed.headings, fields)
        known = [made] if enough(made.columns) else []
    recognise(sheets, known)
    outcome = Outcome(sheets=[_sheet(head) for head in sheets])
    if not any(head.profile for head in sheets):
        return ReadFile(outcome, [], guess(sheets) if made is None else as_chosen(sheets, columns or {}), made)
    shown = next((as_read(head) for head in sheets if head.profile is not None and not head.profile.confirmed), None)
    return ReadFile(outcome, vouchers_of(rows(), sheets, chart, outcome), shown, made)


def _sheet(head: SheetHead) -> SheetFound:
    if head.profile is None:
        return SheetFound(head.name, head.rows)
    return SheetFound(head.name, head.rows, head.profile.name, head.number, head.profile.confirmed)


async def bring_in(client: int, read: ReadFile, choices: Choices, source: Source | None = None) -> Outcome:
    """Import what was read, all or nothing, or try it: the same steps in a transaction that is taken back. Needs ``books.import``.

    Nothing stays of a trial, of what a question is open about and of what is refused. Vouchers are drafts of the person who acts;
    ``straight`` also needs ``ledger.post``. Raises Refusal ``books.imported_before``, ``books.not_a_take_over``; what the ledger
    refuses is a fault of its row.
    """
    outcome = read.outcome
    if not outcome.clean:
        return outcome
    try:
        async with transaction():
            done = await _steps(client, read, choices, source)
            if not done:
                raise _TakenBack
    except _TakenBack:
        outcome.brought = 0
    return outcome


async def _steps(client: int, read: ReadFile, choices: Choices, source: Source | None) -> bool:
    """Whether all was written that should be and may stay."""
    require("books.import")
    outcome = read.outcome
    if choices.straight:
        await _refuse_kept_books(client)
    if source is not None:
        outcome.before = await files_before.imported_before(client, source)
    directory = await Directory.read(client, {a.code: a for a in await use(Ledger).accounts(client)})
    outcome.unknown_items = unknown_items(read.vouchers, directory)
    if choices.make_items is not False:
        for named in outcome.unknown_items:
            await directory.make(named)
    there = await standing(client, read.vouchers)
    outcome.standing, outcome.standing_found = list(there.values())[:MOST_NAMED], len(there)
    left_out = there.keys() if choices.leave_standing is not False else set()
    vouchers = [voucher for place, voucher in enumerate(read.vouchers) if place not in left_out]
    outcome.left_out = len(left_out)
    name = source.name if source is not None else ""
    drafts = [_draft(client, voucher, directory, outcome, name) for voucher in vouchers]
    try:
        await _write(client, drafts, choices)
    except Refusal as refusal:
        if "refused" not in refusal.details:
            raise
        _note_refused(refusal, vouchers, outcome)
        return False
    outcome.brought, outcome.straight = len(drafts), choices.straight
    open_questions = (
        (outcome.unknown_items and choices.make_items is None)
        or (there and choices.leave_standing is None)
        or (outcome.before and not choices.again)
        or not drafts
    )
    if not choices.really or open_questions:
        return False
    if source is not None:
        await files_before.note(client, source, len(drafts), again=choices.again)
    await _record(client, outcome, choices, source)
    return True


async def _refuse_kept_books(client: int) -> None:
    if not await use(VoucherImport).taking_over(client):
        raise Refusal(
            "books.not_a_take_over",
            "这家企业在这里已经记过账,导入的凭证要作为草稿,由另一位会计审核;直接记账只用于接手旧账。",
            status=409,
            field="straight",
        )


def _draft(client: int, voucher: FileVoucher, directory: Directory, outcome: Outcome, file: str) -> VoucherDraft:
    reasons = [REFERENCE + voucher.reference, f"导入自 {file}" if file else "导入"]
    reasons += [f"第 {n} 行原币:{line.foreign}" for n, line in enumerate(voucher.lines, 1) if line.foreign]
    lines = tuple(directory.line(line, outcome) for line in voucher.lines)
    return VoucherDraft(
        client, voucher.date, voucher.summary, lines, word=voucher.word, source=BROUGHT, reasons=tuple(reasons)
    )


async def _write(client: int, drafts: Sequence[VoucherDraft], choices: Choices) -> None:
    if not drafts:
        return
    if choices.straight:
        await use(VoucherImport).import_vouchers(client, drafts, drafted_by=scope().user_name)
    else:
        await use(VoucherImport).import_drafts(client, drafts)


def _note_refused(refusal: Refusal, vouchers: Sequence[FileVoucher], outcome: Outcome) -> None:
    refused = refusal.details["refused"]
    assert isinstance(refused, list)  # noqa: S101  # of the ledger's own making
    for one in refused:
        voucher = vouchers[one["place"] - 1]
        outcome.fault(Fault(voucher.row, voucher.reference, one["sentence"], voucher.sheet))


async def _record(client: int, outcome: Outcome, choices: Choices, source: Source | None) -> None:
    await use(Audit).record(
        "books.import",
        f"core_client:{client}",
        client=client,
        after={
            "file": source.name if source else "",
            "sha256": source.sha256 if source else "",
            "vouchers": outcome.brought,
            "left_out": outcome.left_out,
            "items": len(outcome.unknown_items) if choices.make_items else 0,
            "posted_straight_away": choices.straight,
            "before": outcome.before,
        },
    )
