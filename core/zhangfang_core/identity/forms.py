"""Reading what a form sent, and the cookie that a sign-in sets."""

import datetime as dt
from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body

from zhangfang_core.identity.passkeys.ceremonies import LONGEST_ANSWER
from zhangfang_core.identity.presence import COOKIE, own_cookie
from zhangfang_core.identity.sessions import LIFETIME
from zhangfang_core.settings import read_settings
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import Address, portal
from zhangfang_sdk.texts import seen
from zhangfang_sdk.web import Page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
Req = Request[Any, Any, Any]

WRONG_PROOF = "没有通过验证:6 位数或恢复码不对、已经用过,或者通行密钥没有通过。每个 6 位数只能用一次,请等下一个。"

PASSWORDS = frozenset({"password", "current", "pin"})
"""Names of the fields that hold one, which nobody cleans."""

LONGEST_SHOWN = 5000

_YEAR_SECONDS = 365 * 24 * 3600


def written(data: dict[str, Any], name: str, longest: int = 200) -> str:
    """One field as text, without outer spaces and signs that nobody sees; "" when it is missing. Line breaks stay.

    Raises Refusal ``form.too_long``: what somebody typed is kept whole or not at all.
    """
    text = _tidy(data, name)
    if len(text) > longest:
        raise Refusal("form.too_long", f"写得太长了,最多 {longest} 个字,请缩短后再提交。", field=name)
    return text


def as_sent(data: dict[str, Any], name: str) -> str:
    """One field for showing it again or checking it whole: as :func:`written`, cut where no field of ours goes on."""
    return _tidy(data, name)[:LONGEST_SHOWN]


def _tidy(data: dict[str, Any], name: str) -> str:
    # A browser sends a line break as two characters, and counts one.
    return seen(_one(data, name)).replace("\r\n", "\n").strip()


def password_in(data: dict[str, Any], name: str = "password", longest: int = 1000) -> str:
    """A password or key as it was typed."""
    return _one(data, name)[:longest]


def proof_in(data: dict[str, Any], name: str = "proof") -> str:
    """What proves the second factor: the answer of a passkey, as the browser gave it, else the code that was written."""
    return _one(data, "passkey")[: LONGEST_ANSWER + 1] or as_sent(data, name)


def numbers_in(data: dict[str, Any], name: str) -> list[int]:
    """All values of a field that are ids."""
    values = data.get(name, [])
    return [n for n in map(number, values if isinstance(values, list) else [values]) if n is not None]


def day_in(text: str, name: str = "date") -> dt.date:
    """A date as ``<input type="date">`` sends it. Raises Refusal ``date.unreadable``."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refusal("date.unreadable", "日期写法不对,应为 2026-11-30 这样的形式。", field=name) from None


def number(text: object) -> int | None:
    """An id as text; None for anything else."""
    digits = str(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def _one(data: dict[str, Any], name: str) -> str:
    value = data.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value)


def local(address: str) -> Address:
    """A page of this portal to go to afterwards; "/" for anything that leads elsewhere."""
    away = not address.startswith("/") or address.startswith(("//", "/\\")) or not address.isprintable()
    return portal("/" if away or address.startswith("/sign-") else address[:500])


def told_to_wait(page: Page, refusal: Refusal) -> Page:
    """The form again, saying when the next try is looked at; as it is for a refusal of another kind."""
    seconds = refusal.details.get("retry_after_s")
    if seconds is not None:
        page.status_code = refusal.status
        page.set_header("Retry-After", str(seconds))
    return page


def came_from(request: Req) -> dict[str, str]:
    """Address and browser, as a session keeps them."""
    return {
        "address": request.client.host if request.client else "",
        "user_agent": request.headers.get("user-agent", "").replace("\x00", "")[:200],
    }


def public_address(request: Req) -> str:
    """Scheme and host for links that people send on; what the request asked for only where the deployment does not say."""
    return read_settings().public_url or str(request.base_url).rstrip("/")


def session_cookie(token: str) -> Cookie:
    """Out of reach of scripts and of other sites' posts. An empty token takes it away."""
    return Cookie(
        key=own_cookie(COOKIE),
        value=token,
        max_age=int(LIFETIME.total_seconds()) if token else 0,
        path="/",
        httponly=True,
        samesite="lax",
        secure=read_settings().secure_cookies,
    )


CLEARED = {"Clear-Site-Data": '"cache", "storage"'}
"""With the answer to a sign-out: pages that were seen and what was typed go. Cookies are taken away by name, since a browser would clear
those of every neighbour under the same domain (W3C Clear Site Data, 3.1), the choice of language and size of type too."""


def choice_cookie(name: str, value: str) -> Cookie:
    """A choice of looks that scripts and signed-out pages read too; nothing secret."""
    return Cookie(
        key=name, value=value, max_age=_YEAR_SECONDS, path="/", samesite="lax", secure=read_settings().secure_cookies
    )
