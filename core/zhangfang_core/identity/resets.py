"""Links that let a person choose a new password: made by the firm's admin for a member, by the operator for anybody, and for whoever asks (``forgotten``).

A link is good for one day and once; it ends every session of the person, who is told at the next sign-in. The second factor
stays unless the one who makes the link says that it goes too.
"""

import datetime as dt
from dataclasses import dataclass

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity import second_factor
from zhangfang_core.identity.account_trail import STRANGER, record_at_firms_of
from zhangfang_core.identity.members import Member, member
from zhangfang_core.identity.passwords import check_strength, hashed
from zhangfang_core.identity.secret_links import LinkKind, behind
from zhangfang_core.identity.sign_in import login_written
from zhangfang_core.identity.tokens import hash_of, new_token
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import Scope, firm_in_scope, in_scope, require, scope, system_scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.messages import Mail, MailSender
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import NoVendorAnswered, VendorRefused, Vendors

GOOD_FOR = dt.timedelta(days=1)
_LINK = LinkKind("core_reset", 'id, "user", also_factor', "used_at is null")


@dataclass(frozen=True, slots=True)
class MadeReset:
    """A link's token, shown once. ``email`` is the person's verified address, "" without one."""

    id: int
    token: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class OpenReset:
    """A link that can be used, as its receiver sees it."""

    id: int
    user: int
    login: str
    name: str
    also_factor: bool


async def make_for_member(membership: int, *, also_factor: bool) -> MadeReset:
    """For somebody of the firm in scope or of its clients; needs ``people.manage``. Links from before are void.

    Raises Refusal ``common.not_found``, ``member.self``, ``reset.operator_only`` (an owner, or whoever runs the deployment), and
    ``reset.elsewhere`` for somebody of another firm too: a link that one firm sends would open the other firm's books to it.
    """
    found = await member(membership)
    if found.user == scope().user:
        raise Refusal("member.self", "自己的密码请在“我的”里修改。", status=409)
    if await _stands_elsewhere(found):
        raise Refusal("reset.elsewhere", "这个人还属于其他公司,密码只能由系统运维人员重设,不能由其中一家代为重设。", status=409)
    email: str = await connection().fetchval(
        """select coalesce((select address from core_contact_point where "user" = $1 and kind = 'email'), '')""", found.user
    )
    id_, token = await _insert(found.user, also_factor=also_factor)
    await use(Audit).record("reset.make", f"core_user:{found.user}", client=found.client, after={"also_factor": also_factor})
    return MadeReset(id_, token, found.name, email)


async def make_for_login(login: str, *, also_factor: bool) -> MadeReset:
    """For anybody but oneself, by the operator; needs ``operator.use``. Raises Refusal ``common.not_found``, ``member.self``."""
    require("operator.use")
    actor = scope()
    row = await connection().fetchrow("select id, name from core_user where login = $1", login_written(login))
    if row is None:
        raise not_found("登录名")
    if row["id"] == actor.user:
        raise Refusal("member.self", "自己的密码请在“我的”里修改。", status=409)
    id_, token = await _insert(row["id"], also_factor=also_factor)
    await use(Audit).record("reset.make", f"core_user:{row['id']}", after={"also_factor": also_factor})
    await record_at_firms_of(row["id"], "reset.make", actor, after={"also_factor": also_factor})
    await show_scope(actor)
    return MadeReset(id_, token, row["name"], "")


async def mail(firm: int, made: MadeReset, link: str) -> bool:
    """Send a link through the vendor that ``firm`` chose; no transaction may be open. False when it certainly has not gone out."""
    words = f"{made.name},您好:\n\n请打开下面的链接设置新密码,一天内有效,只能用一次。如果不是您要求的,请联系您的代账公司。\n\n{link}\n"
    message = Mail(f"reset-{made.id}", made.email, "账房:设置新密码", words)
    try:
        with in_scope(system_scope(firm)):
            await use(Vendors).call(MailSender, lambda vendor: vendor.send(message), effect=True)
    except VendorRefused:
        return False
    except NoVendorAnswered as nobody:
        return nobody.code == "vendor.maybe_done"
    return True


async def withdraw(reset: int) -> None:
    """A link that reached nobody is worth nothing."""
    await connection().execute("update core_reset set revoked_at = now() where id = $1 and used_at is null", reset)


async def look(token: str) -> OpenReset | None:
    """Whose password this link resets, or None when it was used, replaced, or is too old.

    For a request that nobody is signed in to: it leaves the transaction's settings at this link and its person.
    """
    row = await behind(_LINK, token)
    if row is None:
        return None
    await show_scope(Scope(user=row["user"]), token=hash_of(token))
    person = await connection().fetchrow("select login, name from core_user where id = $1", row["user"])
    return None if person is None else OpenReset(**dict(row), **dict(person))


async def choose_password(token: str, password: str, *, address: str) -> None:
    """The link's person has this password from now on, and no session. Raises Refusal ``reset.over``, ``password.weak``."""
    found = await look(token)
    if found is None:
        raise over()
    check_strength(password, found.login)
    await connection().execute("update core_user set password_hash = $2 where id = $1", found.user, await hashed(password))
    if found.also_factor:
        await second_factor.remove(found.user)
    await connection().execute(
        """update core_session set revoked_at = now() where "user" = $1 and revoked_at is null""", found.user
    )
    await connection().execute("update core_reset set used_at = now() where id = $1", found.id)
    await _void(found.user)
    stranger = Scope(user_name=STRANGER, address=address)
    await record_at_firms_of(found.user, "reset.use", stranger, after={"also_factor": found.also_factor})


def over() -> Refusal:
    return Refusal("reset.over", "这个重设链接已经用过或过期了,请联系给您链接的人重新发一个。", status=410)


async def _insert(user: int, *, also_factor: bool) -> tuple[int, str]:
    await _void(user)
    return await keep_link(user, made_by=scope().user_name, also_factor=also_factor)


async def _void(user: int) -> None:
    await connection().execute(
        """update core_reset set revoked_at = now() where "user" = $1 and used_at is null and revoked_at is null""", user
    )


async def keep_link(user: int, *, made_by: str, also_factor: bool) -> tuple[int, str]:
    """A new link beside those that stand: its id and its token, which is kept nowhere."""
    token = new_token()
    id_: int = await connection().fetchval(
        """insert into core_reset ("user", token_hash, also_factor, made_by, made_at, expires_at)
        values ($1, $2, $3, $4, now(), now() + $5::interval) returning id""",
        user,
        hash_of(token),
        also_factor,
        made_by[:80],
        GOOD_FOR,
    )
    return id_, token


async def _stands_elsewhere(found: Member) -> bool:
    """Whether the person belongs to another firm too. Raises Refusal ``reset.operator_only``."""
    actor, firm = scope(), firm_in_scope()
    await show_scope(Scope(user=found.user))
    stands = await connection().fetchrow(
        """select u.is_operator or exists (
            select from core_membership m where m."user" = u.id and m.firm = $2 and m.role = 'owner') as high,
        exists (select from core_membership m where m."user" = u.id and m.firm <> $2) as elsewhere
        from core_user u where u.id = $1""",
        found.user,
        firm,
    )
    await show_scope(actor)
    if stands is None or stands["high"]:
        raise Refusal("reset.operator_only", "负责人的密码只能由系统运维人员重设。", status=403)
    elsewhere: bool = stands["elsewhere"]
    return elsewhere
