"""Icons as inline SVG. The build writes those named in `assets/icons.txt` (Lucide, ISC) into one file."""

from __future__ import annotations

import json
import logging
from functools import lru_cache

from markupsafe import Markup, escape

from zhangfang_core.web.assets_manifest import DIST_DIR, AssetsMissing

log = logging.getLogger(__name__)

FALLBACK = "circle"


def icon(name: str, cls: str = "i") -> Markup:
    """Answers the icon as decoration: hidden from screen readers, so the words beside it must say everything.

    A name that was not built (a plugin's misprint) shows a circle and is logged; a page never fails for it.
    """
    shapes = _shapes()
    if name not in shapes:
        _report(name)
        name = FALLBACK
    # S704: the shapes come from the build, and the class is escaped.
    return Markup(  # noqa: S704
        f'<svg class="{escape(cls)}" width="20" height="20" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        ' stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{shapes[name]}</svg>"
    )


def icon_names() -> frozenset[str]:
    """The names that templates may use."""
    return frozenset(_shapes())


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads((DIST_DIR / "icons.json").read_text("utf-8"))
    except FileNotFoundError:
        raise AssetsMissing("assets are not built; run: python -m zhangfang_core.web.build_assets") from None
    return found


@lru_cache(maxsize=256)
def _report(name: str) -> None:
    log.warning("icon %r is not in assets/icons.txt", name)
