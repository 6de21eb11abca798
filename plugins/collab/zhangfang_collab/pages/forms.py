"""What forms send, read with care."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhangfang_sdk.errors import Refusal

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


def text(form: Mapping[str, Any], name: str) -> str:
    value = form.get(name, "")
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
