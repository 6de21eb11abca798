"""Tasks whose client is asked for its word on a payroll that the firm has to bring in anew first: they can only have a look."""

from collections.abc import Sequence

from zhangfang_collab.listing import ShownTask
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.payrolls import Payrolls, PayrollStep
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import ServiceMissing, use
from zhangfang_sdk.tasks import AskedFor
from zhangfang_sdk.texts import translatable

LOOK, REDONE = translatable("看看"), translatable("会计在重做,改好后会再请您确认")


async def redone(tasks: Sequence[ShownTask]) -> frozenset[int]:
    """Their ids, for the client's people; none for the firm's."""
    return frozenset() if scope().staff else frozenset([task.id for task in tasks if await _is_redone(task)])


async def _is_redone(task: ShownTask) -> bool:
    if task.current is None or task.current.asks != AskedFor.PAYROLL or not task.covers % 100:
        return False
    try:
        found = await use(Payrolls).standing(task.client, Period.from_number(task.covers))
    except (ServiceMissing, Refusal):
        return False
    return found is not None and found.step is PayrollStep.RETURNED
