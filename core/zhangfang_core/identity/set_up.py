"""The first people of a deployment and of a firm: made by the platform itself, at first start, for the demo, by the operator."""

from dataclasses import dataclass

from zhangfang_core.database.engine import DB, connection, scoped_transaction
from zhangfang_core.identity.passwords import check_strength, hashed
from zhangfang_core.identity.roles import role as role_called
from zhangfang_core.identity.roles import side_of
from zhangfang_core.identity.secrets import seal
from zhangfang_core.identity.sign_in import login_written
from zhangfang_core.modules.switches import decide_for_new_firm
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import Scope, firm_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.services import use

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class MadeFirm:
    """``owner`` is the person, ``membership`` what makes them the owner of ``firm``."""

    firm: int
    owner: int
    membership: int


async def make_firm(
    *,
    name: str,
    owner_login: str,
    owner_name: str,
    owner_password: str,
    totp_secret: str | None = None,
    single_person: bool = False,
) -> MadeFirm:
    """A firm with its owner, in one transaction of its own (none may be open). An existing person of that login becomes its owner too.

    ``totp_secret`` (base32) sets the owner's second factor up beforehand. Raises Refusal ``password.weak``.
    """
    async with DB.transaction():
        firm: int = await connection().fetchval("select nextval(pg_get_serial_sequence('core_firm', 'id'))")
    async with scoped_transaction(Scope(firm=firm, staff=True, operator=True, clients=None, permissions=None)):
        await connection().execute(
            "insert into core_firm (id, name, single_person, created_at) values ($1, $2, $3, now())",
            firm,
            name,
            single_person,
        )
        await decide_for_new_firm()
        await use(Audit).record("firm.make", f"core_firm:{firm}", after={"name": name})
        owner = await make_person(owner_login, owner_name, owner_password, totp_secret=totp_secret)
        membership = await join(owner, "owner")
    return MadeFirm(firm, owner, membership)


async def make_member(
    *,
    login: str,
    name: str,
    password: str,
    role: str,
    client: int | None = None,
    totp_secret: str | None = None,
) -> int:
    """A person with a role in the firm in scope, or in one of its clients; returns the person.

    For the platform's own scope, in the caller's transaction. Somebody who is known by ``login`` keeps their password.
    """
    person = await make_person(login, name, password, totp_secret=totp_secret)
    await join(person, role, client)
    return person


async def make_operator(*, login: str, name: str, password: str, totp_secret: str | None = None) -> int:
    """The person who runs the deployment, in a transaction of its own. Raises Refusal ``person.login_taken``, ``password.weak``."""
    async with scoped_transaction(Scope(operator=True, staff=True, permissions=None)):
        if await person_called(login) is not None:
            raise login_taken()
        made = await make_person(login, name, password, totp_secret=totp_secret, is_operator=True)
        await use(Audit).record("operator.make", f"core_user:{made}", after={"name": name})
        return made


async def make_person(
    login: str, name: str, password: str, *, totp_secret: str | None = None, is_operator: bool = False
) -> int:
    """The person of this login, made when there is none, in the caller's transaction. Raises Refusal ``password.weak``,
    ``person.login_empty``, ``person.name_long``."""
    written = login_written(login)
    known = await person_called(written)
    if known is not None:
        return known
    if not written:
        raise Refusal("person.login_empty", "请填写登录名。", field="login")
    if len(name.strip()) > LONGEST_NAME:
        raise Refusal("person.name_long", f"姓名最多 {LONGEST_NAME} 个字。", field="name")
    check_strength(password, written)
    await connection().execute("select set_config('app.login', $1, true)", written)
    person: int = await connection().fetchval(
        """insert into core_user (login, name, password_hash, totp_secret, totp_last_step, is_operator, language, large_type, created_at)
        values ($1, $2, $3, '', 0, $4, 'zh', false, now()) returning id""",
        written,
        name.strip() or written[:LONGEST_NAME],
        await hashed(password),
        is_operator,
    )
    if totp_secret is not None:
        await connection().execute(
            "update core_user set totp_secret = $2 where id = $1", person, seal(totp_secret, person)
        )
    await connection().execute("select set_config('app.login', '', true)")
    return person


async def person_called(login: str) -> int | None:
    """The id of the person with this login, if there is one."""
    await connection().execute("select set_config('app.login', $1, true)", login_written(login))
    found: int | None = await connection().fetchval("select id from core_user where login = $1", login_written(login))
    await connection().execute("select set_config('app.login', '', true)")
    return found


async def join(person: int, role: str, client: int | None = None) -> int:
    """Make a person a member of the firm in scope; returns the membership. Raises Refusal ``role.wrong_side``, ``member.already``."""
    if (await _side(role) == "client") != (client is not None):
        raise _wrong_side()
    known = await connection().fetchval(
        """select id from core_membership where "user" = $1 and firm = $2 and client is not distinct from $3""",
        person,
        firm_in_scope(),
        client,
    )
    if known is not None:
        raise Refusal("member.already", "这个人已经在这家公司里了,可以直接修改他的角色。", status=409)
    membership: int = await connection().fetchval(
        """insert into core_membership (firm, client, "user", role, active, created_at)
        values ($1, $2, $3, $4, true, now()) returning id""",
        firm_in_scope(),
        client,
        person,
        role,
    )
    await use(Audit).record(
        "member.join", f"core_membership:{membership}", client=client, after={"user": person, "role": role}
    )
    return membership


async def _side(role: str) -> str:
    """Raises Refusal ``role.wrong_side`` for a role that neither the platform nor the firm has."""
    if role_called(role) is not None:
        return side_of(role)
    made: str | None = await connection().fetchval(
        "select side from core_role where firm = $1 and key = $2", firm_in_scope(), role
    )
    if made is None:
        raise _wrong_side()
    return made


def _wrong_side() -> Refusal:
    return Refusal("role.wrong_side", "这个角色与所选公司不相符,请重新选择。", field="role")


def login_taken() -> Refusal:
    return Refusal("person.login_taken", "这个登录名已经有人使用,请换一个。", status=409, field="login")
