"""Files of this machine's own people, read whole for the command line, with the same limits as those of strangers: they come from them."""

from __future__ import annotations

from collections.abc import Iterator

from zhangfang_capture_ocr.assembling import assembled
from zhangfang_capture_ocr.doubts import doubts_about
from zhangfang_capture_ocr.reading import FileReading, Refused
from zhangfang_capture_ocr.reading.confined import shared_reader
from zhangfang_capture_ocr.recognising import USUAL, recognise_now
from zhangfang_capture_ocr.seen_pages import SeenPage, seen_page


def read_whole(data: bytes, name: str, engine: str = USUAL) -> FileReading:
    """Everything in one file that is no archive, its pictures by an engine. Raises `Refused`, and what `recognise_now` raises."""
    whole = shared_reader().read(data, name)
    return assembled(whole, {each.page: seen(data, each.page, engine) for each in whole.unseen})


def seen(data: bytes, page: int, engine: str) -> SeenPage | None:
    """A page of a file as an engine sees it, None where it is blank."""
    decoded = shared_reader().decode(data, page)
    if decoded is None:
        return None
    recognised = recognise_now(decoded.bitmap, engine=engine, doubts=doubts_about(decoded.bitmap))
    return seen_page(decoded.bitmap, recognised.boxes, decoded.codes)


def files_in(data: bytes, name: str) -> Iterator[tuple[str, bytes, str]]:
    """A file, or each file of an archive: name, content, and the code of a refusal ("" for none). Raises `Refused`."""
    if not read_is_archive(data, name):
        yield name, data, ""
        return
    following: int | None = 0
    while following is not None:
        members, following = shared_reader().unpack(data, following)
        for member in members:
            yield f"{name}/{member.name}", member.data, member.refused


def read_is_archive(data: bytes, name: str) -> bool:
    """Whether a file is an archive; what cannot be read at all is none."""
    try:
        return data[:2] == b"PK" and shared_reader().read(data, name).is_archive
    except Refused:
        return False
