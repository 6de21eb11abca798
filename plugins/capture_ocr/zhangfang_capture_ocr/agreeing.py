"""What several readers of one picture agree on, and which of its words still need another reader. Pure.

Readers of one family agree on a wrong place of the form more often than on wrong letters, so agreement proves words and numbers,
never sums: those are proven by each other, by capitals and by the QR code alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from zhangfang_capture_ocr.reading import Box, FieldValue, Found, InvoiceLine, LeftOver, Place, Reading, Value
from zhangfang_capture_ocr.reading.capitals import fen_of_capitals
from zhangfang_capture_ocr.reading.forms.tickets import TICKETS
from zhangfang_capture_ocr.reading.printed import invoices_on
from zhangfang_capture_ocr.reading.rare_letters import is_rare, rare_in
from zhangfang_capture_ocr.reading.seen_text import page_of_text
from zhangfang_capture_ocr.reading.tax_ids import IdVerdict, check_tax_id
from zhangfang_capture_ocr.reading.titles import plain
from zhangfang_capture_ocr.seen_pages import SeenPage
from zhangfang_sdk.recognition import TextBox
from zhangfang_sdk.search_words import fold

READER: Final = "reader"
"""Witness of a value that two readers gave."""
_WORDS: Final = (
    "number", "code", "issued_on", "buyer_name", "buyer_tax_id", "seller_name", "seller_tax_id",
)  # fmt: skip
OTHER_FAMILY: Final = 2
"""Readers counted from here on are built otherwise than those before, so that they seldom make the same mistake."""
_SUMS: Final = ("amount", "tax", "total", "total_in_words")
_LETTERS: Final = re.compile(r"[\u3400-\u9fff]")
_ANYTHING: Final = re.compile(r"\w")
_COVERED: Final = 0.3
_NEARLY: Final = 0.05
_NO_BRACKETS: Final = str.maketrans("", "", "()")
_EVERYWHERE: Final = Box(0, 0.0, 0.0, 1.0, 1.0)


def documents_on(page: SeenPage, index: int) -> tuple[list[Found], list[LeftOver]]:
    """Every document on a seen page, the one counted `index` in its file; what its readers read there is compared."""
    found, left = _read(page, index, [replace(box, text=_best(box)) for box in page.boxes])
    readers = _readers(page)
    if readers == 1:
        return found, left
    each_alone = [_read(page, index, _as_read_by(page.boxes, reader))[0] for reader in range(readers)]
    return [replace(each, reading=_agreed(each, page, each_alone)) for each in found], left


def doubtful(page: SeenPage) -> list[int]:
    """Which of the page's boxes another reader should read: those of unproven values, and all of a document that was not made out."""
    found, left = documents_on(page, 0)
    wanted = [box for each in found if _is_made_out(each.reading) for box in _unproven(each.reading)]
    wanted += [each.place.region or _EVERYWHERE for each in found if not _is_made_out(each.reading)]
    wanted += [each.place.region or _EVERYWHERE for each in left]
    return [
        place
        for place, box in enumerate(page.boxes)
        if _ANYTHING.search(box.text) and any(_overlaps(box, there) for there in wanted)
    ]


def _readers(page: SeenPage) -> int:
    return 1 + max((len(box.others) for box in page.boxes), default=0)


def _best(box: TextBox) -> str:
    """What most readers read; of three that differ the second, whose alphabet is larger than the first one's."""
    texts = (box.text, *box.others)
    told, count = Counter(map(_told, texts)).most_common(1)[0]
    if count > 1:
        return next(text for text in texts if _told(text) == told)
    return box.others[0] if box.others else box.text


def _read(page: SeenPage, index: int, boxes: Sequence[TextBox]) -> tuple[list[Found], list[LeftOver]]:
    found, left, _ = invoices_on([page_of_text(boxes, page.shape, index)], {index: page.codes})
    return found, left


def _as_read_by(boxes: Sequence[TextBox], reader: int) -> list[TextBox]:
    """The boxes as one reader has them, the first counted 0; where it was not asked, as all have them."""
    return [
        replace(box, text=(box.text, *box.others)[reader] if len(box.others) >= reader else _best(box)) for box in boxes
    ]


def _is_made_out(reading: Reading) -> bool:
    if reading.number is None or reading.total is None or reading.issued_on is None:
        return False
    return reading.kind in TICKETS or (
        reading.seller_name is not None and reading.amount is not None and bool(reading.lines)
    )


