"""Links for auditors: a sign-in for a while that only reads named clients and years, made and ended by the firm.

An auditor is a person with memberships of the role ``auditor`` at these clients, which stand as long as the link does (``app_stands``).
"""

import datetime as dt
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity.passwords import hashed, matches
from zhangfang_core.identity.roles import AUDITOR
from zhangfang_core.identity.secret_links import LinkKind, behind
from zhangfang_core.identity.sessions import open_session
from zhangfang_core.identity.set_up import join, make_person
from zhangfang_core.identity.tokens import hash_of, new_token
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import Scope, firm_in_scope, in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.services import use

LONGEST = dt.timedelta(days=90)
LONGEST_NAME = 80
TRIES = 10
"""Wrong PINs after which a link is worth nothing any more."""
_LINK = LinkKind("core_auditor_link", 'id, firm, "user" as person, pin_hash, expires_at', f"tries < {TRIES}")
PIN_LENGTH, FIRST_YEAR, MOST_YEARS = 8, 2000, 15

_LINKS = """select l.id, u.name as auditor, l.years, l.made_by, l.expires_at, l.opened_at, l.revoked_at,
    array(select c.name from core_membership m join core_client c on c.firm = m.firm and c.id = m.client
        where m.firm = l.firm and m."user" = l."user" order by c.name) as clients
    from core_auditor_link l join core_user u on u.id = l."user" where l.firm = $1 order by l.id desc limit 100"""


@dataclass(frozen=True, slots=True)
class Made:
    """Both are shown once and kept as hashes: the link's token, and the PIN that goes to the auditor another way."""

    token: str
    pin: str


@dataclass(frozen=True, slots=True)
class AuditorLink:
    """As the firm sees it. Instants are UTC; ``opened_at`` is the last time that somebody came in."""

    id: int
    auditor: str
    clients: Sequence[str]
    years: Sequence[int]
    made_by: str
    expires_at: dt.datetime
    opened_at: dt.datetime | None
    revoked_at: dt.datetime | None

    @property
    def stands(self) -> bool:
        return self.revoked_at is None and self.expires_at > dt.datetime.now(dt.UTC)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link as its receiver sees it."""

    id: int
    firm: int
    firm_name: str
    person: int
    pin_hash: str
    expires_at: dt.datetime


async def make(auditor: str, clients: Sequence[int], years: Sequence[int], until: dt.date) -> Made:
    """Needs ``people.manage``; ``until`` is the last day, in Asia/Shanghai, 90 days ahead at most. On the trail.

    Raises Refusal ``auditor.name``, ``auditor.clients``, ``auditor.years``, ``auditor.until``, ``common.not_found``.
    """
    require("people.manage")
    name, days = auditor.strip(), (until - today()).days
    if not name:
        raise Refusal("auditor.name", "请填写审计人员的姓名和单位,方便日后核对。", field="auditor")
    if len(name) > LONGEST_NAME:
        raise Refusal("auditor.name", f"姓名和单位最多 {LONGEST_NAME} 个字,请缩短。", field="auditor")
    if not clients:
        raise Refusal("auditor.clients", "请至少选择一家客户。", field="client")
    if not 0 < len(years) <= MOST_YEARS or not all(FIRST_YEAR <= year <= today().year for year in years):
        raise Refusal("auditor.years", "请至少选择一个年度。", field="year")
    if not 0 <= days <= LONGEST.days:
        raise Refusal("auditor.until", f"截止日期要在今天到 {LONGEST.days} 天之内。", field="until")
    known = await connection().fetchval(
        "select count(*) from core_client where firm = $1 and id = any($2::bigint[])", firm_in_scope(), list(clients)
    )
    if known != len(set(clients)):
        raise not_found("客户企业")
    token, pin = new_token(), "".join(secrets.choice("0123456789") for _ in range(PIN_LENGTH))
    person = await make_person(f"auditor-{hash_of(token)[:24]}", name, new_token())
    for client in sorted(set(clients)):
        await join(person, AUDITOR, client)
    link = await connection().fetchval(
        """insert into core_auditor_link (firm, "user", token_hash, pin_hash, years, made_by, made_at, expires_at, tries)
        values ($1, $2, $3, $4, $5, $6, now(), $7, 0) returning id""",
        firm_in_scope(),
        person,
        hash_of(token),
        await hashed(pin),
        json.dumps(sorted(set(years))),
        scope().user_name[:80],
        dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), BUSINESS_TIME_ZONE),
    )
    after: dict[str, object] = {"auditor": name, "clients": sorted(set(clients)), "years": sorted(set(years)), "until": until.isoformat()}
    await use(Audit).record("auditor.make", f"core_auditor_link:{link}", after=after)
    return Made(token, pin)


async def links() -> Sequence[AuditorLink]:
    """Those of the firm in scope, newest first, ended ones too; needs ``people.manage``."""
    require("people.manage")
    rows = await connection().fetch(_LINKS, firm_in_scope())
    return [AuditorLink(**{**dict(row), "years": json.loads(row["years"])}) for row in rows]


async def end(link: int) -> None:
    """In force with the auditor's next request; needs ``people.manage``. On the trail. Raises Refusal ``common.not_found``."""
    require("people.manage")
    done = await connection().fetchval(
        "update core_auditor_link set revoked_at = now() where firm = $1 and id = $2 and revoked_at is null returning id",
        firm_in_scope(),
        link,
    )
    if done is None:
        raise not_found("审计链接")
    await use(Audit).record("auditor.end", f"core_auditor_link:{link}")


async def look(token: str) -> Opened | None:
    """What this link opens, None when it was ended, is over, or had too many wrong PINs.

    For a request that nobody is signed in to: it leaves the transaction's settings at this one link.
    """
    row = await behind(_LINK, token)
    if row is None:
        return None
    await show_scope(Scope(firm=row["firm"]), token=hash_of(token))
    name = await connection().fetchval("select name from core_firm where id = $1", row["firm"])
    return Opened(firm_name=name or "", **dict(row))


async def come_in(token: str, pin: str, *, address: str, user_agent: str) -> str | None:
    """A session's token that ends with the link; None for a wrong PIN, which is counted: commit it. Raises Refusal ``auditor.over``."""
    opened = await look(token)
    if opened is None:
        raise Refusal("auditor.over", "这个审计链接已经到期或被收回了,请联系代账公司重新发一个。", status=410)
    visitor = Scope(firm=opened.firm, user=opened.person, user_name="审计人员", role=AUDITOR, address=address)
    fits = await matches(opened.pin_hash, "".join(pin.split()))
    await show_scope(visitor, token=hash_of(token))
    with in_scope(visitor):
        await connection().execute(
            """update core_auditor_link set tries = case when $2 then 0 else tries + 1 end,
            opened_at = case when $2 then now() else opened_at end where id = $1""",
            opened.id,
            fits,
        )
        await use(Audit).record("auditor.enter" if fits else "auditor.wrong_pin", f"core_auditor_link:{opened.id}")
        if not fits:
            return None
        session = await open_session(opened.person, address=address, user_agent=user_agent)
        await connection().execute(
            """update core_session set mfa_done = true, expires_at = least(expires_at, $2) where token_hash = $1""",
            hash_of(session),
            opened.expires_at,
        )
    return session
