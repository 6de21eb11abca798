"""Alibaba Cloud SMS (阿里云短信服务), SendSms of version 2017-05-25.

Request and answer: https://help.aliyun.com/document_detail/55284.html; error codes: https://help.aliyun.com/document_detail/101346.html. The
document says that SendSms is not idempotent: what may have been sent is not sent again (``repeatable`` is False). ``OutId`` carries our key,
so that a person finds the message in the vendor's console. How errors of the gateway come (HTTP 400 to 503 with ``Code``) is knowledge.
"""

import datetime as dt
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from zhangfang_messaging.acs_signature import query_of, signed_headers
from zhangfang_sdk.messages import Receipt, TextMessage
from zhangfang_sdk.vendor_http import post
from zhangfang_sdk.vendors import SettingField, Settings, Vendor, VendorAway, VendorKind, VendorMisset, VendorRefused

ENDPOINT: Final = "https://dysmsapi.aliyuncs.com"
VERSION: Final = "2017-05-25"
LARGEST_ANSWER: Final = 64 * 1024
_OK: Final = "OK"
_NOT_THERE: Final = "zhangfang-connection-test"
"""No account has such a signature or template: what the service says of it tells whether it believes the key."""

_KEY = "阿里云不接受这个 AccessKey,请核对 ID 和 Secret。"
_MONEY = "阿里云账户欠费或停用,请到阿里云控制台处理。"
_MISSET: Mapping[str, str] = {
    "InvalidAccessKeyId.NotFound": _KEY,
    "InvalidAccessKeyId.Inactive": _KEY,
    "SignatureDoesNotMatch": _KEY,
    "IncompleteSignature": _KEY,
    "isv.ACCOUNT_NOT_EXISTS": _KEY,
    "isp.RAM_PERMISSION_DENY": "这个 AccessKey 没有短信权限,请在访问控制里授权。",
    "Forbidden.RAM": "这个 AccessKey 没有短信权限,请在访问控制里授权。",
    "InvalidTimeStamp.Expired": "服务器的时间不准,请校准后再试。",
    "isv.ACCOUNT_ABNORMAL": _MONEY,
    "isv.OUT_OF_SERVICE": _MONEY,
    "isv.AMOUNT_NOT_ENOUGH": _MONEY,
    "isv.PRODUCT_UN_SUBSCRIPT": "阿里云账户还没有开通短信服务。",
    "isv.PRODUCT_UNSUBSCRIBE": "阿里云账户还没有开通短信服务。",
    "isv.SMS_SIGNATURE_ILLEGAL": "短信签名没有通过审核或写错了。",
    "isv.SMS_SIGN_ILLEGAL": "短信签名没有通过审核或写错了。",
    "isv.SIGN_STATE_ILLEGAL": "短信签名没有通过审核或写错了。",
    "isv.SMS_SIGNATURE_SCENE_ILLEGAL": "短信签名的类型和模板不一致。",
    "isv.DENY_IP_RANGE": "阿里云不接受从境外发出的请求。",
    "isv.DAY_LIMIT_CONTROL": "达到您在阿里云设置的每日发送上限。",
    "isv.MONTH_LIMIT_CONTROL": "达到您在阿里云设置的每月发送上限。",
}
_REFUSED: Mapping[str, tuple[str, str]] = {
    "isv.MOBILE_NUMBER_ILLEGAL": ("sms.bad_number", "手机号码不对。"),
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": ("sms.bad_number", "这个模板不能发往这个号码。"),
    "isv.BUSINESS_LIMIT_CONTROL": ("sms.blocked", "发给这个号码的短信太多,运营商限制了发送。"),
    "isv.SMS_CONTENT_ILLEGAL": ("sms.blocked", "短信里有运营商禁止的内容。"),
    "isv.BLACK_KEY_CONTROL_LIMIT": ("sms.blocked", "短信里有运营商禁止的内容。"),
    "isv.SMS_TEMPLATE_ILLEGAL": ("sms.unknown_template", "短信模板没有通过审核或写错了。"),
    "isv.TEMPLATE_MISSING_PARAMETERS": ("sms.unknown_template", "短信模板的变量和要求的不一致。"),
    "isv.TEMPLATE_PARAMS_ILLEGAL": ("sms.unknown_template", "短信模板的变量不接受这样的内容。"),
    "isv.PARAM_LENGTH_LIMIT": ("sms.unknown_template", "短信模板的变量不接受这样长的内容。"),
}
_TEMPLATES: Mapping[str, str] = {
    "verification_code": "template_code",
    "notice": "template_notice",
    "notice_digest": "template_digest",
}
"""Our names of texts, and the setting that holds the vendor's code of each."""


