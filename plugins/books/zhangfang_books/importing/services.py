"""Import for the open client: a dry run, or all of it in the caller's transaction."""

from collections.abc import Mapping, Sequence

from zhangfang_books.importing.parsing import Chart, Outcome, drafts
from zhangfang_books.importing.profiles import Profile, kept, presets
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.tables import AccountMapping, ImportProfile
from zhangfang_sdk import use
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
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


async def bring_in(client: int, rows: Rows, program: str, *, dry: bool) -> Outcome:
    """Check the rows of a voucher Excel (:func:`rows_of`); unless ``dry`` or faulty, post all. Needs ``books.import`` (and the ledger's own rights).

    Raises Refusal ``books.no_such_profile``, and what the ledger refuses, with the row.
    """
    require("books.import")
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
