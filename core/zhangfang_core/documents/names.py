"""What a file may be called, and what it is."""

import re
from pathlib import PurePosixPath

LONGEST_NAME = 255
UNKNOWN_TYPE = "application/octet-stream"

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Control characters, and the invisible ones that turn a name's direction around (``gpj.exe`` shown as ``exe.jpg``)."""

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,49}/[a-z0-9][a-z0-9!#$&^_.+-]{0,48}")

_BY_SUFFIX = {
    ".pdf": "application/pdf",
    ".ofd": "application/ofd",
    ".xml": "application/xml",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".zip": "application/zip",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".csv": "text/csv",
    ".txt": "text/plain",
}


def tidy_name(given: str) -> str:
    """The last part of a path, with no control characters, at most 255 characters, its suffix kept."""
    name = _CONTROL.sub("", given).replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    if name.strip(".") == "":
        return "未命名文件"
    if len(name) > LONGEST_NAME:
        suffix = PurePosixPath(name).suffix
        suffix = suffix if len(suffix) <= 10 else ""
        name = name[: LONGEST_NAME - len(suffix)] + suffix
    return name


def tidy_media_type(given: str, name: str) -> str:
    """In lower case and without parameters; told by the name's suffix where the sender did not know."""
    media_type = given.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(media_type):
        media_type = UNKNOWN_TYPE
    if media_type == UNKNOWN_TYPE:
        return _BY_SUFFIX.get(PurePosixPath(name).suffix.lower(), UNKNOWN_TYPE)
    return media_type


def shown_size(size: int) -> str:
    """``size`` in bytes, as a person reads it: "3.2 MB"."""
    if size < 1024:
        return f"{size} 字节"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / (1024 * 1024):.1f} MB"
