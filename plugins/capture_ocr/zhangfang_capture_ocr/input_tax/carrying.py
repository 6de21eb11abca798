"""The voucher that carries a month's decided input tax out of 待认证进项税额 (财会〔2016〕22号): to 进项税额, or into what was bought."""

from collections.abc import Sequence
from typing import Any

from zhangfang_capture_ocr.booking import CONFIRMED_INPUT_VAT, UNCONFIRMED_INPUT_VAT
from zhangfang_capture_ocr.services.facts import SOURCE
from zhangfang_capture_ocr.states import InputTaxDecision, ItemState
from zhangfang_capture_ocr.tables import InputTaxUse, Item
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, Voucher, VoucherDraft, VoucherState
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

TAX_ACCOUNTS = "2221"


async def draft_carrying(client: int, month: Period) -> int:
    """Draft it for the month's decisions whose invoices are booked and not carried yet; its id.

    Needs ``capture_ocr.review`` and ``ledger.draft``. Raises Refusal ``capture.input_tax_nothing``, and as ``Ledger.draft``.
    """
    require("capture_ocr.review")
    uses = await _open_uses(client, month)
    vouchers = {v.id: v for v in await use(Ledger).vouchers_by_id([row["invoice.voucher"] for row in uses])}
    deducted, costs, carried = 0, dict[str, int](), []
    for row in uses:
        voucher = vouchers.get(row["invoice.voucher"])
        waiting = 0 if voucher is None else unconfirmed_in(voucher)
        if voucher is None or not waiting:
            continue
        carried.append(row["id"])
        if row["decision"] == InputTaxDecision.DEDUCTED:
            deducted += waiting
        else:
            cost = _cost_of(voucher)
            costs[cost] = costs.get(cost, 0) + waiting
    if not carried:
        raise Refusal("capture.input_tax_nothing", "没有要转入的税额:先勾选,并且发票的凭证已经过账。", status=409)
    summary = f"{month.label}勾选抵扣 {len(carried)} 张"
    debits = [Line(CONFIRMED_INPUT_VAT, summary, deducted, 0)] if deducted else []
    debits += [Line(account, f"{month.label}不抵扣的进项税", amount, 0) for account, amount in costs.items() if amount]
    total = deducted + sum(costs.values())
    if not total:
        raise Refusal("capture.input_tax_nothing", "这些发票的税额正负相抵,不用转入。", status=409)
    draft = VoucherDraft(
        client=client,
        date=min(month.last_day, max(month.first_day, today())),
        summary=summary,
        lines=(*debits, Line(UNCONFIRMED_INPUT_VAT, summary, 0, total)),
        source=SOURCE,
        reasons=("已勾选的税额从待认证进项税额转入进项税额(财会〔2016〕22号);不抵扣的计入成本费用。",),
    )
    made = await use(Ledger).draft(draft)
    await InputTaxUse.update({InputTaxUse.voucher: made}).where(InputTaxUse.id.is_in(carried))
    return made


def unconfirmed_in(voucher: Voucher) -> int:
    """What a voucher has on 待认证进项税额."""
    return sum(line.debit - line.credit for line in voucher.lines if line.account.startswith(UNCONFIRMED_INPUT_VAT))


async def _open_uses(client: int, month: Period) -> Sequence[dict[str, Any]]:
    rows: list[dict[str, Any]] = await InputTaxUse.select(
        *InputTaxUse.all_columns(), InputTaxUse.invoice.voucher
    ).where(
        InputTaxUse.client == client,
        InputTaxUse.period == month.number,
        InputTaxUse.invoice.item.is_in(
            Item.select(Item.id).where(Item.client == client, Item.state == ItemState.APPROVED)
        ),
        InputTaxUse.invoice.voucher.is_not_null(),
    )
    carriers = await use(Ledger).vouchers_by_id([row["voucher"] for row in rows if row["voucher"] is not None])
    done = {voucher.id for voucher in carriers if voucher.state is not VoucherState.DISCARDED}
    return [row for row in rows if row["voucher"] not in done]


def _cost_of(voucher: Voucher) -> str:
    """The account of what was bought: the largest debit that is no tax."""
    bought = [line for line in voucher.lines if line.debit and not line.account.startswith(TAX_ACCOUNTS)]
    return max(bought, key=lambda line: abs(line.debit)).account
