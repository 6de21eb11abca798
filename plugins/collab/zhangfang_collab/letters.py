"""A letter of the tax office, photographed: a task with its deadline, owner and steps, the tax office a party of it."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zhangfang_collab.keeping import Happened, for_change, write
from zhangfang_collab.steps import Step
from zhangfang_collab.ticking import make_one
from zhangfang_sdk import use
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import AskedFor, Side

_FILE = Path(__file__).parent / "data/letters.toml"


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


@dataclass(frozen=True, slots=True)
class Letter:
    """``number`` is the letter's own (文号), ``due_on`` the last day that it names; ``owner`` somebody of the firm, or None."""

    kind: str
    due_on: dt.date
    number: str = ""
    note: str = ""
    owner: int | None = None


async def hand_in(client: int, letter: Letter, name: str, media_type: str, content: bytes) -> int:
    """Keep the picture and make the task; needs ``collab.tick``, for whoever opens the letter hands it in. The task's id.

    Raises Refusal ``collab.letter_wrong``, ``collab.due_past``, and those of ``Documents.store``.
    """
    require("collab.tick")
    kind = kinds().get(letter.kind)
    if kind is None:
        raise Refusal("collab.letter_wrong", "请选择是哪一种来函。", field="kind")
    if letter.due_on < today() - dt.timedelta(days=365):
        raise Refusal("collab.due_past", "期限早于一年以前,请核对日期。", field="due_on")
    document = await use(Documents).store(client, name, media_type, content)
    number = letter.number.strip()[:60]
    title = f"{kind.title} {number}".strip()[:120]
    key = f"collab:{client}:letter:{document.id}"
    task_id = await make_one(
        client, Period.of(letter.due_on), tuple(kind.steps), title=title, note=letter.note, due_on=letter.due_on, party=kind.party, key=key
    )  # fmt: skip
    task = await for_change(task_id)
    task.document = document.id
    task.owner_firm = letter.owner if scope().staff else None
    await task.save()
    await write(task, Happened("file", document.name, document.id))
    return task_id
