"""What waits in clients' profiles: facts that the client's people have not looked at, and what they said or proposed."""

from collections import Counter
from collections.abc import Sequence

from zhangfang_core.modules.translations import gettext
from zhangfang_core.tenancy import facts
from zhangfang_sdk.context import scope
from zhangfang_sdk.waiting import Urgency, WaitingItem, WaitingSource


async def to_confirm(limit: int) -> Sequence[WaitingItem]:
    """One line, at the client."""
    client = scope().client
    if client is None or not scope().may("profile.read"):
        return []
    count = await facts.to_confirm(client)
    title = gettext("核对公司资料(%(n)s 项)") % {"n": count}
    return [WaitingItem(client, title, "去核对", "/profile", Urgency.LATER)] if count else []


async def to_settle(limit: int) -> Sequence[WaitingItem]:
    """One line a client with proposals or objections."""
    if not scope().may("profile.read"):
        return []
    counted = Counter(fact.client for fact in await facts.waiting(scope().client))
    return [
        WaitingItem(
            client, gettext("企业资料有 %(n)s 项意见或建议待处理") % {"n": count}, "去处理", "/profile", Urgency.TODAY
        )
        for client, count in list(counted.items())[:limit]
    ]


PROFILE_WAITING = (
    WaitingSource("profile-to-confirm", "profile.confirm", to_confirm, topics=(facts.TOPIC,)),
    WaitingSource("profile-to-settle", "profile.write", to_settle, topics=(facts.TOPIC,)),
)
