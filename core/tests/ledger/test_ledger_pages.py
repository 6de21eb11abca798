"""The pages of the books, asked as a browser asks them (LEDG-1, DASH-5)."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity import sign_in
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.settings import read_settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.services import use

PASSWORD = "eight quiet horses"


@pytest.fixture
def app(database: str, test_server: TestServer, monkeypatch: pytest.MonkeyPatch) -> Litestar:
    monkeypatch.setenv("ZHANGFANG_DSN", test_server.addresses(database).application)
    return create_app(read_settings())


@asynccontextmanager
async def browsing(app: Litestar, firm: TestFirm, role: str, client: int | None = None) -> AsyncIterator[AsyncClient]:
    """Signed in as a new person with ``role``, at the restaurant."""
    login = f"{role}@example.cn"
    async with scoped_transaction(system_scope(firm.id)):
        user = await make_member(login=login, name=f"{role}先生", password=PASSWORD, role=role, client=client)
        if client is None:
            await connection().execute(
                'insert into core_assignment (firm, client, "user") values ($1, $2, $3)', firm.id, firm.restaurant, user
            )
    async with DB.transaction():
        done = await sign_in.sign_in(login, PASSWORD, address="203.0.113.9", user_agent="test")
    token = done[0] if done else ""
    # In this test's event loop, where the pool was opened.
    transport = ASGITransport(app=app)  # type: ignore[arg-type]  # the same protocol, spelled with other types
    headers = {"accept": "text/html"}
    async with (
        app.lifespan(),
        AsyncClient(
            transport=transport,
            base_url=f"http://test/f/{firm.id}/c/{firm.restaurant}",
            cookies={COOKIE: token},
            headers=headers,
        ) as browser,
    ):
        yield browser


async def send(browser: AsyncClient, page: str, to: str, **fields: str) -> tuple[int, str]:
    """Fill in a form of ``page``: its token, and ``fields``. The status and the text after redirects."""
    found = re.search(r'name="_csrf_token" value="([^"]+)"', (await browser.get(page)).text)
    assert found is not None, f"{page} has no form"
    answer = await browser.post(to, data={"_csrf_token": found[1], **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def sale(client: int, amount: int = 123_456) -> VoucherDraft:
    lines = (Line("1002", "收货款", debit=amount, counterparty="甲<b>公司"), Line("5001", "销售", credit=amount))
    day = dt.date(2026, 3, 5)
    return VoucherDraft(client, day, "销售商品", lines, source="capture_ocr", reasons=("回单上写着货款",))


async def test_an_accountant_reads_posts_reverses_and_closes(app: Litestar, firm: TestFirm) -> None:
    """LEDG-1: a voucher's whole life on its pages."""
    async with acting(firm):
        voucher = await use(Ledger).draft(sale(firm.restaurant))
    place = f"/f/{firm.id}/c/{firm.restaurant}"
    async with browsing(app, firm, "accountant") as browser:
        listed = (await browser.get("/vouchers?period=2026-03")).text
        assert f'href="{place}/vouchers/{voucher}"' in listed
        assert "待审核" in listed
        shown = (await browser.get(f"/vouchers/{voucher}")).text
        for text in (
            "记账凭证",
            "1002 银行存款",
            "1,234.56",
            "回单上写着货款",
            "甲&lt;b&gt;公司",
            "制单",
            "审核并记账",
        ):
            assert text in shown
        status, text = await send(browser, f"/vouchers/{voucher}", f"/vouchers/{voucher}/post")
        assert status == 200
        assert "记-0001" in text
        assert "已记账" in text
        balance = (await browser.get("/accounts?period=2026-03")).text
        assert "银行存款" in balance
        assert "1,234.56" in balance
        entries = (await browser.get("/accounts/1002?period=2026-03")).text
        assert f'href="{place}/vouchers/{voucher}"' in entries
        assert "期末余额" in entries
        fields = {"date": "2026-03-31", "reason": "金额有误"}
        status, text = await send(browser, f"/vouchers/{voucher}", f"/vouchers/{voucher}/reverse", **fields)
        assert status == 200
        assert "−1,234.56" in text
        assert "红冲" in text
        status, text = await send(browser, f"/vouchers/{voucher + 1}", f"/vouchers/{voucher + 1}/post")
        assert status == 409
        assert "制单和审核不能是同一个人" in text
        status, text = await send(
            browser, f"/vouchers/{voucher + 1}", f"/vouchers/{voucher + 1}/discard", reason="不用"
        )
        assert status == 200
        assert "已作废" in text
        status, text = await send(browser, "/accounts?period=2025-01", "/periods/close", period="2025-01")
        assert status == 200
        assert "已结账" in text
        fields = {"period": "2025-01", "reason": "漏记"}
        status, text = await send(browser, "/accounts?period=2025-01", "/periods/reopen", **fields)
        assert status == 200
        assert "未结账" in text


