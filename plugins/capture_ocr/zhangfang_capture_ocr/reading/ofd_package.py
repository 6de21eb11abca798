"""The files inside an OFD document (GB/T 33190-2016: a ZIP of XML), opened within bounds. Runs in the confined process; pure."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from typing import Final
from xml.etree.ElementTree import Element

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.refusals import Refused

MAX_PARTS: Final = 2_000
MAX_PART_BYTES: Final = 8 * 1024 * 1024
MAX_ALL_BYTES: Final = 64 * 1024 * 1024


class Package:
    """One OFD document. Raises `Refused`: `ofd.broken`, `decode.too_big`."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise Refused("ofd.broken") from error
        parts = self._archive.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_ALL_BYTES:
            raise Refused("decode.too_big")
        # Writers disagree on the case of names; GB/T 33190 has them as they are.
        self._parts = {part.filename.strip("/").lower(): part for part in parts if not part.is_dir()}

    @property
    def names(self) -> list[str]:
        """The paths of all parts, in lower case."""
        return list(self._parts)

    def part(self, path: str) -> bytes | None:
        """The content at a path from the root, None where there is none."""
        member = self._parts.get(path.strip("/").lower())
        if member is None:
            return None
        try:
            with self._archive.open(member) as opened:
                data = opened.read(MAX_PART_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
            raise Refused("ofd.broken") from error
        if len(data) > MAX_PART_BYTES:
            raise Refused("decode.too_big")
        return data

    def tree(self, path: str) -> Element | None:
        """The root of the XML at a path, None where there is none. Raises `Refused`: `xml.*`."""
        data = self.part(path)
        return None if data is None else xml_tree.parse(data)


def resolved(base: str, location: str) -> str:
    """A location as it is written in the file `base`: from the root where it begins with a slash."""
    if location.startswith("/"):
        return posixpath.normpath(location).strip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), location)).strip("/")
