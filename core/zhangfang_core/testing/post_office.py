"""Vendors of e-mail and SMS that keep what they are given, and people who can be reached."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.contacts import CONSENT_VERSION
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.testing.vendors import offering
from zhangfang_sdk.contacts import MESSAGES, QuietHours
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.messages import Mail, Receipt, TextMessage
from zhangfang_sdk.vendors import Settings, Vendor, VendorKind


@dataclass
class PostOffice:
    """Takes messages and mails over; each of ``fails`` is raised for one of the next ones. ``tried`` counts all."""

    sent: list[TextMessage | Mail] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    tried: int = 0

    def open(self, settings: Settings) -> "PostOffice":
        return self

    async def send(self, message: TextMessage | Mail) -> Receipt:
        self.tried += 1
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(message)
        return Receipt(f"r-{len(self.sent)}", dt.datetime.now(dt.UTC))

    @property
    def mails(self) -> list[Mail]:
        return [m for m in self.sent if isinstance(m, Mail)]

    @property
    def texts(self) -> list[TextMessage]:
        return [m for m in self.sent if isinstance(m, TextMessage)]


@contextmanager
def post_office(*kinds: VendorKind, repeatable: tuple[VendorKind, ...] = (VendorKind.EMAIL,)) -> Iterator[PostOffice]:
    """The only vendor of ``kinds``; e-mail and SMS where none are named."""
    made = PostOffice()
    named = kinds or (VendorKind.SMS, VendorKind.EMAIL)
    with offering(
        *(Vendor(k, f"office_{k}", "测试", made.open, outside=False, repeatable=k in repeatable) for k in named)
    ):
        yield made


async def make_reachable(
    firm: int,
    client: int | None,
    role: str,
    login: str,
    *,
    channels: str = "sms email",
    quiet: QuietHours = QuietHours(),  # noqa: B008  # a frozen value
) -> int:
    """A person with a verified phone and mailbox who agreed to be sent messages by ``channels``; the id."""
    async with scoped_transaction(system_scope(firm)):
        person = await make_member(login=login, name=login, password="eight quiet horses", role=role, client=client)  # noqa: S106  # of a test
    async with scoped_transaction(Scope(user=person)):
        for kind, address in (("email", f"{login}@example.cn"), ("phone", f"+86138{person:08}")):
            await connection().execute(
                """insert into core_contact_point ("user", kind, address, verified_at) values ($1, $2, $3, now())""",
                person,
                kind,
                address,
            )
        await connection().execute(
            """insert into core_contact_choice ("user", sms, email, wechat, quiet_from, quiet_until)
            values ($1, $2, $3, $4, $5, $6)""",
            person,
            *(name in channels.split() for name in ("sms", "email", "wechat")),
            *(moment.hour * 60 + moment.minute for moment in (quiet.start, quiet.end)),
        )
        await connection().execute(
            """insert into core_consent ("user", purpose, text_version, given_at) values ($1, $2, $3, now())""",
            person,
            MESSAGES,
            CONSENT_VERSION,
        )
    return person
