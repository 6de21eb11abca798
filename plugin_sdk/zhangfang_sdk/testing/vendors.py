"""Contract tests of vendors, a class for each kind, and ``Vendors`` in memory for a plugin's own tests.

An adapter's author writes one test::

    await OcrContract(vendor, settings, picture=bitmap, words=("发票",), wrong=..., unreachable=...).check_all()

against the vendor's sandbox, or against a local server written from its published protocol.
"""

import datetime as dt
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

from zhangfang_sdk.bank_feed import BankFeed
from zhangfang_sdk.blobs import BlobStore
from zhangfang_sdk.invoice_check import InvoiceChecker, InvoiceQuestion, InvoiceState
from zhangfang_sdk.messages import Mail, MailSender, Receipt, TextMessage, TextSender, WechatMessage, WechatSender
from zhangfang_sdk.payments import PaymentGateway, PaymentRequest, PaymentState
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.recognition import Bitmap, TextRecogniser
from zhangfang_sdk.signing import SigningRequest, SigningService, SigningState
from zhangfang_sdk.testing.vendor_contract import Check, VendorContract, expect
from zhangfang_sdk.vendors import Answered, NoVendorAnswered, Settings, Vendor, VendorKind

__all__ = [
    "BankFeedContract",
    "FakeVendors",
    "InvoiceCheckContract",
    "MailContract",
    "OcrContract",
    "PaymentContract",
    "SigningContract",
    "SmsContract",
    "StorageContract",
    "VendorContract",
    "WechatContract",
]

V = TypeVar("V")
A = TypeVar("A")


class OcrContract(VendorContract):
    """``picture`` shows ``words``."""

    kind = VendorKind.OCR

    def __init__(
        self, vendor: Vendor, settings: Settings, *, picture: Bitmap, words: Sequence[str], **more: Any
    ) -> None:
        super().__init__(vendor, settings, **more)
        self.picture, self.words = picture, words

    def promises(self) -> dict[str, Check]:
        return {"words": self._reads, "blank": self._blank}

    async def ask(self, opened: TextRecogniser) -> object:
        return await opened.recognise(self.picture)

    async def _reads(self) -> None:
        boxes = await self.opened().recognise(self.picture)
        read = "".join(box.text for box in boxes).replace(" ", "")
        for word in self.words:
            expect(word in read, f"{word!r} is not read")
        for box in boxes:
            expect(bool(box.text.strip()), "a run of text is empty")
            expect(0 <= box.confidence <= 1, f"confidence {box.confidence} is not between 0 and 1")
            expect(0 <= box.left < box.right <= 1, f"the sides {box.left} and {box.right} are no shares of the width")
            expect(0 <= box.top < box.bottom <= 1, f"the sides {box.top} and {box.bottom} are no shares of the height")
            expect(box.turned in (0, 90, 180, 270), f"turned by {box.turned} degrees")

    async def _blank(self) -> None:
        blank = Bitmap(64, 64, b"\xff" * (64 * 64 * 3))
        expect(not await self.opened().recognise(blank), "text is read on a blank picture")


class InvoiceCheckContract(VendorContract):
    """``valid`` is an invoice that the records know, ``unknown`` one that they do not."""

    kind = VendorKind.INVOICE_CHECK

    def __init__(
        self, vendor: Vendor, settings: Settings, *, valid: InvoiceQuestion, unknown: InvoiceQuestion, **more: Any
    ) -> None:
        super().__init__(vendor, settings, **more)
        self.valid, self.unknown = valid, unknown

    def promises(self) -> dict[str, Check]:
        return {"valid": self._valid, "unknown": self._unknown}

    async def ask(self, opened: InvoiceChecker) -> object:
        return await opened.check(self.valid)

    async def _valid(self) -> None:
        record = await self.opened().check(self.valid)
        expect(record.state is InvoiceState.VALID, f"the valid invoice is {record.state}")
        expect(in_utc(record.checked_at), "checked_at is not in UTC")
        for amount in (record.total, record.tax, record.reversed_amount):
            expect(amount is None or type(amount) is int, f"{amount!r} is no integer of fen")
        expect(record.total in (None, self.valid.total), f"the total is {record.total}, not {self.valid.total}")

    async def _unknown(self) -> None:
        record = await self.opened().check(self.unknown)
        expect(record.state is InvoiceState.NOT_FOUND, f"the unknown invoice is {record.state}")


