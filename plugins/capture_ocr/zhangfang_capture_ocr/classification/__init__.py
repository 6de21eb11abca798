"""商品和服务税收分类编码: the class of an invoice's line by its code, else by the short name between stars, else by its words (CAP-9). Pure.

The short names and codes are those of the official table (税总货便函〔2017〕127号, printed since 2018-01-01 by 国家税务总局公告2017年第45号).
Names were changed since, codes were not: so the code counts before the name. Rates are those of 增值税法第十条, in force 2026-01-01; what a
class may bear besides (3 %, 1 %, 免税) depends on the seller and stands in no class.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

_SHORTEST_WORD = 2
"""Letters of a short name that is looked for within a line's words: one alone stands in too many."""


class MatchedBy(StrEnum):
    """What a class was found by, surest first."""

    CODE = "code"
    SHORT_NAME = "short_name"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class TaxClass:
    """``code`` is the beginning that all codes of the short name share; ``rates`` those that its goods and services may bear, as printed.

    ``is_given``: its account is named by a table; else it follows from the kind of thing that ``code`` begins with.
    """

    short_name: str
    code: str
    rates: tuple[str, ...]
    is_given: bool


@dataclass(frozen=True, slots=True)
class Classified:
    tax_class: TaxClass
    by: MatchedBy


def classified(code: str, short_name: str, words: str) -> Classified | None:
    """The class of a line; None where neither its code nor its name tells one. ``words`` is its name without the short name."""
    found = _by_code(code) if code else None
    if found is not None:
        return Classified(found, MatchedBy.CODE)
    if short_name in presets():
        return Classified(presets()[short_name], MatchedBy.SHORT_NAME)
    within = [name for name in presets() if len(name) >= _SHORTEST_WORD and name in words]
    return Classified(presets()[max(within, key=len)], MatchedBy.TEXT) if within else None


@cache
def presets() -> Mapping[str, TaxClass]:
    """Every short name of the official table."""
    with (files(__package__) / "short_names.csv").open(encoding="utf-8") as file:
        return {
            row["short_name"]: TaxClass(
                row["short_name"], row["code"], tuple(row["rates"].split("/")), row["basis"] == "given"
            )
            for row in csv.DictReader(file)
        }


def _by_code(code: str) -> TaxClass | None:
    """The class whose codes begin most alike: the deepest that holds the code. One figure alone names no class."""
    fitting = [each for each in presets().values() if len(each.code) > 1 and code.startswith(each.code)]
    return max(fitting, key=lambda each: len(each.code), default=None)
