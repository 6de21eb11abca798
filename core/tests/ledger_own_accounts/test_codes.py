"""Codes of a client's own accounts (LEDG-1)."""

import datetime as dt

import pytest

from zhangfang_core.ledger.accounts import accounts
from zhangfang_core.ledger.own_accounts.adding import add_account, add_first_level, code_lengths, set_code_lengths
from zhangfang_core.ledger.own_accounts.codes import LONGEST_CODE, lengths_of, next_code
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.services import use

DAY = dt.date(2026, 3, 5)


@pytest.mark.parametrize("text", ["", "4", "3-2", "4-0-2", "4-5", "4-2-2-2-2-2-2-2-2-2", "四-二", "4,2"])
def test_a_rule_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"ledger\.code_lengths"):
        lengths_of(text)


def test_the_next_code_is_the_first_that_is_free() -> None:
    assert next_code("1002", 2, {"100201", "100203"}) == "100202"
    assert next_code("1002", 3, ()) == "1002001"
    assert next_code("1002", 1, {f"1002{n}" for n in range(1, 10)}) == "", "all taken"
    assert next_code("1" * LONGEST_CODE, 1, ()) == "", "too long"


async def test_codes_follow_the_clients_rule_and_their_neighbours(firm: TestFirm) -> None:
    """LEDG-1: 4-3-2; the standard's own accounts keep two digits, and so do those beside them."""
    c = firm.restaurant
    async with acting(firm):
        await set_code_lengths(c, (4, 3, 2))
        assert await code_lengths(c) == (4, 3, 2)
        assert (await code_lengths(firm.trading)) == (4, 2, 2, 2)
        await add_account(c, "1002", "1002001", "工商银行")
        await add_account(c, "1002001", "100200101", "基本户")
        await add_account(c, "5602", "560298", "团建费")
    for parent, code in (("1002", "100202"), ("1002001", "1002001001"), ("5602", "5602001")):
        with pytest.raises(Refusal, match=r"ledger\.account_code"):
            async with acting(firm):
                await add_account(c, parent, code, "别的")


async def test_a_first_level_account_has_the_category_of_its_digit(firm: TestFirm) -> None:
    """小企业会计准则: 1 资产, 2 负债, 3 权益, 4 成本, 5 损益; no sixth."""
    c = firm.restaurant
    async with acting(firm):
        made = await add_first_level(c, "1199", "备用金", "debit")
        assert (made.category, made.parent, made.is_leaf) == ("asset", None, True)
        assert (await add_first_level(c, "5998", "其他收益", "credit")).category == "profit_and_loss"
        assert "1199" in {a.code for a in await accounts(c)}
        await add_account(c, "1199", "119901", "门店")
    for refusal, code, side in (
        ("ledger.account_code", "6999", "debit"),
        ("ledger.account_code", "119", "debit"),
        ("ledger.account_taken", "1002", "debit"),
        ("ledger.account_side", "1198", "left"),
    ):
        with pytest.raises(Refusal) as refused:
            async with acting(firm):
                await add_first_level(c, code, "新科目", side)
        assert refused.value.code == refusal


async def test_the_chart_is_one_page_with_every_account(visit: Visit) -> None:
    """Also those without a figure; what is refused stands at its field with what was typed."""
    visitor = await visit("owner")
    assert "应收股利" in (await visitor.get("/chart")).text
    found = (await visitor.get("/chart?q=应收")).text
    assert ("应收账款" in found, "库存现金" in found) == (True, False)
    made = await visitor.post("/chart", code="1199", name="备用金", normal_balance="debit")
    assert (made.status_code, made.headers["location"].endswith("/accounts/1199")) == (303, True)
    wrong = await visitor.post("/chart", code="9999", name="没有这类", normal_balance="debit")
    assert (wrong.status_code, "没有这类" in wrong.text, "没有以 9 开头" in wrong.text) == (422, True, True)
    assert (await visitor.post("/chart/code-rule", lengths="4-3-2")).status_code == 303
    assert 'value="1002001"' in (await visitor.get("/accounts/1002")).text
    assert (await visitor.post("/chart/code-rule", lengths="5-3")).status_code == 422


async def test_an_account_with_entries_is_divided_from_its_page(firm: TestFirm, visit: Visit) -> None:
    """B11: asked first, then led to the voucher that carried the balance over."""
    visitor = await visit("owner")
    async with acting(firm):
        lines = (Line("1002", "收", debit=500), Line("5001", "收", credit=500))
        await use(Ledger).post(await use(Ledger).draft(VoucherDraft(firm.restaurant, DAY, "收", lines, source="test")))
    page = (await visitor.get("/accounts/1002")).text
    assert "data-confirm=" in page
    assert 'name="divide"' in page
    refused = await visitor.post("/accounts/1002/add", code="100201", name="工商银行")
    assert refused.status_code == 409
    done = await visitor.post("/accounts/1002/add", code="100201", name="工商银行", divide="1")
    shown = (await visitor.get(done.headers["location"])).text
    assert "余额转入 100201" in shown
