"""Drafts: kept, changed, given up. A draft's lines are JSON until it posts."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace as with_changes
from typing import Any, NoReturn

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger import analysis, rules
from zhangfang_core.ledger.accounts import followed
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.ledger.choices import words_of
from zhangfang_core.ledger.records import lines_to_json, reasons_to_json
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

SYSTEM = "系统"

_CLIENT = """select c.books_start, c.standard,
    (select max(period) from core_period p where p.client = c.id and p.firm = c.firm and p.closed_at is not null) closed,
    (select words from core_voucher_choice h where h.firm = c.firm) words,
    a.code, a.category, a.is_leaf, a.dimensions, a.required, a.open_items, a.retired from core_client c
    left join core_account a on a.client = c.id and a.firm = c.firm and a.code = any($3::varchar[])
    where c.firm = $1 and c.id = $2"""

_INSERT = """insert into core_voucher (firm, client, period, date, word, summary, kind, state, total, document, source,
    reasons, draft_lines, drafted_by, drafted_by_name, reverses, posted_by_name, discard_reason)
    values ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, $10, $11, $12, $13, $14, $15, '', '') returning id"""

_REPLACE = """update core_voucher set period = $3, date = $4, word = $5, summary = $6, kind = $7, total = $8, document = $9,
    source = $10, reasons = $11, draft_lines = $12, drafted_by = $13, drafted_by_name = $14, version = version + 1,
    reviewed_by = null, reviewed_by_name = null, returned_reason = null, returned_by_name = null
    where firm = $1 and id = $2 and client = $15 and state = 'draft'"""


async def keep(draft: VoucherDraft, *, reverses: int | None = None) -> int:
    """See ``Ledger.draft``. Checked against the chart, audited, told."""
    require("ledger.draft")
    total, draft = await checked(draft)
    return await insert(draft, total, reverses=reverses)


async def insert(draft: VoucherDraft, total: int, *, reverses: int | None = None) -> int:
    """Keep a draft whose lines are as they shall be: nothing is looked up and nothing but its posting refuses it. Audited, told."""
    drafter, name = _drafter(draft)
    voucher: int = await connection().fetchval(
        _INSERT,
        firm_in_scope(),
        draft.client,
        Period.of(draft.date).number,
        draft.date,
        draft.word,
        draft.summary,
        draft.kind.value,
        total,
        draft.document,
        draft.source,
        reasons_to_json(draft.reasons),
        lines_to_json(draft.lines),
        drafter,
        name,
        reverses,
    )
    await _changed("ledger.draft", voucher, draft.client, after=_summary_of(draft, total))
    tell("vouchers_drafted", [voucher])
    return voucher


async def replace(voucher: int, draft: VoucherDraft, *, version: int | None = None, by_hand: bool = False) -> None:
    """See ``Ledger.redraft``. ``by_hand``: the person who acts is its drafter from now on, whatever its source."""
    require("ledger.draft")
    total, draft = await checked(draft)
    drafter, name = _drafter(draft, by_hand=by_hand)
    before = await _draft_row(voucher)
    _refuse_changed(before, version)
    if before["client"] != draft.client:
        raise Refusal("ledger.other_client", "草稿不能改到另一家企业名下,请作废后在那家企业重新制单。")
    done = await connection().execute(
        _REPLACE,
        firm_in_scope(),
        voucher,
        Period.of(draft.date).number,
        draft.date,
        draft.word,
        draft.summary,
        draft.kind.value,
        total,
        draft.document,
        draft.source,
        reasons_to_json(draft.reasons),
        lines_to_json(draft.lines),
        drafter,
        name,
        draft.client,
    )
    if done != "UPDATE 1":
        await refuse_non_draft(voucher)
    was = {"date": before["date"].isoformat(), "summary": before["summary"], "total": before["total"]}
    await _changed("ledger.redraft", voucher, draft.client, before=was, after=_summary_of(draft, total))
    tell("vouchers_drafted", [voucher])


async def review(voucher: int) -> None:
    """See ``Ledger.review``."""
    require("ledger.post")
    row = await connection().fetchrow(
        """select v.client, v.drafted_by, v.drafted_by_name, f.single_person from core_voucher v join core_firm f on f.id = v.firm
        where v.firm = $1 and v.id = $2 and v.state = 'draft' for update of v""",
        firm_in_scope(),
        voucher,
    )
    if row is None:
        await refuse_non_draft(voucher)
    refuse_same_person(row)
    await connection().execute(
        "update core_voucher set reviewed_by = $3, reviewed_by_name = $4 where firm = $1 and id = $2",
        firm_in_scope(),
        voucher,
        scope().user,
        scope().user_name if scope().user is not None else SYSTEM,
    )
    await _changed("ledger.review", voucher, row["client"])


def refuse_same_person(row: Mapping[str, Any]) -> None:
    """Raise ``ledger.same_person`` where who acts drafted the voucher by hand, unless the firm declared itself one person."""
    user = scope().user
    if user is not None and row["drafted_by"] == user and not row["single_person"]:
        raise Refusal(
            "ledger.same_person",
            f"这张凭证是{row['drafted_by_name']}制单的,制单和审核不能是同一个人,请另一位会计审核。",
            status=409,
        )


async def hand_back(voucher: int, reason: str) -> None:
    """See ``Ledger.hand_back``."""
    require("ledger.post")
    why = reason.replace("\x00", "").strip()[:255]
    if not why:
        raise Refusal("ledger.reason_missing", "请写明退回的原因,制单人会看到这句话。", field="reason")
    client = await connection().fetchval(
        """update core_voucher set returned_reason = $3, returned_by_name = $4, reviewed_by = null, reviewed_by_name = null,
        version = version + 1 where firm = $1 and id = $2 and state = 'draft' returning client""",
        firm_in_scope(),
        voucher,
        why,
        scope().user_name if scope().user is not None else SYSTEM,
    )
    if client is None:
        await refuse_non_draft(voucher)
    await _changed("ledger.hand_back", voucher, client, after={"reason": why})


async def discard(voucher: int, reason: str) -> None:
    """See ``Ledger.discard``; the content stays readable."""
    require("ledger.draft")
    client = await connection().fetchval(
        """update core_voucher set state = 'discarded', discard_reason = $3
        where firm = $1 and id = $2 and state = 'draft' returning client""",
        firm_in_scope(),
        voucher,
        reason.replace("\x00", "").strip()[:255],
    )
    if client is None:
        await refuse_non_draft(voucher)
    await _changed("ledger.discard", voucher, client, after={"reason": reason})


async def checked(draft: VoucherDraft) -> tuple[int, VoucherDraft]:
    """All checks of a draft: its total, and the draft with the items that its counterparties name and the kind that its lines tell.

    A draft that no person wrote goes where a divided account went.

    Raises as ``Ledger.draft``, and ``common.not_found`` for a client out of scope.
    """
    draft = rules.readable(draft)
    total = rules.check_draft(draft)
    if not scope().sees(draft.client):
        raise not_found("客户企业")
    codes = sorted({line.account for line in draft.lines})
    rows = await connection().fetch(_CLIENT, firm_in_scope(), draft.client, codes)
    if not rows:
        raise not_found("客户企业")
    standing = {row["code"]: rules.Standing.of(row) for row in rows if row["code"]}
    if not draft.source.startswith("manual") and any(not each.is_leaf for each in standing.values()):
        moved = await followed(draft.client, draft.lines)
        if moved != draft.lines:
            return await checked(with_changes(draft, lines=moved))
    draft = with_changes(draft, lines=await analysis.resolve(draft.client, draft.lines, standing))
    rules.check_accounts(draft.lines, standing)
    books_start: dt.date = rows[0]["books_start"]
    rules.check_date(draft, books_start)
    rules.check_not_far(draft, today())
    rules.check_word(draft.word, words_of(rows[0]["words"]))
    rules.refuse_closed(draft, rows[0]["closed"])
    profit = load_chart(rows[0]["standard"]).month_end["profit"]
    return total, with_changes(draft, kind=rules.kind_of(draft, standing, profit))


async def refuse_non_draft(voucher: int) -> NoReturn:
    """Say why ``voucher`` cannot be handled as a draft: not there, posted, or given up. Always raises."""
    row = await connection().fetchrow(
        "select state, word, number from core_voucher where firm = $1 and id = $2", firm_in_scope(), voucher
    )
    if row is None:
        raise not_found("凭证")
    if row["state"] == "posted":
        sentence = f"凭证 {row['word']}-{row['number']:04d} 已经审核记账,不能再改;需要更正请红冲后重做。"
    else:
        sentence = "这张草稿已经作废,请重新制单。"
    raise Refusal("ledger.not_a_draft", sentence, status=409, details={"state": row["state"]})


async def _draft_row(voucher: int) -> Mapping[str, Any]:
    row: Mapping[str, Any] | None = await connection().fetchrow(
        "select client, date, summary, total, version, drafted_by_name from core_voucher where firm = $1 and id = $2 and state = 'draft' for update",
        firm_in_scope(),
        voucher,
    )
    if row is None:
        await refuse_non_draft(voucher)
    return row


def _refuse_changed(row: Mapping[str, Any], version: int | None) -> None:
    if version is not None and row["version"] != version:
        raise Refusal(
            "ledger.changed_meanwhile",
            f"这张草稿在您打开之后又被改过({row['drafted_by_name']}),您写的内容还在下面,请核对后再保存。",
            status=409,
            details={"version": row["version"]},
        )


def _drafter(draft: VoucherDraft, *, by_hand: bool = False) -> tuple[int | None, str]:
    """What a plugin proposes is drafted by the system, so that whoever set it off may review it; by hand, by the person.

    A month-end voucher is accepted by a person, who answers for it: another one posts it.
    """
    by_person = by_hand or draft.source.startswith(("manual", "month_end:"))
    if not by_person or scope().user is None:
        return None, SYSTEM
    return scope().user, scope().user_name


def _summary_of(draft: VoucherDraft, total: int) -> dict[str, object]:
    return {"date": draft.date.isoformat(), "summary": draft.summary, "total": total, "source": draft.source}


async def _changed(
    action: str,
    voucher: int,
    client: int,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    await use(Audit).record(action, f"core_voucher:{voucher}", client=client, before=before, after=after)
    use(Search).changed("core.vouchers", [voucher])
    await use(Live).announce("ledger", client)
