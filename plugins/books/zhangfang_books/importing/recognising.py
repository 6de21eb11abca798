"""Where the headings stand in a file's sheets, and whose they are; for a file that no profile knows, a guess. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from zhangfang_books.importing.profiles import FIELDS, Places, Profile, enough, plain, presets
from zhangfang_books.importing.reading_rows import SheetRow

HEADING_WITHIN = 25
SAMPLES = 5

_DATE = re.compile(r"20\d\d[-/.年]?\d{1,2}[-/.月]?\d{1,2}日?.*")
_CODE = re.compile(r"'?\d{4}[\d.\-]{0,16}(\s.*)?")
_LABEL = re.compile(r"\D{1,4}[-—字]?\d{1,6}号?")
_AMOUNT = re.compile(r"-?[\d,]+\.?\d*")
_LOOSE: tuple[tuple[str, str], ...] = (
    *(("date", r"日期|^时间$"), ("account", r"科目(编|代)(码|号)|^科目$"), ("account_name", r"科目(名称|全称|全名)")),
    *(("debit", r"^借|借方$|借方(本币|金额)"), ("credit", r"^贷|贷方$|贷方(本币|金额)"), ("summary", r"摘要|说明")),
    *(
        ("label", r"凭证字号"),
        ("number", r"凭证(编)?号"),
        ("word", r"凭证(字|类)"),
        ("direction", r"方向"),
        ("amount", r"^金额"),
    ),
    *(
        ("counterparty", r"往来"),
        ("customer", r"客户"),
        ("supplier", r"供应商"),
        ("department", r"部门"),
        ("project", r"项目"),
    ),
    *(
        ("employee", r"职员|员工"),
        ("stock", r"存货|商品"),
        ("quantity", r"数量"),
        ("price", r"单价"),
        ("currency", r"币[别种]"),
    ),
)


@dataclass(slots=True)
class SheetHead:
    """A sheet's first rows, how many it has, and what was found in them."""

    name: str
    first: list[SheetRow]
    rows: int = 0
    profile: Profile | None = None
    number: int = 0
    headings: list[str] = field(default_factory=list)
    places: Places = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guess:
    """``fields``: for each column its field, empty for none. ``sure``: whether vouchers can be read by it."""

    sheet: str
    number: int
    headings: tuple[str, ...]
    fields: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]

    @property
    def sure(self) -> bool:
        return enough(dict.fromkeys(self.fields))


def heads(rows: Iterable[SheetRow]) -> list[SheetHead]:
    """Of every sheet; goes through the whole file once."""
    found: dict[str, SheetHead] = {}
    for row in rows:
        head = found.get(row.sheet)
        if head is None:
            head = found[row.sheet] = SheetHead(row.sheet, [])
        head.rows += 1
        if len(head.first) < HEADING_WITHIN:
            head.first.append(row)
    return list(found.values())


def recognise(sheets: Sequence[SheetHead], profiles: Sequence[Profile]) -> None:
    """Note in each sheet the profile that knows most of its headings; of equals a firm's own, then the first. None may fit."""
    for sheet in sheets:
        most = 0
        for number, headings in candidates(sheet.first):
            for profile in profiles:
                places = profile.places(headings)
                score = 0 if places is None else 2 * sum(map(len, places.values())) + profile.own
                if places is not None and score > most:
                    most, sheet.profile, sheet.number, sheet.places = score, profile, number, places
                    sheet.headings = headings


def candidates(first: Sequence[SheetRow]) -> Iterable[tuple[int, list[str]]]:
    """Single rows, then pairs: in merged headings the upper row's text stands over several cells."""
    for row in first:
        yield row.number, row.cells
    for upper, lower in pairwise(first):
        yield lower.number, _joined(upper.cells, lower.cells)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    over, joined = "", []
    for place in range(max(len(upper), len(lower))):
        above = upper[place].strip() if place < len(upper) else ""
        below = lower[place].strip() if place < len(lower) else ""
        over = above or over
        joined.append((over if below else above) + below)
    return joined


