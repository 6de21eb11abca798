"""The engine that is cheap where that is enough: the smallest models read the page, larger ones only lines that are in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from zhangfang_capture_ocr.recognising.engines import Run
from zhangfang_capture_ocr.recognising.finder import Finder, Line
from zhangfang_capture_ocr.recognising.readers import LineReader, cut_out, read_lines
from zhangfang_capture_ocr.recognising.sessions import Pixels
from zhangfang_capture_ocr.recognising.stacked import rows_of_stack
from zhangfang_capture_ocr.recognising.values import CLOSER_READER
from zhangfang_capture_ocr.recognising.weights import alphabet, model

FIRST: Final = "tiny"
MODELS: Final = (FIRST, "small", "v5")
_CLOSER: Final = 0.08
"""The finder of the first family leaves more room around a line than the second was taught with: of 138 names in the house's typeface that reader read
113 whole, and 128 of them closer; in others the wide view does better."""


class Cascade:
    """Reads pages; keeps what it last saw, so that single lines can be read again by other readers."""

    def __init__(self) -> None:
        self._finder = Finder(model(FIRST, "det"))
        self._readers = {name: LineReader(model(name, "rec"), alphabet(name)) for name in MODELS}
        self._readers[CLOSER_READER] = self._readers["v5"].closer(_CLOSER)
        self._seen: list[tuple[list[Run], Pixels, list[Line]]] = []

    def __call__(self, bgr: Pixels) -> list[Run]:
        """The lines of a picture that hold any text."""
        lines = self._finder.find(bgr)
        read = read_lines(self._readers[FIRST], bgr, lines)
        lines, read = self._parted(bgr, lines, read)
        runs: list[Run] = []
        kept: list[Line] = []
        for line, (text, certainty) in zip(lines, read, strict=True):
            if text.strip():
                runs.append((text, certainty, line.box))
                kept.append(line)
        self._seen.append((runs, bgr, kept))
        return runs

    def _parted(
        self, bgr: Pixels, lines: Sequence[Line], read: Sequence[tuple[str, float]]
    ) -> tuple[list[Line], list[tuple[str, float]]]:
        """The same lines and what was read there, with each stack of cells parted and its cells read each for itself."""
        texts = [text for text, _ in read]
        parted: list[tuple[Line, tuple[str, float]]] = []
        for line, found in zip(lines, read, strict=True):
            cells = rows_of_stack(line, lines, texts)
            parted += (
                zip(cells, read_lines(self._readers[FIRST], bgr, cells), strict=True) if cells else [(line, found)]
            )
        return [line for line, _ in parted], [found for _, found in parted]

    def forget(self) -> None:
        """Give up the pictures seen so far; to be called before each page."""
        self._seen.clear()

    def again(self, runs: list[Run], places: Sequence[int], reader: str) -> list[str]:
        """Those of the runs, which this engine gave, as another reader reads them. Raises KeyError for an unknown reader."""
        asked = self._readers[reader]
        bgr, lines = next((bgr, lines) for seen, bgr, lines in self._seen if seen is runs)
        return [asked.read(cut_out(bgr, lines[place]))[0] for place in places]