def _unproven(reading: Reading) -> Iterator[Box]:
    """The places of values that nothing on the picture says a second time."""
    for name in _WORDS:
        found = reading.fields.get(name)
        if found is not None and found.box is not None and not found.witnesses:
            yield found.box
    for line in reading.lines:
        if line.box is not None and not line.witnesses:
            yield line.box
    if not _sums_hold(reading):
        for name in _SUMS:
            found = reading.fields.get(name)
            if found is not None and found.box is not None:
                yield found.box


def _sums_hold(reading: Reading) -> bool:
    words = fen_of_capitals(reading.total_in_words or "")
    return reading.amount is not None and reading.amount + (reading.tax or 0) == reading.total == words


def _agreed(mine: Found, page: SeenPage, others: Sequence[Sequence[Found]]) -> Reading:
    """The reading with what most readers say, where at least two say the same of words that each of them read."""
    reading = mine.reading
    same = [next((each.reading for each in found if _in_one_place(each.place, mine.place)), None) for found in others]
    variants = [(reader, other) for reader, other in enumerate(same) if other is not None]
    fields = dict(reading.fields)
    for name in _WORDS:
        value = fields.get(name)
        if value is not None and not value.witnesses:
            read = {
                reader: found
                for reader, other in variants
                if (found := other.fields.get(name) or _behind_a_lost_label(value, page, reader)) is not None
                and _was_read(found.box, page, reader, letters_only=False)
            }
            if name.endswith("tax_id"):
                fields[name] = _right_id(value, [*read.values()])
            elif _families_agree({reader: found.value for reader, found in read.items()}):
                fields[name] = _voted(value, [*read.values()])
    lines = tuple(_line(line, place, reading, page, variants) for place, line in enumerate(reading.lines))
    return replace(reading, fields=fields, lines=lines)


def _behind_a_lost_label(
    mine: FieldValue[Value], page: SeenPage, reader: int
) -> FieldValue[Value] | None:
    """The same value where a reader has it at its place, but misread the label before it, so that its reading lacks the field."""
    inside = [each for each in page.boxes if mine.box is not None and _overlaps(each, mine.box)]
    texts = [_told(each.text) for each in _as_read_by(inside, reader)]
    said = _told(mine.value)
    return mine if any(text == said or text.endswith(f":{said}") for text in texts) else None


def _in_one_place(one: Place, other: Place) -> bool:
    """Whether two readers' documents are the same one: their parts of the page are nearly the same."""
    if one.region is None or other.region is None:
        return one.region is other.region
    edges = zip(
        (one.region.left, one.region.top, one.region.right, one.region.bottom),
        (other.region.left, other.region.top, other.region.right, other.region.bottom),
        strict=True,
    )
    return all(abs(mine - theirs) < _NEARLY for mine, theirs in edges)


def _families_agree(read: Mapping[int, Value]) -> bool:
    """Whether a reader of another family says what one of the first family says: those make the same mistakes."""
    first = {_letters(value) for reader, value in read.items() if reader < OTHER_FAMILY}
    agreed = [str(value) for reader, value in read.items() if reader >= OTHER_FAMILY and _letters(value) in first]
    return any(_is_rarest(text, read.values()) for text in agreed)


def _is_rarest(text: str, others: Iterable[Value]) -> bool:
    """Whether no reader writes a rare letter that ``text`` has not: it may be the one that is right, however many write a common one.

    The first reader's alphabet lacks most of them.
    """
    return all(_is_as_rare(_letters(text), _letters(other)) for other in others)


def _is_as_rare(text: str, other: str) -> bool:
    """Letter by letter where both are as long: a rare one that stands where the text has a rare one too says nothing against it."""
    if len(text) == len(other):
        return not any(is_rare(theirs) and not is_rare(mine) for mine, theirs in zip(text, other, strict=True))
    return rare_in(other) <= rare_in(text)


def _voted(mine: FieldValue[Value], theirs: Sequence[FieldValue[Value]]) -> FieldValue[Value]:
    if not theirs:
        return mine
    best, count = Counter(_letters(found.value) for found in theirs).most_common(1)[0]
    if count < 2:
        return mine
    said = [found.value for found in (mine, *theirs) if _letters(found.value) == best]
    texts = [value for value in said if isinstance(value, str)]
    return replace(mine, value=_widest(texts) if texts else said[0], witnesses=(READER,))