def guess(sheets: Sequence[SheetHead]) -> Guess | None:
    """For the largest sheet: its heading row is the one with most known words, its columns are told by heading, then by content."""
    sheet = max(sheets, key=lambda s: s.rows, default=None)
    if sheet is None:
        return None
    names = [[_called(cell) for cell in row.cells] for row in sheet.first]
    best = max(range(len(names)), key=lambda i: len(set(names[i]) - {""}))
    row, fields = sheet.first[best], names[best]
    samples = [r.cells for r in sheet.first[best + 1 :] if r.cells != row.cells]
    for place in range(len(fields)):
        if fields[place] and fields.index(fields[place]) < place:
            fields[place] = ""
    _by_content(fields, samples)
    return Guess(sheet.name, row.number, tuple(row.cells), tuple(fields), _even(samples[:SAMPLES], len(row.cells)))


def _called(cell: str) -> str:
    name = plain(cell)
    if not name or len(name) > 20:
        return ""
    return _synonyms().get(name) or next((f for f, words in _LOOSE if re.search(words, name)), "")


def _synonyms() -> Mapping[str, str]:
    return {
        plain(h): f for p in reversed(presets()) for f, headings in p.columns.items() for h in headings if f in FIELDS
    }


def _by_content(fields: list[str], samples: Sequence[Sequence[str]]) -> None:
    for field_, pattern in (("date", _DATE), ("account", _CODE), ("label", _LABEL)):
        if field_ in fields or (field_ == "label" and "number" in fields):
            continue
        for place in range(len(fields)):
            values = [cells[place].strip() for cells in samples if place < len(cells) and cells[place].strip()]
            if not fields[place] and values and all(pattern.fullmatch(value) for value in values):
                fields[place] = field_
                break
    free = [p for p in range(len(fields)) if not fields[p] and _is_amount(p, samples)]
    for side in ("debit", "credit"):
        if side not in fields and "amount" not in fields and free:
            fields[free.pop(0)] = side


def _is_amount(place: int, samples: Sequence[Sequence[str]]) -> bool:
    values = [cells[place].strip() for cells in samples if place < len(cells) and cells[place].strip()]
    return bool(values) and all(_AMOUNT.fullmatch(value) for value in values)


def as_chosen(sheets: Sequence[SheetHead], columns: Mapping[int, str]) -> Guess | None:
    """The guess with the columns that a person chose."""
    guessed = guess(sheets)
    if guessed is None:
        return None
    return replace(guessed, fields=tuple(columns.get(place, "") for place in range(len(guessed.headings))))


def as_read(sheet: SheetHead) -> Guess:
    """The columns as the sheet's profile reads them."""
    fields = [""] * len(sheet.headings)
    for name, places in sheet.places.items():
        for place in places:
            fields[place] = name
    samples = [row.cells for row in sheet.first if row.number > sheet.number][:SAMPLES]
    return Guess(sheet.name, sheet.number, tuple(sheet.headings), tuple(fields), _even(samples, len(fields)))


def _even(samples: Sequence[Sequence[str]], width: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple([*cells, *[""] * width][:width]) for cells in samples)


def profile_of(name: str, headings: Sequence[str], fields: Sequence[str]) -> Profile:
    """The profile that columns named on the page make, unconfirmed; the same headings always give the same program."""
    columns: dict[str, tuple[str, ...]] = {}
    for heading, field_ in zip(headings, fields, strict=False):
        if field_ in FIELDS and heading.strip():
            columns[field_] = (*columns.get(field_, ()), heading.strip())
    digest = hashlib.sha256("|".join(plain(h) for h in headings).encode()).hexdigest()[:12]
    return Profile(f"own-{digest}", name[:60], columns, confirmed=False, own=True)
