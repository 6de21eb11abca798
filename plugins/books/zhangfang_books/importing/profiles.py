"""Which column of a program's voucher Excel means what. Pure."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIELDS = ("date", "word", "number", "label", "summary", "account", "debit", "credit", "counterparty")
_FILE = Path(__file__).parent.parent / "data" / "import_profiles.toml"


@dataclass(frozen=True, slots=True)
class Profile:
    """``columns``: field → headings that mean it, the first preferred. A voucher is a run of rows of one date, word and
    number; ``label`` holds word and number together ("记-12")."""

    program: str
    name: str
    columns: Mapping[str, tuple[str, ...]]

    def places(self, cells: Sequence[str]) -> dict[str, int] | None:
        """Field → column of a heading row; None when the row is no heading."""
        by_name = {cell.strip(): place for place, cell in enumerate(cells) if cell.strip()}
        found: dict[str, int] = {}
        for field in FIELDS:
            place = next((by_name[n] for n in self.columns.get(field, ()) if n in by_name), None)
            if place is not None:
                found[field] = place
        enough = {"date", "summary", "account", "debit", "credit"} <= found.keys()
        return found if enough and ("number" in found or "label" in found) else None


@cache
def presets() -> tuple[Profile, ...]:
    raw = tomllib.loads(_FILE.read_text("utf-8"))["profiles"]
    return tuple(Profile(p["program"], p["name"], {f: tuple(p.get(f, ())) for f in FIELDS}) for p in raw)


def kept(program: str, name: str, columns: str) -> Profile:
    """A firm's own profile from its row (JSON)."""
    raw = json.loads(columns)
    return Profile(program, name, {f: tuple(raw.get(f, ())) for f in FIELDS})
