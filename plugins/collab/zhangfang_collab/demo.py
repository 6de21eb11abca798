"""What the demo's clients have to do, made through the plugin's own services."""

from collections.abc import Sequence

from zhangfang_collab import making
from zhangfang_collab.tables import Task
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.periods import Period


async def fill(clients: Sequence[int]) -> None:
    """Lists of this month and the next; nothing where a client has tasks already."""
    new = [await use(Clients).client(id_) for id_ in clients if not await Task.exists().where(Task.client == id_)]
    for period in (Period.current(), Period.current().plus(1)):
        await making.make(new, period)
