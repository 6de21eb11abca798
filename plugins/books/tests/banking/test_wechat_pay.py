"""PLAT-5: WeChat Pay's fund statements, against a server written from its published protocol, and what becomes of them in the books."""

import datetime as dt
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from zhangfang_books.bank import feeding
from zhangfang_books.bank.bringing import Chosen
from zhangfang_books.bank.feeds.wechat_pay import wechat_pay_vendor
from zhangfang_books.bank.feeds.wechat_signature import merchants_in
from zhangfang_books.bank.files import understood
from zhangfang_books.bank.statements import keys_of
from zhangfang_books.bank.tables import BankAccount, BankLineRow
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.testing.vendors import OFFERING, offering
from zhangfang_core.vendors import service
from zhangfang_core.vendors.choices import choose, offer_to_choose
from zhangfang_core.vendors.setting_forms import read_form
from zhangfang_sdk.context import in_scope, scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.testing.vendors import BankFeedContract
from zhangfang_sdk.vendors import VendorAway, VendorMisset, VendorRefused

YESTERDAY = today() - dt.timedelta(days=1)
BEFORE = today() - dt.timedelta(days=3)


def _reference() -> ModuleType:
    where = Path(__file__).parent / "reference_servers" / "wechat_pay.py"
    spec = spec_from_file_location("reference_wechat_pay", where)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


reference = _reference()


@pytest.fixture
def server() -> Iterator[Any]:
    known = reference.WechatServer()
    known.moves += [
        reference.Move(f"{BEFORE} 09:00:01", "F1", "交易", "收入", "1280.00", "1280.00"),
        reference.Move(f"{BEFORE} 09:00:01", "F2", "扣除交易手续费", "支出", "7.68", "1272.32"),
        reference.Move(f"{YESTERDAY} 23:59:59", "F3", "提现", "支出", "1272.32", "0.00", "自动提现"),
    ]
    with reference.serving(known) as running:
        yield running


def opened(server: Any, **others: Any) -> Any:
    return wechat_pay_vendor(server.endpoint).open({"merchants": server.settings(**others)})


async def test_the_contract(server: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = wechat_pay_vendor(f"http://127.0.0.1:{taken.getsockname()[1]}")
        await BankFeedContract(
            wechat_pay_vendor(server.endpoint),
            {"merchants": server.settings()},
            account=server.mchid,
            first=BEFORE,
            last=YESTERDAY,
            unknown="1900000999",
            wrong={"merchants": server.settings(serial="0" * 40)},
            unreachable=nobody,
        ).check_all()


async def test_what_the_file_says(server: Any) -> None:
    first, fee, out = await opened(server).transactions(server.mchid, BEFORE, YESTERDAY)
    assert (first.id, first.amount, first.balance, first.purpose) == ("F1", 128_000, 128_000, "交易")
    assert (fee.amount, fee.balance) == (-768, 127_232)
    assert (out.booked_on, out.purpose) == (YESTERDAY, "提现 自动提现")
    assert out.booked_at == dt.datetime.combine(YESTERDAY, dt.time(15, 59, 59), dt.UTC)
    assert await opened(server).balance(server.mchid, BEFORE) == 127_232
    assert await opened(server).balance(server.mchid, BEFORE + dt.timedelta(days=1)) is None


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [(YESTERDAY, today(), "bank_feed.not_yet"), (today() - dt.timedelta(days=200), YESTERDAY, "bank_feed.too_long")],
)
async def test_what_cannot_be_had_is_not_asked_for(server: Any, first: dt.date, last: dt.date, code: str) -> None:
    with pytest.raises(VendorRefused, match=code):
        await opened(server).transactions(server.mchid, first, last)
    assert server.asked == []


@pytest.mark.parametrize(
    ("way", "error", "said"),
    [
        ("error 500 SYSTEM_ERROR", VendorAway, "500"),
        ("error 429 FREQUENCY_LIMITED", VendorAway, "too many"),
        ("error 400 PARAM_ERROR", VendorAway, "400"),
        ("error 401 SIGN_ERROR", VendorMisset, "证书序列号"),
        ("error 403 NO_AUTH", VendorMisset, "没有下载资金账单的权限"),
        ("error 400 STATEMENT_CREATING", VendorRefused, "bank_feed.not_yet"),
        ("broken", VendorAway, "JSON"),
        ("list", VendorAway, "JSON"),
        ("other", VendorAway, "JSON"),
        ("cut before", VendorAway, ""),
        ("cut within", VendorAway, ""),
    ],
)
@pytest.mark.parametrize("place", [0, 1])
async def test_what_goes_wrong_out_there(server: Any, way: str, error: type[Exception], said: str, place: int) -> None:
    """With the question and with the file; nothing of the server's text or a secret comes into the error; the next one is answered."""
    server.ways = ["well"] * place + [way]
    with pytest.raises(error) as told:
        await opened(server).transactions(server.mchid, BEFORE, BEFORE)
    assert said in str(told.value) or place
    assert "happened" not in str(told.value)
    assert len(await opened(server).transactions(server.mchid, BEFORE, BEFORE)) == 2


