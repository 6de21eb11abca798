"""What stands on the trail as people read it: codes of core's by their titles, amounts in yuan, lists without brackets."""

import re
from collections.abc import Mapping
from typing import Any

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.translations import gettext
from zhangfang_core.notices import kinds
from zhangfang_core.tenancy import fact_values, fact_wording
from zhangfang_core.trail.fact_names import fact_name
from zhangfang_core.vendors.offers import offers
from zhangfang_core.vendors.wording import title_of
from zhangfang_sdk.money import yuan
from zhangfang_sdk.profile import FactKind, FactSource
from zhangfang_sdk.vendors import VendorKind

MOST_LISTED = 20
_IN_FEN = re.compile(r"\s?\((?:分|fen)\)$")


def subject_words(subject: str, action: str) -> str:
    """ "凭证 17" for "core_voucher:17"; what people know by a name by that."""
    kind, _, number = subject.partition(":")
    return f"{gettext(fact_name(kind, action), _plugin(action))} {_called(kind, number)}".strip()


def changes(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs, each with its name, as it was and as it is; "" where it was or is not."""
    return [
        _change(key, action, before, after) for key in sorted({*before, *after}) if before.get(key) != after.get(key)
    ]


def _change(key: str, action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str, str]:
    name = gettext(fact_name(key, action), _plugin(action))
    said = [_words(key, action, each.get(key), each) for each in (before, after)]
    if _IN_FEN.search(name):
        name = _IN_FEN.sub("", name)
        said = [
            gettext("{amount} 元").format(amount=yuan(value)) if type(value) is int else words
            for words, value in zip(said, (before.get(key), after.get(key)), strict=True)
        ]
    return name, said[0], said[1]


def _words(key: str, action: str, value: Any, beside: Mapping[str, Any]) -> str:
    if value is None:
        return ""
    if action.startswith("profile.") and (told := _of_profile(key, value, beside)) is not None:
        return told
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, list):
        shown = "、".join(_words(key, action, each, beside) for each in value[:MOST_LISTED])
        more = gettext("等 %(n)s 项") % {"n": len(value)} if len(value) > MOST_LISTED else ""
        return f"{shown} {more}".strip()
    if isinstance(value, dict):
        parts = ((gettext(fact_name(part, action), _plugin(action)), _words(part, action, v, beside)) for part, v in value.items())
        return " · ".join(f"{name} {words}" for name, words in parts if words)
    return _title(key, value) if isinstance(value, str) else str(value)


def _of_profile(key: str, value: Any, beside: Mapping[str, Any]) -> str | None:
    """Entries of a client's profile, as its page shows them; None for what is none, and for kinds that are no more."""
    try:
        kind = FactKind(beside["kind"])
        if key == "kind":
            return fact_wording.titles()[kind]
        if key == "source":
            return fact_wording.sources()[FactSource(value)]
        return fact_wording.shown(kind, fact_values.read(kind, value)) if key == "value" else None
    except (KeyError, TypeError, ValueError):
        return None


def _title(key: str, value: str) -> str:
    """Of a code that core knows; others stand as they are."""
    if key in ("source", "plugin", "module", "with_it", "back_with_it", "dependants_off"):
        return _module(value)
    if key == "closed":
        return kinds.title_of(value)
    if key == "kind" and value in list(VendorKind):
        return title_of(VendorKind(value))
    return value


def _called(kind: str, number: str) -> str:
    if kind == "module":
        return _module(number)
    if kind == "vendor":
        found = next((offer.vendor.title for (_, id_), offer in offers().items() if id_ == number), None)
        return number if found is None else gettext(found, number.partition(".")[0])
    return number


def _module(id_: str) -> str:
    module = registry().modules.get(id_)
    return id_ if module is None else gettext(module.manifest.title, id_)


def _plugin(action: str) -> str:
    """What stands before an action's dot: a plugin, or a room of core's."""
    return action.partition(".")[0]
