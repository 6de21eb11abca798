"""Kinds of letters, with the steps that answer one."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zhangfang_collab.steps import Step
from zhangfang_sdk.tasks import AskedFor, Side

_FILE = Path(__file__).parent / "data/letters.toml"
LETTER = ":letter:"
"""In the key of a letter's task."""


@dataclass(frozen=True, slots=True)
class LetterKind:
    title: str
    party: str
    steps: Sequence[Step]


@cache
def kinds() -> Mapping[str, LetterKind]:
    """By their keys in ``data/letters.toml``."""
    return {
        key: LetterKind(
            data["title"],
            data["party"],
            tuple(Step(s["title"], Side(s["side"]), s.get("asks", AskedFor.DONE)) for s in data["steps"]),
        )
        for key, data in tomllib.loads(_FILE.read_text("utf-8")).items()
        if isinstance(data, dict)
    }


def kind_in(title: str) -> str:
    """The title of the kind with which a letter's task begins; "" for another."""
    return next((kind.title for kind in kinds().values() if f"{title} ".startswith(f"{kind.title} ")), "")
