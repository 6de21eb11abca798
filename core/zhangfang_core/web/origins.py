"""Whether a change was asked for from one of the portal's own pages, as the browser says.

Beside the token in every form: a page of another site, or of another name of the same site, cannot make a signed-in browser change
anything. Programs that say nothing of where they come from are no browsers, and carry nobody's cookies by themselves.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from zhangfang_sdk.errors import Refusal

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITES = frozenset({"same-origin", "none"})
"""Of Sec-Fetch-Site (W3C Fetch Metadata); "none" is what a person typed or reloaded."""


def refuse_foreign(method: str, headers: Mapping[str, str], public_url: str | None) -> None:
    """``headers`` by their lower-case names. Raises Refusal ``request.foreign_page`` (403)."""
    if method in SAFE_METHODS:
        return
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        foreign = site.strip().lower() not in OWN_SITES
    elif origin is not None:
        foreign = not _is_own(origin.strip().lower(), headers.get("host", "").strip().lower(), public_url)
    else:
        foreign = False
    if foreign:
        raise Refusal(
            "request.foreign_page",
            "这个操作是从别的网站发来的,没有执行。请在本系统的页面里操作。",
            status=403,
        )


def _is_own(origin: str, host: str, public_url: str | None) -> bool:
    name = urlsplit(origin).netloc
    if public_url is not None and name == urlsplit(public_url).netloc:
        # The same name without TLS is whoever answers for it on the line.
        return origin == public_url
    return name == host
