"""Red dots of core, from the rooms that count them."""

from zhangfang_core.notices.badges import MESSAGE_BADGES
from zhangfang_core.tenancy.badges import PROFILE_BADGES

CORE_BADGES = (*MESSAGE_BADGES, *PROFILE_BADGES)
