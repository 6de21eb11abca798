"""折旧明细表 as a sheet. Pure; amounts are fen."""

from collections.abc import Mapping, Sequence

from zhangfang_core.ledger.assets.write_offs import METHODS
from zhangfang_sdk.assets import AssetMonth
from zhangfang_sdk.sheets import Heading, Row, Sheet

HEADINGS = (
    Heading("资产名称", width=16),
    Heading("类别", width=10),
    Heading("折旧方法", width=9),
    Heading("开始使用", width=8),
    Heading("使用月数", width=6),
    Heading("原值", True, 10),
    Heading("预计净残值", True, 9),
    Heading("期初累计", True, 10),
    Heading("本月折旧", True, 9),
    Heading("期末累计", True, 10),
    Heading("净值", True, 10),
    Heading("费用科目", width=8),
    Heading("处置日期", width=8),
)


def schedule_sheet(
    title: str, group: Sequence[AssetMonth], categories: Mapping[str, str], about: tuple[str, str, str]
) -> Sheet:
    """``about``: organisation, month, who made it. What has left is listed with its day and stands in no sum but the month's own."""
    organisation, month, by = about
    rows = [_row(m, categories) for m in group]
    whole = sums(group)
    before = whole["written_off"] - sum(m.amount for m in group if m.asset.left_on is None)
    rows.append(
        Row(
            (
                "合计",
                *("",) * 4,
                whole["cost"],
                whole["residual"],
                before,
                whole["amount"],
                whole["written_off"],
                whole["net"],
                "",
                "",
            ),
            strong=True,
        )
    )
    return Sheet(f"{title}折旧摊销明细表", organisation, month, HEADINGS, rows, landscape=True, prepared_by=by)


def sums(group: Sequence[AssetMonth]) -> dict[str, int]:
    """Of the cards that still stand, but for the month's own amount."""
    standing = [m for m in group if m.asset.left_on is None]
    return {
        "cost": sum(m.asset.cost for m in standing),
        "residual": sum(m.asset.estimates[-1].residual for m in standing),
        "amount": sum(m.amount for m in group),
        "written_off": sum(m.written_off for m in standing),
        "net": sum(m.net for m in standing),
    }


def _row(m: AssetMonth, categories: Mapping[str, str]) -> Row:
    card, now = m.asset, m.asset.estimates[-1]
    return Row(
        (
            card.name,
            categories.get(card.category, card.category),
            METHODS[now.method],
            card.in_use_from.isoformat(),
            str(now.months),
            card.cost,
            now.residual,
            m.written_off - m.amount,
            m.amount,
            m.written_off,
            None if card.left_on else m.net,
            card.expense_account,
            card.left_on.isoformat() if card.left_on else "",
        )
    )