class BankFeedContract(VendorContract):
    """``account`` has transactions from ``first`` to ``last``; ``unknown`` is no account there."""

    kind = VendorKind.BANK_FEED

    def __init__(
        self,
        vendor: Vendor,
        settings: Settings,
        *,
        account: str,
        first: dt.date,
        last: dt.date,
        unknown: str,
        **more: Any,
    ) -> None:
        super().__init__(vendor, settings, **more)
        self.account, self.first, self.last, self.unknown = account, first, last, unknown

    def promises(self) -> dict[str, Check]:
        return {"transactions": self._lines, "again": self._again, "balance": self._balance, "unknown": self._unknown}

    async def ask(self, opened: BankFeed) -> object:
        return await opened.transactions(self.account, self.first, self.last)

    async def _lines(self) -> None:
        lines = await self.opened().transactions(self.account, self.first, self.last)
        expect(bool(lines), "no transactions")
        expect(len({line.id for line in lines}) == len(lines), "two transactions have the same id")
        before: int | None = None
        for line in lines:
            expect(type(line.amount) is int and line.amount != 0, f"{line.amount!r} is no integer of fen")
            expect(self.first <= line.booked_on <= self.last, f"{line.booked_on} was not asked for")
            expect(in_utc(line.booked_at), "booked_at is not in UTC")
            expect(line.booked_at.astimezone(BUSINESS_TIME_ZONE).date() == line.booked_on, "the dates disagree")
            follows = before is None or line.balance is None or line.balance == before + line.amount
            expect(follows, f"the balance after {line.id} does not follow from the one before")
            before = line.balance

    async def _again(self) -> None:
        feed = self.opened()
        once = await feed.transactions(self.account, self.first, self.last)
        expect(
            list(once) == list(await feed.transactions(self.account, self.first, self.last)),
            "fetched again they differ",
        )

    async def _balance(self) -> None:
        balance = await self.opened().balance(self.account, self.last)
        expect(balance is None or type(balance) is int, f"{balance!r} is no integer of fen")

    async def _unknown(self) -> None:
        await self.refuses(self.opened().transactions(self.unknown, self.first, self.last), "bank_feed.unknown_account")


class SmsContract(VendorContract):
    """``message`` may be sent; ``bad_number`` is no phone's."""

    kind = VendorKind.SMS

    def __init__(
        self, vendor: Vendor, settings: Settings, *, message: TextMessage, bad_number: str, **more: Any
    ) -> None:
        super().__init__(vendor, settings, **more)
        self.message, self.bad_number = message, bad_number

    def promises(self) -> dict[str, Check]:
        return {"sends": self._sends, "bad number": self._bad_number}

    async def ask(self, opened: TextSender) -> object:
        return await opened.send(self.message)

    async def _sends(self) -> None:
        expect_receipt(await self.opened().send(self.message))

    async def _bad_number(self) -> None:
        bad = TextMessage(f"{self.message.key}-bad", self.bad_number, self.message.template, self.message.values)
        await self.refuses(self.opened().send(bad), "sms.bad_number")


class MailContract(VendorContract):
    """``mail`` may be sent; ``bad_address`` is none."""

    kind = VendorKind.EMAIL

    def __init__(self, vendor: Vendor, settings: Settings, *, mail: Mail, bad_address: str, **more: Any) -> None:
        super().__init__(vendor, settings, **more)
        self.mail, self.bad_address = mail, bad_address

    def promises(self) -> dict[str, Check]:
        return {"sends": self._sends, "same key": self._same_key, "bad address": self._bad_address}

    async def ask(self, opened: MailSender) -> object:
        return await opened.send(self.mail)

    async def _sends(self) -> None:
        expect_receipt(await self.opened().send(self.mail))

    async def _same_key(self) -> None:
        first, second = [await self.opened().send(self.mail) for _ in range(2)]
        expect(first.reference == second.reference, "the same mail twice has two Message-IDs")

    async def _bad_address(self) -> None:
        bad = Mail(f"{self.mail.key}-bad", self.bad_address, self.mail.subject, self.mail.text)
        await self.refuses(self.opened().send(bad), "email.bad_address")


class WechatContract(VendorContract):
    """``message`` may be sent; ``bad_receiver`` follows no account."""

    kind = VendorKind.WECHAT_MESSAGE

    def __init__(
        self, vendor: Vendor, settings: Settings, *, message: WechatMessage, bad_receiver: str, **more: Any
    ) -> None:
        super().__init__(vendor, settings, **more)
        self.message, self.bad_receiver = message, bad_receiver

    def promises(self) -> dict[str, Check]:
        return {"sends": self._sends, "bad receiver": self._bad_receiver}

    async def ask(self, opened: WechatSender) -> object:
        return await opened.send(self.message)

    async def _sends(self) -> None:
        expect_receipt(await self.opened().send(self.message))

    async def _bad_receiver(self) -> None:
        bad = WechatMessage(f"{self.message.key}-bad", self.bad_receiver, self.message.template, self.message.values)
        await self.refuses(self.opened().send(bad), "wechat.bad_receiver")


