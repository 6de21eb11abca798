"""PLAT-5: the adapter of Alibaba Cloud SMS, against a server written from its published protocol."""

import datetime as dt
import socket
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from zhangfang_messaging.acs_signature import query_of, signed_headers
from zhangfang_messaging.aliyun_sms import aliyun_vendor
from zhangfang_sdk.messages import TextMessage
from zhangfang_sdk.testing.vendors import SmsContract
from zhangfang_sdk.vendors import VendorAway, VendorMisset, VendorRefused

MESSAGE = TextMessage("zf1-7-ab", "+8613800138000", "notice", {"text": "有一张票据被退回 & 请“处理”~*"})


def _reference() -> ModuleType:
    where = Path(__file__).parent / "reference_servers" / "aliyun_sms.py"
    spec = spec_from_file_location("reference_aliyun_sms", where)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


reference = _reference()


@pytest.fixture
def server() -> Iterator[Any]:
    with reference.serving(reference.AliyunServer()) as running:
        yield running


def settings_of(server: Any, **others: str) -> dict[str, str | int]:
    known = {"key_id": server.key_id, "key_secret": server.key_secret, "sign": server.sign}
    return {**known, "template_code": "SMS_1", "template_notice": "SMS_2", "template_digest": "SMS_3", **others}


def opened(server: Any, **others: str) -> Any:
    return aliyun_vendor(server.endpoint).open(settings_of(server, **others))


def test_the_signature_is_the_document_s_own_example() -> None:
    """V3 版本请求体&签名机制 prints this request with these keys and this signature (固定参数示例)."""
    query = query_of(
        {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    )
    headers = signed_headers(
        "YourAccessKeyId",
        "YourAccessKeySecret",
        host="ecs.cn-shanghai.aliyuncs.com",
        action="RunInstances",
        version="2014-05-26",
        query=query,
        at=dt.datetime(2023, 10, 26, 10, 22, 32, tzinfo=dt.UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


async def test_the_contract(server: Any) -> None:
    """PLAT-5: the kit that every SMS vendor runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = aliyun_vendor(f"http://127.0.0.1:{taken.getsockname()[1]}")
        await SmsContract(
            aliyun_vendor(server.endpoint),
            settings_of(server),
            message=MESSAGE,
            bad_number="+8610086",
            wrong=settings_of(server, key_secret="wrong"),
            unreachable=nobody,
        ).check_all()


async def test_what_is_sent(server: Any) -> None:
    receipt = await opened(server).send(MESSAGE)
    (sent,) = server.sent
    assert (sent["PhoneNumbers"], sent["SignName"], sent["TemplateCode"]) == ("+8613800138000", "嘉喜代账", "SMS_2")
    assert (sent["TemplateParam"], sent["OutId"]) == ('{"text": "有一张票据被退回 & 请“处理”~*"}', "zf1-7-ab")
    assert receipt.reference.startswith("9006")


async def test_the_connection_is_tested_for_nothing(server: Any) -> None:
    await opened(server).test()
    assert server.sent == []
    for others in ({"key_id": "LTAIother"}, {"key_secret": "wrong"}):
        with pytest.raises(VendorMisset, match="AccessKey"):
            await opened(server, **others).test()


async def test_a_text_without_a_template(server: Any) -> None:
    with pytest.raises(VendorRefused, match=r"sms\.unknown_template"):
        await opened(server).send(TextMessage("k", MESSAGE.phone, "never heard of"))
    assert server.asked == 0


@pytest.mark.parametrize("ahead", [1000.0, -1000.0])
async def test_a_clock_that_is_wrong(server: Any, ahead: float) -> None:
    """InvalidTimeStamp.Expired: more than fifteen minutes apart."""
    server.clock_s = ahead
    with pytest.raises(VendorMisset, match="时间"):
        await opened(server).send(MESSAGE)


@pytest.mark.parametrize(
    ("way", "error", "maybe_done"),
    [
        ("error isv.BUSINESS_LIMIT_CONTROL", VendorRefused, False),
        ("error isv.MOBILE_NUMBER_ILLEGAL", VendorRefused, False),
        ("error isv.SMS_CONTENT_ILLEGAL", VendorRefused, False),
        ("error isv.AMOUNT_NOT_ENOUGH", VendorMisset, False),
        ("error isv.SMS_SIGNATURE_ILLEGAL", VendorMisset, False),
        ("error isp.RAM_PERMISSION_DENY", VendorMisset, False),
        ("error Throttling.User", VendorAway, False),
        ("error isp.SYSTEM_ERROR", VendorAway, True),
        ("error NeverHeardOf", VendorAway, True),
        ("cut after", VendorAway, True),
        ("cut before", VendorAway, True),
        ("broken", VendorAway, True),
        ("list", VendorAway, True),
        ("other", VendorAway, True),
    ],
)
async def test_what_goes_wrong_out_there(server: Any, way: str, error: type[Exception], maybe_done: bool) -> None:
    """Told as what it is; no text of the server's comes into the error."""
    server.ways = [way]
    with pytest.raises(error) as told:
        await opened(server).send(MESSAGE)
    assert "happened" not in str(told.value)
    assert server.key_secret not in repr(told.value)
    if isinstance(told.value, VendorAway):
        assert told.value.maybe_done is maybe_done


def test_it_is_not_asked_twice() -> None:
    """The document says that the service knows no idempotency."""
    assert not aliyun_vendor().repeatable
