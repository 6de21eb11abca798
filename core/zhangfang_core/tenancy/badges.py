"""Red dots of clients' profiles."""

from zhangfang_core.tenancy import facts
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.web import Badge


async def waits_for_firm() -> int:
    """Proposals and objections of the client that is open, or of all that the person sees."""
    return await facts.count_waiting() if scope().may("profile.read") else 0


async def waits_for_client() -> int:
    """Facts that hold today and of which the client's people have said nothing."""
    if not (scope().may("profile.confirm") and scope().may("profile.read")):
        return 0
    return await facts.to_confirm(client_in_scope())


PROFILE_BADGES = (
    Badge("clients", waits_for_firm, (facts.TOPIC,)),
    Badge("profile", waits_for_firm, (facts.TOPIC,)),
    Badge("my-profile", waits_for_client, (facts.TOPIC,)),
)
