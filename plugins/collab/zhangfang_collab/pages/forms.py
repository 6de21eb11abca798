"""What forms send, read with care."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from litestar.datastructures import FormMultiDict
from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhangfang_sdk.errors import Refusal

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


def text(form: Mapping[str, Any], name: str) -> str:
    """ "" for what is no text. The portal cleaned what was typed before any page reads it."""
    return _text(form.get(name, ""))


def texts(form: FormMultiDict, name: str) -> list[str]:
    """Every value of the name, as :func:`text` reads one."""
    return [_text(value) for value in form.getall(name, [])]


def ids(form: FormMultiDict, name: str) -> list[int]:
    """Those values that may be ids; what else is sent is passed over."""
    return [found for value in form.getall(name, []) if (found := id_in(value)) is not None]


def places(form: FormMultiDict, name: str) -> dict[int, int]:
    """Places of steps by their tasks' ids, from values as "17.0"; what else is sent is passed over."""
    found = {}
    for value in texts(form, name):
        task, _, place = value.partition(".")
        if (id_ := id_in(task)) is not None and (at := id_in(place)) is not None:
            found[id_] = at
    return found


def id_in(value: object) -> int | None:
    """None for what is no id."""
    fits = isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 18
    return int(str(value)) if fits else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def number(form: Mapping[str, Any], name: str) -> int:
    """-1 for what is no number of at most nine digits."""
    value = text(form, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


def day(form: Mapping[str, Any], name: str) -> dt.date:
    """Raises Refusal ``collab.due_missing``."""
    try:
        found = dt.date.fromisoformat(text(form, name))
    except ValueError:
        raise Refusal("collab.due_missing", "请选择到期日。", field=name) from None
    if not 2000 <= found.year <= 2100:
        raise Refusal("collab.due_missing", "到期日应在 2000 至 2100 年之间。", field=name)
    return found
