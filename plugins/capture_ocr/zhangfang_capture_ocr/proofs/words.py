"""What recognised words need besides: a second reader, and the company's id beside its name.

Sums prove each other, words do not: names and items read off a picture are proven only where independent readers agree, and no letter
of them is one that readers mistake alike.
"""

from __future__ import annotations

import re
from typing import Final

from zhangfang_capture_ocr.proofs.rules import PERSONS, UNITS
from zhangfang_capture_ocr.proofs.values import Fixer, ProofResult
from zhangfang_capture_ocr.reading import InvoiceLine, Reading, Source
from zhangfang_capture_ocr.reading.rare_letters import may_be_mistaken, stands_for_another
from zhangfang_capture_ocr.reading.tax_ids import IdVerdict, check_tax_id
from zhangfang_capture_ocr.reading.titles import plain

NEEDED: Final = frozenset({"words.witness"})
_ALIKE: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:[IlO][A-Z]{2,}|[0-9A-Za-z]*(?:\d[IlO]|[IlO]\d)[0-9A-Za-z]*)(?![0-9A-Za-z])"
)
"""Letters that look like figures among figures or capitals: all readers take 1TB for ITB."""
_LAST: Final = re.compile(r"[A-Za-z][123](?![0-9A-Za-z.])")
"""A figure behind letters that may be a small raised one, or a letter: readers make mm2 of mm², and m1 of ml."""
_WHO: Final = {"buyer": "购买方名称", "seller": "销售方名称"}
_PERSON: Final = re.compile(r"[\u3400-\u9fff]{2,4}(?:\(个人\))?")
_ITEM: Final = re.compile(r"\*[^*]+\*[^*]+|[(（]?详见(?:销货)?清单[)）]?")


def words_witnessed(reading: Reading) -> ProofResult:
    """Names and items of a picture are said twice. For readings of data or of a text layer there is nothing to prove."""
    if reading.buyer_name is not None and reading.buyer_name == reading.seller_name:
        return _open("seller_name", "购买方和销售方读成了同一家")
    for party, word in _WHO.items():
        if not _name_proven(reading, party):
            return _open(f"{party}_name", f"{word}只有一种读法，没有别处可以印证")
    for number, line in enumerate(reading.lines, start=1):
        if not _item_proven(reading, line):
            return _open("", f"第 {number} 行的品名只有一种读法，没有别处可以印证")
        if not _measure_proven(reading, line):
            return _open("", f"第 {number} 行的单位、数量、单价没有读全，或者单位不常见")
    return ProofResult("words.witness", True, "", "名称和品名有两处印证。", Fixer.NOBODY)


def _open(field: str, what: str) -> ProofResult:
    return ProofResult("words.witness", None, field, f"{what}，请会计对照原票看一眼。", Fixer.ACCOUNTANT)


def _name_proven(reading: Reading, party: str) -> bool:
    found = reading.fields.get(f"{party}_name")
    if found is None or found.source is not Source.OCR:
        return True
    tax_id = reading.buyer_tax_id if party == "buyer" else reading.seller_tax_id
    known = check_tax_id(tax_id or "") is IdVerdict.RIGHT or (
        party == "buyer" and _is_person(reading, str(found.value))
    )
    return known and bool(found.witnesses) and not may_be_mistaken(str(found.value)) and _closed(str(found.value))


def _is_person(reading: Reading, name: str) -> bool:
    """Whether a buyer without a tax id is a private person by name: 个人, or two to four Chinese letters, with or without 个人 behind."""
    return reading.buyer_tax_id is None and (name in PERSONS or _PERSON.fullmatch(plain(name)) is not None)


def _measure_proven(reading: Reading, line: InvoiceLine) -> bool:
    """Quantity and price prove each other (see ``prices_hold``): one without the other, or a unit without both, was not read.

    A single letter or figure in a cell of its own is what readers lose most, and the units of two rows become one.
    """
    if not _is_seen(reading):
        return True
    if line.quantity is None and line.unit_price is None:
        return not line.unit
    return line.quantity is not None and line.unit_price is not None and (not line.unit or line.unit.lower() in UNITS)


def _is_seen(reading: Reading) -> bool:
    total = reading.fields.get("total")
    return total is not None and total.source in (Source.OCR, Source.QR)


def _item_proven(reading: Reading, line: InvoiceLine) -> bool:
    """Two readers agree, and the name has the form that issuers must give it: *简称*品名 (公告2017年第45号), or points to a list."""
    if not _is_seen(reading):
        return True
    if line.crossing:
        return False
    text = f"{line.name} {line.specification}"
    if _LAST.search(text) or _ALIKE.search(text) or stands_for_another(text) or not _closed(line.name):
        return False
    return bool(line.witnesses) and _ITEM.fullmatch(line.name) is not None


def _closed(text: str) -> bool:
    """Whether each bracket that opens closes: a name that runs on in a second row may have lost its end."""
    words = plain(text)
    return words.count("(") == words.count(")")
