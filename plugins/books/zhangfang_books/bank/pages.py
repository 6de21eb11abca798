"""Pages of a client's bank accounts: all of them, one by month, what is asked about its lines."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books.bank import accepting, feeding
from zhangfang_books.bank.accounts import account_of, accounts_of, called, masked
from zhangfang_books.bank.standing import Standing, standing
from zhangfang_books.bank.suggesting import suggestions
from zhangfang_books.bank.tables import BankAccount, BankLineRow
from zhangfang_books.bank.taking_back import files_of, take_back
from zhangfang_books.statement_pages import months
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
AT_ONCE = 50
"""Suggestions and unknown lines on one page."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    row: BankLineRow
    left: int
    vouchers: Sequence[tuple[int, str]]


@page("/books/bank", of=CLIENT, permission="bank.read")
async def bank_page() -> Page:
    """Each account with its balance and the hour of it."""
    client = client_in_scope()
    names = {a.code: a.full_name for a in await use(Ledger).accounts(client)}
    return Page(
        "books/bank.html",
        title="银行",
        active="bank",
        accounts=await accounts_of(client),
        names=names,
        called=called,
        zone=BUSINESS_TIME_ZONE,
        may_write=scope().holds("bank.write"),
        offered=await feeding.is_offered(),
    )


@page("/books/bank/{bank_account_id:int}", of=CLIENT, permission="bank.read")
async def bank_account_page(bank_account_id: int, period: str | None = None) -> Page:
    """Lines of a month ("2026-11"; that of the last line by default) with the vouchers that explain them."""
    account = await account_of(client_in_scope(), bank_account_id)
    month = Period.parse(period) if period else await _last_month(account)
    found = await standing(account, since=month.first_day, until=month.last_day)
    return Page(
        "books/bank_account.html",
        title=called(account),
        active="bank",
        place="lines",
        account=account,
        month=month,
        months=await months(client_in_scope()),
        lines=_shown(found),
        came=sum(r.amount for r in found.rows if r.amount > 0),
        went=-sum(r.amount for r in found.rows if r.amount < 0),
        masked=masked,
        may_write=scope().holds("bank.write"),
        files=await files_of(account),
        zone=BUSINESS_TIME_ZONE,
    )


@action("/books/bank/{bank_account_id:int}/files/{bank_file_id:int}/take-back", of=CLIENT, permission="bank.write")
async def take_file_back(bank_account_id: int, bank_file_id: int) -> Redirect:
    """Take a file's lines out of the account."""
    account = await account_of(client_in_scope(), bank_account_id)
    await take_back(account, bank_file_id)
    return go(here(f"/books/bank/{account.id}"))


@page("/books/bank/{bank_account_id:int}/match", of=CLIENT, permission="bank.write")
async def bank_match_page(bank_account_id: int, skip: int = 0) -> Page:
    """What is asked about lines that no voucher explains. The first suggestion is taken by a key; ``skip`` were passed over."""
    client = client_in_scope()
    account = await account_of(client, bank_account_id)
    asked = await suggestions(account)
    skip = min(max(skip, 0), max(len(asked.suggestions) - 1, 0))
    charts = await use(Ledger).accounts(client)
    return Page(
        "books/bank_match.html",
        title=called(account),
        active="bank",
        place="match",
        account=account,
        month=await _last_month(account),
        sure=len(asked.sure),
        suggestions=asked.suggestions[skip : skip + AT_ONCE],
        skip=skip,
        suggested=len(asked.suggestions),
        unknown=asked.unknown[:AT_ONCE],
        unknowns=len(asked.unknown),
        names={a.code: f"{a.code} {a.full_name}" for a in charts},
    )


@action("/books/bank/{bank_account_id:int}/accept", of=CLIENT, permission="bank.write")
async def accept_suggestion(bank_account_id: int, data: Form) -> Redirect:
    """Take the suggestion ``key``; without one, all that are sure."""
    account = await account_of(client_in_scope(), bank_account_id)
    key = str(data.get("key", ""))
    if key:
        await accepting.accept(account, key)
    else:
        await accepting.accept_sure(account)
    skip = str(data.get("skip", ""))
    return go(here(f"/books/bank/{account.id}/match" + (f"?skip={skip}" if skip.isascii() and skip.isdigit() and skip != "0" else "")))


@action("/books/bank/{bank_account_id:int}/untie/{bank_line_id:int}", of=CLIENT, permission="bank.write")
async def untie_line(bank_account_id: int, bank_line_id: int) -> Redirect:
    """Take back what ties a line to vouchers."""
    account = await account_of(client_in_scope(), bank_account_id)
    await accepting.untie(account, bank_line_id)
    return go(here(f"/books/bank/{account.id}"))


async def _last_month(account: BankAccount) -> Period:
    query = BankLineRow.select(BankLineRow.date).where(BankLineRow.account == account.id)
    days = await query.order_by(BankLineRow.date, ascending=False).limit(1).output(as_list=True)
    return Period.of(days[0]) if days else Period.current()


def _shown(found: Standing) -> list[ShownLine]:
    labels = {e.voucher: e.label for e in found.entries} | {v.id: "草稿" for v in found.drafts.values()}
    by_line: dict[int, list[tuple[int, str]]] = {}
    for match in found.matches:
        by_line.setdefault(match.line, []).append((match.voucher, labels.get(match.voucher, "凭证")))
    return [ShownLine(r, r.amount - found.explained.get(r.id, 0), by_line.get(r.id, ())) for r in found.rows]


PAGES: list[HTTPRouteHandler] = [
    *(bank_page, bank_account_page, bank_match_page),
    *(accept_suggestion, untie_line, take_file_back),
]
