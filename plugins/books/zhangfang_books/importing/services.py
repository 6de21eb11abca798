"""Import for the open client: a dry run, or all of it in the caller's transaction."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.importing.parsing import Chart, Outcome, drafts
from zhangfang_books.importing.profiles import Profile, kept, presets
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.tables import AccountMapping, ImportedFile, ImportProfile
from zhangfang_sdk import use
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.voucher_import import VoucherImport


async def profiles() -> Sequence[Profile]:
    """The firm's own first hide the presets of the same program."""
    rows = await ImportProfile.select()
    own = {row["program"]: kept(row["program"], row["name"], row["columns"]) for row in rows}
    return [*own.values(), *(p for p in presets() if p.program not in own)]


async def remember(client: int, mapping: Mapping[str, str]) -> None:
    """Keep which of the client's accounts the other program's codes mean; needs ``books.import``.

    Raises Refusal ``ledger.account_unknown``.
    """
    require("books.import")
    leaves = {a.code for a in await use(Ledger).accounts(client) if a.is_leaf}
    for theirs, ours in mapping.items():
        if ours not in leaves:
            raise Refusal("ledger.account_unknown", f"科目“{ours[:20]}”在这家企业的科目表里没有。", field="mapping")
        where = (AccountMapping.client == client, AccountMapping.theirs == theirs)
        row = await AccountMapping.objects().where(*where).first() or AccountMapping(client=client, theirs=theirs)
        row.ours = ours
        await row.save()


@dataclass(frozen=True, slots=True)
class Source:
    """The file that rows come from: ``sha256`` of its bytes in hex, and its name."""

    sha256: str
    name: str

    @classmethod
    def of(cls, content: bytes, name: str) -> "Source":
        return cls(hashlib.sha256(content).hexdigest(), name[:255])


async def bring_in(client: int, rows: Rows, program: str, *, dry: bool, source: Source | None = None) -> Outcome:
    """Check the rows of a voucher Excel (:func:`rows_of`); unless ``dry`` or faulty, post all. Needs ``books.import`` (and the ledger's own rights).

    With ``source`` the same file comes in once, also when it is sent twice at the same time. Raises Refusal
    ``books.no_such_profile``, ``books.imported_before``, and what the ledger refuses, with the row.
    """
    require("books.import")
    if source is not None:
        await _refuse_again(client, source)
    profile = next((p for p in await profiles() if p.program == program), None)
    if profile is None:
        raise Refusal("books.no_such_profile", "没有这种导入格式。", field="program")
    accounts = await use(Ledger).accounts(client)
    mapped = await AccountMapping.select().where(AccountMapping.client == client)
    chart = Chart(client, {a.code: a.is_leaf for a in accounts}, {r["theirs"]: r["ours"] for r in mapped})
    outcome = Outcome()
    for _ in drafts(rows(), profile, chart, outcome):
        pass
    if dry or not outcome.clean:
        return outcome
    if source is not None:
        await _note_import(client, source, outcome.vouchers)
    try:
        await use(VoucherImport).import_vouchers(client, drafts(rows(), profile, chart, Outcome()))
    except Refusal as refusal:
        place = refusal.details.get("place")
        if isinstance(place, int):
            row = outcome.first_rows[place - 1]
            refusal.sentence = f"Excel 第 {row} 行:{refusal.sentence}"
            refusal.details = {**refusal.details, "row": row}
        raise
    return outcome


async def _refuse_again(client: int, source: Source) -> None:
    known = (
        await ImportedFile.objects().where(ImportedFile.client == client, ImportedFile.sha256 == source.sha256).first()
    )
    if known is not None:
        when = known.imported_at.astimezone(BUSINESS_TIME_ZONE)
        raise Refusal(
            "books.imported_before",
            f"这个文件已由{known.imported_by}在 {when:%Y-%m-%d %H:%M} 导入过 {known.vouchers} 张凭证,没有再导入。要改正请红冲后另外导入。",
            status=409,
            field="file",
        )


async def _note_import(client: int, source: Source, vouchers: int) -> None:
    """Of two that bring the same file in at once the second waits here for the first, and is refused."""
    row = ImportedFile(
        client=client,
        sha256=source.sha256,
        name=source.name,
        vouchers=vouchers,
        imported_by=scope().user_name,
        imported_at=dt.datetime.now(dt.UTC),
    )
    kept = await ImportedFile.insert(row).on_conflict(action="DO NOTHING").returning(ImportedFile.id)
    if not kept:
        await _refuse_again(client, source)
        raise Refusal("books.imported_before", "这个文件正在导入,没有再导入一次。", status=409, field="file")
