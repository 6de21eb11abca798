"""Codes that prove a phone number or an e-mail address: made, sent through the firm's vendor, and typed in again.

What happens in a transaction (:func:`begin`, :func:`confirm`) and what must not (:func:`send`) are apart. A wrong code is counted in the row
that is locked while it is checked, so that tries in parallel count one by one: :func:`confirm` answers, and its caller commits.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.account_trail import FormerAddress
from zhangfang_core.identity.phones import phone_written, takes_messages
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.second_factor import digits_of
from zhangfang_core.settings import read_settings
from zhangfang_core.storage.keys import derived_key
from zhangfang_sdk.contacts import ContactKind
from zhangfang_sdk.context import in_scope, scope, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.messages import Mail, MailSender, TextMessage, TextSender
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import NoVendorAnswered, VendorRefused, Vendors

DIGITS = 6
LONGEST_EMAIL = 120
MINUTES = 10
TRIES = 5
SECONDS_BETWEEN = 60
MOST_AN_HOUR = 5
MOST_A_DAY = 10
TEMPLATE = "verification_code"
"""Our name of the words that the SMS vendor has on file, with the values ``code`` and ``minutes``."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A code that is to be sent now, ``id`` its row."""

    id: int
    kind: ContactKind
    address: str
    code: str


def address_written(kind: ContactKind, text: str) -> str:
    """Raises Refusal ``contact.phone_wrong``, ``contact.not_mobile``, ``contact.email_wrong``."""
    if kind is ContactKind.EMAIL:
        try:
            address = validate_email(text.strip(), check_deliverability=False).normalized
        except EmailNotValidError as error:
            raise Refusal("contact.email_wrong", "邮箱不对,请检查后再填。", field="address") from error
        if len(address) > LONGEST_EMAIL:
            raise Refusal("contact.email_wrong", f"邮箱太长,最多 {LONGEST_EMAIL} 个字符。", field="address")
        return address
    phone = phone_written(text, "address")
    if not takes_messages(phone):
        raise Refusal("contact.not_mobile", "这个号码收不到短信,请填手机号。", field="address")
    return phone


async def begin(kind: ContactKind, text: str) -> Sending:
    """A new code for an address of the person who is signed in; codes that they got before for this kind are void.

    Raises Refusal as :func:`address_written`, ``contact.too_often`` (429).
    """
    address, user = address_written(kind, text), scope().user
    await connection().execute("select from core_user where id = $1 for no key update", user)
    counts = await connection().fetchrow(
        """select count(*) filter (where kind = $3 and sent_at > now() - make_interval(secs => $2)) as just_now,
        count(*) filter (where sent_at > now() - interval '1 hour') as hour, count(*) as day
        from core_contact_code where "user" = $1 and sent_at > now() - interval '1 day'""",
        user,
        SECONDS_BETWEEN,
        kind.value,
    )
    if counts is not None and counts["just_now"]:
        raise _too_often(f"两次获取验证码要间隔 {SECONDS_BETWEEN} 秒,请稍等再试。")
    if counts is not None and (counts["hour"] >= MOST_AN_HOUR or counts["day"] >= MOST_A_DAY):
        raise _too_often("获取验证码的次数太多,请过一段时间再试。")
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    await connection().execute(
        """update core_contact_code set expires_at = now() where "user" = $1 and kind = $2 and expires_at > now()""", user, kind.value
    )
    id_: int = await connection().fetchval(
        """insert into core_contact_code ("user", kind, address, code_hash, sent_at, expires_at, tries)
        values ($1, $2, $3, $4, now(), now() + make_interval(mins => $5), 0) returning id""",
        user,
        kind.value,
        address,
        _hash(user, address, code),
        MINUTES,
    )
    return Sending(id_, kind, address, code)


