"""LEDG-1, LEDG-3, CAP-10: a trading company's month by two accountants, from the first document to the closed month."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import PASSWORD, Portal
from tests.browser.hands import Counter, Hands
from tests.browser.test_invoice_to_figure import DESK, sign_in
from tests.browser.trading_month import TradingMonth
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind, NewFact, QuarterEnds, RegisteredAddress
from zhangfang_sdk.services import use

pytestmark = pytest.mark.browser

READING_S = 120
MOST = 150
"""Keys and clicks of the whole month."""


@dataclass(frozen=True)
class Office:
    """The two accountants at their pages, and the client's month."""

    portal: Portal
    month: TradingMonth
    writer: Hands
    reviewer: Hands
    writer_id: int

    @property
    def client(self) -> str:
        return f"{self.portal.firm}/c/{self.portal.made.trading}"

    async def states(self) -> dict[int, VoucherState]:
        """Every voucher of the month and after it, by id."""
        async with acting(self.portal.made, "owner"):
            rows = await connection().fetch(
                "select id, state from core_voucher where client = $1 and period >= $2",
                self.portal.made.trading,
                self.month.month.number,
            )
        return {row["id"]: VoucherState(row["state"]) for row in rows}


@pytest_asyncio.fixture(loop_scope="session")
async def office(portal: Portal, chromium: Browser) -> AsyncIterator[Office]:
    made, month = portal.made, TradingMonth(Period.current().plus(-1))
    async with scoped_transaction(system_scope(made.id)):
        writer = await make_member(login="writer@test", name="制单", password=PASSWORD, role="accountant", client=None)
        await assign(writer, [made.trading])
        await month.earlier(made.trading)
        await up_to(month.month, made.trading)
    counter = Counter()
    pages = [await sign_in(chromium, portal, f"{login}@test", DESK) for login in ("writer", "reviewer")]
    yield Office(portal, month, Hands(pages[0], counter), Hands(pages[1], counter), writer)


async def test_a_month_from_the_first_document_to_the_closed_period(office: Office, tmp_path: Path) -> None:
    """No slip posts with the clean ones; all that is right does, and both persons' keys and clicks are few."""
    documents = await hand_in(office, tmp_path)
    async with acting(office.portal.made, "accountant", user=office.writer_id, name="制单"):
        slips = await office.month.slip()
    assert len(slips) == 4
    for voucher in office.month.data["vouchers"]:
        await write(office, voucher)
    await post_clean(office)
    states = await office.states()
    assert {kind: states[id_] for kind, id_ in slips.items()} == dict.fromkeys(slips, VoucherState.DRAFT)
    posted = [id_ for id_, state in states.items() if state is VoucherState.POSTED]
    assert len(posted) == documents - len(slips), "all documents but the three changed ones and the one written twice"
    await review_the_rest(office, slips)
    await put_right(office, slips)
    await post_clean(office)
    await close_the_month(office)
    print(f"\nkeys and clicks beyond typed text: {office.writer.counter.count}")  # noqa: T201 - the figure of the bar
    assert office.writer.counter.count <= MOST


async def hand_in(office: Office, folder: Path) -> int:
    """All documents at once; waits until each has its draft. How many there are."""
    files, hands = office.month.draw(folder), office.writer
    assert len(files) >= 40
    await hands.open(f"{office.client}/capture")
    await hands.hand_in("form[data-upload] input[type=file][multiple]", files)
    for _ in range(READING_S):
        async with acting(office.portal.made, "owner"):
            if len(await office.month.drafts()) == len(files):
                return len(files)
        await asyncio.sleep(1)
    raise AssertionError(f"after {READING_S} s not every document was read")


async def write(office: Office, voucher: dict[str, Any]) -> None:
    """One voucher on the page for it, by keys alone; the page stays for the next one."""
    hands = office.writer
    if "/vouchers/new" not in hands.page.url:
        await hands.open(f"{office.client}/vouchers/new")
    await hands.page.wait_for_selector("form[data-voucher][data-ready]")
    await hands.page.fill("input[name=date]", office.month.day(voucher["day"]).isoformat())
    await hands.page.focus('[name="summary.0"]')
    await hands.type(voucher["summary"])
    for place, (account, side, amount, *party) in enumerate(voucher["lines"]):
        await hands.press("Enter")
        if place:
            await hands.press("Enter")  # the summary is that of the row above
        await hands.type(account)
        await hands.press("Enter")
        on = await hands.page.evaluate("document.activeElement.dataset.cell")
        if on == "items":
            await hands.type("".join(party))
            await hands.press("Enter")
            await expect(hands.page.locator(f'[name="debit.{place}"]')).to_be_focused()
        if amount == "=":
            await hands.press("=")
        else:
            assert side == "debit"
            await hands.type(amount)
    async with hands.page.expect_navigation():
        await hands.press("Control+Enter")
    await expect(hands.page.get_by_text("已保存草稿")).to_be_visible()


async def post_clean(office: Office) -> None:
    """What the page calls clean, in one go."""
    hands = office.reviewer
    await hands.open(f"{office.portal.firm}/vouchers/review")
    await hands.press("p")
    await hands.press("Tab")
    async with hands.page.expect_navigation():
        await hands.press("Enter")
    await expect(hands.page.get_by_text("没有过账,还是草稿")).to_have_count(0)


