"""Items of 辅助核算: their pages, and two that are one (LEDG-1)."""

import datetime as dt
from decimal import Decimal

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.items.merging import merge
from zhangfang_core.ledger.items.usage import alike, used
from zhangfang_core.ledger.opening import service as opening
from zhangfang_core.ledger.trial_balance import trial_balance
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.dimensions import DimensionItem, Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.openings import OpeningLine
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

DAY = dt.date(2026, 3, 5)
MARCH = Period(2026, 3)
CUSTOMER, STOCK = DimensionKind.CUSTOMER, DimensionKind.STOCK


async def post(client: int, *lines: Line) -> int:
    voucher = await use(Ledger).draft(VoucherDraft(client, DAY, "往来", lines, source="test"))
    await use(Ledger).post(voucher)
    return voucher


def sale(amount: int, who: str) -> tuple[Line, Line]:
    return Line("1122", "销售", debit=amount, counterparty=who), Line("5001", "销售", credit=amount)


def item(id_: int, name: str, tax_id: str = "", *, retired: bool = False) -> DimensionItem:
    return DimensionItem(id_, 1, CUSTOMER, str(id_), name, tax_id, retired=retired)


def test_names_that_differ_in_brackets_and_form_look_alike() -> None:
    items = [
        item(1, "杭州(西湖)商贸有限公司"),
        item(2, "杭州（西湖） 商贸公司"),
        item(3, "杭州商贸有限公司"),
        item(4, "别的名字", "9133"),
        item(5, "又一个", "9133"),
        item(6, "杭州(西湖)商贸", retired=True),
    ]
    assert {(a.id, b.id) for a, b in alike(items)} == {(1, 2), (4, 5)}


async def test_a_twin_moves_to_the_other_with_open_items_and_its_name_means_the_other(firm: TestFirm) -> None:
    """Balances of accounts stay, posted lines stay, and whatever names the twin later means the other."""
    c, service = firm.restaurant, use(Dimensions)
    async with acting(firm, "owner"):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)
    async with acting(firm):
        stays = await service.add(c, CUSTOMER, "1", "甲公司")
        twin = await service.add(c, CUSTOMER, "2", "甲有限公司")
        await opening.save(c, [OpeningLine("1122", 70, party=twin.name), OpeningLine("1122", 30, party=stays.name), OpeningLine("3001", -100)])
        await opening.start(c)
        sold = await post(c, *sale(500, twin.name))
        await post(c, *sale(200, stays.name))
        waiting = await use(Ledger).draft(VoucherDraft(c, DAY, "待审", sale(40, twin.name)))
        before = {row.account.code: row.figures for row in await trial_balance(c, MARCH)}
    async with acting(firm):
        done = await merge(twin.id, stays.id)
        assert (len(done.vouchers), done.drafts) == (2, 1), "one for each open month: the opening's and the sale's"
    async with acting(firm):
        assert {row.account.code: row.figures for row in await trial_balance(c, MARCH)} == before
        uses = await used(c)
        assert [(u.account, u.balance) for u in uses[twin.id]] == [("1122", 0)]
        assert [(u.account, u.balance) for u in uses[stays.id]] == [("1122", 800)]
        items = await use(OpenItems).items(c, "1122")
        assert {i.item for i in items} == {stays.id}
        assert sum(i.open for i in items) == 800
        assert (await use(Ledger).voucher(waiting)).lines[0].dimensions == {"customer": stays.id}
        sheet = await opening.opening(c)
        assert ({line.party for line in sheet.lines}, sheet.changed) == ({"", stays.name}, False)
        later = await post(c, *sale(60, twin.name))
        assert (await use(Ledger).voucher(later)).lines[0].dimensions == {"customer": stays.id}
        red = await use(Ledger).reverse(sold, dt.date(2026, 3, 31), "退货")
        await use(Ledger).post(red)
        assert sum(i.open for i in await use(OpenItems).items(c, "1122")) == 360
        assert not [i for i in await use(OpenItems).items(c, "1122") if i.open < 0], "the red item found what it takes back"
        with pytest.raises(Refusal, match=r"ledger\.division_stays"):
            await use(Ledger).reverse(done.vouchers[0], dt.date(2026, 3, 31), "不要了")


