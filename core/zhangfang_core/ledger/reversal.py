"""Reversal (红冲): the only way to take a posted voucher back."""

import datetime as dt

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import accounts, drafts, reading, rules
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Voucher, VoucherDraft, VoucherKind, VoucherState

DIVISION = "account_division"
"""Source of vouchers that carry a divided account's balance to the accounts below it."""
MERGER = "item_merger"
"""Source of vouchers that carry an item's balances to the one that it was merged into."""


async def reverse(voucher: int, date: dt.date, reason: str) -> int:
    """See ``Ledger.reverse``.

    The reversal of a closing voucher is summed with closing vouchers, that of an opening one with the opening balances
    (and keeps its date), so that the figures read as if neither stood. A voucher whose reversal was reversed stands again: it is taken back
    by reversing that last one. Lines of an account that was divided since are reversed where its balance went. Also raises
    ``ledger.reason_missing``, ``ledger.reversal_before`` and ``ledger.restored``.
    """
    require("ledger.draft")
    reason = reason.strip()
    if not reason:
        raise Refusal("ledger.reason_missing", "请写明红冲的原因。", field="reason")
    await connection().execute(
        "select pg_advisory_xact_lock(hashtextextended('ledger-reverse:' || $1::bigint || ':' || $2::bigint, 0))",
        firm_in_scope(),
        voucher,
    )
    original = await reading.voucher(voucher)
    if original.state is not VoucherState.POSTED:
        raise Refusal("ledger.not_posted", "只有已审核记账的凭证才能红冲;草稿请直接修改或作废。", status=409)
    if original.reversed_by is not None:
        raise Refusal(
            "ledger.already_reversed",
            f"凭证 {original.label} 已经红冲过,不能再红冲一次。",
            status=409,
            details={"reversed_by": original.reversed_by},
        )
    await _refuse_restored(original)
    if original.source in (DIVISION, MERGER):
        raise Refusal("ledger.division_stays", "这张凭证转移了科目或辅助核算的余额,不能红冲;需要调整请做转账凭证。", status=409)
    if original.kind is VoucherKind.OPENING:
        date = original.date
    if date < original.date:
        raise Refusal(
            "ledger.reversal_before",
            f"红冲日期 {date:%Y-%m-%d} 不能早于原凭证日期 {original.date:%Y-%m-%d}。",
            field="date",
        )
    kept_kinds = (VoucherKind.OPENING, VoucherKind.CLOSING)
    draft = VoucherDraft(
        client=original.client,
        date=date,
        summary=f"红冲 {original.period.label}{original.label}:{reason}"[:255],
        lines=await accounts.followed(original.client, rules.reversed_lines(original.lines)),
        word=original.word,
        kind=original.kind if original.kind in kept_kinds else VoucherKind.REVERSAL,
        document=original.document,
        reasons=(f"红字冲销 {original.label},原因:{reason}",),
    )
    return await drafts.keep(draft, reverses=voucher)


async def _refuse_restored(original: Voucher) -> None:
    row = await connection().fetchrow(
        """select r.id, again.id as again, again.word || '-' || lpad(again.number::text, 4, '0') as label from core_voucher r
        join core_voucher again on again.firm = r.firm and again.reverses = r.id and again.state = 'posted'
        where r.firm = $1 and r.reverses = $2 and r.state = 'posted'""",
        firm_in_scope(),
        original.id,
    )
    if row is not None:
        raise Refusal(
            "ledger.restored",
            f"凭证 {original.label} 红冲过,又由 {row['label']} 恢复。要再冲销,请红冲 {row['label']}。",
            status=409,
            details={"restored_by": row["again"]},
        )
