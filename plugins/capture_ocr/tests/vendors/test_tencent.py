"""PLAT-5: the adapter of Tencent Cloud's text recognition, against a server written from its published protocol."""

import logging
import os
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from zhangfang_capture_ocr.vendors.tencent import tencent_vendor
from zhangfang_capture_ocr.vendors.tencent_signature import authorization
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.pace import in_time
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.testing.vendors import OFFERING, Steered, offering
from zhangfang_core.vendors import service
from zhangfang_core.vendors.choices import choose, offer_to_choose
from zhangfang_core.vendors.setting_forms import read_form
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.recognition import Bitmap, TextRecogniser
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.vendors import OcrContract
from zhangfang_sdk.vendors import VendorAway, VendorMisset, VendorRefused, Vendors

WIDTH, HEIGHT = 400, 300
PICTURE = Bitmap(WIDTH, HEIGHT, b"\x00" * (WIDTH * HEIGHT * 3))


def settings_of(server: Any, **others: str) -> dict[str, str | int]:
    return {"secret_id": server.secret_id, "secret_key": server.secret_key, **others}


def opened(server: Any, **others: str) -> Any:
    return tencent_vendor(server.endpoint).open(settings_of(server, **others))


def test_the_signature_is_the_document_s_own_example() -> None:
    """签名方法 v3 prints this request with these keys and this signature."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    header = authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        service="cvm",
        host="cvm.tencentcloudapi.com",
        body=body,
        at=1551113065,
    )
    assert header == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


async def test_the_contract(server: Any) -> None:
    """PLAT-5: the kit that every OCR vendor runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = tencent_vendor(f"http://127.0.0.1:{taken.getsockname()[1]}")
        await OcrContract(
            tencent_vendor(server.endpoint),
            settings_of(server),
            picture=PICTURE,
            words=("电子发票", "¥100.00"),
            wrong=settings_of(server, secret_key="sk-wrong"),
            unreachable=nobody,
        ).check_all()


async def test_lines_have_their_places_as_shares(server: Any) -> None:
    boxes = await opened(server).recognise(PICTURE)
    assert [(b.text, b.confidence) for b in boxes] == [("电子发票(普通发票)", 0.99), ("价税合计 ¥100.00", 0.96)]
    assert [round(side, 2) for side in (boxes[0].left, boxes[0].top, boxes[0].right, boxes[0].bottom)] == [
        0.3, 0.1, 0.7, 0.16,
    ]  # fmt: skip
    assert server.pictures == [(WIDTH, HEIGHT)]


@pytest.mark.parametrize(
    ("angle", "turned"), [(0.0, 0), (1.5, 0), (90.0, 270), (-90.0, 90), (180.0, 180), (-179.0, 180)]
)
async def test_a_picture_that_lies_turned(server: Any, angle: float, turned: int) -> None:
    """``Angle``: clockwise positive; what is told is by how much the picture must be turned clockwise."""
    server.angle = angle
    assert {box.turned for box in await opened(server).recognise(PICTURE)} == {turned}


@pytest.mark.parametrize(
    ("others", "words"),
    [({"secret_id": "AKIDother"}, "密钥"), ({"secret_key": "sk-other"}, "密钥")],
    ids=["unknown id", "wrong key"],
)
async def test_a_wrong_key(server: Any, others: dict[str, str], words: str) -> None:
    vendor = opened(server, **others)
    for asked in (vendor.test(), vendor.recognise(PICTURE)):
        with pytest.raises(VendorMisset, match=words):
            await asked


@pytest.mark.parametrize("ahead", [400.0, -400.0])
async def test_a_clock_that_is_wrong(server: Any, ahead: float) -> None:
    """AuthFailure.SignatureExpire: more than five minutes apart."""
    server.clock_s = ahead
    with pytest.raises(VendorMisset, match="时间"):
        await opened(server).test()
    server.clock_s = ahead / 2
    await opened(server).test()