async def send(firm: int, sending: Sending) -> None:
    """Hand a code to the vendor that ``firm`` chose; no transaction may be open.

    Raises Refusal ``contact.no_vendor`` (503) where it chose none, ``contact.not_sent`` (503) when the vendor was not reached or refused.
    A message that may have gone out is taken for sent.
    """
    key = f"contact-code-{sending.id}"
    try:
        with in_scope(system_scope(firm)):
            if sending.kind is ContactKind.PHONE:
                values = {"code": sending.code, "minutes": str(MINUTES)}
                text = TextMessage(key, sending.address, TEMPLATE, values)
                await use(Vendors).call(TextSender, lambda vendor: vendor.send(text), effect=True)
            else:
                words = f"您的验证码是 {sending.code},{MINUTES} 分钟内有效。如果不是您本人操作,请忽略这封邮件。"
                mail = Mail(key, sending.address, "账房:验证您的邮箱", words)
                await use(Vendors).call(MailSender, lambda vendor: vendor.send(mail), effect=True)
    except VendorRefused as refused:
        raise Refusal("contact.not_sent", refused.sentence, status=503, field="address") from refused
    except NoVendorAnswered as nobody:
        if nobody.code == "vendor.maybe_done":
            return
        if nobody.code == "vendor.none_chosen":
            what = "短信" if sending.kind is ContactKind.PHONE else "邮件"
            raise no_vendor(what) from nobody
        raise Refusal("contact.not_sent", "验证码没有发出去,请过几分钟再试。", status=503) from nobody


def no_vendor(what: str) -> Refusal:
    return Refusal(
        "contact.no_vendor",
        f"代账公司还没有开通{what}服务,暂时不能验证。请代账公司的管理员在“外部服务”里开通。",
        status=503,
    )


async def confirm(kind: ContactKind, code: str) -> str | None:
    """The address that is now verified and kept, None for a wrong, used or old code, and after five tries.

    One in the place of another is a change, of which the person is told, at the former one too: codes and messages go elsewhere from now on.
    """
    user, digits = scope().user, digits_of(code)
    row = await connection().fetchrow(
        """select id, address, code_hash from core_contact_code
        where "user" = $1 and kind = $2 and expires_at > now() and tries < $3 order by id desc limit 1 for update""",
        user,
        kind.value,
        TRIES,
    )
    if row is None:
        return None
    fits = hmac.compare_digest(row["code_hash"], _hash(user, row["address"], digits))
    await connection().execute(
        "update core_contact_code set tries = tries + 1, expires_at = case when $2 then now() else expires_at end where id = $1",
        row["id"],
        fits,
    )
    if not fits:
        return None
    before = await connection().fetchval(
        'select address from core_contact_point where "user" = $1 and kind = $2', user, kind.value
    )
    await connection().execute(
        """insert into core_contact_point ("user", kind, address, verified_at) values ($1, $2, $3, now())
        on conflict ("user", kind) do update set address = $3, verified_at = now()""",
        user,
        kind.value,
        row["address"],
    )
    if before in (None, row["address"]):
        await record_everywhere("contact.verify", f"core_user:{user}")
    else:
        await record_everywhere("contact.change", f"core_user:{user}", former=FormerAddress(kind, before))
    address: str = row["address"]
    return address


async def waiting_code(kind: ContactKind) -> str | None:
    """The address whose code may still be typed in, None without one."""
    found: str | None = await connection().fetchval(
        """select address from core_contact_code where "user" = $1 and kind = $2 and expires_at > now() and tries < $3
        order by id desc limit 1""",
        scope().user,
        kind.value,
        TRIES,
    )
    return found


async def give_up(sending: Sending) -> None:
    """The code was not sent: nobody can know it."""
    await connection().execute("update core_contact_code set expires_at = now() where id = $1", sending.id)


def _hash(user: int | None, address: str, code: str) -> str:
    # Six digits are guessed in no time from a plain hash: the key stands outside the database.
    bound = f"{user}\n{address}\n{code}".encode("utf-8", "replace")
    return hmac.new(derived_key(read_settings(), "identity.contact_code"), bound, hashlib.sha256).hexdigest()


def _too_often(sentence: str) -> Refusal:
    return Refusal("contact.too_often", sentence, status=429, field="address")
