"""折旧 and 摊销 of a month as proposals: what the cards call for, less what is booked already."""

from collections.abc import Iterable, Sequence

from zhangfang_core.ledger.assets.reading import assets
from zhangfang_core.ledger.assets.schedule import amount_of, written_off
from zhangfang_sdk.assets import Asset, AssetKind, Method
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import Ask, MonthBooks, Proposal, ProposalKind
from zhangfang_sdk.periods import Period

METHODS = {
    Method.STRAIGHT_LINE: "年限平均法",
    Method.DOUBLE_DECLINING: "双倍余额递减法",
    Method.SUM_OF_YEARS: "年数总和法",
    Method.UNITS: "工作量法",
}


async def write_offs(books: MonthBooks) -> list[Proposal]:
    cards = await assets(books.client)
    fixed = [a for a in cards if a.kind is AssetKind.FIXED]
    others = [a for a in cards if a.kind is not AssetKind.FIXED]
    return [
        _unworked(books, fixed),
        _proposed(books, ProposalKind.DEPRECIATION, "计提折旧", fixed),
        _proposed(books, ProposalKind.AMORTISATION, "摊销无形资产和长期待摊费用", others),
    ]


def _proposed(books: MonthBooks, kind: ProposalKind, title: str, cards: Sequence[Asset]) -> Proposal:
    lines, reasons = lines_of(books, title, cards)
    draft = VoucherDraft(
        books.client, books.period.last_day, title, lines, source=f"month_end:{kind.value}", reasons=reasons
    )
    return Proposal(kind.value, kind, title, draft, reasons)


def lines_of(books: MonthBooks, title: str, cards: Sequence[Asset]) -> tuple[tuple[Line, ...], tuple[str, ...]]:
    """Two lines a card. What the month booked on the same account, by whoever, comes off in the order of the cards."""
    lines: list[Line] = []
    reasons = []
    booked: dict[str, int] = {}
    for card in cards:
        account = card.written_off_account
        left = booked.setdefault(account, max(_booked(books, account, cards), 0))
        amount = amount_of(card, books.period)
        covered = min(left, amount)
        booked[account] = left - covered
        if amount > covered:
            summary = f"{title} {card.name}"[:255]
            lines += [
                Line(card.expense_account, summary, debit=amount - covered),
                Line(account, summary, credit=amount - covered),
            ]
            reasons.append(_said(card, books))
    return tuple(lines), tuple(reasons)


def _booked(books: MonthBooks, account: str, cards: Iterable[Asset]) -> int:
    """The month's credits of the account without those by which cards left (where the account is the asset's own)."""
    gone = sum(
        a.cost - written_off(a, books.period)
        for a in cards
        if a.left_on is not None and Period.of(a.left_on) == books.period and account == a.asset_account
    )
    return books.credits(books.period, account) - gone


def _said(card: Asset, books: MonthBooks) -> str:
    now = [e for e in card.estimates if e.since <= books.period][-1]
    life = f"预计工作量 {now.units}" if now.method is Method.UNITS else f"{now.months} 个月"
    return (
        f"{card.name}:{METHODS[now.method]},原值 {yuan(card.cost)},预计净残值 {yuan(now.residual)},自 {now.since.label} 起 {life},"
        f"到本月末累计 {yuan(written_off(card, books.period))}。"
    )


def _unworked(books: MonthBooks, cards: Iterable[Asset]) -> Proposal:
    """What was worked is asked for card by card; the other cards do not wait for it."""
    asks = []
    for card in cards:
        now = [e for e in card.estimates if e.since <= books.period]
        gone = card.left_on is not None and card.left_on < books.period.first_day
        if now and now[-1].method is Method.UNITS and not gone and books.period not in dict(card.worked):
            asks.append(Ask(f"请填写“{card.name}”{books.period.label}的工作量。", f"/assets/{card.id}"))
    title = "工作量法折旧"
    draft = VoucherDraft(books.client, books.period.last_day, title, (), source="month_end:units")
    return Proposal("units", ProposalKind.DEPRECIATION, title, draft, (), tuple(asks))
