"""The chain's head by e-mail, once a day, to those of the firm who want it: a copy that nobody at the server can change."""

import logging

from zhangfang_core.database.engine import connection
from zhangfang_core.trail.heads import local, newest_head, written
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.messages import Mail, MailSender
from zhangfang_sdk.periods import today
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import NoVendorAnswered, VendorRefused, Vendors

log = logging.getLogger("zhangfang.verify")

# Whoever left the firm hears no more of it.
_READERS = """select r.id, r."user", p.address from core_head_reader r
    join core_membership m on m.firm = r.firm and m."user" = r."user" and m.active and m.client is null
    join core_contact_point p on p."user" = r."user" and p.kind = 'email'
    where r.firm = $1 and (r.sent_on is null or r.sent_on < $2) order by r.id"""


async def is_reader() -> bool:
    """Whether the person who acts gets the head by e-mail."""
    found: bool = await connection().fetchval(
        'select exists (select from core_head_reader where firm = $1 and "user" = $2)', firm_in_scope(), scope().user
    )
    return found


async def choose(wanted: bool) -> None:
    """For the person who acts. Raises Refusal ``audit.no_email`` where they have no verified address."""
    if not wanted:
        await connection().execute(
            'delete from core_head_reader where firm = $1 and "user" = $2', firm_in_scope(), scope().user
        )
    else:
        known = await connection().fetchval(
            "select address from core_contact_point where \"user\" = $1 and kind = 'email'", scope().user
        )
        if known is None:
            raise Refusal("audit.no_email", "请先在“我的联系方式”里验证邮箱,再订阅封存指纹。", status=409)
        await connection().execute(
            'insert into core_head_reader (firm, "user") values ($1, $2) on conflict do nothing',
            firm_in_scope(),
            scope().user,
        )
    await use(Audit).record("audit.choose_mail", f"core_user:{scope().user}", after={"wanted": wanted})


async def send_heads() -> None:
    """The job: today's head to each reader who did not get it yet; what no vendor took is tried again at the next run."""
    day = today()
    async with transaction():
        head = await newest_head()
        readers = await connection().fetch(_READERS, firm_in_scope(), day)
    if head is None:
        return
    words = (
        f"操作日志的封存指纹(第 {head.number} 段,封存于 {local(head.sealed_at)}):\n\n{written(head)}\n\n"
        "请保留这封邮件。以后在“操作日志”页把上面这一行粘进去核对,就能知道这之前的记录有没有被改动过。"
    )
    for reader in readers:
        key = f"trail-head-{reader['id']}-{day:%Y%m%d}"
        try:
            await _mail(Mail(key, reader["address"], f"账房:{day:%Y-%m-%d} 操作日志封存指纹", words))
        except (VendorRefused, NoVendorAnswered) as error:
            log.warning("the head of the trail was not mailed to reader %s: %s", reader["id"], error)
            continue
        async with transaction():
            await connection().execute(
                "update core_head_reader set sent_on = $3 where firm = $1 and id = $2",
                firm_in_scope(),
                reader["id"],
                day,
            )


async def _mail(mail: Mail) -> None:
    await use(Vendors).call(MailSender, lambda vendor: vendor.send(mail), effect=True)


MAIL_JOB = Job("mail_head", send_heads, schedule="40 7 * * *", tries=2)
