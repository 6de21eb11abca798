"""The voucher by which a card leaves the books: pure."""

import datetime as dt

from zhangfang_core.ledger.assets.schedule import written_off
from zhangfang_core.ledger.charts import load_chart
from zhangfang_sdk.assets import Asset, AssetKind
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period


def disposal_of(card: Asset, day: dt.date, reason: str, standard: str) -> VoucherDraft:
    """What is left goes to 固定资产清理 (proceeds and costs are booked there by hand), of an intangible to its loss, of 长期待摊费用 to its expense.

    小企业会计准则 第三十四、四十二、四十五条; 企业会计准则第4号 第二十一至二十三条.
    """
    names = load_chart(standard).month_end
    summary = f"处置{card.name}:{reason}"[:255]
    gone = written_off_by(card, day)
    left = card.cost - gone
    into = {
        AssetKind.FIXED: names["disposal"],
        AssetKind.INTANGIBLE: names["disposal_loss"],
        AssetKind.PREPAID: card.expense_account,
    }[card.kind]
    lines = [Line(into, summary, debit=left)] if left else []
    if card.written_off_account != card.asset_account:
        if gone:
            lines.append(Line(card.written_off_account, summary, debit=gone))
        lines.append(Line(card.asset_account, summary, credit=card.cost))
    elif left:
        lines.append(Line(card.asset_account, summary, credit=left))
    reasons = (f"{card.name}:原值 {yuan(card.cost)},累计折旧或摊销 {yuan(gone)},账面价值 {yuan(left)}。",)
    return VoucherDraft(card.client, day, summary, tuple(lines), source="month_end:disposal", reasons=reasons)


def written_off_by(card: Asset, day: dt.date) -> int:
    """A fixed asset bears the month of its disposal, what is amortised does not."""
    month = Period.of(day)
    return written_off(card, month if card.kind is AssetKind.FIXED else month.plus(-1))
