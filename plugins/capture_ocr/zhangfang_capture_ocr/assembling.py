"""A file's reading made whole: its text and data, and what was seen on those of its pages that are pictures. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from zhangfang_capture_ocr.agreeing import documents_on
from zhangfang_capture_ocr.reading import FileReading, Found, LeftOver, Place, Reading
from zhangfang_capture_ocr.reading.comparing import compared
from zhangfang_capture_ocr.seen_pages import SeenPage


def assembled(whole: FileReading, seen: Mapping[int, SeenPage | None]) -> FileReading:
    """The reading with nothing `unseen`; `seen` has each such page, None where it is blank. Raises KeyError for a page that was not looked at."""
    found, left = list(whole.found), list(whole.left)
    for unseen in whole.unseen:
        page = seen[unseen.page]
        on_page, beside = ([], []) if page is None else documents_on(page, unseen.page)
        if unseen.printed is not None:
            on_page, more = _with_print(unseen.printed, on_page, Place((unseen.page,)))
            beside += more
        found += on_page
        left += beside
    return FileReading(whole.pages, tuple(found), tuple(left)).told_apart()


def _with_print(printed: Reading, seen: list[Found], place: Place) -> tuple[list[Found], list[LeftOver]]:
    """A page whose text layer says too little, compared with its picture; where that shows no invoice either, it is left over."""
    one = seen[0] if len(seen) == 1 else None
    if one is None:
        return seen, [] if seen else [LeftOver(place, "page.not_an_invoice", printed.text)]
    both = compared([printed, one.reading])
    if both.number is None and both.total is None:
        return [], [LeftOver(place, "page.not_an_invoice", printed.text)]
    kind = both.kind if both.kind is not type(both.kind).OTHER else one.reading.kind
    return [replace(one, reading=replace(both, kind=kind, counts=one.reading.counts))], []
