"""Typefaces by the name of their style. A folder given first is looked through for Debian's; the house's own stands in for what is not there."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont
from reportlab.pdfbase.ttfonts import TTFont  # type: ignore[import-untyped]  # ships no types

from zhangfang_core.web.assets_manifest import built_file

FILES = {
    "song": "uming.ttc",  # fonts-arphic-uming
    "kai": "ukai.ttc",  # fonts-arphic-ukai
    "hei": "wqy-microhei.ttc",  # fonts-wqy-microhei
    "wen": "LXGWWenKai-Regular.ttf",  # fonts-lxgw-wenkai
    "mono": "LXGWWenKaiMono-Regular.ttf",
}
HOUSE = "NotoSansSC-Regular.ttf"
RARE = "wen"
_folders: list[Path] = [Path("/usr/share/fonts")]


def look_in(folder: Path) -> None:
    _folders.insert(0, folder)
    path_of.cache_clear()


@lru_cache
def path_of(face: str) -> Path:
    for folder in _folders:
        if found := next(iter(sorted(folder.rglob(FILES[face]))), None):
            return found
    return built_file(HOUSE)


def embedded(face: str) -> TTFont:
    return _parsed(path_of(face))


@lru_cache
def _parsed(path: Path) -> TTFont:
    return TTFont(f"drawn-{path.stem}", str(path), subfontIndex=0)


@lru_cache(maxsize=256)
def pixels(face: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path_of(face)), size, index=0)


def runs(text: str, face: str) -> list[tuple[str, str]]:
    """(face, part): rare characters in the face that has them."""
    has = embedded(face).face.charToGlyph
    return [(found, "".join(part)) for found, part in groupby(text, lambda mark: face if ord(mark) in has else RARE)]
