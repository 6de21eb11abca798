"""A page of each place, and actions that do what the hooks are about."""

import datetime as dt

from litestar.response import Redirect

from zhangfang_sdk import use
from zhangfang_sdk.bank_feed import BankFeed
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.invoices import InvoiceQuery, Invoices
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import at_each_place, here
from zhangfang_sdk.vendors import Vendors
from zhangfang_sdk.web import CLIENT, FIRM, PERSON, SIGNED_IN, Page, action, go, page, removal
from zhangfang_witness.noting import Witnessing, note

SEE = "witness.see"


@page("/witness", of=(FIRM, CLIENT), permission=SEE)
async def of_a_place() -> Page:
    note("page of a client" if scope().client else "page of the firm")
    return Page("witness/page.html", title="见证", active="witness", seen=await use(Witnessing).witness("from a page"))


@page("/witness", of=PERSON, permission=SIGNED_IN)
async def of_a_person() -> Page:
    note("page of a person")
    clients = await at_each_place(lambda place: use(Clients).clients())
    return Page("witness/page.html", title="见证", seen=", ".join(c.name for found in clients for c in found))


@page("/witness/balance", of=CLIENT, permission=SEE, stream=True)
async def balance() -> dict[str, str | int | None]:
    """A vendor is asked where no transaction is open."""
    note("page without a transaction")
    answered = await use(Vendors).call(BankFeed, lambda feed: feed.balance("6222", dt.date(2026, 1, 1)))
    return {"vendor": answered.vendor, "balance": answered.value}


@action("/witness/taking-on", of=FIRM, permission=SEE)
async def take_on() -> dict[str, int]:
    note("action")
    new = NewClient("新来的商贸有限公司", "91330106MA2TEXT32D", TaxpayerKind.SMALL_SCALE, "trading", dt.date(2025, 1, 1))
    return {"client": await use(Clients).take_on(new)}


@action("/witness/document", of=CLIENT, permission=SEE)
async def store() -> dict[str, int]:
    stored = await use(Documents).store(client_in_scope(), "见证.txt", "text/plain", "看见了".encode())
    return {"document": stored.id}


@action("/witness/voucher/{summary:str}", of=CLIENT, permission=SEE, examples={"summary": "x"})
async def draft(summary: str) -> dict[str, int]:
    leaf = {code: next(a.code for a in await use(Ledger).accounts(client_in_scope()) if a.is_leaf and a.code.startswith(code)) for code in ("1001", "1002")}
    lines = (Line(leaf["1002"], summary, debit=100), Line(leaf["1001"], summary, credit=100))
    return {"voucher": await use(Ledger).draft(VoucherDraft(client_in_scope(), dt.date(2025, 1, 5), summary, lines))}


@action("/witness/posting/{voucher_id:int}", of=CLIENT, permission=SEE)
async def post(voucher_id: int) -> dict[str, str]:
    return {"posted": (await use(Ledger).post(voucher_id)).summary}


@action("/witness/closing", of=CLIENT, permission=SEE)
async def close() -> Redirect:
    await use(Ledger).close_period(client_in_scope(), Period(2025, 1))
    return go(here("/witness"))


@action("/witness/message", of=CLIENT, permission=SEE)
async def send() -> dict[str, bool]:
    message = Notice(client_in_scope(), "witness.seen", "witness-1", "/witness", {"what": "看见了"})
    await use(Live).announce("witness", client_in_scope())
    return {"sent": await use(Notices).send(message)}


@action("/witness/invoices", of=CLIENT, permission=SEE)
async def invoices() -> dict[str, list[str]]:
    await use(Invoices).tell_read("witness.papers", [1])
    await use(Invoices).tell_booked("witness.papers", [1])
    found = await use(Invoices).page(InvoiceQuery(client_in_scope()))
    return {"numbers": [invoice.number for invoice in found.invoices]}


@action("/witness/job", of=CLIENT, permission=SEE)
async def queue() -> dict[str, bool]:
    await use(Jobs).defer("witness.look", client=client_in_scope())
    return {"queued": True}


@removal("/witness", of=CLIENT, permission=SEE, status_code=200)
async def remove() -> dict[str, bool]:
    note("removal")
    return {"removed": True}


PAGES = [of_a_place, of_a_person, balance, take_on, store, draft, post, close, send, invoices, queue, remove]
