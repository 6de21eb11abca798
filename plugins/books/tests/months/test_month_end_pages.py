"""Month's end in the browser's words: checklist, proposals, closing, the year's end (LEDG-1, B3, B6, B14)."""

import dataclasses
import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zhangfang_books import reading
from zhangfang_books.closing.checklist import checklist
from zhangfang_books.closing.wall import wall
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm, acting, somebody
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft, VoucherState
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.profile import FactKind, NewFact, RegisteredAddress

DECEMBER = Period(2025, 12)
START = dt.date(2025, 1, 1)


def voucher(client: int, *lines: tuple[str, int], day: dt.date = dt.date(2025, 12, 9)) -> VoucherDraft:
    """Debit positive."""
    found = tuple(Line(a, "试", debit=n) if n > 0 else Line(a, "试", credit=-n) for a, n in lines)
    return VoucherDraft(client, day, "试", found, source="test")


async def known(firm: TestFirm, client: int) -> None:
    """What the year's end has to know of a small company in a city."""
    async with scoped_transaction(system_scope(firm.id)):
        for kind, value in (
            (FactKind.REGISTERED_ADDRESS, RegisteredAddress("西湖区示例路 1 号", "330106")),
            (FactKind.REGISTERED_CAPITAL, 500_000_00),
            (FactKind.RESTRICTED_INDUSTRY, False),
        ):
            await use(Clients).record(client, NewFact(kind, value, START))


@asynccontextmanager
async def visiting(
    firm: TestFirm, person: int, settings: Settings, test_server: TestServer, database: str, client: int
) -> AsyncIterator[Visitor]:
    token = await session_for(person)
    addresses = test_server.addresses(database)
    chosen = dataclasses.replace(settings, dsn=addresses.application, owner_dsn=addresses.owner)
    async with running_portal(chosen) as portal, portal.visitor(token, f"/f/{firm.id}/c/{client}") as visitor:
        yield visitor


