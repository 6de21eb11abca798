"""Whose work is being done: the first wall.

A :class:`Scope` stands in a ContextVar for the length of one transaction. Every tenant table's query methods
apply it and raise ScopeMissing when there is none; the database's row-level security reads the same facts from the
transaction's settings.
"""

from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from zhangfang_sdk.acting import declared, require_declared
from zhangfang_sdk.errors import Refusal, ScopeMissing
from zhangfang_sdk.roles import EVERY_PLUGINS


@dataclass(frozen=True, slots=True)
class Scope:
    """Who acts, for which firm, on which clients.

    ``firm`` is None for a person signed in with no firm (the operator). ``clients`` is None for "all clients of the firm",
    else the only ones that may be seen. ``client`` is the one that the person has open. ``staff`` tells people of the
    firm (and its jobs) from people of its clients. ``measures``, ``accounts`` (beginnings of codes) and ``years`` are those that the role
    is kept to, None for all; only an auditor's sign-in is kept to years.
    """

    firm: int | None = None
    user: int | None = None
    user_name: str = "系统"
    membership: int | None = None
    role: str = "system"
    staff: bool = False
    operator: bool = False
    client: int | None = None
    clients: frozenset[int] | None = frozenset()
    permissions: frozenset[str] | None = frozenset()
    address: str = ""
    measures: frozenset[str] | None = None
    accounts: tuple[str, ...] | None = None
    years: frozenset[int] | None = None

    def may(self, permission: str) -> bool:
        """What the person may and the plugin whose code runs has declared. ``permissions`` None means all: the platform's own jobs."""
        return self.holds(permission) and declared(permission)

    def holds(self, permission: str) -> bool:
        """What the person may, whatever plugin's code runs: for what a page shows."""
        return self.permissions is None or permission in self.permissions

    def sees(self, client: int) -> bool:
        return self.clients is None or client in self.clients

    def sees_account(self, code: str) -> bool:
        return self.accounts is None or code.startswith(self.accounts)

    def sees_measure(self, key: str, accounts: Collection[str] = ()) -> bool:
        """A figure that is taken from ``accounts`` is seen whole or not at all."""
        listed = self.measures is None or key in self.measures or ("." in key and EVERY_PLUGINS in self.measures)
        return listed and all(map(self.sees_account, accounts))

    def sees_year(self, year: int) -> bool:
        return self.years is None or year in self.years


def system_scope(firm: int) -> Scope:
    """The scope of the platform's own work for one firm: jobs, seals, set-up."""
    return Scope(firm=firm, staff=True, clients=None, permissions=None)


_scope: ContextVar[Scope | None] = ContextVar("zhangfang_scope", default=None)


def scope() -> Scope:
    """The scope in force; raises ScopeMissing when there is none."""
    current = _scope.get()
    if current is None:
        raise ScopeMissing("no scope: open a transaction first")
    return current


def scope_or_none() -> Scope | None:
    """The scope in force, or None."""
    return _scope.get()


def firm_in_scope() -> int:
    """The firm in force; raises ScopeMissing when there is none."""
    current = scope()
    if current.firm is None:
        raise ScopeMissing("no firm in scope")
    return current.firm


def client_in_scope() -> int:
    """The client that is open; raises Refusal ``client.none_open`` when none is."""
    client = scope().client
    if client is None:
        raise Refusal("client.none_open", "请先选择一家客户企业。", status=409)
    return client


def default_firm() -> int:
    """Column default: the firm in force, 0 (which no wall lets through) where there is none."""
    current = _scope.get()
    return 0 if current is None or current.firm is None else current.firm


def require(permission: str) -> None:
    """Raise Refusal ``access.forbidden`` unless the actor holds ``permission``, ``module.not_declared`` for a plugin without it."""
    require_declared(permission)
    if not scope().may(permission):
        raise Refusal("access.forbidden", "您的角色没有这项权限,需要的话请联系管理员开通。", status=403)


@contextmanager
def in_scope(entered: Scope) -> Iterator[Scope]:
    """Put a scope into force. Used by the host around a transaction; plugins use :func:`transaction`."""
    token = _scope.set(entered)
    try:
        yield entered
    finally:
        _scope.reset(token)


TransactionOpener = Callable[[Scope], AbstractAsyncContextManager[None]]
_opener: list[TransactionOpener] = []


def install_transactions(opener: TransactionOpener) -> None:
    """Called once by the host: how a transaction behind both walls is opened."""
    _opener[:] = [opener]


@asynccontextmanager
async def transaction(*, client: int | None = None) -> AsyncIterator[None]:
    """One transaction in the scope in force, for jobs (a request has its own already).

    Commits at the end, rolls back when an exception leaves it. ``client`` opens that client in it.
    """
    wanted = scope()
    if client is not None:
        wanted = replace(wanted, client=client)
    async with _opener[0](wanted):
        yield
