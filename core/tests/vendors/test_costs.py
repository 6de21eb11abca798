"""PLAT-5: what a vendor costs and how often it failed stands where it is chosen."""

import dataclasses
import datetime as dt
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.testing.vendors import OFFERING, Steered, offering
from zhangfang_core.vendors.keeping_count import Usage
from zhangfang_core.vendors.prices import cost
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.invoice_check import InvoiceChecker
from zhangfang_sdk.periods import today
from zhangfang_sdk.recognition import Bitmap, TextRecogniser
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import SettingField, Vendors

HOME = "/settings/vendors"
PRICED = {"account": "zf-1", "price-per-thousand": "45.5"}


async def works(settings: object) -> None:
    """Nothing is wrong."""


@pytest.fixture
def cloud() -> Iterator[Steered]:
    vendor = Steered("cloud", fields=(SettingField("account", "账号"),), outside=True, test=works)
    with offering(Steered("local"), vendor):
        yield vendor


@pytest_asyncio.fixture(loop_scope="session")
async def admin(firm: TestFirm, database: str, settings: Settings, test_server: TestServer) -> AsyncIterator[Visitor]:
    chosen = dataclasses.replace(settings, dsn=test_server.addresses(database).application)
    token = await session_for(firm.owner)
    async with running_portal(chosen) as portal, portal.visitor(token, f"/f/{firm.id}") as visitor:
        yield visitor


async def asked(firm: TestFirm, day: dt.date, calls: int, failures: int) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await connection().execute(
            "insert into core_vendor_call (firm, kind, vendor, day, calls, failures, milliseconds) values ($1, 'ocr', $2, $3, $4, $5, 0)",
            firm.id, f"{OFFERING}.cloud", day, calls, failures,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("calls", "failures", "price", "fen"),
    [(1000, 0, 4500, 4500), (1, 0, 4500, 5), (1, 0, 499, 0), (1, 0, 500, 1), (10, 10, 4500, 0), (7, 2, 300000, 1500), (5, 0, 0, 0), (5, 0, None, None)],
)  # fmt: skip
def test_a_cost_is_whole_fen(calls: int, failures: int, price: int | None, fen: int | None) -> None:
    """By the thousand, rounded half up; what failed costs nothing."""
    assert cost(Usage(calls, failures, 1.0), price) == fen


async def test_the_month_s_cost_and_failures(admin: Visitor, cloud: Steered, firm: TestFirm) -> None:
    """On the list and by month on the vendor's page; the price never reaches the vendor."""
    added = await admin.post(f"{HOME}/add/ocr/{OFFERING}.cloud", **PRICED)
    assert added.status_code == 303
    address = added.headers["location"]
    with in_scope(system_scope(firm.id)):
        await use(Vendors).call(TextRecogniser, lambda v: v.recognise(Bitmap(1, 1, b"\xff\xff\xff")))
    assert cloud.opened_with == [{"account": "zf-1"}]
    await asked(firm, today().replace(day=1) - dt.timedelta(days=1), 4000, 100)
    await asked(firm, today().replace(day=1) - dt.timedelta(days=400), 9, 9)
    listed = (await admin.get(HOME)).text
    assert "本月使用 1 次,失败 0 次(0.0%)" in listed
    assert "约 ¥0.05" in listed
    rows = re.findall(r"<tr><td data-label.*?</tr>", (await admin.get(address)).text, re.S)
    assert len(rows) == 2, "what lies longer back is left out"
    assert "100 次(2.5%)" in rows[1]
    assert "¥177.45" in rows[1]


async def test_a_price_is_changed_and_taken_away(admin: Visitor, cloud: Steered, firm: TestFirm) -> None:
    """It stands in the form again, is refused where it is no money, and goes on the trail."""
    address = (await admin.post(f"{HOME}/add/ocr/{OFFERING}.cloud", **PRICED)).headers["location"]
    await asked(firm, today(), 10, 0)
    assert 'value="45.50"' in (await admin.get(address)).text
    for wrong in ("-1", "abc", "0.001", "1000001"):
        assert (await admin.post(address, account="zf-1", **{"price-per-thousand": wrong})).status_code == 422
    assert (await admin.post(address, account="zf-1", **{"price-per-thousand": ""})).status_code == 303
    assert "没有填价格" in (await admin.get(address)).text
    async with scoped_transaction(system_scope(firm.id)):
        trail = await connection().fetch("select before::text from core_audit_entry where action = 'vendor.change'")
    assert ["4550" in row["before"] for row in trail] == [True]


async def test_what_runs_here_has_no_price(admin: Visitor, cloud: Steered) -> None:
    page = (await admin.get(f"{HOME}/add/ocr/{OFFERING}.local")).text
    assert "price-per-thousand" not in page


async def test_whether_anybody_would_be_asked(admin: Visitor, cloud: Steered, firm: TestFirm) -> None:
    """`Vendors.is_available`: those that work by themselves, and those that the firm chose."""
    async with scoped_transaction(system_scope(firm.id)):
        assert await use(Vendors).is_available(TextRecogniser)
        assert not await use(Vendors).is_available(InvoiceChecker)
        with pytest.raises(ValueError, match="no kind"):
            await use(Vendors).is_available(object)
    with offering(cloud):
        async with scoped_transaction(system_scope(firm.id)):
            assert not await use(Vendors).is_available(TextRecogniser)
        await admin.post(f"{HOME}/add/ocr/{OFFERING}.cloud", **PRICED)
        async with scoped_transaction(system_scope(firm.id)):
            assert await use(Vendors).is_available(TextRecogniser)
