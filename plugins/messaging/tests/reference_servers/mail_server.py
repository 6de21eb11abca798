"""A real SMTP server (aiosmtpd) on this machine, with TLS and sign-in, that does as a test tells it. ``inbox`` is what it took over.

``ways`` says how the next mails are met: "450 at rcpt" and the like answer so at that step; "drop at data" takes the mail and drops the line without
an answer; "drop at rcpt" drops it before. When it is empty all is well. ``answer_s`` is how long an answer takes after a mail was taken over.
"""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD, SENDER = "notice@firm.example", "authorisation-code", "notice@firm.example"


@dataclass
class MailServer:
    trusted: ssl.SSLContext
    security: str = "tls"
    port: int = 0
    answer_s: float = 0.0
    inbox: list[EmailMessage] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str | int]:
        return {
            **{"host": "127.0.0.1", "port": self.port, "security": self.security, "user": USER},
            **{"password": PASSWORD, "sender": SENDER, "name": "嘉喜代账"},
        }

    def way_at(self, step: str) -> str | None:
        """What is to be done at this step, once."""
        if not self.ways or not self.ways[0].endswith(f" at {step}"):
            return None
        return self.ways.pop(0).partition(" ")[0]

    # What aiosmtpd calls; the names are its own.
    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        way = self.way_at("mail")
        if way:
            return f"{way} told so"
        envelope.mail_from = address
        return "250 OK" if address == SENDER else "553 not your address"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        way = self.way_at("rcpt")
        if way == "drop":
            cast(Any, server).transport.abort()
            return "421 gone"
        if way:
            return f"{way} told so"
        envelope.rcpt_tos.append(address)
        return "550 no such mailbox" if address.startswith("nobody@") else "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        way = self.way_at("data")
        if way not in (None, "drop"):
            return f"{way} told so"
        parsed = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
        self.inbox.append(cast(EmailMessage, parsed))
        await asyncio.sleep(self.answer_s)
        if way == "drop":
            cast(Any, server).transport.abort()
        return "250 OK"


def sign_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
    right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)  # False: the server answers, not we


@contextmanager
def serving(folder: Path, security: str = "tls") -> Iterator[MailServer]:
    """The server on a port of its own until the context ends; ``folder`` keeps its certificate."""
    at_server, trusted = certificate(folder)
    server = MailServer(trusted, security)
    more: dict[str, Any] = {"authenticator": sign_in, "auth_required": True, "hostname": "127.0.0.1"}
    more["port"] = free_port()
    if security == "tls":
        controller = Controller(server, ssl_context=at_server, auth_require_tls=False, **more)
    else:
        controller = Controller(server, tls_context=at_server, require_starttls=True, **more)
    controller.start()
    try:
        server.port = more["port"]
        yield server
    finally:
        controller.stop(no_assert=True)


def free_port() -> int:
    """aiosmtpd's controller knocks at the port that it was told, so that it cannot be told 0."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for 127.0.0.1: the server's context, and one of a client that trusts nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(secret + pem)
    at_server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    at_server.load_cert_chain(folder / "server.pem")
    (folder / "trusted.pem").write_bytes(pem)
    return at_server, ssl.create_default_context(cafile=str(folder / "trusted.pem"))