class PaymentContract(VendorContract):
    """``request`` has a key that was never used there."""

    kind = VendorKind.PAYMENT

    def __init__(self, vendor: Vendor, settings: Settings, *, request: PaymentRequest, **more: Any) -> None:
        super().__init__(vendor, settings, **more)
        self.request = request

    def promises(self) -> dict[str, Check]:
        return {"order": self._order, "key taken": self._taken, "unknown": self._unknown, "refund": self._refund}

    async def ask(self, opened: PaymentGateway) -> object:
        return await opened.order(self.request)

    async def _order(self) -> None:
        gateway = self.opened()
        first, second = [await gateway.order(self.request) for _ in range(2)]
        expect(first.reference == second.reference, "the same key gives two orders")
        expect(first.key == self.request.key and bool(first.pay_url), "the order lacks its key or where to pay")
        found = await gateway.payment(self.request.key)
        expect(found.state is PaymentState.WAITING, f"an order that nobody paid is {found.state}")
        expect(found.paid == 0 and found.refunded == 0 and found.paid_at is None, "an order that nobody paid has money")

    async def _taken(self) -> None:
        gateway, asked = self.opened(), self.request
        await gateway.order(asked)
        other = PaymentRequest(asked.key, asked.amount + 1, asked.subject, asked.expires_at)
        await self.refuses(gateway.order(other), "payment.key_taken")

    async def _unknown(self) -> None:
        await self.refuses(self.opened().payment(f"{self.request.key}X"), "payment.unknown")

    async def _refund(self) -> None:
        gateway = self.opened()
        await gateway.order(self.request)
        await self.refuses(gateway.refund(self.request.key, f"{self.request.key}R", 1), "payment.not_paid")


class SigningContract(VendorContract):
    """``request`` has a key that was never used there."""

    kind = VendorKind.SIGNING

    def __init__(self, vendor: Vendor, settings: Settings, *, request: SigningRequest, **more: Any) -> None:
        super().__init__(vendor, settings, **more)
        self.request = request

    def promises(self) -> dict[str, Check]:
        return {"begin": self._begin, "unknown": self._unknown, "evidence": self._evidence}

    async def ask(self, opened: SigningService) -> object:
        return await opened.begin(self.request)

    async def _begin(self) -> None:
        service = self.opened()
        first, second = [await service.begin(self.request) for _ in range(2)]
        expect(first.reference == second.reference, "the same key gives two signings")
        expect(first.state is SigningState.WAITING, f"a signing that just began is {first.state}")
        expect(first.links.keys() == {s.phone for s in self.request.signers}, "not every signer has a link")
        expect(await service.signing(first.reference) == second, "asked how it stands it answers something else")

    async def _unknown(self) -> None:
        await self.refuses(self.opened().signing("never-begun"), "signing.unknown")

    async def _evidence(self) -> None:
        service = self.opened()
        begun = await service.begin(self.request)
        await self.refuses(service.evidence(begun.reference), "signing.not_signed")


class StorageContract(VendorContract):
    """Everything under ``folder`` is the test's."""

    kind = VendorKind.STORAGE

    def __init__(self, vendor: Vendor, settings: Settings, *, folder: str = "contract", **more: Any) -> None:
        super().__init__(vendor, settings, **more)
        self.name = f"{folder}/{time.time_ns()}"

    def promises(self) -> dict[str, Check]:
        return {"keeps": self._keeps, "taken": self._taken, "gone": self._gone}

    async def ask(self, opened: BlobStore) -> object:
        return await opened.stat(self.name)

    async def _keeps(self) -> None:
        store, content = self.opened(), bytes(range(256)) * 4096
        kept = await store.put(self.name, content)
        expect(kept == await store.put(self.name, content), "the same content again is something else")
        expect(await store.stat(self.name) == kept, "stat and put disagree")
        expect(kept.size == len(content), f"{kept.size} bytes were kept of {len(content)}")
        expect(await store.get(self.name) == content, "other bytes come back")

    async def _taken(self) -> None:
        store = self.opened()
        await store.put(f"{self.name}-taken", b"one")
        await self.refuses(store.put(f"{self.name}-taken", b"two"), "storage.name_taken")
        await store.delete(f"{self.name}-taken")

    async def _gone(self) -> None:
        store = self.opened()
        await store.put(f"{self.name}-gone", b"one")
        for _ in range(2):
            await store.delete(f"{self.name}-gone")
        expect(await store.stat(f"{self.name}-gone") is None, "what was deleted is still there")
        await self.refuses(store.get(f"{self.name}-gone"), "storage.unknown")


class FakeVendors:
    """``Vendors`` that asks the one object given for each Protocol, once and without a time-out."""

    def __init__(self, opened: Mapping[type[Any], object]) -> None:
        self._opened = dict(opened)

    async def call(
        self,
        protocol: type[V],
        ask: Callable[[V], Awaitable[A]],
        *,
        effect: bool = False,
        vendor: str | None = None,
        seconds: float | None = None,
    ) -> Answered[A]:
        """Raises NoVendorAnswered ``vendor.none_chosen`` for a Protocol that nothing was given for; whatever the object raises."""
        opened: Any = self._opened.get(protocol)
        if opened is None:
            raise NoVendorAnswered("vendor.none_chosen", "还没有可用的外部服务。", status=503)
        return Answered(await ask(opened), vendor or "fake.vendor", "测试用", 0.0)

    async def is_available(self, protocol: type[object]) -> bool:
        """Whether an object was given for it."""
        return protocol in self._opened


def expect_receipt(receipt: Receipt) -> None:
    expect(bool(receipt.reference), "the receipt has no reference")
    expect(in_utc(receipt.accepted_at), "accepted_at is not in UTC")


def in_utc(moment: dt.datetime) -> bool:
    return moment.utcoffset() == dt.timedelta(0)