async def test_the_connection_is_tested_without_a_file(server: Any) -> None:
    await opened(server).test()
    server.ways = ["error 400 STATEMENT_CREATING"]
    await opened(server).test()
    assert not any("billdownload" in path for path in server.asked)
    with pytest.raises(VendorMisset):
        await opened(server, serial="0" * 40).test()


async def test_a_file_that_was_changed_on_the_way_is_none(server: Any) -> None:
    server.ways = ["well", "changed"]
    with pytest.raises(VendorAway, match="not the one"):
        await opened(server).transactions(server.mchid, BEFORE, BEFORE)


async def test_a_file_whose_lines_are_not_its_sums_is_none(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = reference.file_of
    monkeypatch.setattr(
        reference, "file_of", lambda moves: whole(moves).replace(b"`7.68,`1272.32", b"`7.69,`1272.32", 1)
    )
    with pytest.raises(VendorAway, match="sums"):
        await opened(server).transactions(server.mchid, BEFORE, BEFORE)


def test_keys_are_read_whatever_became_of_their_line_breaks(server: Any) -> None:
    other = server.settings().replace(server.mchid, "1900000222").replace(" ", "\n", 1).replace("\n", "")
    assert list(merchants_in(f"{server.settings()}{other}")) == [server.mchid, "1900000222"]
    for wrong in (
        "",
        "1900000109 1DDE",
        server.settings().replace("MII", "XXX"),
        f"{server.settings()} 1 -----BEGIN PRIVATE KEY-----",
    ):
        with pytest.raises(VendorMisset):
            merchants_in(wrong)


@pytest.fixture
async def chosen(server: Any, firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.01)
    with offering(wechat_pay_vendor(server.endpoint)):
        async with scoped_transaction(system_scope(firm.id)):
            offer = await offer_to_choose("bank_feed", f"{OFFERING}.wechat_pay")
            await choose(offer, read_form(offer.vendor.settings, {"merchants": server.settings().replace("\n", "")}))
        yield


async def fetched(firm: TestFirm, server: Any, client: int, account: str = "") -> Any:
    with in_scope(replace(system_scope(firm.id), client=client)):
        return await feeding.fetch(client, server.mchid, BEFORE, YESTERDAY, Chosen(account))


async def test_lines_come_into_the_books_once_and_every_day_from_then_on(
    server: Any, chosen: None, firm: TestFirm
) -> None:
    found = await fetched(firm, server, firm.trading)
    assert found.lacking
    found = await fetched(firm, server, firm.trading, "1012")
    assert (found.brought, found.new) == (True, 3)
    assert (await fetched(firm, server, firm.trading)).new == 0
    server.moves.append(reference.Move(f"{YESTERDAY} 23:59:59", "F4", "交易", "收入", "5.00", "5.00"))
    with in_scope(system_scope(firm.id)):
        await feeding.feed_all()
    async with scoped_transaction(system_scope(firm.id)):
        (account,) = await BankAccount.objects().where(BankAccount.client == firm.trading)
        assert (account.number, account.balance, account.bank) == (server.mchid, 500, "微信支付商户资金账单")
        assert await BankLineRow.count().where(BankLineRow.account == account.id) == 4


async def test_another_s_account_is_not_connected_by_an_accountant(server: Any, chosen: None, firm: TestFirm) -> None:
    """The keys are the firm's: whoever may not set vendors would read any client's account by its number."""
    async with acting(firm, "accountant", client=firm.trading):
        mine = scope()
    with in_scope(mine), pytest.raises(Refusal, match="first_by_admin"):
        await feeding.fetch(firm.trading, server.mchid, BEFORE, YESTERDAY, Chosen("1012"))
    assert server.asked == []
    await fetched(firm, server, firm.trading, "1012")
    with in_scope(mine):
        assert (await feeding.fetch(firm.trading, server.mchid, BEFORE, YESTERDAY, Chosen())).new == 0


async def test_what_is_fetched_and_the_file_that_people_download_are_the_same_lines(server: Any) -> None:
    fetched_ones = feeding.statement_of(server.mchid, "微信支付", await opened(server).transactions(server.mchid, BEFORE, YESTERDAY))
    async with rows_of(reference.file_of(server.moves)) as rows:
        (downloaded,) = (await understood(rows, "资金账单.csv", {})).read.statements
    assert keys_of(downloaded.lines) == keys_of(fetched_ones.lines)
    assert (downloaded.opening, downloaded.closing) == (fetched_ones.opening, fetched_ones.closing) == (0, 0)
