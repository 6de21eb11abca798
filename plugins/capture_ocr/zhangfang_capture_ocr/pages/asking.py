"""What a request asks for: a page, a piece of one, or data; and its form."""

from typing import Any

from litestar import Request

Asked = Request[Any, Any, Any]


def wants_piece(request: Asked) -> bool:
    """htmx and the upload script ask for a fragment."""
    return "hx-request" in request.headers


def wants_data(request: Asked) -> bool:
    return "application/json" in request.headers.get("accept", "")


async def text_form(request: Asked) -> dict[str, str]:
    """The form's text fields; of a field sent twice the last counts, files are left out."""
    return {name: value for name, value in (await request.form()).multi_items() if isinstance(value, str)}