async def test_a_year_s_end_from_the_checklist_to_the_closed_month(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    """One person makes all vouchers, another posts them: tax, 结转, 法定盈余公积, 利润分配; the statements tie (B14) and the month closes."""
    c, key = firm.restaurant, DECEMBER.key
    await known(firm, c)
    async with acting(firm):
        sold = voucher(c, ("1002", 404_000_00), ("5001", -400_000_00), ("222101", -4_000_00))
        await import_posted(c, [sold, voucher(c, ("5401", 150_000_00), ("1002", -150_000_00))])
        for number in range(1, 12):
            await use(Ledger).close_period(c, Period(2025, number))
        asked = [p for p in await use(MonthEnd).proposals(c, DECEMBER) if p.asks]
        assert [p.key for p in asked] == ["books.income_tax"]
    reviewer = await somebody(firm, "reviewer")
    async with visiting(firm, firm.owner, settings, test_server, database, c) as visitor:
        listed = await visitor.get(f"/books/close?period={key}")
        assert "去处理" in listed.text
        assert "/profile/employees" in listed.text
        refused = await visitor.post("/books/close", period=key)
        assert refused.status_code == 409
        assert "没有结转" in refused.text
        page = await visitor.get(f"/books/month-end?period={key}")
        assert "提取法定盈余公积" in page.text
        assert "从业人数" in page.text
        why = {"period": key, "key": "books.income_tax", "reason": "由集团汇总申报"}
        assert (await visitor.post("/books/month-end/skip", **{**why, "reason": ""})).status_code == 422
        assert (await visitor.post("/books/month-end/skip", **why)).status_code == 303
        page = await visitor.get(f"/books/month-end?period={key}")
        assert "由集团汇总申报" in page.text
        assert (await visitor.post("/books/month-end/accept", period=key, key="")).status_code == 303
        waiting = await visitor.get(f"/books/month-end?period={key}")
        assert "没有要做的月末凭证" in waiting.text
        assert "等另一位会计审核" in waiting.text
    async with acting(firm, "reviewer", user=reviewer):
        drafts = await use(Ledger).vouchers(c, period=DECEMBER, state=VoucherState.DRAFT)
        for draft in sorted(drafts, key=lambda v: v.id):
            await use(Ledger).post(draft.id)
    async with acting(firm, client=c):
        found = await reading.statements(c, DECEMBER)
        assert [check.title for check in found.checks if not check.holds] == []
        closing = (await reading.books_of(c, DECEMBER)).closing(DECEMBER)
        # 250,000 less surtaxes of (280 + 120 + 80) / 2 = 240; a tenth of it is set aside
        assert {code: closing.get(code, 0) for code in ("3103", "310101", "310402", "310415")} == {
            "3103": 0, "310101": -24_976_00, "310402": 0, "310415": -224_784_00,
        }  # fmt: skip
        assert not (await checklist(c, DECEMBER)).blocked
    async with visiting(firm, firm.owner, settings, test_server, database, c) as visitor:
        assert (await visitor.post("/books/close", period=key)).status_code == 303
        assert "已结账" in (await visitor.get(f"/books/close?period={key}")).text
        assert (await visitor.post("/books/reopen", period=key, reason="补一张")).status_code == 303
        shown = await visitor.http.get(f"/f/{firm.id}/books/wall?period={key}")
        assert re.search(r"待结账 \d", shown.text)


async def test_a_card_from_the_purchase_voucher_to_its_disposal(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    c, month = firm.restaurant, Period.of(today()).plus(-1)
    async with acting(firm):
        bought = voucher(c, ("1601", 12_000_00), ("1002", -12_000_00), day=month.plus(-1).first_day)
        (id_,) = await import_posted(c, [bought])
    async with visiting(firm, firm.owner, settings, test_server, database, c) as visitor:
        listed = await visitor.get(f"/assets?period={month.key}")
        assert f"/assets/new?voucher={id_}" in listed.text
        form = await visitor.get(f"/assets/new?voucher={id_}&category=electronics")
        assert 'value="12,000.00"' in form.text
        assert 'value="600.00"' in form.text
        sent = {
            "category": "electronics", "name": "收银机", "cost": "12,000.00", "residual": "600", "voucher": str(id_),
            "in_use_from": month.plus(-1).first_day.isoformat(), "months": "36", "method": "straight_line",
            "asset_account": "1601", "written_off_account": "1602", "expense_account": "560208",
        }  # fmt: skip
        wrong = await visitor.post("/assets", **{**sent, "residual": "12000"})
        assert wrong.status_code == 422
        made = await visitor.post("/assets", **sent)
        assert made.status_code == 303
        place = made.headers["location"].split(f"/c/{c}")[1]
        listed = await visitor.get(f"/assets?period={month.key}")
        assert "316.66" in listed.text
        assert f"voucher={id_}" not in listed.text
        assert (await visitor.get(place)).status_code == 200
        changed = {"since": month.plus(1).key, "method": "straight_line", "months": "10", "residual": "0", "units": ""}
        assert (await visitor.post(f"{place}/revise", **changed, reason="提前更新")).status_code == 303
        assert "提前更新" in (await visitor.get(place)).text
        gone = await visitor.post(f"{place}/dispose", date=today().isoformat(), reason="转让")
        assert gone.status_code == 303
        assert "固定资产清理" in (await visitor.get(gone.headers["location"].split(f"/c/{c}")[1])).text


async def test_the_checklist_names_what_is_wrong_and_counts_papers_on_one_basis(firm: TestFirm) -> None:
    """B14: a paper of this month that a voucher of another month stands on is booked; B6: what blocks and what is to be looked at."""
    c, month = firm.trading, Period.current()
    async with scoped_transaction(system_scope(firm.id)):
        store = use(Documents).store
        booked = await store(c, "已入账.pdf", "application/pdf", b"%PDF-1.4 one")
        await store(c, "没入账.pdf", "application/pdf", b"%PDF-1.4 two")
        earlier = dataclasses.replace(
            voucher(c, ("560205", 5_00), ("1001", -5_00), day=month.plus(-1).first_day), document=booked.id
        )
        await import_posted(
            c,
            [
                earlier,
                voucher(c, ("1122", -70_00), ("1002", 70_00), day=month.first_day),
                voucher(c, ("1002", 9_00), ("1405", -9_00), day=month.first_day),
                voucher(c, ("1601", 9_000_00), ("3001", -9_000_00), day=month.first_day),
            ],
        )
    async with acting(firm, client=c):
        found = {step.title: step for step in (await checklist(c, month)).steps}
        papers_left = found["收到的单据都已入账"]
        assert (papers_left.left, [d.title for d in papers_left.details]) == (1, ["没入账.pdf"])
        assert found["现金和银行没有负数"].left == 1
        assert found["固定资产本月已计提折旧"].left == 1
        assert found["存货没有负数"].left == 1
        assert found["往来没有反方向余额"].left == 1
        assert found["损益已结转"].blocks
        assert found["损益已结转"].left == 1
        (own,) = [e for e in await wall(month) if e.client.id == c]
        assert (own.state, own.month.unbooked, own.month.open_results) == ("open", 1, 1)


async def test_adjustments_of_prior_years_go_straight_to_undistributed_profit(firm: TestFirm) -> None:
    """B12: 6901 is no profit of this year: it passes 本年利润 by, the income statement leaves it out, and the statements tie."""
    async with scoped_transaction(system_scope(firm.id)):
        about = NewClient(
            "旧账科技有限公司", "91330106MA2TEXT41B", TaxpayerKind.SMALL_SCALE, "software", START, "enterprise_2006"
        )
        c = await use(Clients).take_on(about)
        month = Period(2025, 2)
        await import_posted(
            c,
            [
                voucher(c, ("1002", 500_00), ("6001", -500_00), day=month.first_day),
                voucher(c, ("6901", 300_00), ("2202", -300_00), day=month.first_day),
            ],
        )
        drafts = {p.key: p.draft for p in await use(MonthEnd).proposals(c, month)}
        assert {x.account: x.debit - x.credit for x in drafts["prior_years"].lines} == {
            "6901": -300_00,
            "410415": 300_00,
        }
        assert {x.account: x.debit - x.credit for x in drafts["profit_and_loss"].lines} == {
            "6001": 500_00,
            "4103": -500_00,
        }
        for key in drafts:
            await use(MonthEnd).accept(c, month, key)
        found = await reading.statements(c, month)
        assert [check.title for check in found.checks if not check.holds] == []
        assert found.income.values[21] == 500_00
