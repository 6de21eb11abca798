"""Phone numbers as people write them, in the form in which they are kept (E.164)."""

import re
import unicodedata

import phonenumbers

from zhangfang_sdk.errors import Refusal

HOME = "CN"
"""Numbers written without a country's code are this country's."""
_WRITTEN = re.compile(r"[0-9+() .\u2010-\u2015-]{3,30}")


def phone_written(text: str, field: str = "phone") -> str:
    """"138 0013 8000" → "+8613800138000". Raises Refusal ``contact.phone_wrong``."""
    written = unicodedata.normalize("NFKC", text).strip()
    if not _WRITTEN.fullmatch(written):
        raise _wrong(field)
    try:
        number = phonenumbers.parse(written, HOME)
    except phonenumbers.NumberParseException as error:
        raise _wrong(field) from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise _wrong(field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_messages(phone: str) -> bool:
    """Whether a number in E.164 form may be a mobile phone's."""
    kind = phonenumbers.number_type(phonenumbers.parse(phone))
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def _wrong(field: str) -> Refusal:
    return Refusal(
        "contact.phone_wrong",
        "电话号码不对。国内手机填 11 位,座机带区号;国外号码请以 + 和国家代码开头。",
        field=field,
    )
