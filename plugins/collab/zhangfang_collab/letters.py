"""A letter of the tax office, photographed: a task with its deadline, owner and steps, the tax office a party of it."""

import datetime as dt
from dataclasses import dataclass
from hashlib import sha256

from zhangfang_collab.due_dates import refuse_far
from zhangfang_collab.keeping import Happened, for_change, lock, write
from zhangfang_collab.letter_kinds import LETTER, kinds
from zhangfang_collab.tables import Task
from zhangfang_collab.telling import tell
from zhangfang_collab.ticking import make_one
from zhangfang_sdk import use
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import Side

LETTER_FILES = (".pdf", ".ofd", ".doc", ".docx", ".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".zip")
"""What the tax office sends letters as, and what they are photographed as."""


@dataclass(frozen=True, slots=True)
class Letter:
    """``number`` is the letter's own (文号), ``due_on`` the last day that it names; ``owner`` somebody of the firm, or None."""

    kind: str
    due_on: dt.date
    number: str = ""
    note: str = ""
    owner: int | None = None


async def hand_in(client: int, letter: Letter, name: str, media_type: str, content: bytes) -> int:
    """Keep the picture, make the task and tell who has it at the firm; needs ``collab.tick``, for whoever opens the letter hands it in. The task's id;
    the same letter sent again, with all that was said of it, is the same task.

    Raises Refusal ``collab.letter_no_picture``, ``collab.letter_wrong``, ``collab.due_far``, and those of ``Documents.store``.
    """
    require("collab.tick")
    kind = kinds().get(letter.kind)
    if not (name.lower().endswith(LETTER_FILES) or media_type.startswith("image/")):
        raise Refusal("collab.letter_no_picture", "请拍照,或上传 PDF、OFD、Word 文件。", field="file")
    if kind is None:
        raise Refusal("collab.letter_wrong", "请选择是哪一种来函。", field="kind")
    refuse_far(letter.due_on)
    number = letter.number.strip()[:60]
    told = sha256("\0".join((letter.kind, letter.due_on.isoformat(), number)).encode())
    told.update(content)
    key = f"collab:{client}{LETTER}{told.hexdigest()}"
    await lock([client])
    known = await Task.select(Task.id).where(Task.key == key).first()
    if known is not None:
        return int(known["id"])
    document = await use(Documents).store(client, name, media_type, content)
    title = f"{kind.title} {number}".strip()[:120]
    task_id = await make_one(
        client, Period.of(letter.due_on), tuple(kind.steps), title=title, note=letter.note, due_on=letter.due_on, party=kind.party, key=key
    )  # fmt: skip
    task = await for_change(task_id)
    task.document = document.id
    if letter.owner is not None and scope().staff:
        task.owner_firm = letter.owner
    await task.save()
    await write(task, Happened("file", document.name, document.id))
    if task.owner_firm != scope().user:
        await tell(task, Side.FIRM, "letter", f"collab.letter:{task_id}")
    return task_id
