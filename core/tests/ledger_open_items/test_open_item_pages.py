"""账龄 and 核销 in the browser's terms: tied or named, paged, accepted in part, undone, and receivables alone for who sells (LEDG-6)."""

import datetime as dt
import io
import re

import openpyxl

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.services import use

AT = "at=2026-04-20"


def booked(client: int, account: str, amount: int, day: int, who: str) -> VoucherDraft:
    """``amount`` debit positive, against the bank."""
    side = Line(account, "", counterparty=who, debit=max(amount, 0), credit=max(-amount, 0))
    bank = Line("1002", "", debit=max(-amount, 0), credit=max(amount, 0))
    return VoucherDraft(client, dt.date(2026, 3, day), f"往来 {who}", (side, bank))


async def planted(firm: TestFirm) -> None:
    c = firm.restaurant
    async with acting(firm):
        await import_posted(
            c,
            [
                booked(c, "1122", 50_000, 1, "甲公司"),
                booked(c, "1122", 30_000, 20, "甲公司"),
                booked(c, "1122", 7_00, 20, "乙公司"),
                booked(c, "1122", -30_000, 25, "甲公司"),
                booked(c, "2202", -66_600, 5, "机密供应商"),
            ],
        )


async def test_ages_are_tied_to_the_account_and_lead_to_items_and_vouchers(firm: TestFirm, visit: Visit) -> None:
    await planted(firm)
    visitor = await visit("owner")
    shown = (await visitor.get(f"/open-items?account=1122&{AT}")).text
    assert "与科目余额 507.00 一致" in shown
    assert shown.index("甲公司") < shown.index("乙公司"), "the largest first"
    owed = (await visitor.get(f"/open-items/party?account=1122&party=甲公司&{AT}")).text
    assert "500.00" in owed
    assert re.search(r"/vouchers/\d+", owed)
    assert "666.00" in (await visitor.get(f"/open-items?account=2202&{AT}")).text
    past = (await visitor.get("/open-items?account=1122&at=2026-03-10")).text
    assert "与科目余额 500.00 一致" in past


async def test_a_difference_is_named_with_its_lines(firm: TestFirm, visit: Visit) -> None:
    """An account that took lines before its lines were items: how much, and which."""
    c = firm.restaurant
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_account set open_items = false where client = $1 and code = '1122'", c)
    async with acting(firm):
        await import_posted(c, [booked(c, "1122", 12_300, 1, "老账")])
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute("update core_account set open_items = true where client = $1 and code = '1122'", c)
    async with acting(firm):
        await import_posted(c, [booked(c, "1122", 100, 2, "新账")])
    shown = (await (await visit("owner")).get(f"/open-items?account=1122&{AT}")).text
    assert "未核销合计是 1.00,科目余额是 124.00,相差 123.00" in shown
    assert "往来 老账" in shown
    assert "一致" not in shown


async def test_a_proposal_is_accepted_in_part_and_undone(firm: TestFirm, visit: Visit) -> None:
    await planted(firm)
    visitor = await visit("owner")
    shown = (await visitor.get("/open-items/settle")).text
    assert "金额相同" in shown
    payment, charge = (re.search(rf'name="{name}" value="(\d+)"', shown) for name in ("payment", "part"))
    assert payment is not None
    assert charge is not None
    form = {"payment": payment[1], "part": charge[1], "n": "0", "account": ""}
    for amount, status in (("300.01", 409), ("", 422), ("x", 422), ("100.00", 303)):
        answer = await visitor.ask("POST", "/open-items/settle", form=form | {f"amount-{charge[1]}": amount})
        assert answer.status_code == status, (amount, answer.text[:200])
    async with acting(firm):
        assert [i.open for i in await use(OpenItems).items(firm.restaurant, "1122")] == [50_000, 20_000, 7_00, -20_000]
        (made,) = await use(OpenItems).settlements(firm.restaurant, "1122")
    assert "100.00" in (await visitor.get("/open-items/party?account=1122&party=甲公司")).text
    form = {"step": str(made.step), "account": "1122", "party": "甲公司"}
    assert (await visitor.ask("POST", "/open-items/undo", form=form | {"reason": ""})).status_code == 422
    assert (await visitor.ask("POST", "/open-items/undo", form=form | {"reason": "配错了"})).status_code == 303
    items = re.findall(r'name="item" value="(\d+)"', (await visitor.get("/open-items/party?account=1122&party=甲公司")).text)
    assert len(items) == 3
    answer = await visitor.ask("POST", "/open-items/chosen", form={"item": items, "amount": ""})
    assert answer.status_code == 303
    async with acting(firm):
        assert [i.open for i in await use(OpenItems).items(firm.restaurant, "1122")] == [20_000, 30_000, 7_00]


