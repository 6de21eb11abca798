"""The demo's cards of assets are those of its books (LEDG-1)."""

import datetime as dt
from collections import Counter
from collections.abc import Callable

import pytest

from zhangfang_core.demo.fill import fill_books, take_on
from zhangfang_core.demo.stories import restaurant, trading
from zhangfang_core.demo.stories.values import Story
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.assets import Assets
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use


@pytest.mark.parametrize(("tell", "monthly"), [
    (trading, {"560106": 1_900_00, "560208": 1_200_00}),
    (restaurant, {"560106": 3_350_00}),
])  # fmt: skip
async def test_cards_say_what_the_books_say_and_nothing_is_written_off_twice(
    firm: TestFirm, tell: Callable[[dt.date], Story], monthly: dict[str, int]
) -> None:
    """Each month that the story tells holds its 折旧 voucher: month's end proposes what is missing, nothing else."""
    story = tell(today())
    client = await take_on(firm.id, story)
    await fill_books(firm.id, client, story)
    await fill_books(firm.id, client, story)
    month, last = Period.current(), Period.current().plus(-1)
    async with acting(firm, client=client):
        balances = await use(Ledger).balances(client, None, last)
        cards = await use(Assets).months(client, last)
        assert len(cards) == 2
        for code, said in (("1601", sum(c.asset.cost for c in cards)), ("1602", -sum(c.written_off for c in cards))):
            assert sum(b.debit - b.credit for b in balances if b.account == code) == said
        borne = Counter[str]()
        for card in cards:
            borne[card.asset.expense_account] += card.amount
        booked = {b.account: b.debit for b in balances if b.period == last and b.account in borne}
        assert booked == borne == monthly
        assert "depreciation" not in {p.key for p in await use(MonthEnd).proposals(client, last)}
        drafts = [p.draft for p in await use(MonthEnd).proposals(client, month) if p.key == "depreciation"]
        running = sum(b.credit for b in await use(Ledger).balances(client, month, month) if b.account == "1602")
        assert running + sum(line.credit for draft in drafts for line in draft.lines) == sum(monthly.values())