async def review_the_rest(office: Office, slips: dict[str, int]) -> None:
    """One by one: what has no document posts, the slips go back. What was booked twice is left until its twin is gone."""
    hands = office.reviewer
    left = {id_ for id_, state in (await office.states()).items() if state is VoucherState.DRAFT} - {await twin(office)}
    async with hands.page.expect_navigation():
        await hands.press("Enter")
    while left:
        current = int(await hands.page.evaluate("document.querySelector('#approve').action.match(/review.(\\d+)/)[1]"))
        if current in slips.values():
            await hands.press("r")
            await hands.page.wait_for_selector("#sheet form")
            await hands.click("#sheet .pick label")
            async with hands.page.expect_navigation():
                await hands.click("#sheet form button.btn-primary")
        else:
            async with hands.page.expect_navigation():
                await hands.press("a" if current in left else "j")
        left.discard(current)


async def twin(office: Office) -> int:
    """The draft of the document that the assistant wrote once more."""
    slip = next(s for s in office.month.data["slips"] if s["kind"] == "duplicate")
    async with acting(office.portal.made, "owner"):
        return (await office.month.drafts())[slip["party"], slip["place"]]


async def put_right(office: Office, slips: dict[str, int]) -> None:
    """The assistant finds what came back among what waits, and corrects it or gives it up."""
    hands, month = office.writer, office.month
    for kind, voucher in slips.items():
        await hands.open(f"{office.portal.firm}/waiting")
        await hands.click(f"a[href$='/vouchers/{voucher}/edit']")
        await hands.page.wait_for_selector("form[data-voucher][data-ready]")
        slip = next(s for s in month.data["slips"] if s["kind"] == kind)
        if kind == "duplicate":
            await hands.click("summary:has-text('作废')")
            await hands.click("#discard-reason")
            await hands.type("重复")
            async with hands.page.expect_navigation():
                await hands.press("Enter")
            continue
        if kind == "account":
            await hands.click('[name="account.0"]')
            await hands.press("Control+a")
            await hands.type(month.party(slip["party"])["account"])
            await hands.press("Enter")
        elif kind == "amount":
            group = next(g for g in month.data["documents"] if g["party"] == slip["party"])
            await hands.click('[name="debit.0"]')
            await hands.press("Control+a")
            await hands.type(group["each"][slip["place"]][1])
            last = await hands.page.locator('[data-cell="credit"]').evaluate_all(
                "cells => cells.filter(cell => cell.value).length - 1 + cells.findIndex(cell => cell.value)"
            )
            await hands.click(f'[name="credit.{last}"]')
            await hands.press("=")
        else:
            group = next(g for g in month.data["documents"] if g["party"] == slip["party"])
            await hands.page.fill("input[name=date]", month.day(group["each"][slip["place"]][0]).isoformat())
        async with hands.page.expect_navigation():
            await hands.press("Control+Enter")
        await expect(hands.page.get_by_text("已保存草稿")).to_be_visible()


async def close_the_month(office: Office) -> None:
    """The assistant has the month's last vouchers made, the other posts them one by one, the checklist lets the month close."""
    asked, hands = f"period={office.month.month.key}", office.writer
    await hands.open(f"{office.client}/books/month-end?{asked}")
    async with hands.page.expect_navigation():
        await hands.click("main button:has-text('全部生成')")
    await expect(hands.page.get_by_text("没有要做的月末凭证")).to_be_visible()
    await office.reviewer.open(f"{office.portal.firm}/vouchers/review")
    while VoucherState.DRAFT in (await office.states()).values():
        async with office.reviewer.page.expect_navigation():
            await office.reviewer.press("a")
    await hands.open(f"{office.client}/books/close?{asked}")
    await hands.click("form[action$='/books/close'] button")
    async with hands.page.expect_navigation():
        await hands.click("dialog button[value=yes]")
    await expect(hands.page.get_by_text("已结账", exact=True)).to_be_visible()
    async with acting(office.portal.made, "accountant"):
        assert await use(Ledger).closed_through(office.portal.made.trading) == office.month.month


async def up_to(month: Period, client: int) -> None:
    """The months before are closed, and what its taxes ask for is known. In the system's scope."""
    clients, first = use(Clients), (await use(Clients).client(client)).books_start
    for kind, value in (
        (FactKind.REGISTERED_ADDRESS, RegisteredAddress("西湖区示例路 1 号", "330106")),
        (FactKind.RESTRICTED_INDUSTRY, False),
    ):
        await clients.record(client, NewFact(kind, value, first))
    for number in range(1, (month.month + 2) // 3 + 1):
        day = Period(month.year, 3 * number - 2).first_day
        await clients.record(client, NewFact(FactKind.EMPLOYEES, QuarterEnds(5, 5), day))
        await clients.record(client, NewFact(FactKind.TOTAL_ASSETS, QuarterEnds(1_000_000_00, 1_000_000_00), day))
    for proposal in await use(MonthEnd).proposals(client, month.plus(-1)):
        await use(MonthEnd).accept(client, month.plus(-1), proposal.key)
    at = Period.of(first)
    while at < month:
        await use(Ledger).close_period(client, at)
        at = at.plus(1)
