"""Tencent Cloud's text recognition (腾讯云 文字识别 OCR, GeneralAccurateOCR 通用印刷体识别高精度版).

Sources: request and answer, https://www.tencentcloud.com/document/product/1005/38268 (version 2018-11-19, as of 2026-03-19); error codes,
see :mod:`zhangfang_capture_ocr.vendors.tencent_api`.
"""

from __future__ import annotations

import asyncio
import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PIL import Image

from zhangfang_capture_ocr.vendors.tencent_api import ENDPOINT, KEYS, TencentApi, TencentFault
from zhangfang_sdk.recognition import Bitmap, TextBox
from zhangfang_sdk.vendors import Settings, Vendor, VendorAway, VendorKind, VendorMisset, VendorRefused

ACTION: Final = "GeneralAccurateOCR"
LARGEST_BASE64: Final = 7 * 1024 * 1024
"""Characters of the picture in base64 that the service takes."""
_QUALITIES: Final = (92, 80, 60, 40)
_BLANK: Final = Bitmap(64, 64, b"\xff" * (64 * 64 * 3))

_MISSET: Final = {
    "FailedOperation.UnOpenError": "这个腾讯云账号还没有开通文字识别,请在腾讯云控制台开通“通用印刷体识别(高精度版)”。",
    "FailedOperation.CountLimitError": "腾讯云账号今天的识别次数已用完,请在控制台提高限额,或等到明天。",
}
_REFUSED: Final = {
    "FailedOperation.ImageDecodeFailed": "腾讯云打不开这张图片。",
    "FailedOperation.ImageSizeTooLarge": "图片太大,腾讯云不收。",
    "FailedOperation.ImageBlur": "图片太模糊,腾讯云认不出文字。",
    "LimitExceeded.TooLargeFileError": "图片太大,腾讯云不收。",
    "InvalidParameter": "腾讯云不收这张图片。",
    "InvalidParameterValue": "腾讯云不收这张图片。",
}
"""By error code or the part before its dot."""
_NO_TEXT: Final = "FailedOperation.ImageNoText"


class TencentOcr:
    """A `TextRecogniser` out there: pictures are sent to Tencent Cloud."""

    def __init__(self, secret_id: str, secret_key: str, endpoint: str = ENDPOINT) -> None:
        self._api = TencentApi(secret_id, secret_key, endpoint)

    async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
        """Sends the picture as JPEG. Raises VendorAway, VendorMisset, VendorRefused (``ocr.unreadable``), TimeoutError."""
        picture = await asyncio.to_thread(_jpeg, bitmap)
        answer = await self._asked({"ImageBase64": base64.b64encode(picture).decode()})
        return () if answer is None else _boxes(answer, bitmap)

    async def test(self) -> None:
        """A blank picture: the key is checked before the service says that there is no text on it."""
        await self.recognise(_BLANK)

    async def _asked(self, question: Mapping[str, object]) -> Mapping[str, Any] | None:
        """The answer, None when there is no text on the picture."""
        try:
            return await self._api.ask(ACTION, question)
        except TencentFault as fault:
            if fault.code == _NO_TEXT:
                return None
            raise _failure(fault) from None


def tencent_vendor(endpoint: str = ENDPOINT) -> Vendor:
    """The vendor as it is offered; tests name another endpoint."""

    def opened(settings: Settings) -> TencentOcr:
        return TencentOcr(str(settings["secret_id"]), str(settings["secret_key"]), endpoint)

    return Vendor(
        VendorKind.OCR,
        "tencent",
        "腾讯云文字识别(高精度版)",
        opened,
        settings=KEYS,
        summary="图片会发给腾讯云识别,按次收费;适合本机识别太慢或认不准时使用。",
        seconds=20.0,
    )


def _failure(fault: TencentFault) -> VendorAway | VendorMisset | VendorRefused:
    refused = _REFUSED.get(fault.code) or _REFUSED.get(fault.family)
    return fault.told(_MISSET) if refused is None else VendorRefused("ocr.unreadable", refused)


def _boxes(answer: Mapping[str, Any], bitmap: Bitmap) -> list[TextBox]:
    try:
        turned = _turned(answer)
        return [_box(found, turned, bitmap) for found in answer["TextDetections"] if found["DetectedText"].strip()]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise VendorAway("the answer has another form than was promised") from error


def _box(found: Mapping[str, Any], turned: int, bitmap: Bitmap) -> TextBox:
    # A line without its place would be read into another's: better ask the next vendor.
    across = [min(max(float(corner["X"]) / bitmap.width, 0.0), 1.0) for corner in found["Polygon"]]
    down = [min(max(float(corner["Y"]) / bitmap.height, 0.0), 1.0) for corner in found["Polygon"]]
    confidence = min(max(float(found["Confidence"]) / 100, 0.0), 1.0)
    return TextBox(found["DetectedText"], confidence, min(across), min(down), max(across), max(down), turned)


def _turned(answer: Mapping[str, Any]) -> int:
    """``Angle`` (earlier spelled ``Angel``) is by how much the text lies clockwise; turning back makes it stand upright."""
    angle = answer.get("Angle", answer.get("Angel")) or 0.0
    return round(-float(angle) / 90) * 90 % 360


def _jpeg(bitmap: Bitmap) -> bytes:
    """The picture at the best quality that the service takes. Raises VendorRefused."""
    picture = Image.frombytes("RGB", (bitmap.width, bitmap.height), bitmap.rgb)
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if -(-out.tell() // 3) * 4 <= LARGEST_BASE64:
            return out.getvalue()
    raise VendorRefused("ocr.unreadable", _REFUSED["FailedOperation.ImageSizeTooLarge"])
