"""忘记密码: a link for a new password, sent to the address that the person verified.

Whoever asks is told the same, in the same time, whether anybody has the login or not: what is found is found afterwards. A link is as
one of the firm's admin: good for a day and once, the second factor stays, the person is told. It takes no other link away, so that
strangers who ask void none.
"""

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity import resets
from zhangfang_core.identity.account_trail import STRANGER, record_at_firms_of
from zhangfang_core.identity.pacing import Tried, try_now
from zhangfang_core.identity.sign_in import login_written
from zhangfang_core.modules.afterwards import afterwards
from zhangfang_core.settings import read_settings
from zhangfang_sdk.context import Scope, firm_in_scope, in_scope, scope, system_scope, transaction
from zhangfang_sdk.jobs import Job, Jobs
from zhangfang_sdk.messages import MailSender
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Vendors

MAIL = "core.mail_reset_link"
MADE_BY = "登录页"
MOST_AN_HOUR = 3


def is_offered() -> bool:
    """Only where the deployment says its own address: a link made of what a stranger's request names could lead anywhere."""
    return read_settings().public_url is not None


async def ask(login: str, address: str) -> None:
    """Have a link sent. Each asking is counted, as a failed try is; commit it. Raises Refusal ``sign_in.wait``."""
    written = login_written(login)
    await (await try_now(Tried.RESET, written, address)).failed()
    afterwards(Scope(), lambda: _queue(written, address))


async def _queue(login: str, address: str) -> None:
    """By the person's firm, where it has mail set up; nothing for a login that nobody has, and without a verified address.

    Nor for somebody of several firms: a firm reads what its server sends, and the link would open the other firm's books to it.
    """
    await show_scope(Scope(), login=login)
    person = await connection().fetchval("select id from core_user where login = $1", login)
    if person is None:
        return
    await show_scope(Scope(user=person))
    reached = await connection().fetchval(
        """select exists (select from core_contact_point where "user" = $1 and kind = 'email')""", person
    )
    firms = {row["firm"] for row in await connection().fetch("select firm from app_places()")} if reached else set[int]()
    if len(firms) != 1:
        return
    there = system_scope(firms.pop())
    await show_scope(there)
    with in_scope(there):
        if await use(Vendors).is_available(MailSender):
            await use(Jobs).defer(MAIL, person=person, address=address)


async def mail_reset_link(person: int, address: str) -> None:
    """The job, of the firm whose vendor sends it. ``address`` is whence it was asked for."""
    async with transaction():
        row = await connection().fetchrow(
            """select u.name, p.address as email, (select count(*) from core_reset r where r."user" = u.id
                and r.made_by = $2 and r.made_at > now() - interval '1 hour') as made
            from core_user u join core_contact_point p on p."user" = u.id and p.kind = 'email' where u.id = $1""",
            person,
            MADE_BY,
        )
        if row is None or row["made"] >= MOST_AN_HOUR:
            return
        id_, token = await resets.keep_link(person, made_by=MADE_BY, also_factor=False)
        stranger = Scope(user_name=STRANGER, address=address)
        await record_at_firms_of(person, "reset.make", stranger, after={"also_factor": False})
        await show_scope(scope())
    made = resets.MadeReset(id_, token, row["name"], row["email"])
    if not await resets.mail(firm_in_scope(), made, f"{read_settings().public_url}/resets/{token}"):
        async with transaction():
            await resets.withdraw(id_)


MAIL_RESET_JOB = Job(MAIL.removeprefix("core."), mail_reset_link)