async def test_quantities_go_along(firm: TestFirm) -> None:
    c, service = firm.restaurant, use(Dimensions)
    async with acting(firm):
        await service.require_kinds(c, "1405", [STOCK], [STOCK])
        stays = await service.add(c, STOCK, "1", "苹果", unit="千克")
        twin = await service.add(c, STOCK, "2", "红苹果", unit="千克")
        bought = Line("1405", "入库", debit=900, dimensions={"stock": twin.id}, quantity=Decimal("1.5"), unit_price=Decimal(6))
        await post(c, bought, Line("1001", "入库", credit=900))
        await merge(twin.id, stays.id)
        (now,) = (await used(c))[stays.id]
        assert (now.balance, now.quantity) == (900, Decimal("1.5"))


async def test_what_can_not_be_one_is_refused(firm: TestFirm) -> None:
    c, service = firm.restaurant, use(Dimensions)
    async with acting(firm):
        one = await service.add(c, CUSTOMER, "1", "甲")
        closed = await service.add(c, CUSTOMER, "2", "乙")
        await service.change(closed.id, retired=True)
        of_stock = await service.add(c, STOCK, "1", "甲")
        elsewhere = await service.add(firm.trading, CUSTOMER, "1", "甲")
    for twin, into, code in (
        (one.id, one.id, "ledger.items_differ"),
        (one.id, of_stock.id, "ledger.items_differ"),
        (one.id, elsewhere.id, "ledger.items_differ"),
        (one.id, closed.id, "ledger.item_closed"),
        (one.id, 2**70, "common.not_found"),
    ):
        with pytest.raises(Refusal) as refused:
            async with acting(firm):
                await merge(twin, into)
        assert refused.value.code == code
    with pytest.raises(Refusal, match=r"access\.forbidden"):
        async with acting(firm, "reviewer"):
            await merge(one.id, closed.id)


async def test_items_are_kept_on_their_pages(firm: TestFirm, visit: Visit) -> None:
    visitor = await visit("owner")
    for code, name in (("0001", "甲公司"), ("0002", "甲有限公司")):
        made = await visitor.post("/dimensions", kind="customer", code=code, name=name, tax_id="", unit="")
        assert made.status_code == 303
    taken = await visitor.post("/dimensions", kind="customer", code="0009", name="甲公司", tax_id="9133", unit="")
    assert (taken.status_code, "已经有这个编码或名称" in taken.text, "9133" in taken.text) == (409, True, True)
    listed = (await visitor.get("/dimensions?kind=customer")).text
    assert "可能是同一个" in listed
    async with acting(firm):
        items = {i.name: i for i in await use(Dimensions).items(firm.restaurant)}
    first, twin = items["甲公司"], items["甲有限公司"]
    assert (await visitor.post(f"/dimensions/{first.id}", name="甲公司(总部)", tax_id="9133")).status_code == 303
    assert (await visitor.post(f"/dimensions/{twin.id}/merge", into="没有")).status_code == 422
    done = await visitor.post(f"/dimensions/{twin.id}/merge", into="甲公司(总部)")
    assert done.headers["location"].endswith(f"/dimensions/{first.id}")
    shown = (await visitor.get(done.headers["location"])).text
    assert "并入它的" in shown
    assert (await visitor.post(f"/dimensions/{twin.id}", retired="0")).status_code == 303
    async with acting(firm):
        again = {i.id: i for i in await use(Dimensions).items(firm.restaurant)}[twin.id]
    assert (again.retired, again.merged_into) == (False, None)


async def test_an_account_says_which_items_it_asks_for(firm: TestFirm, visit: Visit) -> None:
    visitor = await visit("owner")
    assert (await visitor.post("/accounts/1405/dimensions", stock="required", project="offered")).status_code == 303
    async with acting(firm):
        account = {a.code: a for a in await use(Ledger).accounts(firm.restaurant)}["1405"]
    assert (set(account.dimensions), account.required) == ({"stock", "project"}, ("stock",))
