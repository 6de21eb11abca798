"""From what an admin typed to the settings of a vendor or a plugin, with each field's refusal beside the field."""

import ipaddress
import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen, yuan
from zhangfang_sdk.vendors import SettingField

_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}")
LONGEST_TYPED = 20_000
"""Of a field, before its own limit is looked at: nothing is cut that would be kept."""
LOCAL_NAMES = (".local", ".internal", ".localdomain", ".localhost", ".lan", ".home.arpa")
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_CARRYING_IPV4 = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))
"""Translation and tunnels (RFC 6052, 8215, 3056, 4380): an IPv4 address of any network behind one of IPv6."""


@dataclass(frozen=True, slots=True)
class Filled:
    """``plain`` and ``secrets`` by key; ``cleared`` are secrets to be forgotten; ``errors`` are Chinese sentences by key."""

    plain: Mapping[str, str | int]
    secrets: Mapping[str, str] = field(repr=False)
    cleared: frozenset[str]
    errors: Mapping[str, str]


def read_form(fields: Sequence[SettingField], typed: Mapping[str, str], kept: Collection[str] = ()) -> Filled:
    """Check what was typed. A secret left empty keeps what is set (``kept``); ``clear_<key>`` forgets an optional one."""
    plain: dict[str, str | int] = {}
    secrets: dict[str, str] = {}
    cleared: set[str] = set()
    errors: dict[str, str] = {}
    for wanted in fields:
        text = typed.get(wanted.key, "").strip()
        if wanted.kind == "secret" and not text:
            if typed.get(f"clear_{wanted.key}") and not wanted.required:
                cleared.add(wanted.key)
                continue
            if wanted.key in kept:
                continue
        if not text:
            if wanted.required:
                errors[wanted.key] = gettext("请填写这一项。")
            continue
        error = _fault(wanted, text)
        if error is not None:
            errors[wanted.key] = error
        elif wanted.kind == "secret":
            secrets[wanted.key] = text
        else:
            plain[wanted.key] = _value(wanted, text)
    return Filled(plain, secrets, frozenset(cleared), errors)


def shown(wanted: SettingField, value: str | int | None) -> str:
    """A value as its field shows it; nothing of a secret."""
    if value is None or wanted.kind == "secret":
        return ""
    if wanted.kind == "money" and isinstance(value, int):
        return yuan(value)
    return str(int(value)) if isinstance(value, int) else value


def _value(wanted: SettingField, text: str) -> str | int:
    if wanted.kind == "money":
        return fen(text)
    if wanted.kind == "switch":
        return text == "1"
    return int(text) if wanted.kind == "number" else text


def _fault(wanted: SettingField, text: str) -> str | None:
    if len(text) > wanted.longest:
        return gettext("最多 %(n)s 个字符。") % {"n": wanted.longest}
    if not text.isprintable():
        return gettext("含有看不见的字符,请重新粘贴。")
    if wanted.kind == "number":
        return _number_fault(wanted, text)
    if wanted.kind == "money":
        return _money_fault(wanted, text)
    if wanted.kind == "switch" and text not in ("0", "1"):
        return gettext("请从列表里选择。")
    if wanted.kind == "choice" and text not in {value for value, _ in wanted.choices}:
        return gettext("请从列表里选择。")
    if wanted.kind == "url":
        return _address_fault(text)
    if wanted.kind == "host":
        named = _HOST.fullmatch(text)
        return _host_fault(text) if named else gettext("请填写服务器的名称,例如 smtp.example.com。")
    return None


def _number_fault(wanted: SettingField, text: str) -> str | None:
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 15:
        return gettext("请填写整数。")
    if wanted.smallest is not None and int(text) < wanted.smallest:
        return gettext("不能小于 %(n)s。") % {"n": wanted.smallest}
    if wanted.largest is not None and int(text) > wanted.largest:
        return gettext("不能大于 %(n)s。") % {"n": wanted.largest}
    return None


def _money_fault(wanted: SettingField, text: str) -> str | None:
    try:
        value = fen(text)
    except Refusal as refusal:
        return refusal.sentence
    if wanted.smallest is not None and value < wanted.smallest:
        return gettext("不能小于 %(n)s。") % {"n": yuan(wanted.smallest)}
    if wanted.largest is not None and value > wanted.largest:
        return gettext("不能大于 %(n)s。") % {"n": yuan(wanted.largest)}
    return None


def _address_fault(text: str) -> str | None:
    """An admin of one firm must not make the server ask around in the operator's own network.

    Names that lead inside are the operator's firewall to stop: a name may be pointed elsewhere after it was checked.
    """
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme != "https" or not host or parts.username is not None or parts.fragment:
        return gettext("请填写 https:// 开头的网址。")
    return _host_fault(host)


def _host_fault(host: str) -> str | None:
    inside = gettext("不能指向内部网络的地址。")
    # As resolvers read it: other dots (RFC 3490, 3.1) are dots, and one at the end says nothing.
    name = unicodedata.normalize("NFKC", host.translate(_DOTS)).lower().removesuffix(".")
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        # What ends in a number is an IPv4 address, however it is spelled (WHATWG URL, 3.5): hexadecimal, octal, shortened.
        numeric = _NUMBER.fullmatch(name.rpartition(".")[2]) is not None
        return inside if numeric or "." not in name or name.endswith(LOCAL_NAMES) else None
    return None if address.is_global and not any(address in network for network in _CARRYING_IPV4) else inside
