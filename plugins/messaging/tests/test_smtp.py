"""PLAT-5: the SMTP adapter against a real server on this machine."""

import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from zhangfang_messaging.smtp import smtp_vendor
from zhangfang_sdk.messages import Mail
from zhangfang_sdk.testing.vendors import MailContract
from zhangfang_sdk.vendors import VendorAway, VendorMisset, VendorRefused

MAIL = Mail("zf1-7-ab", "li@example.cn", "票据被退回:九月的", "请处理。\n.\n一行只有一个点。", "<p>请处理。</p>")


def _server_module() -> ModuleType:
    where = Path(__file__).parent / "reference_servers" / "mail_server.py"
    spec = spec_from_file_location("reference_mail_server", where)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


reference = _server_module()


@pytest.fixture(params=["tls", "starttls"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    with reference.serving(tmp_path, request.param) as running:
        yield running


def opened(server: Any, **others: str | int) -> Any:
    return smtp_vendor(server.trusted).open({**server.settings, **others})


async def test_the_contract(server: Any) -> None:
    """PLAT-5: the kit that every mail vendor runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nowhere = {**server.settings, "port": taken.getsockname()[1]}
        post = smtp_vendor(server.trusted)
        unreachable = replace(post, open=lambda _: post.open(nowhere))
        await MailContract(
            smtp_vendor(server.trusted),
            server.settings,
            mail=MAIL,
            bad_address="nobody@example.cn",
            wrong={**server.settings, "password": "wrong"},
            unreachable=unreachable,
        ).check_all()


async def test_what_arrives(server: Any) -> None:
    receipt = await opened(server).send(MAIL)
    (mail,) = server.inbox
    assert (mail["From"], mail["To"]) == ("嘉喜代账 <notice@firm.example>", "li@example.cn")
    assert (mail["Subject"], mail["Auto-Submitted"]) == (MAIL.subject, "auto-generated")
    assert mail["Message-ID"] == receipt.reference == "<zf1-7-ab@firm.example>"
    assert mail.get_body(("plain",)).get_content().splitlines() == MAIL.text.splitlines()
    assert mail.get_body(("html",)).get_content().splitlines() == [MAIL.html]


async def test_no_word_of_a_mail_becomes_a_header(server: Any) -> None:
    with pytest.raises((VendorRefused, ValueError)):
        await opened(server).send(replace(MAIL, to="li@example.cn\r\nBcc: other@example.cn"))
    assert not server.inbox


@pytest.mark.parametrize(
    ("way", "error", "code", "maybe_done"),
    [
        ("451 at rcpt", VendorAway, "", False),
        ("550 at rcpt", VendorRefused, "email.bad_address", False),
        ("drop at rcpt", VendorAway, "", False),
        ("553 at mail", VendorMisset, "", False),
        ("452 at mail", VendorAway, "", False),
        ("552 at data", VendorRefused, "email.too_large", False),
        ("554 at data", VendorRefused, "email.rejected", False),
        ("451 at data", VendorAway, "", False),
        ("drop at data", VendorAway, "", True),
    ],
)
async def test_what_goes_wrong_out_there(
    server: Any, way: str, error: type[Exception], code: str, maybe_done: bool
) -> None:
    """Told as what it is; only a mail whose answer did not come may be out."""
    server.ways = [way]
    with pytest.raises(error) as told:
        await opened(server).send(MAIL)
    assert "told so" not in str(told.value)
    assert getattr(told.value, "code", "") == code
    assert getattr(told.value, "maybe_done", False) is maybe_done
    assert bool(server.inbox) is maybe_done
    await opened(server).send(MAIL)
    assert {mail["Message-ID"] for mail in server.inbox} == {"<zf1-7-ab@firm.example>"}


async def test_a_server_that_never_greets(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for without end, and nothing can have gone out."""
    monkeypatch.setattr("zhangfang_messaging.smtp.STEP_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(VendorAway) as told:
        await opened(server, port=silent.getsockname()[1]).send(MAIL)
    assert told.value.maybe_done is False


async def test_a_server_that_never_answers_for_the_mail(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the mail, and nobody says so: the next try carries the same Message-ID."""
    monkeypatch.setattr("zhangfang_messaging.smtp.STEP_S", 2.0)
    server.answer_s = 4.0
    with pytest.raises(VendorAway) as told:
        await opened(server).send(MAIL)
    assert told.value.maybe_done is True
    server.answer_s = 0.0
    await opened(server).send(MAIL)
    assert [mail["Message-ID"] for mail in server.inbox] == ["<zf1-7-ab@firm.example>"] * 2


async def test_the_connection_is_tested_without_a_mail(server: Any) -> None:
    await opened(server).test()
    with pytest.raises(VendorMisset, match="密码"):
        await opened(server, password="wrong").test()
    assert not server.inbox


async def test_nobody_else_s_certificate(server: Any) -> None:
    with pytest.raises(VendorMisset, match="证书"):
        await smtp_vendor().open(server.settings).test()  # type: ignore[attr-defined]  # an object of the kind's Protocol


async def test_never_in_the_clear(tmp_path: Path) -> None:
    """A server that does not offer STARTTLS is not signed in to."""
    with socket.create_server(("127.0.0.1", 0)) as plain:
        plain.settimeout(5)
        heard: list[bytes] = []

        def answer() -> None:
            line, _ = plain.accept()
            with line:
                line.settimeout(5)
                line.sendall(b"220 plain\r\n")
                heard.append(line.recv(200))
                line.sendall(b"250-plain\r\n250 AUTH PLAIN LOGIN\r\n")
                heard.append(line.recv(200))

        thread = threading.Thread(target=answer)
        thread.start()
        settings = {"host": "127.0.0.1", "port": plain.getsockname()[1], "security": "starttls", "user": "u"}
        with pytest.raises(VendorAway):
            await smtp_vendor().open({**settings, "password": "secret", "sender": "u@x.cn"}).send(MAIL)  # type: ignore[attr-defined]
        thread.join(5)
    assert not any(b"AUTH" in said for said in heard)
