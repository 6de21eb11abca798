"""How text and words are written alike before they are compared, and where the words stand in a text.

Full-width forms become narrow ones, traditional characters simplified ones, letters small, commas between digits and signs of the yuan
go, control characters and runs of white space become one space. What is found is exactly what holds each word, so folded, as a part of it (SQL's LIKE).
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from markupsafe import Markup, escape

from zhangfang_sdk.errors import Refusal

LONGEST_WORDS = 60
"""Characters that somebody may ask for at once."""
MOST_WORDS = 8
_BEFORE = 18
_LEFT_OUT = frozenset("¥,")


def fold(text: str) -> str:
    """``text`` as it is compared: "１,２３４.５６ 元" and "1234.56 元" are the same, and so are "發票" and "发票"."""
    return "".join(piece for piece, _ in _pieces(text))


def words_of(asked: str) -> list[str]:
    """The words of a search field, folded, none twice. Raises Refusal ``search.too_long``."""
    words = list(dict.fromkeys(fold(asked).split()))
    if len(asked.strip()) > LONGEST_WORDS or len(words) > MOST_WORDS:
        raise Refusal(
            "search.too_long",
            f"要查找的内容太长了,最多 {LONGEST_WORDS} 个字、{MOST_WORDS} 个词,请只写其中一部分。",
            field="q",
        )
    return words


def lit(text: str, words: Sequence[str]) -> Markup:
    """``text``, escaped, with each of ``words`` (folded) in ``<mark>``."""
    made, end = Markup(), 0
    for first, last in _places(text, words):
        made += escape(text[end:first]) + Markup("<mark>%s</mark>") % text[first:last]
        end = last
    return made + escape(text[end:])


def excerpt(text: str, words: Sequence[str], length: int = 90) -> str:
    """The piece of ``text`` in which the first of ``words`` stands, on one line; its beginning when none does."""
    first = next((place for place, _ in _places(text, words)), 0)
    start = max(0, first - _BEFORE) if first + _BEFORE > length else 0
    piece = " ".join(text[start : start + length].split())
    return f"{'…' if start else ''}{piece}{'…' if len(text) > start + length else ''}"


def _places(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where the words begin and end in ``text``, in order; those that overlap as one."""
    folded: list[str] = []
    origin: list[int] = []
    for piece, place in _pieces(text):
        folded.append(piece)
        origin += [place] * len(piece)
    whole = "".join(folded)
    found = sorted((origin[at], origin[at + len(word) - 1] + 1) for word in words if word for at in _each(whole, word))
    first, last = 0, 0
    for begin, end in found:
        if begin > last and last:
            yield first, last
            first = begin
        elif not last:
            first = begin
        last = max(last, end)
    if last:
        yield first, last


def _each(whole: str, word: str) -> Iterator[int]:
    at = whole.find(word)
    while at >= 0:
        yield at
        at = whole.find(word, at + len(word))


def _pieces(text: str) -> Iterator[tuple[str, int]]:
    """Folded characters, each with the place in ``text`` that it comes from."""
    before = " "
    for place, character in enumerate(text):
        piece = _folded(character)
        if piece == " " and before == " ":
            continue
        if piece in _LEFT_OUT and (piece == "¥" or _parts_digits(text, place)):
            continue
        if piece:
            before = piece[-1]
            yield piece, place


@lru_cache(maxsize=65_536)
def _folded(character: str) -> str:
    if character.isspace() or unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co"):
        return " "
    return " ".join(unicodedata.normalize("NFKC", character).lower().translate(_simplified()).split()) or " "


@cache
def _simplified() -> Mapping[int, str]:
    """One character for one, whatever stands beside it: places in the text stay what they are."""
    lines = files("zhangfang_sdk").joinpath("simplified.txt").read_text("utf-8").splitlines()
    return {ord(other): line[0] for line in lines if not line.startswith("#") for other in line[1:]}


def _parts_digits(text: str, place: int) -> bool:
    """Whether the comma at ``place`` stands between two digits, as in 1,234."""
    return 0 < place < len(text) - 1 and text[place - 1].isdigit() and text[place + 1].isdigit()
