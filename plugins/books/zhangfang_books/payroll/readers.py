"""Who may read a client's payroll rows: people by name, never a role."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_books.payroll.tables import PayrollReader
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found

TOTALS, CONFIRM = "books.payroll", "books.payroll_confirm"


@dataclass(frozen=True, slots=True)
class Reader:
    id: int
    user: int
    name: str
    asks: bool


async def readers_of(client: int) -> Sequence[Reader]:
    """Those who read and those who ask for it, with the name that they had when they were named."""
    rows = await PayrollReader.objects().where(PayrollReader.client == client).order_by(PayrollReader.id)
    return [Reader(row.id, row.user, row.named_by, row.named_at is None) for row in rows]


async def reads(client: int) -> bool:
    """Whether the person in scope is a named reader."""
    rows = await readers_of(client)
    return any(row.user == scope().user and not row.asks for row in rows)


async def ask(client: int) -> None:
    """Ask to be let in; who holds ``books.payroll_confirm`` is, at once. Needs ``books.payroll``."""
    require(TOTALS)
    await _name(client, named=scope().holds(CONFIRM))


async def name_importer(client: int) -> None:
    """Who brings a payroll in has read it."""
    require(TOTALS)
    await _name(client, named=True)


async def answer(client: int, reader: int, *, let_in: bool) -> None:
    """Let somebody in who asks, or shut them out; needs ``books.payroll_confirm``. Raises Refusal ``common.not_found``."""
    require(CONFIRM)
    row = await PayrollReader.objects().where(PayrollReader.client == client, PayrollReader.id == reader).first()
    if row is None:
        raise not_found("人员")
    if let_in:
        row.named_at = dt.datetime.now(dt.UTC)
        await row.save([PayrollReader.named_at])
    else:
        await PayrollReader.delete().where(PayrollReader.client == client, PayrollReader.id == reader)
    await _told(client, row.named_by, let_in=let_in)


async def _name(client: int, *, named: bool) -> None:
    user = scope().user
    if user is None:
        raise Refusal("payroll.nobody", "工资明细只给有名有姓的人看。", status=403)
    where = (PayrollReader.client == client, PayrollReader.user == user)
    row = await PayrollReader.objects().where(*where).first()
    if row is not None and (row.named_at is not None or not named):
        return
    row = row or PayrollReader(client=client, user=user, named_by=scope().user_name)
    row.named_at = dt.datetime.now(dt.UTC) if named else None
    await row.save()
    if named:
        await _told(client, scope().user_name, let_in=True)


async def _told(client: int, name: str, *, let_in: bool) -> None:
    after: dict[str, object] = {"reader": name, "reads": let_in}
    await use(Audit).record("books.payroll_reader", f"core_client:{client}", client=client, after=after)
