"""PLAT-5: the contract kit passes a vendor that keeps its Protocol, of each kind, and names what one that does not does wrong."""

import asyncio
import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from zhangfang_sdk.bank_feed import BankTransaction
from zhangfang_sdk.blobs import Blob
from zhangfang_sdk.invoice_check import InvoiceQuestion, InvoiceRecord, InvoiceState
from zhangfang_sdk.messages import Mail, Receipt, TextMessage, WechatMessage
from zhangfang_sdk.payments import Payment, PaymentOrder, PaymentRequest, PaymentState
from zhangfang_sdk.recognition import Bitmap, TextBox, TextRecogniser
from zhangfang_sdk.signing import Signer, Signing, SigningRequest, SigningState
from zhangfang_sdk.testing import vendors as kit
from zhangfang_sdk.vendors import (
    NoVendorAnswered,
    SettingField,
    Settings,
    Vendor,
    VendorAway,
    VendorKind,
    VendorMisset,
    VendorRefused,
)

NOW = dt.datetime(2026, 11, 3, 2, 0, tzinfo=dt.UTC)
KEY = "sk-0123456789"
PICTURE = Bitmap(8, 8, b"\x00" * 192)


class Service:
    """What all of them share: a key, and a test of it."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings["key"]

    async def test(self) -> None:
        await self.checked()

    async def checked(self) -> None:
        await asyncio.sleep(0)
        if self._key != KEY:
            raise VendorMisset("密钥不对。")


class Ocr(Service):
    async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
        await self.checked()
        return [] if bitmap.rgb[0] else [TextBox("发票", 0.9, 0.1, 0.1, 0.5, 0.2)]


class Checker(Service):
    async def check(self, question: InvoiceQuestion) -> InvoiceRecord:
        await self.checked()
        known = question.number == "26332000000187654321"
        return InvoiceRecord(InvoiceState.VALID if known else InvoiceState.NOT_FOUND, NOW, total=question.total)


class Feed(Service):
    async def transactions(self, account: str, first: dt.date, last: dt.date) -> Sequence[BankTransaction]:
        await self.checked()
        if account != "6222":
            raise VendorRefused("bank_feed.unknown_account", "没有这个账号。")
        return [BankTransaction("1", NOW.date(), NOW, 100, 100), BankTransaction("2", NOW.date(), NOW, -30, 70)]

    async def balance(self, account: str, day: dt.date) -> int | None:
        await self.checked()
        return 70


class Sms(Service):
    async def send(self, message: TextMessage) -> Receipt:
        await self.checked()
        if not message.phone.startswith("+"):
            raise VendorRefused("sms.bad_number", "号码不对。")
        return Receipt(f"sms-{message.key}", NOW)


class Post(Service):
    async def send(self, mail: Mail) -> Receipt:
        await self.checked()
        if "@" not in mail.to:
            raise VendorRefused("email.bad_address", "邮箱地址不对。")
        return Receipt(f"<{mail.key}@zf>", NOW)


class Account(Service):
    async def send(self, message: WechatMessage) -> Receipt:
        await self.checked()
        if message.receiver == "nobody":
            raise VendorRefused("wechat.bad_receiver", "对方没有关注公众号。")
        return Receipt(f"wx-{message.key}", NOW)


class Gateway(Service):
    orders: dict[str, int]

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.orders = {}

    async def order(self, request: PaymentRequest) -> PaymentOrder:
        await self.checked()
        if self.orders.setdefault(request.key, request.amount) != request.amount:
            raise VendorRefused("payment.key_taken", "订单号已使用。")
        return PaymentOrder(request.key, f"wx-{request.key}", "weixin://pay")

    async def payment(self, key: str) -> Payment:
        if key not in self.orders:
            raise VendorRefused("payment.unknown", "没有这个订单。")
        return Payment(key, PaymentState.WAITING)

    async def refund(self, key: str, refund_key: str, amount: int) -> Payment:
        raise VendorRefused("payment.not_paid", "还没有付款。")


class Signatures(Service):
    async def begin(self, request: SigningRequest) -> Signing:
        await self.checked()
        return await self.signing(f"sig-{request.key}")

    async def signing(self, reference: str) -> Signing:
        if not reference.startswith("sig-"):
            raise VendorRefused("signing.unknown", "没有这份文件。")
        return Signing(reference, SigningState.WAITING, {"+8613800138000": "https://sign.example/1"})

    async def evidence(self, reference: str) -> Sequence[bytes]:
        raise VendorRefused("signing.not_signed", "还没有签完。")


class Store(Service):
    kept: dict[str, bytes]

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.kept = {}

    async def put(self, name: str, content: bytes) -> Blob:
        if self.kept.setdefault(name, content) != content:
            raise VendorRefused("storage.name_taken", "名字已被占用。")
        return Blob(name, len(content), hashlib.sha256(content).hexdigest())

    async def get(self, name: str) -> bytes:
        if name not in self.kept:
            raise VendorRefused("storage.unknown", "没有这个文件。")
        return self.kept[name]

    async def stat(self, name: str) -> Blob | None:
        await self.checked()
        return await self.put(name, self.kept[name]) if name in self.kept else None

    async def delete(self, name: str) -> None:
        self.kept.pop(name, None)


def vendor(kind: VendorKind, opens: Callable[[Settings], object], **others: Any) -> Vendor:
    known = {"settings": (SettingField("key", "密钥", "secret"),), "summary": "数据会发给对方。", **others}
    return Vendor(kind, "sample", "样例服务", opens, **known)


class Gone(Service):
    """Nobody answers, whatever is asked."""

    def __getattr__(self, name: str) -> Any:
        async def away(*_: object) -> None:
            raise VendorAway("cannot be reached", maybe_done=False)

        return away


REQUEST = PaymentRequest("ZF1", 19900, "代账服务费", NOW)
SIGNING = SigningRequest("K1", "代账合同", b"%PDF-", (Signer("周老板", "+8613800138000"),), NOW)
CONTRACTS: dict[VendorKind, tuple[type[Service], type[kit.VendorContract], dict[str, Any]]] = {
    VendorKind.OCR: (Ocr, kit.OcrContract, {"picture": PICTURE, "words": ("发票",)}),
    VendorKind.INVOICE_CHECK: (
        Checker,
        kit.InvoiceCheckContract,
        {
            "valid": InvoiceQuestion("26332000000187654321", NOW.date(), 11300),
            "unknown": InvoiceQuestion("26332000000187654322", NOW.date(), 11300),
        },
    ),
    VendorKind.BANK_FEED: (
        Feed,
        kit.BankFeedContract,
        {"account": "6222", "first": NOW.date(), "last": NOW.date(), "unknown": "1"},
    ),
    VendorKind.SMS: (
        Sms,
        kit.SmsContract,
        {"message": TextMessage("k", "+8613800138000", "due"), "bad_number": "138"},
    ),
    VendorKind.EMAIL: (Post, kit.MailContract, {"mail": Mail("k", "a@b.example", "s", "t"), "bad_address": "ab"}),
    VendorKind.PAYMENT: (Gateway, kit.PaymentContract, {"request": REQUEST}),
    VendorKind.SIGNING: (Signatures, kit.SigningContract, {"request": SIGNING}),
    VendorKind.STORAGE: (Store, kit.StorageContract, {}),
    VendorKind.WECHAT_MESSAGE: (
        Account,
        kit.WechatContract,
        {"message": WechatMessage("k", "oA", "due"), "bad_receiver": "nobody"},
    ),
}


async def found(kind: VendorKind, opens: Callable[[Settings], object] | None = None, **others: Any) -> dict[str, str]:
    """The problems of the sample of a kind, or of ``opens`` in its place."""
    service, contract, asked = CONTRACTS[kind]
    return await contract(
        vendor(kind, opens or service, **others),
        {"key": KEY},
        wrong={"key": "sk-wrong"},
        unreachable=vendor(kind, Gone),
        **asked,
    ).problems()


def test_every_kind_has_a_contract() -> None:
    assert set(CONTRACTS) == set(VendorKind)
    assert {contract.kind for _, contract, _ in CONTRACTS.values()} == set(VendorKind)


@pytest.mark.parametrize("kind", list(VendorKind))
async def test_a_vendor_that_keeps_its_contract(kind: VendorKind) -> None:
    assert await found(kind) == {}


class TellsItsKey(Ocr):
    def __repr__(self) -> str:
        return f"Ocr({self._key})"


class TellsItInErrors(Ocr):
    async def checked(self) -> None:
        raise VendorMisset(f"密钥 {self._key} 不对")


class TakesAnyKey(Ocr):
    async def checked(self) -> None:
        return None


class OutsideThePage(Ocr):
    async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
        return [replace(box, right=5.0) for box in await super().recognise(bitmap)]


class SeesGhosts(Ocr):
    async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
        await self.checked()
        return [TextBox("发票", 0.9, 0.1, 0.1, 0.5, 0.2)]


class OtherParameters(Ocr):
    async def recognise(self, picture: Bitmap) -> Sequence[TextBox]:
        return await super().recognise(picture)


class LocalTime(Checker):
    async def check(self, question: InvoiceQuestion) -> InvoiceRecord:
        return replace(await super().check(question), checked_at=dt.datetime(2026, 11, 3))  # noqa: DTZ001  # what the kit must find


class TwoOrders(Gateway):
    count = 0

    async def order(self, request: PaymentRequest) -> PaymentOrder:
        self.count += 1
        return replace(await super().order(request), reference=f"wx-{self.count}")


class NewIds(Feed):
    count = 0

    async def transactions(self, account: str, first: dt.date, last: dt.date) -> Sequence[BankTransaction]:
        self.count += 1
        return [replace(t, id=f"{t.id}-{self.count}") for t in await super().transactions(account, first, last)]


class WrongBalance(Feed):
    async def transactions(self, account: str, first: dt.date, last: dt.date) -> Sequence[BankTransaction]:
        return [replace(t, balance=5) for t in await super().transactions(account, first, last)]


class Overwrites(Store):
    async def put(self, name: str, content: bytes) -> Blob:
        self.kept[name] = content
        return await super().put(name, content)


@pytest.mark.parametrize(
    ("kind", "opens", "check", "problem"),
    [
        (VendorKind.OCR, TellsItsKey, "opens", "its repr tells a secret"),
        (VendorKind.OCR, TellsItInErrors, "wrong settings", "an error tells a secret"),
        (VendorKind.OCR, TakesAnyKey, "wrong settings", "where it should raise"),
        (VendorKind.OCR, OutsideThePage, "words", "no shares of the width"),
        (VendorKind.OCR, SeesGhosts, "blank", "on a blank picture"),
        (VendorKind.OCR, OtherParameters, "opens", "other parameters"),
        (VendorKind.OCR, lambda settings: object(), "opens", "recognise is missing"),
        (VendorKind.INVOICE_CHECK, LocalTime, "valid", "not in UTC"),
        (VendorKind.PAYMENT, TwoOrders, "order", "two orders"),
        (VendorKind.BANK_FEED, NewIds, "again", "differ"),
        (VendorKind.BANK_FEED, WrongBalance, "transactions", "does not follow"),
        (VendorKind.STORAGE, Overwrites, "taken", "should raise"),
    ],
)
async def test_what_is_wrong_is_named(
    kind: VendorKind, opens: Callable[[Settings], object], check: str, problem: str
) -> None:
    problems = await found(kind, opens)
    assert problem in problems[check]
    assert KEY not in str(problems)


@pytest.mark.parametrize(
    ("others", "problem"),
    [
        ({"seconds": 0.0}, "no sensible time-out"),
        ({"summary": ""}, "what is sent out"),
        ({"settings": (SettingField("key", "密钥", "secret", default="x"),)}, "a secret has a default"),
        (
            {"settings": (SettingField("key", "密钥", "secret"), SettingField("a", "地域", "choice"))},
            "choices do not fit",
        ),
        ({"settings": (SettingField("key", "Key", "secret"),)}, "not explained in Chinese"),
        ({"settings": (SettingField("key", "密钥", "secret"), SettingField("b", "账号"))}, "are required"),
    ],
)
async def test_a_declaration_that_is_wrong_is_named(others: dict[str, Any], problem: str) -> None:
    assert problem in (await found(VendorKind.OCR, **others))["declared"]


async def test_opening_must_touch_no_network() -> None:
    def dials(settings: Settings) -> Ocr:
        import socket

        socket.socket().connect(("127.0.0.1", 9))
        return Ocr(settings)

    assert "touches the network" in (await found(VendorKind.OCR, dials))["opens"]


async def test_an_outside_vendor_needs_a_test_of_its_connection() -> None:
    class Untested:
        async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
            return await Ocr({"key": KEY}).recognise(bitmap)

    assert "needs a test" in (await found(VendorKind.OCR, lambda settings: Untested()))["connection"]


async def test_vendors_in_memory() -> None:
    """For a plugin's own tests."""
    vendors = kit.FakeVendors({TextRecogniser: Ocr({"key": KEY})})
    answered = await vendors.call(TextRecogniser, lambda v: v.recognise(PICTURE))
    assert answered.value[0].text == "发票"
    with pytest.raises(NoVendorAnswered):
        await kit.FakeVendors({}).call(TextRecogniser, lambda v: v.recognise(PICTURE))
