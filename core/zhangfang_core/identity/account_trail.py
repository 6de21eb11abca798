"""What concerns a person's account on the trail of the firms where they belong, done by somebody who is not signed in there."""

import datetime as dt
from dataclasses import dataclass, replace

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.contacts import ContactKind
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.services import use

NOBODY = 0
STRANGER = "未登录"
"""Stands where the trail names who did it: who failed, or holds a link, has proved nothing else."""

TELL_PERSON = "core.tell_account_change"
TELL_FORMER = "core.tell_former_address"
TOLD = {
    "passkey.add": "添加了通行密钥",
    "passkey.remove": "删除了通行密钥",
    "second_factor.set_up": "设置了动态验证码",
    "second_factor.remove": "关闭了动态验证码",
    "second_factor.recovery_codes": "重新生成了恢复码",
    "password.change": "修改了密码",
    "contact.change": "更换了手机号或邮箱",
    "contact.remove": "删除了手机号或邮箱",
    "reset.use": "用链接重设了密码",
}
"""Actions of which the person themselves is told: they change how the account is signed in to, or where its person hears of that; in words after "您的账号"."""


async def tell_person(person: int | None, action: str) -> None:
    """Tell the person of an action in TOLD by the firm in scope; of others nothing."""
    if person is not None and action in TOLD:
        await use(Jobs).defer(TELL_PERSON, person=person, action=action, at=dt.datetime.now(dt.UTC).isoformat("T", "seconds"))


@dataclass(frozen=True, slots=True)
class FormerAddress:
    """A phone number (E.164) or e-mail address that was the person's until now. Whoever took the account over has the new one, its person this."""

    kind: ContactKind
    address: str


async def tell_former(former: FormerAddress, action: str) -> None:
    """Tell whoever reads ``former`` of an action in TOLD, by the vendor of the firm in scope."""
    at = dt.datetime.now(dt.UTC).isoformat("T", "seconds")
    await use(Jobs).defer(TELL_FORMER, kind=former.kind.value, address=former.address, action=action, at=at)


async def record_failure(action: str, person: int | None, *, address: str, wait: int) -> None:
    """Put a failed try at a person's account on the trail, with the wait (seconds) that follows.

    A login that nobody has, and a person of no firm, stand on the deployment's own trail: both take the same steps.
    """
    outside = Scope(user_name=STRANGER, address=address)
    await record_at_firms_of(person, action, outside, after={"wait_seconds": wait} if wait else None)


async def record_at_firms_of(person: int | None, action: str, actor: Scope, *, after: dict[str, object] | None) -> None:
    """Write as ``actor``, at each firm of ``person``. Leaves the transaction's settings at one of these trails."""
    await show_scope(Scope(user=person or NOBODY))
    firms = {row["firm"] for row in await connection().fetch("select firm from app_places()")}
    subject = "core_user" if person is None else f"core_user:{person}"
    for firm in sorted(firms) or [None]:
        there = replace(actor, firm=firm, operator=False, staff=False, client=None)
        await show_scope(there)
        with in_scope(there):
            await use(Audit).record(action, subject, after=after)
            if firm is not None:
                await tell_person(person, action)