@dataclass(frozen=True, slots=True)
class AliyunSms:
    """``templates`` are the vendor's codes by our names."""

    key_id: str
    key_secret: str = field(repr=False)
    sign: str
    templates: Mapping[str, str]
    endpoint: str

    async def send(self, message: TextMessage) -> Receipt:
        """See :class:`zhangfang_sdk.messages.TextSender`."""
        template = self.templates.get(message.template, "")
        if not template:
            raise VendorRefused("sms.unknown_template", "还没有填写这类短信的模板编号,请在“外部服务”里补上。")
        answer = await self._asked(message.phone, self.sign, template, dict(message.values), message.key)
        code = answer.get("Code")
        if code != _OK:
            raise _failure(code)
        reference = answer.get("BizId")
        if not isinstance(reference, str) or not reference:
            raise VendorAway("the answer has no BizId")
        return Receipt(reference, dt.datetime.now(dt.UTC))

    async def test(self) -> None:
        """Ask for a message that cannot be sent: nothing is sent or charged."""
        answer = await self._asked("+8610000000000", _NOT_THERE, "SMS_0", {}, _NOT_THERE)
        code = answer.get("Code")
        known = isinstance(code, str) and (code in _REFUSED or code.startswith("isv.SMS_SIGN"))
        if not known:
            raise _failure(code)

    async def _asked(self, phone: str, sign: str, template: str, values: dict[str, str], key: str) -> Mapping[str, Any]:
        query = query_of(
            {
                "PhoneNumbers": phone,
                "SignName": sign,
                "TemplateCode": template,
                "TemplateParam": json.dumps(values, ensure_ascii=False),
                "OutId": key,
            }
        )
        headers = signed_headers(
            self.key_id,
            self.key_secret,
            host=urlsplit(self.endpoint).netloc,
            action="SendSms",
            version=VERSION,
            query=query,
            at=dt.datetime.now(dt.UTC),
            nonce=secrets.token_hex(16),
        )
        address = f"{self.endpoint}/?{query}"
        headers = {**headers, "accept": "application/json"}
        return _answer(*await post(address, headers, seconds=20.0, largest=LARGEST_ANSWER))


def _answer(status: int, body: bytes) -> Mapping[str, Any]:
    """Errors of the gateway come with a status of their own and the same fields."""
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise VendorAway(f"status {status} without the JSON that was promised") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("Code"), str):
        raise VendorAway(f"status {status} without a code")
    return answer


def _failure(code: object) -> VendorAway | VendorMisset | VendorRefused:
    known = code if isinstance(code, str) else ""
    if known in _MISSET:
        return VendorMisset(_MISSET[known])
    if known in _REFUSED:
        return VendorRefused(*_REFUSED[known])
    if known.startswith("Throttling"):
        return VendorAway("too many requests", maybe_done=False, retry_after=1.0)
    return VendorAway("the service failed inside")


def aliyun_vendor(endpoint: str = ENDPOINT) -> Vendor:
    """The vendor as it is offered; tests name another endpoint."""

    def opened(settings: Settings) -> AliyunSms:
        templates = {ours: str(settings.get(field, "")) for ours, field in _TEMPLATES.items()}
        return AliyunSms(
            str(settings["key_id"]), str(settings["key_secret"]), str(settings["sign"]), templates, endpoint
        )

    return Vendor(
        VendorKind.SMS,
        "aliyun",
        "阿里云短信",
        opened,
        settings=(
            SettingField("key_id", "AccessKey ID", help="建议用只有短信权限的 RAM 用户。", longest=100),
            SettingField("key_secret", "AccessKey Secret", "secret", help="创建 AccessKey 时只显示一次。", longest=100),
            SettingField("sign", "短信签名", longest=40),
            SettingField("template_code", "验证码模板", help="变量 code、minutes。在阿里云短信控制台“模板管理”里申请,形如 SMS_123456789。", longest=40),
            SettingField("template_notice", "通知模板", help="变量 text(35 字以内)。在阿里云短信控制台“模板管理”里申请,形如 SMS_123456789。", longest=40),
            SettingField("template_digest", "合并通知模板", help="变量 count。在阿里云短信控制台“模板管理”里申请,形如 SMS_123456789。", longest=40),
        ),
        summary="手机号和短信内容会发给阿里云,按条收费。阿里云不能识别重复请求:没有回音的短信由您决定是否再发。",
        seconds=30.0,
    )
