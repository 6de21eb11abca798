"""Tencent Cloud's text recognition (腾讯云 文字识别 OCR, GeneralAccurateOCR 通用印刷体识别高精度版).

Sources: request and answer, https://www.tencentcloud.com/document/product/1005/38268 (version 2018-11-19, as of 2026-03-19); common error
codes, https://tencentcloud.com/document/product/1140/51177; those of the service, ``tencentcloud/ocr/v20181119/errorcodes.py`` in
https://github.com/TencentCloud/tencentcloud-sdk-python. Errors come with HTTP status 200.
"""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from PIL import Image

from zhangfang_capture_ocr.vendors.tencent_signature import CONTENT_TYPE, authorization
from zhangfang_sdk.recognition import Bitmap, TextBox
from zhangfang_sdk.vendor_http import post
from zhangfang_sdk.vendors import (
    SettingField,
    Settings,
    Vendor,
    VendorAway,
    VendorKind,
    VendorMisset,
    VendorRefused,
)

ENDPOINT: Final = "https://ocr.tencentcloudapi.com"
ACTION, VERSION, SERVICE = "GeneralAccurateOCR", "2018-11-19", "ocr"
LARGEST_BASE64: Final = 7 * 1024 * 1024
"""Characters of the picture in base64 that the service takes."""
LARGEST_ANSWER: Final = 16 * 1024 * 1024
_QUALITIES: Final = (92, 80, 60, 40)
_BLANK: Final = Bitmap(64, 64, b"\xff" * (64 * 64 * 3))

_KEY_WRONG: Final = "腾讯云不认这组密钥,请核对 SecretId 和 SecretKey(不要多空格),或在控制台查看是否被停用。"
_CLOCK_WRONG: Final = "服务器的时间与标准时间相差超过 5 分钟,腾讯云拒绝了请求。请让系统维护人员校准时间。"
_NOT_OPEN: Final = "这个腾讯云账号还没有开通文字识别,请在腾讯云控制台开通“通用印刷体识别(高精度版)”。"
_NO_MONEY: Final = "腾讯云账号已欠费,请充值后再用。"
_USED_UP: Final = "腾讯云账号的识别次数已用完,请在控制台购买资源包或开通后付费。"
_NOT_ALLOWED: Final = "这组密钥没有使用文字识别的权限,请在腾讯云访问管理里授权。"

_MISSET: Final = {
    "AuthFailure.SignatureExpire": _CLOCK_WRONG,
    "AuthFailure.UnauthorizedOperation": _NOT_ALLOWED,
    "AuthFailure": _KEY_WRONG,
    "UnauthorizedOperation": _NOT_ALLOWED,
    "FailedOperation.UnOpenError": _NOT_OPEN,
    "FailedOperation.ArrearsError": _NO_MONEY,
    "ResourceUnavailable.InArrears": _NO_MONEY,
    "FailedOperation.UserQuotaError": _USED_UP,
    "FailedOperation.CountLimitError": _USED_UP,
    "ResourceUnavailable.ResourcePackageRunOut": _USED_UP,
    "ResourcesSoldOut": _USED_UP,
}
_REFUSED: Final = {
    "FailedOperation.ImageDecodeFailed": "腾讯云打不开这张图片。",
    "FailedOperation.ImageSizeTooLarge": "图片太大,腾讯云不收。",
    "FailedOperation.ImageBlur": "图片太模糊,腾讯云认不出文字。",
    "LimitExceeded.TooLargeFileError": "图片太大,腾讯云不收。",
    "InvalidParameter": "腾讯云不收这张图片。",
    "InvalidParameterValue": "腾讯云不收这张图片。",
}
"""By error code or the part before its dot; every other code is taken for a passing failure."""
_NO_TEXT: Final = "FailedOperation.ImageNoText"
_TOO_OFTEN: Final = "RequestLimitExceeded"


class TencentOcr:
    """A `TextRecogniser` out there: pictures are sent to Tencent Cloud."""

    def __init__(self, secret_id: str, secret_key: str, endpoint: str = ENDPOINT) -> None:
        self._secret_id = secret_id
        self._secret_key = secret_key
        self._endpoint = endpoint

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
        body = json.dumps(question).encode()
        at = int(time.time())
        host = urlsplit(self._endpoint).netloc
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": ACTION,
            "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(at),
            "Authorization": authorization(
                self._secret_id, self._secret_key, service=SERVICE, host=host, body=body, at=at
            ),
        }
        answer = _answer(*await post(self._endpoint, headers, body, seconds=30.0, largest=LARGEST_ANSWER))
        error = answer.get("Error")
        if error is None:
            return answer
        code = error.get("Code") if isinstance(error, dict) else None
        if code == _NO_TEXT:
            return None
        raise _failure(code if isinstance(code, str) else "")


def tencent_vendor(endpoint: str = ENDPOINT) -> Vendor:
    """The vendor as it is offered; tests name another endpoint."""

    def opened(settings: Settings) -> TencentOcr:
        return TencentOcr(str(settings["secret_id"]), str(settings["secret_key"]), endpoint)

    return Vendor(
        VendorKind.OCR,
        "tencent",
        "腾讯云文字识别(高精度版)",
        opened,
        settings=(
            SettingField("secret_id", "SecretId", help="腾讯云控制台 → 访问管理 → API 密钥管理。", longest=100),
            SettingField("secret_key", "SecretKey", "secret", help="建议用只有文字识别权限的子账号。", longest=100),
        ),
        summary="图片会发给腾讯云识别,按次收费;适合本机识别太慢或认不准时使用。",
        seconds=20.0,
    )


def _answer(status: int, body: bytes) -> dict[str, Any]:
    if status != 200:
        raise VendorAway(f"status {status}")
    try:
        answer = json.loads(body)["Response"]
    except (ValueError, KeyError, TypeError) as error:
        raise VendorAway("the answer is not the JSON that was promised") from error
    if not isinstance(answer, dict):
        raise VendorAway("the answer is not the JSON that was promised")
    return answer


def _failure(code: str) -> VendorAway | VendorMisset | VendorRefused:
    whole, family = code, code.partition(".")[0]
    if family == _TOO_OFTEN:
        return VendorAway("too many requests", maybe_done=False, retry_after=1.0)
    misset = _MISSET.get(whole) or _MISSET.get(family)
    if misset is not None:
        return VendorMisset(misset)
    refused = _REFUSED.get(whole) or _REFUSED.get(family)
    if refused is not None:
        return VendorRefused("ocr.unreadable", refused)
    return VendorAway("the service failed inside")


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
