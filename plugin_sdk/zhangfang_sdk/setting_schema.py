"""``[settings]`` of a manifest: what a firm may choose of a plugin. The host makes the page, checks what is typed and keeps it.

::

    [settings.tolerance]
    type = "money"          # text, number, money, switch, choice, url, secret
    title = "多少元以内的负数不提醒"
    help = "四舍五入的尾差不算风险。"
    default = 0             # in fen; every type but text and secret needs one
    smallest = 0
    largest = 100000
    per_client = true       # a client may have its own; secrets are the firm's alone
    # choices = [["weekly", "每周"], ["monthly", "每月"]]
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from zhangfang_sdk.vendors import FieldKind, SettingField

_KEYS = frozenset({"type", "title", "help", "default", "smallest", "largest", "longest", "choices", "per_client"})
_OF_TYPE: Mapping[str, type[Any]] = {"number": int, "money": int, "switch": bool}


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to choose. ``per_client``: a client's own choice goes before the firm's."""

    field: SettingField
    per_client: bool = False


def parse_settings(raw: Any) -> tuple[Setting, ...]:
    """From the table ``settings`` of a manifest. Raises ValueError with what is wrong."""
    if not isinstance(raw, dict):
        raise ValueError("[settings] must be a table of settings")
    return tuple(_setting(key, given) for key, given in raw.items())


def _setting(key: str, given: Any) -> Setting:
    if not isinstance(given, dict) or not key.isidentifier() or key != key.lower():
        raise ValueError(f"[settings.{key}] must be a table with a name in small letters")
    if unknown := given.keys() - _KEYS:
        raise ValueError(f"[settings.{key}] does not know {', '.join(sorted(unknown))}")
    kind: FieldKind = given.get("type", "")
    title = given.get("title")
    if kind not in get_args(FieldKind) or not isinstance(title, str) or not title:
        raise ValueError(f"[settings.{key}] needs a title and a type of {', '.join(get_args(FieldKind))}")
    if kind == "secret" and (given.get("per_client") or "default" in given):
        raise ValueError(f"[settings.{key}] is a secret: it has no default and belongs to the firm")
    choices = _choices(key, kind, given.get("choices", []))
    default: Any = given.get("default", "" if kind in ("text", "url", "secret") else None)
    wanted: type[Any] = _OF_TYPE.get(kind, str)
    if type(default) is not wanted or (choices and default not in dict(choices)):
        raise ValueError(f"[settings.{key}] needs a default that is a {wanted.__name__}, and one of its choices")
    smallest, largest = given.get("smallest"), given.get("largest")
    if wanted is int and ((smallest is not None and default < smallest) or (largest is not None and largest < default)):
        raise ValueError(f"[settings.{key}] has a default beyond its limits")
    field = SettingField(
        key=key,
        title=title,
        kind=kind,
        required=False,
        help=given.get("help", ""),
        choices=choices,
        default=wanted(default),
        smallest=smallest,
        largest=largest,
        longest=given.get("longest", 400),
    )
    return Setting(field, bool(given.get("per_client", False)))


def _choices(key: str, kind: str, given: Any) -> tuple[tuple[str, str], ...]:
    choices: tuple[Any, ...] = tuple(tuple(choice) for choice in given)
    if any(len(choice) != 2 or not all(isinstance(text, str) and text for text in choice) for choice in choices):
        raise ValueError(f"[settings.{key}] choices are pairs of a value and its title")
    if (kind == "choice") != bool(choices):
        raise ValueError(f"[settings.{key}] has choices if it is a choice, and only then")
    return choices
