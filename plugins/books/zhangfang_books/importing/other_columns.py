"""Columns of a sheet that nothing reads: named, with what stood in them, where they hold anything. Pure."""

from collections.abc import Sequence

from zhangfang_books.importing.outcome import LostColumn
from zhangfang_books.importing.profiles import harmless, plain
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_books.importing.recognising import SheetHead

_EMPTY = ("", "*", "0", "0.00", "否", "-")


class OtherColumns:
    def __init__(self, head: SheetHead, *, also: frozenset[str] = frozenset()) -> None:
        """``also``: headings (plain) that are harmless here, besides those of voucher files."""
        mapped = {place for places in head.places.values() for place in places}
        self._places = [
            (place, heading)
            for place, heading in enumerate(head.headings)
            if heading.strip() and place not in mapped and plain(heading.replace("_", "")) not in harmless() | also
        ]
        self._lost: dict[int, LostColumn] = {}

    def note(self, row: SheetRow) -> None:
        for place, heading in self._places:
            text = row.cells[place].strip() if place < len(row.cells) else ""
            if text not in _EMPTY:
                lost = self._lost.get(place)
                if lost is None:
                    self._lost[place] = LostColumn(heading.strip(), 1, text[:30])
                else:
                    lost.rows += 1

    @property
    def lost(self) -> Sequence[LostColumn]:
        return list(self._lost.values())
