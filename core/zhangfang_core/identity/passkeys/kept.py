"""A person's passkeys as they are kept."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_sdk.errors import Refusal, not_found

MOST = 20
LONGEST_NAME = 30


@dataclass(frozen=True, slots=True)
class Passkey:
    """Instants are UTC; ``used_at`` None: not yet. ``credential`` and ``public_key`` are base64url, ``transports`` the browser's words."""

    id: int
    user: int
    name: str
    credential: str
    public_key: str
    sign_count: int
    transports: Sequence[str]
    made_at: dt.datetime
    used_at: dt.datetime | None


_COLUMNS = 'id, "user", name, credential, public_key, sign_count, transports, made_at, used_at'


async def passkeys(user: int) -> Sequence[Passkey]:
    """Those of the person, oldest first."""
    rows = await connection().fetch(f'select {_COLUMNS} from core_passkey where "user" = $1 order by id', user)  # noqa: S608
    return [_passkey(row) for row in rows]


async def held(user: int, credential: str) -> Passkey | None:
    """The person's passkey with this id; nobody else counts its signatures until the transaction ends."""
    row = await connection().fetchrow(
        f'select {_COLUMNS} from core_passkey where "user" = $1 and credential = $2 for update',  # noqa: S608
        user,
        credential,
    )
    return None if row is None else _passkey(row)


async def owner_of(credential: str) -> int | None:
    """Whose passkey this is, where nobody is signed in."""
    await connection().execute("select set_config('app.token', $1, true)", credential)
    user: int | None = await connection().fetchval('select "user" from core_passkey where credential = $1', credential)
    await connection().execute("select set_config('app.token', '', true)")
    return user


async def keep(
    user: int, name: str, credential: str, public_key: str, sign_count: int, transports: Sequence[str]
) -> int:
    """Returns its id. Raises Refusal ``passkey.too_many``, ``passkey.taken``."""
    if len(await passkeys(user)) >= MOST:
        raise Refusal("passkey.too_many", f"最多保存 {MOST} 个通行密钥,请先删除不用的。", status=409)
    made: int | None = await connection().fetchval(
        """insert into core_passkey ("user", name, credential, public_key, sign_count, transports, made_at)
        values ($1, $2, $3, $4, $5, $6, now()) on conflict (credential) do nothing returning id""",
        user,
        name,
        credential,
        public_key,
        sign_count,
        ",".join(transports)[:80],
    )
    if made is None:
        raise Refusal("passkey.taken", "这个通行密钥已经保存过了。", status=409)
    return made


async def used(passkey: int, sign_count: int) -> None:
    await connection().execute(
        "update core_passkey set sign_count = $2, used_at = now() where id = $1", passkey, sign_count
    )


async def remove(user: int, passkey: int) -> str:
    """Returns its name. Raises Refusal ``common.not_found``."""
    name: str | None = await connection().fetchval(
        'delete from core_passkey where "user" = $1 and id = $2 returning name', user, passkey
    )
    if name is None:
        raise not_found("通行密钥")
    return name


async def remove_all(user: int) -> None:
    await connection().execute('delete from core_passkey where "user" = $1', user)


def _passkey(row: Mapping[str, Any]) -> Passkey:
    return Passkey(**{**row, "transports": tuple(each for each in row["transports"].split(",") if each)})
