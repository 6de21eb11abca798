"""Opens ZIP archives of strangers: their members one after the other, bounded in number and size. Runs in the confined process."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from zhangfang_capture_ocr.reading.refusals import MAX_PICTURE_BYTES, Refused

MAX_MEMBERS: Final = 2_000
MAX_UNPACKED: Final = 500 * 1024 * 1024
"""Size of all members together, as the archive states it."""
AT_ONCE: Final = 16 * 1024 * 1024
"""Members are handed over until they are this big together, and"""
MOST_AT_ONCE: Final = 25
"""no more of them: what is handed over is kept in one transaction, for which others of the client wait and after which people see how far it is."""
_OFD_ROOT: Final = "OFD.xml"
_OFFICE: Final = "[Content_Types].xml"
_LITTER: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. `name` has its folders; `refused` is a code of `refusals.CODES`, "" where `data` was read."""

    name: str
    data: bytes
    refused: str = ""


def is_ofd(data: bytes) -> bool:
    """Whether an archive is one OFD document."""
    return _has(data, _OFD_ROOT)


def is_office(data: bytes) -> bool:
    """Whether an archive is a document of an office program."""
    return _has(data, _OFFICE)


def _has(data: bytes, name: str) -> bool:
    try:
        return name in _opened(data).namelist()
    except Refused:
        return False


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        # Archives made on Chinese Windows write names in GBK without saying so.
        return zipfile.ZipFile(io.BytesIO(data), metadata_encoding="gbk")
    except (zipfile.BadZipFile, UnicodeDecodeError, ValueError, OSError, NotImplementedError):
        pass
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused("zip.broken") from error


def unpacked(data: bytes, first: int) -> tuple[list[Member], int | None]:
    """Members from the one counted `first`, as many as `AT_ONCE` and `MOST_AT_ONCE` allow, at least one; and the next to ask for, None at the end.

    Raises `Refused`: `zip.broken`, `zip.too_much`, `zip.empty`.
    """
    archive = _opened(data)
    members = [each for each in archive.infolist() if not each.is_dir() and not _is_litter(each.filename)]
    if not members:
        raise Refused("zip.empty")
    if len(members) > MAX_MEMBERS or sum(each.file_size for each in members) > MAX_UNPACKED:
        raise Refused("zip.too_much")
    found: list[Member] = []
    size = 0
    for place, member in enumerate(members[first:], start=first):
        if found and (len(found) == MOST_AT_ONCE or size + member.file_size > AT_ONCE):
            return found, place
        found.append(_member(archive, member))
        size += len(found[-1].data)
    return found, None


def _is_litter(name: str) -> bool:
    return name.startswith(_LITTER[0]) or name.rpartition("/")[2] in _LITTER[1:]


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Member:
    if member.flag_bits & 0x1:
        return Member(member.filename, b"", "zip.locked")
    if member.file_size > MAX_PICTURE_BYTES:
        return Member(member.filename, b"", "zip.too_much")
    try:
        with archive.open(member) as opened:
            data = opened.read(MAX_PICTURE_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return Member(member.filename, b"", "zip.broken")
    if len(data) > MAX_PICTURE_BYTES:
        return Member(member.filename, b"", "zip.too_much")
    return Member(member.filename, data)
