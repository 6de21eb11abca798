"""Text messages, e-mails and WeChat messages to people: what a vendor is given and what it gives back."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One SMS. In China the words are registered with the vendor beforehand: ``template`` is our name of them, ``values`` fill them in.

    ``key`` is the caller's own and the same when the same message is sent again. ``phone`` is in E.164 form ("+8613800138000").
    """

    key: str
    phone: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail to one person. ``key`` is the caller's own and the same when the same mail is sent again; ``html`` may be empty."""

    key: str
    to: str
    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class WechatMessage:
    """One template message of a public account. ``receiver`` is the person's id at that account (openid), ``template`` and ``values`` as with an SMS.

    ``url`` is the page behind it. ``key`` is the caller's own and the same when the same message is sent again.
    """

    key: str
    receiver: str
    template: str
    values: Mapping[str, str] = field(default_factory=dict)
    url: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The vendor took it over; whether it arrived is another matter. ``accepted_at`` is an instant in UTC, ``reference`` the vendor's."""

    reference: str
    accepted_at: dt.datetime


class TextSender(Protocol):
    """What ``Vendor.open`` gives for the kind ``sms``. Call it with ``effect=True``."""

    async def send(self, message: TextMessage) -> Receipt:
        """Send one message. A vendor that knows idempotency keys is given ``message.key``; others may send twice what is sent twice.

        Raises VendorAway, VendorMisset, VendorRefused (``sms.bad_number``, ``sms.blocked``, ``sms.unknown_template``).
        """
        ...


class MailSender(Protocol):
    """What ``Vendor.open`` gives for the kind ``email``. Call it with ``effect=True``."""

    async def send(self, mail: Mail) -> Receipt:
        """Send one mail. The same ``mail.key`` gives the same Message-ID, so that mailboxes may see that it came twice.

        Raises VendorAway, VendorMisset, VendorRefused (``email.bad_address``, ``email.too_large``).
        """
        ...


class WechatSender(Protocol):
    """What ``Vendor.open`` gives for the kind ``wechat_message``. Call it with ``effect=True``."""

    async def send(self, message: WechatMessage) -> Receipt:
        """Send one message.

        Raises VendorAway, VendorMisset, VendorRefused (``wechat.bad_receiver``, ``wechat.blocked``, ``wechat.unknown_template``).
        """
        ...
