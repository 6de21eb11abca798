"""One row of a sheet, its cells by what its headings mean. Pure."""

from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from zhangfang_books.importing.profiles import Places, plain
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_sdk.texts import seen


def cleaned(text: str) -> str:
    """A cell without what programs put around it: a mark of text ('), a backtick, Excel's escaped line end, signs that nobody sees."""
    return seen(text).replace("_x000D_", "").replace("\u00a0", " ").strip().lstrip("'`").strip()


class HeadedRow:
    def __init__(self, row: SheetRow, places: Places, headings: Sequence[str]) -> None:
        self.number, self._cells, self._places, self._headings = row.number, row.cells, places, headings

    def text(self, field: str) -> str:
        """Of the first of the field's columns that is filled; empty without one."""
        for place in self._places.get(field, ()):
            if text := self._at(place):
                return text
        return ""

    def texts(self, field: str) -> list[str]:
        """Of each of the field's columns, in their order."""
        return [self._at(place) for place in self._places.get(field, ())]

    def first_text(self) -> str:
        return next((text for cell in self._cells if (text := cleaned(cell))), "")

    def repeats_heading(self, field: str = "account") -> bool:
        """Printed pages repeat their heading row; ``field`` is one that every file has."""
        place = self._places[field][0]
        return self._at(place) != "" and plain(self._at(place)) == plain(self._headings[place])

    def column(self, field: str) -> str:
        """The column's letter with its heading, for people."""
        places = self._places.get(field, ())
        return f"{get_column_letter(places[0] + 1)} 列({self._headings[places[0]].strip()})" if places else ""

    def _at(self, place: int) -> str:
        return cleaned(self._cells[place]) if place < len(self._cells) else ""