async def test_a_fragment_has_no_layout_and_a_page_has(app: Litestar, firm: TestFirm) -> None:
    """DASH-5: the sheet over a page."""
    async with acting(firm):
        voucher = await use(Ledger).draft(sale(firm.restaurant))
        await use(Ledger).post(voucher)
    async with browsing(app, firm, "boss", firm.restaurant) as browser:
        for address in (
            f"/vouchers/{voucher}",
            "/vouchers?period=2026-03",
            "/accounts?period=2026-03",
            "/accounts/5001?period=2026-03",
        ):
            whole = await browser.get(address)
            assert whole.status_code == 200, address
            assert "<html" in whole.text
            for part in (
                await browser.get(address, headers={"HX-Request": "true"}),
                await browser.get(f"{address}{'&' if '?' in address else '?'}sheet=1"),
            ):
                assert part.status_code == 200
                assert "<html" not in part.text
                assert "1,234.56" in part.text
        page = (await browser.get(f"/vouchers/{voucher}")).text
        assert "审核并记账" not in page
        assert "/reverse" not in page
        live = (await browser.get("/vouchers?period=2026-03&part=list")).text
        assert live.lstrip().startswith("<section")
        assert "销售商品" in (await browser.get("/vouchers?period=all&q=记-0001")).text
        assert "销售商品" not in (await browser.get("/vouchers?period=all&q=100%25")).text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/vouchers/999999", 404),
        ("/vouchers/99999999999999999999", 404),
        ("/vouchers?period=2026-13", 400),
        ("/vouchers?state=lost", 400),
        ("/vouchers?before=99999999999999999999", 400),
        ("/vouchers?before=x", 400),
        ("/accounts/9999", 404),
        ("/accounts/%00", 404),
        ("/accounts/1002?period=2026-03&to=2026-02", 400),
    ],
)
async def test_odd_addresses_get_a_reason(app: Litestar, firm: TestFirm, address: str, status: int) -> None:
    """LEDG-1: bad input never gives a 500."""
    async with browsing(app, firm, "accountant") as browser:
        answer = await browser.get(address)
        assert answer.status_code == status
        assert re.search(r"[\u4e00-\u9fff]{4}", answer.text)


async def test_what_is_refused_leads_back_to_where_it_was_asked(firm: TestFirm, visit: Visit) -> None:
    """Not to another site, whatever the browser says."""
    visitor = await visit("owner")
    form = {"period": "2025-03", "reason": "试"}
    page = f"/f/{firm.id}/c/{firm.restaurant}/accounts?period=2025-03"
    here = str(visitor.http.base_url)
    for referer, leads in ((here.rstrip("/") + page, True), (f"https://elsewhere.example{page}", False), ("", False)):
        answer = await visitor.ask("POST", "/periods/reopen", form=form, headers={"referer": referer, "accept": "text/html"})
        assert answer.status_code == 409
        assert (f'href="{page}"' in answer.text) is leads
