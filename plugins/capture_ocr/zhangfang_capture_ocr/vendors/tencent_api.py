"""One question to Tencent Cloud's product 文字识别 (ocr.tencentcloudapi.com, API 3.0), signed, and what its error codes mean for any of its actions.

Sources: common parameters and error codes, https://tencentcloud.com/document/product/1140/51177; those of the product,
``tencentcloud/ocr/v20181119/errorcodes.py`` in https://github.com/TencentCloud/tencentcloud-sdk-python. Errors come with HTTP status 200.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from zhangfang_capture_ocr.vendors.tencent_signature import CONTENT_TYPE, authorization
from zhangfang_sdk.vendor_http import post
from zhangfang_sdk.vendors import SettingField, VendorAway, VendorMisset

ENDPOINT: Final = "https://ocr.tencentcloudapi.com"
VERSION, SERVICE = "2018-11-19", "ocr"
LARGEST_ANSWER: Final = 16 * 1024 * 1024
SILENCE_S: Final = 30.0

KEYS: Final = (
    SettingField("secret_id", "SecretId", help="腾讯云控制台 → 访问管理 → API 密钥管理。", longest=100),
    SettingField("secret_key", "SecretKey", "secret", help="建议用只有文字识别权限的子账号。", longest=100),
)
"""The settings of every vendor that asks here."""

_KEY_WRONG: Final = "腾讯云不认这组密钥,请核对 SecretId 和 SecretKey(不要多空格),或在控制台查看是否被停用。"
_CLOCK_WRONG: Final = "服务器的时间与标准时间相差超过 5 分钟,腾讯云拒绝了请求。请让系统维护人员校准时间。"
_NO_MONEY: Final = "腾讯云账号已欠费,请充值后再用。"
_USED_UP: Final = "腾讯云账号的次数已用完,请在控制台购买资源包或开通后付费。"
_NOT_ALLOWED: Final = "这组密钥没有使用文字识别的权限,请在腾讯云访问管理里授权。"

_MISSET: Final = {
    "AuthFailure.SignatureExpire": _CLOCK_WRONG,
    "AuthFailure.UnauthorizedOperation": _NOT_ALLOWED,
    "AuthFailure": _KEY_WRONG,
    "UnauthorizedOperation": _NOT_ALLOWED,
    "FailedOperation.ArrearsError": _NO_MONEY,
    "ResourceUnavailable.InArrears": _NO_MONEY,
    "FailedOperation.UserQuotaError": _USED_UP,
    "ResourceUnavailable.ResourcePackageRunOut": _USED_UP,
    "ResourcesSoldOut": _USED_UP,
}
"""By error code or the part before its dot."""
_TOO_MANY: Final = "RequestLimitExceeded"


class TencentFault(Exception):
    """The service answered with an error: its ``code``, and the id under which it knows the request. Its message is not kept."""

    def __init__(self, code: str, request_id: str) -> None:
        super().__init__(code)
        self.code, self.request_id = code, request_id

    @property
    def family(self) -> str:
        """The part before the dot."""
        return self.code.partition(".")[0]

    def told(self, misset: Mapping[str, str]) -> VendorAway | VendorMisset:
        """As every action tells it; ``misset`` are sentences of the action's own by code. What nobody knows is a passing failure."""
        if self.family == _TOO_MANY:
            return VendorAway("too many requests", maybe_done=False, retry_after=1.0)
        sentence = misset.get(self.code) or _MISSET.get(self.code) or _MISSET.get(self.family)
        return VendorAway("the service failed inside") if sentence is None else VendorMisset(sentence)


class TencentApi:
    """Asks with one pair of keys."""

    def __init__(self, secret_id: str, secret_key: str, endpoint: str) -> None:
        self._secret_id, self._secret_key, self._endpoint = secret_id, secret_key, endpoint

    async def ask(self, action: str, question: Mapping[str, object]) -> Mapping[str, Any]:
        """What stands under ``Response``. Raises TencentFault, VendorAway, TimeoutError."""
        body = json.dumps(question).encode()
        at = int(time.time())
        host = urlsplit(self._endpoint).netloc
        signature = authorization(self._secret_id, self._secret_key, service=SERVICE, host=host, body=body, at=at)
        headers = {
            "Content-Type": CONTENT_TYPE,
            "Host": host,
            "X-TC-Action": action,
            "X-TC-Version": VERSION,
            "X-TC-Timestamp": str(at),
            "Authorization": signature,
        }
        answer = _answer(*await post(self._endpoint, headers, body, seconds=SILENCE_S, largest=LARGEST_ANSWER))
        error = answer.get("Error")
        if error is None:
            return answer
        code = error.get("Code") if isinstance(error, dict) else None
        raise TencentFault(code if isinstance(code, str) else "", request_id(answer))


def request_id(answer: Mapping[str, Any]) -> str:
    """Under what the service knows the request, "" where it does not say."""
    given = answer.get("RequestId")
    return given if isinstance(given, str) else ""


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
