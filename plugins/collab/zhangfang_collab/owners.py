"""Who has a task on either side. Without an owner it is everybody's who looks after the client."""

from collections.abc import Mapping

from zhangfang_collab.keeping import Happened, for_change, refuse_when_done, write
from zhangfang_sdk import use
from zhangfang_sdk.contacts import Contacts
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.texts import Texts, translatable

NOBODY = translatable("不指定")


async def possible(client: int, side: Side) -> Mapping[int, str]:
    """Names of people by id; needs ``contacts.read``."""
    if side is Side.FIRM:
        staff = await use(Contacts).of_firm()
        return {c.person: c.name for c in sorted(staff, key=lambda c: c.clients is None) if c.clients is None or client in c.clients}
    return {reach.person: reach.name for reach in await use(Contacts).of_client(client)}


def everybody(people: Mapping[int, str]) -> str:
    """Who has it while nobody was named."""
    nobody = use(Texts).said(NOBODY)
    return f"{nobody}({'、'.join(people.values())})" if people else nobody


async def give(task_id: int, side: Side, person: int | None) -> None:
    """Make somebody the owner on a side, or nobody; needs ``collab.assign``. Raises Refusal ``common.not_found``, ``collab.locked`` (409)."""
    require("collab.assign")
    task = await for_change(task_id)
    refuse_when_done(task)
    people = await possible(task.client, side)
    if side is Side.TAX_OFFICE or (person is not None and person not in people):
        raise not_found("人员")
    if side is Side.FIRM:
        task.owner_firm = person
    else:
        task.owner_client = person
    await task.save()
    await write(task, Happened("owner", "" if person is None else people[person]))