def _right_id(mine: FieldValue[Value], theirs: Sequence[FieldValue[Value]]) -> FieldValue[Value]:
    """Of ids the one whose check digits are right, however many read another."""
    right = [each for each in (mine, *theirs) if check_tax_id(str(each.value)) is IdVerdict.RIGHT]
    if len({each.value for each in right}) != 1:
        return _voted(mine, theirs)
    alike = sum(1 for found in theirs if found.value == right[0].value)
    return replace(mine, value=right[0].value, witnesses=(READER,) if alike > 1 else right[0].witnesses)


def _line(
    line: InvoiceLine, place: int, reading: Reading, page: SeenPage, variants: Sequence[tuple[int, Reading]]
) -> InvoiceLine:
    alike = {
        reader: other.lines[place]
        for reader, other in variants
        if len(other.lines) == len(reading.lines) and other.lines[place].amount == line.amount
    }
    read: dict[int, Value] = {
        reader: _simplified(other.name)
        for reader, other in alike.items()
        if _was_read(other.box, page, reader, letters_only=True)
    }
    measures: dict[int, Value] = {reader: f"{other.specification} {other.unit}" for reader, other in alike.items()}
    if not (_families_agree(read) and _families_agree(measures)) or _is_pieced(line, page):
        return line
    name = _widest([each for each in (line.name, *map(str, read.values())) if _letters(each) == _most_said(read.values())])
    short = name.split("*")[1] if name.count("*") >= 2 and name.startswith("*") else ""
    said = _most_said(measures.values())
    best = next(other for reader, other in alike.items() if _letters(measures[reader]) == said)
    return replace(
        line,
        name=name,
        classification_short=short,
        specification=best.specification,
        unit=best.unit,
        witnesses=(READER,),
    )


def _simplified(name: str) -> str:
    """An item's name in the letters of the classification: the smallest reader writes traditional ones for them. Names of parties keep theirs."""
    return "".join(fold(letter) if is_rare(letter) else letter for letter in name)


def _most_said(values: Iterable[Value]) -> str:
    """What most readers say, as it is compared."""
    best, _ = Counter(map(_letters, values)).most_common(1)[0]
    return best


def _is_pieced(line: InvoiceLine, page: SeenPage) -> bool:
    """Whether two words beside each other make up the name: the second may be of the next column, and all readers see it there."""
    name = _told(line.name)
    pieces = [
        each
        for each in page.boxes
        if line.box is not None and _overlaps(each, line.box) and (text := _told(_best(each))) and text in name
    ]
    return any(
        min(one.bottom, other.bottom) - max(one.top, other.top) > 0.5 * (one.bottom - one.top)
        for place, one in enumerate(pieces)
        for other in pieces[:place]
        if len(_told(_best(one))) > 1 and len(_told(_best(other))) > 1
    )


def _widest(texts: Sequence[str]) -> str:
    """Of texts that differ in their brackets and spaces the one whose brackets close and are wide: readers lose and narrow them."""
    return max(texts, key=lambda text: (_closes(text), sum(map(text.count, "（）()")), sum(map(text.count, "（）"))))


def _closes(text: str) -> bool:
    return _told(text).count("(") == _told(text).count(")")


def _told(value: Value) -> str:
    """A value for comparing: readers differ in the width of brackets and in spaces."""
    return plain(value) if isinstance(value, str) else str(value)


def _letters(value: Value) -> str:
    """A value for comparing without its brackets, which readers lose."""
    return _told(value).translate(_NO_BRACKETS)


def _was_read(box: Box | None, page: SeenPage, reader: int, *, letters_only: bool) -> bool:
    """Whether this reader has read every word of a place itself."""
    inside = [each for each in page.boxes if box is not None and _overlaps(each, box)]
    inside = [each for each in inside if not letters_only or _LETTERS.search(each.text)]
    return bool(inside) and all(len(each.others) >= reader for each in inside)


def _overlaps(text: TextBox, box: Box) -> bool:
    wide = min(text.right, box.right) - max(text.left, box.left)
    high = min(text.bottom, box.bottom) - max(text.top, box.top)
    if wide <= 0 or high <= 0:
        return False
    least = min((text.right - text.left) * (text.bottom - text.top), (box.right - box.left) * (box.bottom - box.top))
    return wide * high > _COVERED * max(least, 1e-9)
