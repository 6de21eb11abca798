"""One bank line that a person books otherwise than was proposed: on an account, or against an open item."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books.bank import accepting
from zhangfang_books.bank.accepting import Counter
from zhangfang_books.bank.accounts import account_of, called
from zhangfang_books.bank.standing import open_items, standing
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/books/bank/{bank_account_id:int}/line/{bank_line_id:int}", of=CLIENT, permission="bank.write")
async def bank_line_page(bank_account_id: int, bank_line_id: int) -> Page:
    """What is left of the line, the open items that it may pay, and the accounts."""
    client = client_in_scope()
    account = await account_of(client, bank_account_id)
    found = await standing(account)
    line = next((each for each in found.lines() if each.id == bank_line_id), None)
    if line is None:
        raise not_found("流水")
    fitting = [
        item for item in await open_items(client, found.promised()) if item.open * line.amount > 0 and abs(item.open) >= abs(line.amount)
    ]
    fitting.sort(key=lambda item: (item.counterparty != line.party, abs(item.open - line.amount), item.date))
    charts = await use(Ledger).accounts(client)
    return Page(
        "books/bank_line.html",
        title=called(account),
        active="bank",
        place="match",
        account=account,
        month=Period.of(line.date),
        line=line,
        items=[("", "请选择往来款"), *((str(i.id), f"{i.counterparty or '-'} {i.label} {i.date} {yuan(abs(i.open))}") for i in fitting)] if fitting else [],
        accounts=[("", "请选择科目"), *((a.code, f"{a.code} {a.full_name}") for a in charts if a.is_leaf and not a.retired)],
    )


@action("/books/bank/{bank_account_id:int}/book/{bank_line_id:int}", of=CLIENT, permission="bank.write")
async def book_line(bank_account_id: int, bank_line_id: int, data: Form) -> Redirect:
    """Draft a voucher for a line on the account that the person chose."""
    account = await account_of(client_in_scope(), bank_account_id)
    code = str(data.get("account", ""))
    if not code:
        raise Refusal("bank.no_account", "请选择对方科目。", field="account")
    await accepting.book(account, bank_line_id, Counter(code, summary=str(data.get("summary", ""))[:120]))
    return go(here(f"/books/bank/{account.id}/match"))


@action("/books/bank/{bank_account_id:int}/settle/{bank_line_id:int}", of=CLIENT, permission="bank.write")
async def settle_line(bank_account_id: int, bank_line_id: int, data: Form) -> Redirect:
    """Draft a voucher for a line against the open item that the person chose, in part where the line is smaller."""
    account = await account_of(client_in_scope(), bank_account_id)
    chosen = str(data.get("item", ""))
    if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
        raise Refusal("bank.no_item", "请选择要核销的往来款。", field="item")
    await accepting.settle(account, bank_line_id, int(chosen))
    return go(here(f"/books/bank/{account.id}/match"))


PAGES: list[HTTPRouteHandler] = [bank_line_page, book_line, settle_line]
