"""Many drafts posted at once are posted as one by one: numbers, balances, items, trail; or none of them is (LEDG-1)."""

import datetime as dt

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.accounts import change_account
from zhangfang_core.ledger.bulk_drafts import import_drafts
from zhangfang_core.ledger.bulk_posting import post_drafts
from zhangfang_core.ledger.digests import altered
from zhangfang_core.ledger.reviewing import posting_many, waiting_vouchers
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft, VoucherState
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.services import use

MANY = 60


def sold(client: int, number: int, customer: int) -> VoucherDraft:
    day = dt.date(2025, 3 + number % 2, 1 + number % 28)
    owed = Line("1122", "销售", debit=100 + number, dimensions={"customer": customer})
    return VoucherDraft(client, day, "销售", (owed, Line("5001", "销售", credit=100 + number)), source="import")


async def drafted(firm: TestFirm, client: int) -> list[int]:
    async with acting(firm, "accountant", name="制单") as scope:
        customer = await use(Dimensions).add(client, DimensionKind.CUSTOMER, "1", "乙示例公司")
        made = await import_drafts(client, (sold(client, number, customer.id) for number in range(MANY)))
    assert scope.user == firm.owner
    return made


async def state(client: int) -> list[list[object]]:
    """What posting leaves, without ids and moments."""
    queries = (
        "select period, word, number, date, total, state, kind from core_voucher where client = $1 order by period, number",
        "select date, account, debit, credit, summary, counterparty from core_voucher_line where client = $1 order by id",
        "select period, account, debit, credit from core_balance where client = $1 order by period, account",
        "select period, account, debit, credit from core_dimension_balance where client = $1 order by period, account",
        "select account, date, amount, open from core_open_item where client = $1 order by id",
        "select period, word, last from core_voucher_counter where client = $1 order by period",
    )
    return [[tuple(row) for row in await connection().fetch(query, client)] for query in queries]


async def test_as_one_by_one(firm: TestFirm) -> None:
    single, together = await drafted(firm, firm.restaurant), await drafted(firm, firm.trading)
    async with acting(firm, "reviewer", user=None, name="审核"):
        await connection().execute("update core_firm set single_person = true")
        for voucher in single:
            await use(Ledger).post(voucher)
        numbers = await post_drafts(firm.trading, dict.fromkeys(together, 1))
        assert await state(firm.trading) == await state(firm.restaurant)
        assert sorted(numbers) == together
        assert await altered(firm.trading) == []
        assert await use(OpenItems).items(firm.trading, "1122")


async def test_who_drafted_them_may_not(firm: TestFirm) -> None:
    made = await drafted(firm, firm.restaurant)
    with pytest.raises(Refusal) as refused:
        async with acting(firm, "accountant"):
            await post_drafts(firm.restaurant, dict.fromkeys(made, 1))
    assert refused.value.code == "ledger.same_person"
    with pytest.raises(Refusal) as changed:
        async with acting(firm, "reviewer"):
            await post_drafts(firm.restaurant, {made[0]: 2})
    assert changed.value.code == "ledger.changed_meanwhile"


async def test_one_that_is_refused_leaves_the_others_to_be_posted_alone(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing at once; the review's page then posts what it can, and names the one."""
    monkeypatch.setattr(waiting_vouchers, "doubts_of", lambda *_: [])
    made = await drafted(firm, firm.restaurant)
    async with acting(firm, "accountant"):
        await connection().execute("update core_firm set single_person = true")
        lines = (Line("560206", "坏的", debit=5), Line("1001", "坏的", credit=5))
        bad = await use(Ledger).draft(VoucherDraft(firm.restaurant, dt.date(2025, 3, 9), "坏的", lines))
        await change_account(firm.restaurant, "560206", retired=True)
    with pytest.raises(Refusal) as refused:
        async with acting(firm, "reviewer"):
            await post_drafts(firm.restaurant, dict.fromkeys([*made, bad], 1))
    assert refused.value.code == "ledger.account_retired"
    async with acting(firm, "reviewer"):
        done = await posting_many.post_clean(firm.restaurant, [(id_, 1) for id_ in [*made, bad]])
        assert [failed.voucher.id for failed in done.failed] == [bad]
        assert sorted(voucher.id for voucher in done.posted) == made
        left = await use(Ledger).vouchers(firm.restaurant, state=VoucherState.DRAFT)
        assert [voucher.id for voucher in left] == [bad]


async def test_the_reviews_page_posts_them_together(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a part of its transaction, where the database takes no line for a voucher that is posted already."""
    monkeypatch.setattr(waiting_vouchers, "doubts_of", lambda *_: [])
    made = await drafted(firm, firm.restaurant)
    async with acting(firm, "reviewer", name="审核"):
        await connection().execute("update core_firm set single_person = true")
        done = await posting_many.post_clean(firm.restaurant, [(id_, 1) for id_ in made])
        assert [failed.sentence for failed in done.failed] == []
        assert sorted(voucher.id for voucher in done.posted) == made
        trail = "select count(*) from core_audit_entry where action = $1"
        assert await connection().fetchval(trail, "ledger.post_many") == 1, "together, not one by one"
        assert await connection().fetchval(trail, "ledger.post") == 0
        assert await altered(firm.restaurant) == []
