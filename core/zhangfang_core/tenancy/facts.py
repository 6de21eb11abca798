"""Entries of clients' profiles: entering them, what the firm decides and what the client says. See the SDK's ``Clients``."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhangfang_core.database.engine import connection, kept
from zhangfang_core.jobs.facts import tell
from zhangfang_core.tenancy import fact_values, small_low_profit
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import today
from zhangfang_sdk.profile import (
    Fact,
    FactKind,
    FactSource,
    FactValue,
    NewFact,
    Profile,
    Standing,
    holding,
    part_of,
)
from zhangfang_sdk.services import use

TOPIC = "profile"
TO_CONFIRM = "core.profile_to_confirm"
"""The notice to those who speak for the client: one a day, whatever was entered."""
MOST_WORDS = 400
MOST_REASON = 200
NEEDED = (FactKind.TAXPAYER_KIND, FactKind.INDUSTRY)
"""A client without one of these could not be booked."""

_COLUMNS = """id, client, kind, value, valid_from, source, standing, entered_at, entered_by_name, decided_at, decided_by_name, reason,
    confirmed_at, confirmed_by_name, objection, objected_at, objected_by_name"""
_SLOT = "firm = $1 and client = $2 and kind = $3 and part = $4"
_WAITS_FOR_FIRM = "(standing = 'proposed' or (standing = 'in_force' and objection <> ''))"


async def profile(client: int, at: dt.date | None) -> Profile:
    (found,) = await profiles([client], at)
    return found


async def to_confirm(client: int) -> int:
    """Facts that hold today and of which the client's people have said nothing; counted once for a page's list and its red dot."""
    counted = kept("facts_to_confirm")
    if client not in counted:
        counted[client] = sum(fact.waits_for_client for fact in (await profile(client, None)).facts())
    count: int = counted[client]
    return count


async def profiles(clients: Sequence[int], at: dt.date | None) -> Sequence[Profile]:
    require("profile.read")
    await see(*clients)
    by_client: dict[int, list[Fact[FactValue]]] = {client: [] for client in clients}
    for fact in await _facts("client = any ($2)", list(by_client)):
        by_client[fact.client].append(fact)
    found = [holding(client, by_client[client], at or today()) for client in clients]
    return [replace(known, small_low_profit=small_low_profit.judge(known)) for known in found]


async def packages(at: dt.date | None) -> Mapping[str, int]:
    require("profile.read")
    allowed = scope().clients
    rows = await connection().fetch(
        """select value, count(*) as clients from (
            select distinct on (client) client, value from core_client_fact
            where firm = $1 and kind = 'service_package' and standing = 'in_force' and valid_from <= $2
                and ($3::bigint[] is null or client = any ($3))
            order by client, valid_from desc, id desc) held group by value""",
        firm_in_scope(),
        at or today(),
        None if allowed is None else sorted(allowed),
    )
    found = {str(fact_values.read(FactKind.SERVICE_PACKAGE, json.loads(row["value"]))): int(row["clients"]) for row in rows}
    return dict(sorted(found.items()))


async def history(client: int, kind: FactKind | None) -> Sequence[Fact[FactValue]]:
    require("profile.read")
    await see(client)
    return await _facts("client = $2 and ($3::varchar is null or kind = $3)", client, kind and kind.value)


async def waiting(client: int | None) -> Sequence[Fact[FactValue]]:
    require("profile.read")
    allowed = scope().clients
    found = await _facts(
        f"{_WAITS_FOR_FIRM} and ($2::bigint is null or client = $2) and ($3::bigint[] is null or client = any ($3))",
        client,
        None if allowed is None else sorted(allowed),
    )
    return sorted(found, key=lambda fact: fact.id)


async def count_waiting() -> int:
    """How many entries :func:`waiting` would give for the client that is open, or for all that the person sees."""
    actor = scope()
    found: int = await connection().fetchval(
        f"""select count(*) from core_client_fact where firm = $1 and {_WAITS_FOR_FIRM}
        and ($2::bigint is null or client = $2) and ($3::bigint[] is null or client = any ($3))""",  # noqa: S608 - a constant
        firm_in_scope(),
        actor.client,
        None if actor.clients is None else sorted(actor.clients),
    )
    return found


async def record(client: int, fact: NewFact, seen: int | None = None) -> int:
    require("profile.write")
    new = fact_values.checked(fact)
    await _hold(client)
    entered = await _put_in_force(client, new, seen)
    await use(Notices).send(Notice(client, TO_CONFIRM, f"profile:{today()}", "/profile"))
    return entered


async def enter_first(client: int, fact: NewFact) -> None:
    """A checked fact of a client that is being taken on, which needs ``clients.manage``."""
    await _put_in_force(client, fact, None)


async def propose(client: int, fact: NewFact) -> int:
    require("profile.propose")
    new = fact_values.checked(fact)
    await _hold(client)
    same = [f for f in await _slot(client, new) if f.value == new.value and f.valid_from == new.valid_from]
    if same:
        return same[0].id
    return await _entered(client, new, Standing.PROPOSED, None)


async def accept(fact_id: int) -> None:
    require("profile.write")
    fact = await _held(fact_id)
    if fact.standing is not Standing.PROPOSED:
        raise _decided()
    await _correct(fact.client, fact)
    await connection().execute(
        """update core_client_fact set standing = 'in_force', decided_at = now(), decided_by_name = $3 where firm = $1 and id = $2""",
        firm_in_scope(),
        fact.id,
        scope().user_name[:80],
    )
    await _changed("profile.accept", fact)


async def withdraw(fact_id: int, reason: str) -> None:
    require("profile.write")
    fact = await _held(fact_id)
    if not reason.strip():
        raise Refusal("profile.reason_missing", "请写明原因,客户和同事以后能看到。", field="reason")
    why = fact_values.written(reason, MOST_REASON, field="reason")
    if fact.standing is Standing.WITHDRAWN:
        raise _decided()
    if fact.kind in NEEDED and fact.standing is Standing.IN_FORCE:
        others = [f for f in await _slot(fact.client, fact) if f.standing is Standing.IN_FORCE and f.id != fact.id]
        if not others:
            raise Refusal("profile.needed", "这一项不能空着,请直接录入正确的内容,旧的会自动更正。", status=409)
    await _withdrawn(fact, why)
    await _changed("profile.withdraw", fact, reason=why)


async def confirm(client: int, fact_ids: Sequence[int]) -> int:
    require("profile.confirm")
    await _hold(client)
    wanted = frozenset(fact_ids)
    found = {f.id: f for f in await _facts("client = $2 and id = any ($3)", client, sorted(wanted))}
    if wanted - set(found) or any(f.standing is not Standing.IN_FORCE for f in found.values()):
        raise _moved()
    new = [f for f in found.values() if f.confirmed_at is None]
    await connection().execute(
        """update core_client_fact set confirmed_at = now(), confirmed_by_name = $3, objection = '', objected_at = null, objected_by_name = ''
        where firm = $1 and id = any ($2)""",
        firm_in_scope(),
        [f.id for f in new],
        scope().user_name[:80],
    )
    for fact in new:
        await _changed("profile.confirm", fact)
    return len(new)


async def object_to(fact_id: int, words: str) -> None:
    require("profile.confirm")
    fact = await _held(fact_id)
    if not words.strip():
        raise Refusal("profile.words_missing", "请说明哪里不对,会计好去更正。", field="words")
    said = fact_values.written(words, MOST_WORDS, lines=True, field="words")
    if fact.standing is not Standing.IN_FORCE:
        raise _moved()
    await connection().execute(
        """update core_client_fact set objection = $3, objected_at = now(), objected_by_name = $4, confirmed_at = null, confirmed_by_name = ''
        where firm = $1 and id = $2""",
        firm_in_scope(),
        fact.id,
        said,
        scope().user_name[:80],
    )
    await _changed("profile.object", fact, objection=said)


async def see(*clients: int) -> None:
    """Raises Refusal ``common.not_found`` for a client that the actor may not see."""
    wanted = sorted(set(clients))
    there = await connection().fetchval(
        "select count(*) from core_client where firm = $1 and id = any ($2)",
        firm_in_scope(),
        [client for client in wanted if scope().sees(client)],
    )
    if there != len(wanted):
        raise not_found("客户企业")


async def _hold(client: int) -> None:
    """Entries of one client come one after the other."""
    await see(client)
    await connection().execute(
        "select from core_client where firm = $1 and id = $2 for no key update", firm_in_scope(), client
    )


async def _held(fact_id: int) -> Fact[FactValue]:
    """The entry as it stands once its client is held."""
    client = await connection().fetchval(
        "select client from core_client_fact where firm = $1 and id = $2", firm_in_scope(), fact_id
    )
    if client is None or not scope().sees(client):
        raise not_found("资料")
    await _hold(client)
    return (await _facts("id = $2", fact_id))[0]


async def _facts(condition: str, *values: object) -> list[Fact[FactValue]]:
    rows = await connection().fetch(
        f"select {_COLUMNS} from core_client_fact where firm = $1 and {condition} order by valid_from desc, id desc",  # noqa: S608
        firm_in_scope(),
        *values,
    )
    return [_fact(row) for row in rows]


async def _slot(client: int, fact: NewFact | Fact[FactValue]) -> list[Fact[FactValue]]:
    """What was entered of the same kind and part and not withdrawn."""
    rows = await connection().fetch(
        f"select {_COLUMNS} from core_client_fact where {_SLOT} and standing <> 'withdrawn' order by id desc",  # noqa: S608
        firm_in_scope(),
        client,
        fact.kind.value,
        part_of(fact.value),
    )
    return [_fact(row) for row in rows]


async def _put_in_force(client: int, new: NewFact, seen: int | None) -> int:
    there = [f for f in await _slot(client, new) if f.standing is Standing.IN_FORCE]
    for fact in there:
        if fact.value == new.value and fact.valid_from == new.valid_from:
            return fact.id
    if seen is not None and any(fact.id > seen for fact in there):
        raise _moved()
    await _correct(client, new)
    return await _entered(client, new, Standing.IN_FORCE, scope().user_name)


async def _correct(client: int, by: NewFact | Fact[FactValue]) -> None:
    for fact in await _slot(client, by):
        if fact.standing is Standing.IN_FORCE and fact.valid_from == by.valid_from:
            await _withdrawn(fact, "已更正")


async def _withdrawn(fact: Fact[FactValue], reason: str) -> None:
    await connection().execute(
        """update core_client_fact set standing = 'withdrawn', decided_at = now(), decided_by_name = $3, reason = $4
        where firm = $1 and id = $2""",
        firm_in_scope(),
        fact.id,
        scope().user_name[:80],
        reason,
    )


async def _entered(client: int, new: NewFact, standing: Standing, decided_by: str | None) -> int:
    fact_id: int = await connection().fetchval(
        """insert into core_client_fact (firm, client, kind, part, value, valid_from, source, standing, entered_at, entered_by, entered_by_name,
        decided_at, decided_by_name, reason, confirmed_by_name, objection, objected_by_name)
        values ($1, $2, $3, $4, $5, $6, $7, $8, now(), $9, $10, case when $11::varchar is null then null else now() end,
        coalesce($11::varchar, ''), '', '', '', '') returning id""",
        firm_in_scope(),
        client,
        new.kind.value,
        part_of(new.value),
        json.dumps(fact_values.kept(new.value), ensure_ascii=False),
        new.valid_from,
        new.source.value,
        standing.value,
        scope().user,
        scope().user_name[:80],
        None if decided_by is None else decided_by[:80],
    )
    entered = (await _facts("id = $2", fact_id))[0]
    await _changed("profile.propose" if standing is Standing.PROPOSED else "profile.record", entered)
    return fact_id


async def _changed(action: str, fact: Fact[FactValue], **more: object) -> None:
    """On the trail, to the plugins, to open pages."""
    about = {
        "kind": fact.kind.value,
        "value": fact_values.kept(fact.value),
        "valid_from": fact.valid_from.isoformat(),
        "source": fact.source.value,
        **more,
    }
    await use(Audit).record(action, f"core_client_fact:{fact.id}", client=fact.client, after=about)
    await use(Live).announce(TOPIC, fact.client)
    tell("profile_changed", [fact.client])


def _fact(row: Mapping[str, Any]) -> Fact[FactValue]:
    kind = FactKind(row["kind"])
    return Fact(
        id=row["id"],
        client=row["client"],
        kind=kind,
        value=fact_values.read(kind, json.loads(row["value"])),
        valid_from=row["valid_from"],
        source=FactSource(row["source"]),
        standing=Standing(row["standing"]),
        entered_at=row["entered_at"],
        entered_by=row["entered_by_name"],
        decided_at=row["decided_at"],
        decided_by=row["decided_by_name"],
        reason=row["reason"],
        confirmed_at=row["confirmed_at"],
        confirmed_by=row["confirmed_by_name"],
        objection=row["objection"],
        objected_at=row["objected_at"],
        objected_by=row["objected_by_name"],
    )


def _moved() -> Refusal:
    return Refusal("profile.changed", "这项资料刚刚有人更新过,请看过最新内容再操作。", status=409)


def _decided() -> Refusal:
    return Refusal("profile.decided", "这一项已经有人处理过了,请刷新页面。", status=409)
