"""The SDK's ``Contacts``, and what a person keeps of their own: channels, quiet hours, consent."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.account_trail import FormerAddress
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.seeing import seeing_everybody
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_sdk.contacts import MESSAGES, Channel, Colleague, Consent, ContactKind, Member, QuietHours, Reach
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found

CONSENT_VERSION = "2026-11"
"""Of the words on the page; another version asks anew."""

_REACH = """select u.id, u.name, c."user" is not null as chose, c.sms, c.email, c.wechat, c.quiet_from, c.quiet_until,
    (select json_agg(json_build_array(p.kind, p.address, extract(epoch from p.verified_at))) from core_contact_point p where p."user" = u.id) as points,
    (select json_agg(json_build_array(s.purpose, s.text_version, extract(epoch from s.given_at))) from core_consent s
        where s."user" = u.id and s.withdrawn_at is null) as consents
    from core_user u left join core_contact_choice c on c."user" = u.id where """


_COLLEAGUES = """select u.id, u.name, m.role, app_clients_of(m) as clients
    from core_membership m join core_user u on u.id = m."user" where m.firm = $1 and m.client is null and m.active order by u.name, u.id"""

_MEMBERS = """select m.client, u.id, u.name, m.role from core_membership m join core_user u on u.id = m."user"
    where m.firm = $1 and m.client = any($2::bigint[]) and m.active and m.role <> 'auditor' order by u.name, u.id"""


_NAMES = """select distinct u.id, u.name from core_membership m join core_user u on u.id = m."user"
    cross join lateral (select app_clients_of(m) as clients) s
    where m.firm = $1 and m."user" = any($3::bigint[]) and m.role <> 'auditor' and app_stands(m)
        and (m.client is null or m.client = $2) and (s.clients is null or $2 = any(s.clients))"""


class FirmContacts:
    """See :class:`zhangfang_sdk.contacts.Contacts`."""

    async def reach(self, person: int) -> Reach:
        require("contacts.read")
        return await _one(
            _REACH + """u.id = $1 and exists (select from core_membership m where m."user" = u.id and m.firm = $2)""",
            person,
            firm_in_scope(),
        )

    async def of_firm(self, *, may: str = "") -> Sequence[Colleague]:
        require("contacts.read")
        rows = await connection().fetch(_COLLEAGUES, firm_in_scope())
        held = await _roles_that_hold(may, {row["role"] for row in rows})
        return [
            Colleague(r["id"], r["name"], None if r["clients"] is None else frozenset(r["clients"]), r["role"])
            for r in rows
            if r["role"] in held
        ]

    async def of_clients(self, clients: Sequence[int], *, may: str) -> Mapping[int, Sequence[Member]]:
        require("contacts.read")
        wanted = sorted(set(clients))
        known = await connection().fetchval(
            "select count(*) from core_client where firm = $1 and id = any($2::bigint[])", firm_in_scope(), wanted
        )
        if known != len(wanted) or not all(scope().sees(client) for client in wanted):
            raise not_found("客户企业")
        rows = await connection().fetch(_MEMBERS, firm_in_scope(), wanted)
        held = await _roles_that_hold(may, {row["role"] for row in rows})
        found: dict[int, list[Member]] = {client: [] for client in wanted}
        for row in rows:
            if row["role"] in held:
                found[row["client"]].append(Member(row["id"], row["name"], row["role"]))
        return found

    async def names(self, client: int, people: Collection[int]) -> Mapping[int, str]:
        if not scope().sees(client):
            raise not_found("客户企业")
        async with seeing_everybody():
            known = await connection().fetchval("select true from core_client where firm = $1 and id = $2", firm_in_scope(), client)
            rows = await connection().fetch(_NAMES, firm_in_scope(), client, list(people)) if known else []
        if not known:
            raise not_found("客户企业")
        return {row["id"]: row["name"] for row in rows}

    async def of_client(self, client: int) -> Sequence[Reach]:
        require("contacts.read")
        known = scope().sees(client) and await connection().fetchval(
            "select true from core_client where firm = $1 and id = $2", firm_in_scope(), client
        )
        if not known:
            raise not_found("客户企业")
        rows = await connection().fetch(
            _REACH
            + """exists (select from core_membership m where m."user" = u.id and m.firm = $1 and m.client = $2 and m.active
                and m.role <> 'auditor') order by u.name, u.id""",
            firm_in_scope(),
            client,
        )
        return [_reach(row) for row in rows]


async def _roles_that_hold(permission: str, roles: Iterable[str]) -> frozenset[str]:
    """Of these roles; all of them for no permission."""
    if not permission:
        return frozenset(roles)
    rows = await connection().fetch("select key, permissions from core_role where firm = $1", firm_in_scope())
    own = {row["key"]: frozenset[str](json.loads(row["permissions"])) for row in rows}
    enabled = await enabled_modules()
    return frozenset(role for role in roles if permission in permissions_of(role, own, enabled))


async def own_reach() -> Reach:
    """Of the person who is signed in."""
    return await _one(_REACH + "u.id = $1", scope().user)


@dataclass(frozen=True, slots=True)
class Chosen:
    """``channels`` that are open beside the screen; ``agreed`` to the words of CONSENT_VERSION."""

    channels: frozenset[Channel]
    quiet: QuietHours
    agreed: bool


async def own_choice() -> Chosen:
    """What the person who is signed in has ticked, whether it works yet or not."""
    row = await connection().fetchrow(
        'select sms, email, wechat, quiet_from, quiet_until from core_contact_choice where "user" = $1', scope().user
    )
    agreed = await connection().fetchval(
        """select exists (select from core_consent where "user" = $1 and purpose = $2 and text_version = $3 and withdrawn_at is null)""",
        scope().user,
        MESSAGES,
        CONSENT_VERSION,
    )
    return Chosen(frozenset() if row is None else _ticked(row), QuietHours() if row is None else _quiet(row), agreed)


async def choose(chosen: Chosen) -> None:
    """Keep what the person wants. SMS and e-mail need their consent: Refusal ``contact.consent_missing``; it may be taken back any time."""
    outside = chosen.channels - {Channel.SCREEN, Channel.WECHAT}
    if outside and not chosen.agreed:
        raise Refusal("contact.consent_missing", "要用短信或邮件通知您,需要先勾选同意。", field="agreed")
    await connection().execute(
        """insert into core_contact_choice ("user", sms, email, wechat, quiet_from, quiet_until) values ($1, $2, $3, $4, $5, $6)
        on conflict ("user") do update set sms = $2, email = $3, wechat = $4, quiet_from = $5, quiet_until = $6""",
        scope().user,
        *(channel in chosen.channels for channel in (Channel.SMS, Channel.EMAIL, Channel.WECHAT)),
        *(moment.hour * 60 + moment.minute for moment in (chosen.quiet.start, chosen.quiet.end)),
    )
    has_agreed = (await own_choice()).agreed
    if not (chosen.agreed and has_agreed):
        # What was agreed to in other words ends here too.
        await connection().execute(
            """update core_consent set withdrawn_at = now() where "user" = $1 and purpose = $2 and withdrawn_at is null""",
            scope().user,
            MESSAGES,
        )
    if chosen.agreed and not has_agreed:
        await connection().execute(
            """insert into core_consent ("user", purpose, text_version, given_at) values ($1, $2, $3, now())""",
            scope().user,
            MESSAGES,
            CONSENT_VERSION,
        )
    await record_everywhere("contact.choose", f"core_user:{scope().user}")


async def remove(kind: ContactKind) -> None:
    """Take an own phone number or address away; nothing is sent to it any more but that this was done."""
    address = await connection().fetchval(
        'delete from core_contact_point where "user" = $1 and kind = $2 returning address', scope().user, kind.value
    )
    if address is not None:
        await record_everywhere("contact.remove", f"core_user:{scope().user}", former=FormerAddress(kind, address))


async def _one(statement: str, *values: object) -> Reach:
    row = await connection().fetchrow(statement, *values)
    if row is None:
        raise not_found("人员")
    return _reach(row)


def _reach(row: Mapping[str, Any]) -> Reach:
    points = {kind: (address, _instant(at)) for kind, address, at in json.loads(row["points"] or "[]")}
    consents = {p: Consent(p, version, _instant(at)) for p, version, at in json.loads(row["consents"] or "[]")}
    phone, phone_at = points.get(ContactKind.PHONE.value, ("", None))
    email, email_at = points.get(ContactKind.EMAIL.value, ("", None))
    ticked = _ticked(row) if row["chose"] else frozenset[Channel]()
    working = {Channel.SCREEN}
    if Channel.SMS in ticked and phone and MESSAGES in consents:
        working.add(Channel.SMS)
    if Channel.EMAIL in ticked and email and MESSAGES in consents:
        working.add(Channel.EMAIL)
    if Channel.WECHAT in ticked:
        working.add(Channel.WECHAT)
    quiet = _quiet(row) if row["chose"] else QuietHours()
    return Reach(row["id"], row["name"], phone, email, phone_at, email_at, frozenset(working), quiet, consents)


def _ticked(row: Mapping[str, Any]) -> frozenset[Channel]:
    return frozenset(c for c in (Channel.SMS, Channel.EMAIL, Channel.WECHAT) if row[c.value])


def _quiet(row: Mapping[str, Any]) -> QuietHours:
    return QuietHours(*(dt.time(*divmod(row[name], 60)) for name in ("quiet_from", "quiet_until")))


def _instant(epoch: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(epoch, dt.UTC)