@pytest.mark.parametrize(
    ("way", "error"),
    [
        ("error RequestLimitExceeded", VendorAway),
        ("error RequestLimitExceeded.UinLimitExceeded", VendorAway),
        ("error InternalError", VendorAway),
        ("error FailedOperation.EngineRecognizeTimeout", VendorAway),
        ("error NeverHeardOf", VendorAway),
        ("error AuthFailure.TokenFailure", VendorMisset),
        ("error FailedOperation.UnOpenError", VendorMisset),
        ("error ResourceUnavailable.InArrears", VendorMisset),
        ("error ResourcesSoldOut.ChargeStatusException", VendorMisset),
        ("error FailedOperation.ImageDecodeFailed", VendorRefused),
        ("error InvalidParameter.EngineImageDecodeFailed", VendorRefused),
        ("500", VendorAway),
        ("502", VendorAway),
        ("429", VendorAway),
        ("403", VendorAway),
        ("302", VendorAway),
        ("broken", VendorAway),
        ("list", VendorAway),
        ("other", VendorAway),
        ("cut before", VendorAway),
        ("cut within", VendorAway),
    ],
)
async def test_what_goes_wrong_out_there(server: Any, way: str, error: type[Exception]) -> None:
    """Told as what it is; no text of the server's comes into the error; the next request is answered again."""
    server.ways = [way]
    with pytest.raises(error) as told:
        await opened(server).recognise(PICTURE)
    assert "happened" not in str(told.value)
    assert server.secret_key not in repr(told.value)
    assert len(await opened(server).recognise(PICTURE)) == 2


async def test_too_many_requests_are_waited_for(server: Any) -> None:
    server.ways = ["error RequestLimitExceeded"]
    with pytest.raises(VendorAway) as told:
        await opened(server).recognise(PICTURE)
    assert told.value.retry_after == 1.0
    assert not told.value.maybe_done


async def test_a_large_photo_is_made_small_enough(server: Any) -> None:
    """At most 7 MB in base64: noise at full size is sent at a lower quality, with its places unchanged."""
    noise = Bitmap(3000, 3000, os.urandom(3000 * 3000 * 3))
    boxes = await opened(server).recognise(noise)
    assert server.pictures == [(3000, 3000)]
    assert round(boxes[0].left, 2) == 0.3


async def ask(firm: TestFirm, *, seconds: float | None = None) -> Any:
    with in_scope(system_scope(firm.id)):
        return await use(Vendors).call(TextRecogniser, lambda v: v.recognise(PICTURE), seconds=seconds)


@pytest.fixture
async def behind_it(server: Any, firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Steered]:
    """The firm chose Tencent first, then one of its own."""
    monkeypatch.setattr(service, "FIRST_WAIT_S", 0.01)
    local, tencent = Steered("local"), tencent_vendor(server.endpoint)
    with offering(local, tencent):
        async with scoped_transaction(system_scope(firm.id)):
            for name, typed in (("tencent", settings_of(server)), ("local", {})):
                offer = await offer_to_choose("ocr", f"{OFFERING}.{name}")
                await choose(offer, read_form(offer.vendor.settings, {k: str(v) for k, v in typed.items()}))
        yield local


async def test_behind_the_service(
    server: Any, behind_it: Steered, firm: TestFirm, caplog: pytest.LogCaptureFixture
) -> None:
    """PLAT-5: repeated after a 5xx, left for the next vendor when slow or misset; nothing secret in the log at its most talkative."""
    with caplog.at_level(logging.DEBUG):
        server.ways = ["500", "cut before"]
        assert (await ask(firm)).vendor == "capture_ocr.tencent"
        assert server.asked == 3

        server.slow_s, server.ways = 1.5, ["slow"]
        began = time.monotonic()
        assert (await ask(firm, seconds=0.3)).vendor == "capture_ocr.local"
        assert time.monotonic() - began < in_time(1.2)
        assert server.asked == 4, "not repeated"

        server.ways = ["error FailedOperation.ArrearsError"]
        assert (await ask(firm)).vendor == "capture_ocr.local"
        assert server.asked == 5, "not repeated"
    assert server.secret_key not in caplog.text
