"""SWIFT MT940 customer statements. Pure.

Fields of the message: :25: account, :60F: or :60M: opening balance, :61: a line, :86: its text, :62F: or :62M: closing balance. In :61: C is money in, D out,
RC and RD take a line of the other side back.
"""

import re
from collections.abc import Iterator

from zhangfang_books.importing.wire_rows import WireEntry, WireStatement, plain_amount, rows_of_statements

_FIELD = re.compile(r"^:(\d\d[A-Z]?):", re.MULTILINE)
_LINE = re.compile(r"(\d{6})(\d{4})?(R?[CD])([A-Z])?([\d,]+)([A-Z][A-Z0-9]{3})([^\n]*?)(?://([^\n]*))?(?:\n(.*))?", re.DOTALL)
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d,]+)")


def fits(text: str) -> bool:
    head = text[:4000]
    return ":20:" in head and ":25:" in head and (":60F:" in head or ":60M:" in head)


def rows(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Raises ValueError for a line that is none, and for a statement without its closing balance."""
    return rows_of_statements(_statements(text.replace("\r\n", "\n")))


def _statements(text: str) -> Iterator[WireStatement]:
    found: WireStatement | None = None
    for tag, value in _fields(text):
        if tag == "25":
            if found is not None:
                raise ValueError("the statement has no closing balance")
            found = WireStatement(value.rpartition("/")[2].split()[0])
        elif found is None:
            continue
        elif tag.startswith("60"):
            found.opening, found.currency = _balance(value)
        elif tag == "61":
            found.entries.append(_entry(value))
        elif tag == "86" and found.entries:
            found.entries[-1].text = " ".join(value.split())
        elif tag.startswith("62"):
            found.closing, _ = _balance(value)
            yield found
            found = None
    if found is not None:
        raise ValueError("the statement has no closing balance")


def _fields(text: str) -> Iterator[tuple[str, str]]:
    found = list(_FIELD.finditer(text))
    for match, after in zip(found, [*found[1:], None], strict=True):
        value = text[match.end() : after.start() if after else len(text)]
        yield match[1], re.split(r"\n-\}?|\n\{1:", value)[0].strip()


def _balance(value: str) -> tuple[str, str]:
    match = _BALANCE.match(value)
    if match is None:
        raise ValueError("no balance")
    return plain_amount(match[4], out=match[1] == "D"), match[3]


def _entry(value: str) -> WireEntry:
    match = _LINE.fullmatch(value)
    if match is None:
        raise ValueError("no statement line")
    reference = (match[8] or "").strip()
    return WireEntry(
        date=f"20{match[1]}",
        amount=plain_amount(match[5], out=match[3] in ("D", "RC")),
        remark=" ".join((match[9] or "").split()),
        serial=reference,
    )
