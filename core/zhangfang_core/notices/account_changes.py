"""账号安全: a person is told of what changes how their account is signed in to, whoever did it.

Queued in the transaction of the change at every firm where the person belongs, and kept about the first client that they see there. An address
that is theirs no more is told directly: it may be the one that its person still reads.
"""

import datetime as dt
import hashlib
import logging

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.account_trail import TELL_FORMER, TELL_PERSON, TOLD
from zhangfang_core.notices.kinds import ACCOUNT_CHANGED, CORE
from zhangfang_core.notices.wording import ONE
from zhangfang_sdk.contacts import ContactKind
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.messages import Mail, MailSender, TextMessage, TextSender
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import NoVendorAnswered, VendorRefused, Vendors

log = logging.getLogger("zhangfang.notices")

_FIRST_CLIENT = """select min(c.id) from core_membership m cross join lateral (select app_clients_of(m) as clients) s
    join core_client c on c.firm = m.firm and (m.client is null or m.client = c.id) and (s.clients is null or c.id = any(s.clients))
    where m.firm = $1 and m."user" = $2 and app_stands(m)"""


async def tell_account_change(person: int, action: str, at: str) -> None:
    """``at`` is the instant of the change in ISO form. Who sees no client of the firm is told nothing here."""
    async with transaction():
        client = await connection().fetchval(_FIRST_CLIENT, firm_in_scope(), person)
        if client is None:
            return
        when = dt.datetime.fromisoformat(at).astimezone(BUSINESS_TIME_ZONE)
        notice = Notice(
            client,
            f"{CORE}.{ACCOUNT_CHANGED}",
            f"{ACCOUNT_CHANGED}:{action}:{at}",
            "/account",
            {"what": TOLD[action], "when": f"{when:%Y-%m-%d %H:%M}"},
            people=frozenset({person}),
        )
        await use(Notices).send(notice)


async def tell_former_address(kind: str, address: str, action: str, at: str) -> None:
    """By the firm's vendor, at any hour; by nothing where it chose none. ``at`` is the instant of the change in ISO form.

    Raises NoVendorAnswered where certainly nothing was sent, to be tried again.
    """
    moment = dt.datetime.fromisoformat(at)
    key = f"account-{firm_in_scope()}-{int(moment.timestamp())}-{hashlib.sha256(address.encode()).hexdigest()[:16]}"
    what = f"您的账号{TOLD[action]}"
    try:
        if ContactKind(kind) is ContactKind.PHONE:
            text = TextMessage(key, address, ONE, {"text": f"{what},不是您本人请马上联系代账公司"})
            await use(Vendors).call(TextSender, lambda sender: sender.send(text), effect=True)
        else:
            mail = await _former_mail(key, address, what, moment)
            await use(Vendors).call(MailSender, lambda sender: sender.send(mail), effect=True)
    except VendorRefused as refused:
        log.warning("a former address of firm %s was not told: %s", firm_in_scope(), refused.code)
    except NoVendorAnswered as nobody:
        if nobody.code not in ("vendor.none_chosen", "vendor.maybe_done"):
            raise


async def _former_mail(key: str, address: str, what: str, moment: dt.datetime) -> Mail:
    async with transaction():
        firm = await connection().fetchval("select name from core_firm where id = $1", firm_in_scope())
    when = moment.astimezone(BUSINESS_TIME_ZONE)
    text = (
        f"{when:%Y-%m-%d %H:%M},{what}。这个邮箱以后不再收到通知和重设密码的链接。\n\n"
        f"不是您本人操作?请马上联系代账公司“{firm}”,请他们停用这个账号。"
    )
    return Mail(key, address, what, text)


TELL_FORMER_JOB = Job(TELL_FORMER.removeprefix("core."), tell_former_address)
TELL_PERSON_JOB = Job(TELL_PERSON.removeprefix("core."), tell_account_change)
