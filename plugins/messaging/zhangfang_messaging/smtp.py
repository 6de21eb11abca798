"""E-mail by SMTP (RFC 5321), over TLS from the first byte (RFC 8314) or after STARTTLS (RFC 3207), never in the clear.

Until the mail's last dot nothing is sent; after it the server has it, even where its answer does not come back. What is sent again carries
the same Message-ID (RFC 5322 3.6.4), by which mailboxes see that it is the same one.
"""

import datetime as dt
import ssl
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Final

import aiosmtplib

from zhangfang_sdk.messages import Mail, Receipt
from zhangfang_sdk.vendors import SettingField, Settings, Vendor, VendorAway, VendorKind, VendorMisset, VendorRefused

TLS, STARTTLS = "tls", "starttls"
STEP_S: Final = 15.0
"""For each answer of the server."""

_LOGIN = "邮件服务器不接受这个账号或密码。很多邮箱要用“授权码”代替登录密码。"
_SENDER = "邮件服务器不允许用这个发件地址发信,请核对账号和发件地址。"
_CERTIFICATE = "邮件服务器的证书不受信任,请核对服务器地址。"
_BAD_ADDRESS = "对方的邮件服务器说没有这个邮箱。"
_TOO_LARGE = "邮件太大,服务器不收。"
_REJECTED = "邮件服务器拒收这封邮件。"
_STORAGE_EXCEEDED = 552


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """One sender's account. ``trusted`` are the certificates to believe, None for those of the system."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    sender: str
    name: str
    trusted: ssl.SSLContext | None = field(default=None, repr=False)

    async def send(self, mail: Mail) -> Receipt:
        """See :class:`zhangfang_sdk.messages.MailSender`."""
        message = self._message(mail)
        server = await self._signed_in()
        try:
            await self._addressed(server, mail.to)
            await _handed_over(server, message.as_bytes(policy=SMTP_POLICY))
        finally:
            server.close()
        return Receipt(str(message["Message-ID"]), dt.datetime.now(dt.UTC))

    async def test(self) -> None:
        """Sign in and do nothing."""
        server = await self._signed_in()
        server.close()

    def _message(self, mail: Mail) -> EmailMessage:
        """Raises VendorRefused for an address that is none."""
        try:
            receiver = Address(addr_spec=mail.to)
        except (ValueError, IndexError) as error:
            raise VendorRefused("email.bad_address", "邮箱地址不对。") from error
        if not receiver.domain:
            raise VendorRefused("email.bad_address", "邮箱地址不对。")
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = Address(self.name, addr_spec=self.sender)
        message["To"] = receiver
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(dt.datetime.now(dt.UTC))
        message["Message-ID"] = f"<{mail.key}@{self.sender.partition('@')[2]}>"
        # RFC 3834: no out-of-office answers to a machine.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        if mail.html:
            message.add_alternative(mail.html, subtype="html")
        return message

    async def _signed_in(self) -> aiosmtplib.SMTP:
        server = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.security == TLS,
            start_tls=self.security == STARTTLS,
            tls_context=self.trusted or ssl.create_default_context(),
            timeout=STEP_S,
        )
        try:
            await server.connect()
            await server.ehlo()
            # One try for each sign-in: mailboxes lock themselves after a few wrong ones.
            sign_in = server.auth_plain if "plain" in server.supported_auth_methods else server.login
            await sign_in(self.user, self.password)
        except aiosmtplib.SMTPAuthenticationError as error:
            server.close()
            if error.code >= 500:
                raise VendorMisset(_LOGIN) from error
            raise VendorAway(f"sign-in answered {error.code}", maybe_done=False) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            server.close()
            if _is_about_certificate(error):
                raise VendorMisset(_CERTIFICATE) from error
            raise VendorAway("cannot be reached or does not speak SMTP", maybe_done=False) from error
        return server

    async def _addressed(self, server: aiosmtplib.SMTP, to: str) -> None:
        try:
            await server.mail(self.sender)
            await server.rcpt(to)
        except aiosmtplib.SMTPSenderRefused as error:
            raise _permanent(error.code, VendorMisset(_SENDER)) from error
        except aiosmtplib.SMTPRecipientRefused as error:
            raise _permanent(error.code, VendorRefused("email.bad_address", _BAD_ADDRESS)) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise VendorAway("the connection broke before the mail", maybe_done=False) from error


async def _handed_over(server: aiosmtplib.SMTP, message: bytes) -> None:
    try:
        await server.data(message)
    except aiosmtplib.SMTPDataError as error:
        too_large = error.code == _STORAGE_EXCEEDED
        refusal = ("email.too_large", _TOO_LARGE) if too_large else ("email.rejected", _REJECTED)
        raise _permanent(error.code, VendorRefused(*refusal)) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise VendorAway("the connection broke while the mail was handed over") from error


def _permanent(code: int, otherwise: VendorMisset | VendorRefused) -> VendorAway | VendorMisset | VendorRefused:
    """RFC 5321 4.2.1: 4yz may work later (greylisting, a full mailbox), 5yz will not."""
    return otherwise if code >= 500 else VendorAway(f"answered {code} for now", maybe_done=False)


def _is_about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def smtp_vendor(trusted: ssl.SSLContext | None = None) -> Vendor:
    """The vendor as it is offered; tests trust a certificate of their own."""

    def opened(settings: Settings) -> SmtpPost:
        return SmtpPost(
            host=str(settings["host"]),
            port=int(settings["port"]),
            security=str(settings["security"]),
            user=str(settings["user"]),
            password=str(settings["password"]),
            sender=str(settings["sender"]),
            name=str(settings.get("name", "")),
            trusted=trusted,
        )

    return Vendor(
        VendorKind.EMAIL,
        "smtp",
        "SMTP 邮箱",
        opened,
        settings=(
            SettingField("host", "发信服务器", "host", help="例如 smtp.exmail.qq.com,在邮箱的“客户端设置”里查看。", longest=200),
            SettingField("port", "端口", "number", default=465, smallest=1, largest=65535),
            SettingField(
                "security",
                "加密方式",
                "choice",
                choices=((TLS, "SSL/TLS(多为 465 端口)"), (STARTTLS, "STARTTLS(多为 587 端口)")),
                default=TLS,
            ),
            SettingField("user", "账号", help="多为完整的邮箱地址。", longest=200),
            SettingField("password", "密码或授权码", "secret", help="很多邮箱要在网页版里另外生成授权码。", longest=200),
            SettingField("sender", "发件地址", longest=200),
            SettingField("name", "发件人名称", required=False, longest=60),
        ),
        summary="用您自己的邮箱发送通知;邮件内容会经过邮箱服务商。",
        repeatable=True,
        seconds=60.0,
    )