async def test_exact_ones_are_accepted_together_each_a_step(firm: TestFirm, visit: Visit) -> None:
    """What is only a part stays for a person to look at; what was not on the page is left alone."""
    c = firm.restaurant
    async with acting(firm):
        sold = [booked(c, "1122", amount, n, who) for n, (amount, who) in enumerate([(500, "甲"), (300, "甲"), (400, "乙"), (900, "丙")], 1)]
        paid = [booked(c, "1122", -amount, 20, who) for amount, who in ((500, "甲"), (400, "乙"), (100, "丙"))]
        await import_posted(c, [*sold, *paid])
    visitor = await visit("owner")
    shown = (await visitor.get("/open-items/settle")).text
    assert "金额正好相同的 2 笔一起核销" in shown
    form = re.search(r'action="[^"]*settle-exact".*?</form>', shown, re.S)
    assert form is not None
    ids = re.findall(r'name="payment" value="(\d+)"', form[0])
    answer = await visitor.ask("POST", "/open-items/settle-exact", form={"payment": ids[:1], "account": ""})
    assert answer.status_code == 303
    async with acting(firm):
        assert len(await use(OpenItems).settlements(c, "1122")) == 1
    await visitor.ask("POST", "/open-items/settle-exact", form={"payment": ids, "account": ""})
    async with acting(firm):
        made = await use(OpenItems).settlements(c, "1122")
        assert sorted(s.amount for s in made) == [400, 500]
        assert len({s.step for s in made}) == 2
        assert [i.open for i in await use(OpenItems).items(c, "1122")] == [300, 900, -100]


async def test_a_step_of_another_client_is_not_there(firm: TestFirm, visit: Visit) -> None:
    await planted(firm)
    async with acting(firm):
        c = firm.trading
        await import_posted(c, [booked(c, "1122", 500, 1, "丙"), booked(c, "1122", -500, 2, "丙")])
        step = await use(OpenItems).settle(c, (await use(OpenItems).proposals(c, "1122"))[0].matches)
        foreign = [i.id for i in await use(OpenItems).items(c, "1122", at=dt.date(2026, 3, 1))]
    visitor = await visit("owner")
    answer = await visitor.ask("POST", "/open-items/undo", form={"step": str(step), "reason": "试"})
    assert answer.status_code == 404
    answer = await visitor.ask("POST", "/open-items/chosen", form={"item": [str(i) for i in foreign]})
    assert answer.status_code == 404


async def test_who_sells_sees_receivables_alone(firm: TestFirm, visit: Visit) -> None:
    await planted(firm)
    seller = await visit("sales_manager")
    shown = (await seller.get(f"/open-items?account=2202&{AT}")).text
    assert "甲公司" in shown, "what they may see instead"
    assert "机密供应商" not in shown
    assert "2202" not in shown
    party = (await seller.get(f"/open-items/party?account=2202&party=机密供应商&{AT}")).text
    assert "666.00" not in party
    assert "/vouchers/" not in (await seller.get(f"/open-items/party?account=1122&party=甲公司&{AT}")).text
    file = await seller.get(f"/open-items/export?account=2202&{AT}")
    cells = [str(c.value) for sheet in openpyxl.load_workbook(io.BytesIO(file.content)) for row in sheet for c in row]
    assert "甲公司" in cells
    assert not any("机密供应商" in cell for cell in cells)
    assert (await seller.get("/open-items/settle")).status_code == 403
    driver = await visit("driver")
    assert (await driver.get("/open-items")).status_code == 403


async def test_the_file_holds_ages_items_and_the_tie(firm: TestFirm, visit: Visit) -> None:
    await planted(firm)
    answer = await (await visit("boss")).get(f"/open-items/export?account=1122&{AT}")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    ages, items = book.worksheets
    rows = [[c.value for c in row] for row in ages.iter_rows(min_row=5)]
    assert [(row[0], row[2]) for row in rows] == [("甲公司", 500), ("乙公司", 7), ("合计", 507), ("科目余额", 507)]
    assert rows[0][4:8] == [0, 0, 500, 0] or sum(v or 0 for v in rows[0][3:]) == 500
    assert items.max_row == 4 + 4 + 1


async def test_a_list_of_thousands_is_paged(firm: TestFirm, visit: Visit) -> None:
    c = firm.restaurant
    async with acting(firm):
        await import_posted(c, [booked(c, "1122", 100 + n, 1 + n % 28, f"客户{n:04d}") for n in range(1500)])
        await import_posted(c, [booked(c, "1122", 100 + n, 1 + n % 28, "大客户") for n in range(1500)])
    visitor = await visit("owner")
    first = (await visitor.get("/open-items?account=1122")).text
    assert "1 / 31" in first
    assert first.count("/open-items/party?") == 50
    second = (await visitor.get("/open-items?account=1122&number=2")).text
    assert set(re.findall(r"客户\d{4}", first)).isdisjoint(re.findall(r"客户\d{4}", second))
    assert "客户0007" in (await visitor.get("/open-items?account=1122&q=0007")).text
    assert (await visitor.get("/open-items/party?account=1122&party=大客户&number=30")).text.count('name="item"') == 50
