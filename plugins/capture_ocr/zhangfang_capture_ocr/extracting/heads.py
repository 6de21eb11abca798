"""What stands at the head of an invoice on a picture: code, number, date, check code; and the parties."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from zhangfang_capture_ocr.extracting.layout import Run, Sheet
from zhangfang_capture_ocr.proofs.tax_ids import IdVerdict, check_tax_id
from zhangfang_capture_ocr.reading.figures import date_of
from zhangfang_capture_ocr.reading.titles import near
from zhangfang_capture_ocr.reading.values import Box, FieldValue, Source, Value

LABELLED: Final = 900
SHAPED: Final = 700
"""Confidence, per mille, of a value beside its label, and of one known by its shape alone; for the eye, never for a proof."""
TWICE: Final = "twice"
Found = dict[str, FieldValue[Value]]

_DIGITS: Final = str.maketrans("OoQDlI|ZSB", "0000111258")
_LOOKALIKES: Final = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "Y", "0": "D", "8": "B", "B": "8", "2": "Z", "5": "S",
                      "1": "7", "7": "1", "6": "8", "3": "8", "D": "0", "G": "6", "U": "0"}  # fmt: skip
_NUMBERS: Final = {"code": ("发票代码", r"\d{12}|\d{10}"), "number": ("发票号码", r"\d{20}|\d{8}")}
_TAX_ID: Final = re.compile(r"[0-9A-Z]{15,20}")


def put(
    found: Found, name: str, value: Value | None, box: Box | None, confidence: int, witnesses: Iterable[str] = ()
) -> None:
    """Keep a recognised value unless there is none."""
    if value is not None and value != "":
        found[name] = FieldValue(value, Source.OCR, box, confidence, tuple(witnesses))


def read_head(sheet: Sheet, bottom: float) -> Found:
    """Code, number, date and check code above `bottom`."""
    found: Found = {}
    for name, (label, shape) in _NUMBERS.items():
        _numbered(sheet, found, name, label, re.compile(rf"(?<!\d)(?:{shape})(?!\d)"), bottom)
    _issued(sheet, found, bottom)
    for run in sheet.runs:
        at = run.plain.find("校验码")
        if at >= 0 and run.middle < bottom:
            digits = re.sub(r"\D", "", run.plain[at:] + "".join(other.plain for other in sheet.beside(run, 0.25)))
            if len(digits) >= 20:
                put(found, "check_code", digits[:20], run.box, LABELLED)
                break
    return found


def _numbered(sheet: Sheet, found: Found, name: str, label: str, shape: re.Pattern[str], bottom: float) -> None:
    labelled: list[tuple[str, Run]] = []
    seen: list[tuple[str, Run]] = []
    for run in sheet.runs:
        if run.middle > bottom:
            continue
        plain = run.plain
        if near(plain, label) and (cut := _after(plain, label)) is not None:
            digits = shape.search(cut.translate(_DIGITS))
            if digits is not None:
                labelled.append((digits[0], run))
            else:
                for other in sheet.beside(run, 0.3)[:1]:
                    beside = shape.search(other.plain.translate(_DIGITS))
                    if beside is not None:
                        labelled.append((beside[0], other))
        elif not re.search(r"校验|机器|日期|电话|识别|地址|账号|帐号|/|\+|<|>", plain):
            mark = re.sub(r"^(?:N[oO0°º]?|№)[.:°]?", "", plain)
            if shape.fullmatch(mark) and not (len(mark) == 8 and date_of(mark) is not None and mark == plain):
                seen.append((mark, run))
    values = [value for value, _ in (*labelled, *seen)]
    if not values:
        return
    best = max(values, key=lambda value: (values.count(value), value in [v for v, _ in labelled], -values.index(value)))
    run = next(run for value, run in (*labelled, *seen) if value == best)
    sure_label = any(value == best for value, _ in labelled)
    twice = (TWICE,) if values.count(best) > 1 and len(set(values)) == 1 else ()
    put(found, name, best, run.box, LABELLED if sure_label else SHAPED, twice)


def _after(plain: str, label: str) -> str | None:
    """What follows a label that may be misread: after its last characters, or after the colon."""
    for ending in (label, label[1:], label[-2:], label[-1:]):
        at = plain.find(ending)
        if at >= 0:
            return plain[at + len(ending) :]
    return plain.partition(":")[2]


def _issued(sheet: Sheet, found: Found, bottom: float) -> None:
    dates = []
    for run in sheet.runs:
        if run.middle > bottom or not near(run.plain, "开票日期"):
            continue
        text = " ".join([run.text, *(other.text for other in sheet.beside(run, 0.2)[:3])])
        issued = date_of(_after(re.sub(r"[OoQ]", "0", text), "开票日期") or "")
        if issued is not None:
            dates.append((issued, run, LABELLED))
    if not dates:
        for run in sheet.runs:
            if run.middle < bottom and re.search(r"\d{4}年\d{1,2}月\d{1,2}", run.plain):
                issued = date_of(run.plain)
                if issued is not None:
                    dates.append((issued, run, SHAPED))
    if dates:
        issued, run, confidence = dates[0]
        agreed = len(dates) > 1 and len({day for day, _, _ in dates}) == 1
        put(found, "issued_on", issued, run.box, confidence, (TWICE,) if agreed else ())


def read_parties(sheet: Sheet, top: float, bottom: float) -> Found:
    """Names and tax ids: side by side above the table (`top`), or the buyer above and the seller below it (`bottom`)."""
    found: Found = {}
    for ending, read in (("name", _name), ("tax_id", _tax_id)):
        hits = [(run, read(sheet, run)) for run in sheet.runs]
        known = [(run, hit) for run, hit in hits if hit is not None]
        above = sorted((each for each in known if each[0].middle < top), key=lambda each: each[0].left)
        below = [each for each in known if each[0].middle > bottom]
        sides = []
        if above and (not below or above[0][0].left < 0.45):
            sides.append(("buyer", above[0]))
        if len(above) > 1 and above[-1][0].left - above[0][0].left > 0.25:
            sides.append(("seller", above[-1]))
        elif below:
            sides.append(("seller", min(below, key=lambda each: each[0].left)))
        for party, (_, hit) in sides:
            text, box, confidence, witnesses = hit
            put(found, f"{party}_{ending}", text, box, confidence, witnesses)
    return found


Hit = tuple[str, Box, int, tuple[str, ...]]


def _name(sheet: Sheet, run: Run) -> Hit | None:
    match = re.match(r"^.{0,2}?名?称[:.]?(.*)$", run.plain) if "称" in run.plain[:5] else None
    if match is None or re.search(r"项目名|货物|服务名|劳务", run.plain):
        return None
    if match[1]:
        colon = re.search(r"称\s*[:：.]?\s*(.+)$", run.text)
        return (colon[1].strip() if colon else match[1]), run.box, LABELLED, ()
    for other in sheet.beside(run, 0.12)[:1]:
        if not re.fullmatch(r"[密码区]+|.*[<>+].*[<>+*].*", other.plain) and "识别号" not in other.plain:
            return other.text.strip(), other.box, LABELLED, ()
    return None


def _tax_id(sheet: Sheet, run: Run) -> Hit | None:
    plain = run.plain
    if "识别号" not in plain and not near(plain, "纳税人识别号"):
        return None
    tail = re.split(r"识别号|[:]", plain)[-1]
    places = [(tail, run)] if len(tail) >= 8 else [(other.plain, other) for other in sheet.beside(run, 0.15)[:1]]
    for text, place in places:
        match = _TAX_ID.search(text.upper())
        if match is not None:
            right = repaired(match[0])
            return right, place.box, LABELLED, ("arithmetic",) if right != match[0] else ()
        if re.fullmatch(r"\d{8,14}", text):
            return text, place.box, SHAPED, ()
    return None


def repaired(tax_id: str) -> str:
    """The id with one look-alike put right where the check digits allow exactly one such id; else as it is."""
    if check_tax_id(tax_id) is not IdVerdict.WRONG_CHECK_DIGIT and check_tax_id(tax_id) is not IdVerdict.WRONG_FORM:
        return tax_id
    tried = {
        tax_id[:place] + _LOOKALIKES[letter] + tax_id[place + 1 :]
        for place, letter in enumerate(tax_id)
        if letter in _LOOKALIKES
    }
    right = [each for each in tried if check_tax_id(each) is IdVerdict.RIGHT]
    return right[0] if len(right) == 1 else tax_id
