"""What waits in core itself, from the rooms that ask it."""

from zhangfang_core.ledger.waiting import LEDGER_WAITING
from zhangfang_core.modules.waiting import MODULES_WAITING
from zhangfang_core.tenancy.waiting import PROFILE_WAITING
from zhangfang_core.trail.waiting import TRAIL_WAITING

CORE_WAITING = (*MODULES_WAITING, *LEDGER_WAITING, *PROFILE_WAITING, *TRAIL_WAITING)
