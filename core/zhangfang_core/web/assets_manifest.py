"""Where the browser finds style sheet, script and pictures: public names to addresses with a content hash."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

STATIC_DIR = Path(__file__).parent / "static"
DIST_DIR = STATIC_DIR / "dist"
STATIC_URL = "/static"
"""Serve STATIC_DIR here. Files under `dist/` carry their hash in the name and never change: cache them for a year."""


class AssetsMissing(RuntimeError):
    """The built files are not there: `python -m zhangfang_core.web.build_assets` makes them."""


class UnknownAsset(LookupError):
    """A template names a file that neither the build nor the static folder has."""


def asset(name: str) -> str:
    """Answers the address of a built file (`portal.css`) or of a file in the static folder (`icon.svg`).

    Raises AssetsMissing before the first build and UnknownAsset for a name that does not exist.
    """
    return _address(name, _manifest_mtime())


def built_file(name: str) -> Path:
    """Where a built file (`NotoSansSC-Regular.ttf`) lies. Raises as :func:`asset`."""
    return DIST_DIR / Path(asset(name)).name


def _manifest_mtime() -> int:
    try:
        return (DIST_DIR / "manifest.json").stat().st_mtime_ns
    except FileNotFoundError:
        raise AssetsMissing("assets are not built; run: python -m zhangfang_core.web.build_assets") from None


@lru_cache(maxsize=256)
def _address(name: str, mtime: int) -> str:
    built = _manifest(mtime).get(name)
    if built is not None:
        return f"{STATIC_URL}/dist/{built}"
    path = STATIC_DIR / name
    if not path.is_file() or not path.resolve().is_relative_to(STATIC_DIR.resolve()):
        raise UnknownAsset(name)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:10]
    return f"{STATIC_URL}/{name}?v={digest}"


@lru_cache(maxsize=2)
def _manifest(mtime: int) -> dict[str, str]:
    # The modification time is the key: a rebuild is seen without a restart.
    found: dict[str, str] = json.loads((DIST_DIR / "manifest.json").read_text("utf-8"))
    return found
