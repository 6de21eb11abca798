"""The firm's own import profiles, and which of a client's accounts another program's codes mean."""

import json
from collections.abc import Mapping, Sequence

from zhangfang_books.importing.profiles import FIELDS, Profile, enough, kept, presets
from zhangfang_books.tables import AccountMapping, ImportProfile
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Ledger

LONGEST_HEADING = 60
MOST_HEADINGS = 20


async def profiles() -> Sequence[Profile]:
    """The firm's own first; they hide the presets of the same program."""
    rows = await ImportProfile.select().order_by(ImportProfile.id)
    own = {r["program"]: kept(r["program"], r["name"], r["columns"], r["confirmed"]) for r in rows}
    return [*own.values(), *(p for p in presets() if p.program not in own)]


async def keep(profile: Profile, *, confirmed: bool) -> None:
    """Keep a profile of the firm, or replace it; needs ``books.import``.

    Raises Refusal ``books.profile_name``, ``books.profile_incomplete``, ``books.profile_heading``.
    """
    require("books.import")
    if not 0 < len(profile.name.strip()) <= 60 or "\x00" in profile.name:
        raise Refusal("books.profile_name", "请填写格式名称,最多 60 个字。", field="name")
    if not enough(profile.columns):
        raise Refusal(
            "books.profile_incomplete",
            "还缺列:至少要有日期、凭证号(或凭证字号)、摘要、科目编码、借方和贷方金额(或金额加方向)。",
            field="columns",
        )
    for field, headings in profile.columns.items():
        if len(headings) > MOST_HEADINGS or any(len(h) > LONGEST_HEADING or "\x00" in h for h in headings):
            raise Refusal(
                "books.profile_heading",
                f"“{FIELDS[field]}”最多 {MOST_HEADINGS} 个列名,每个最多 {LONGEST_HEADING} 个字。",
                field=field,
            )
    row = await ImportProfile.objects().where(ImportProfile.program == profile.program).first()
    before = None if row is None else {"name": row.name, "columns": json.loads(row.columns)}
    row = row or ImportProfile(program=profile.program)
    columns = {field: list(headings) for field, headings in profile.columns.items()}
    row.name, row.columns, row.confirmed = profile.name.strip(), json.dumps(columns, ensure_ascii=False), confirmed
    await row.save()
    await use(Audit).record(
        "books.import_profile",
        f"books_import_profile:{row.id}",
        before=before,
        after={"name": row.name, "columns": columns, "confirmed": confirmed},
    )


async def forget(program: str) -> None:
    """Give the firm's own profile up; a preset of the same program shows again. Raises Refusal ``common.not_found``."""
    require("books.import")
    row = await ImportProfile.objects().where(ImportProfile.program == program).first()
    if row is None:
        raise not_found("导入格式")
    await row.remove()
    before: dict[str, object] = {"name": row.name, "columns": json.loads(row.columns)}
    await use(Audit).record("books.import_profile", f"books_import_profile:{row.id}", before=before, after=None)


async def mapping_of(client: int) -> Mapping[str, str]:
    """The other program's code → the client's account."""
    rows = await AccountMapping.select().where(AccountMapping.client == client)
    return {row["theirs"]: row["ours"] for row in rows}


async def remember(client: int, mapping: Mapping[str, str]) -> None:
    """Keep which of the client's accounts the other program's codes mean; needs ``books.import``.

    Raises Refusal ``ledger.account_unknown``.
    """
    require("books.import")
    known = {a.code for a in await use(Ledger).accounts(client)}
    for theirs, ours in mapping.items():
        if ours not in known:
            raise Refusal("ledger.account_unknown", f"科目“{ours[:20]}”在这家企业的科目表里没有。", field="mapping")
        where = (AccountMapping.client == client, AccountMapping.theirs == theirs)
        row = await AccountMapping.objects().where(*where).first() or AccountMapping(client=client, theirs=theirs)
        row.ours = ours
        await row.save()
