"""What a whole file holds: its invoices, pages that must be looked at as pictures, and what is left over."""

from __future__ import annotations

from dataclasses import dataclass, replace

from zhangfang_capture_ocr.reading.refusals import Refused
from zhangfang_capture_ocr.reading.values import Box, Reading


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in its file: pages counted from 0, and the part of the first one (None: all of it)."""

    pages: tuple[int, ...]
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One invoice. `copies` are the places of further prints of the same invoice, such as its second sheet."""

    place: Place
    reading: Reading
    copies: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Something in the file that no invoice was read from; `code` is one of `refusals.CODES`, `text` what it says."""

    place: Place
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """A page that must be recognised as a picture. `printed` is what its text layer says, as far as that goes."""

    page: int
    printed: Reading | None = None


@dataclass(frozen=True, slots=True)
class FileReading:
    """Everything in a file of `pages` pages; what is in none of the three parts is blank.

    An `is_archive` holds files, which are read one by one: see `archives`.
    """

    pages: int
    found: tuple[Found, ...] = ()
    left: tuple[LeftOver, ...] = ()
    unseen: tuple[Unseen, ...] = ()
    is_archive: bool = False

    @property
    def only(self) -> Reading:
        """The invoice of a file that holds one and nothing else. Raises `Refused`: why there is none, or `file.several_invoices`."""
        if len(self.found) == 1 and not self.left and not self.unseen:
            return self.found[0].reading
        if self.found:
            raise Refused("file.several_invoices")
        raise Refused("file.only_pictures" if self.unseen else self.left[0].code if self.left else "file.empty")

    def told_apart(self) -> FileReading:
        """Prints of one invoice become one, and every reading is told how much of the file was left over."""
        found: list[Found] = []
        for each in self.found:
            same = next((n for n, other in enumerate(found) if _one_invoice(other.reading, each.reading)), None)
            if same is None:
                found.append(each)
            else:
                found[same] = replace(found[same], copies=(*found[same].copies, each.place, *each.copies))
        if self.left:
            found = [
                replace(each, reading=replace(each.reading, counts={**each.reading.counts, "left": len(self.left)}))
                for each in found
            ]
        return replace(self, found=tuple(found))


def _one_invoice(one: Reading, other: Reading) -> bool:
    return bool(one.number) and (one.code, one.number, one.total) == (other.code, other.number, other.total)
