"""The part of a return's page that shows which bank lines may have paid it."""

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_books.bank.tables import BankLineRow
from zhangfang_books.bank.tax_payments import payments_for
from zhangfang_books.filing.service import RegisteredFilings
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page


@page("/books/filings/{filing_id:int}/payments", of=CLIENT, permission="bank.read")
async def payments_part(filing_id: int) -> Page:
    """Nothing for a return that is not filed, or is paid."""
    filing = await _of_client(filing_id)
    is_owed = filing.step is FilingStep.FILED and (filing.payable or 0) > 0
    found = await payments_for(filing) if is_owed else []
    return Page("books/filing_payments.html", fragment=True, filing=filing, found=found)


@action("/books/filings/{filing_id:int}/payments/{bank_line_id:int}", of=CLIENT, permission="filings.write")
async def payment_form(filing_id: int, bank_line_id: int) -> Redirect:
    """The person says that the line paid it. Refusal ``filings.another_line`` (409) for one of another amount or time, or that paid already."""
    filing = await _of_client(filing_id)
    if not await BankLineRow.exists().where(BankLineRow.client == filing.client, BankLineRow.id == bank_line_id):
        raise not_found("流水")
    found = next((each for each in await payments_for(filing) if each.line == bank_line_id), None)
    if found is None:
        raise Refusal("filings.another_line", "这笔流水的金额或日期与这笔税款不符,或者已经登记过缴款。", status=409)
    await RegisteredFilings().paid(filing.id, on=found.date, amount=-found.amount, line=found.line)
    return go(here(f"/books/filings/{filing_id}"))


@action("/books/filings/{filing_id:int}/unpaid", of=CLIENT, permission="filings.write")
async def unpaid_form(filing_id: int) -> Redirect:
    """The payment was entered by mistake."""
    filing = await _of_client(filing_id)
    await RegisteredFilings().unpaid(filing.id)
    return go(here(f"/books/filings/{filing_id}"))


async def _of_client(filing_id: int) -> Filing:
    filing = await RegisteredFilings().filing(filing_id)
    if filing.client != client_in_scope():
        raise not_found("申报")
    return filing


PAGES: list[HTTPRouteHandler] = [payments_part, payment_form, unpaid_form]
