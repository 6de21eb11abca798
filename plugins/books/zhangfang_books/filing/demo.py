"""Returns of the demo's clients, filed, paid, due and overdue, through the services that people use."""

from collections.abc import Sequence
from dataclasses import replace

from zhangfang_books.filing.opening import open_returns
from zhangfang_books.filing.service import RegisteredFilings, title_of, work_out
from zhangfang_books.printing.pdf import pdf
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import in_scope, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.periods import today
from zhangfang_sdk.sheets import Heading, Row, Sheet
from zhangfang_sdk.tax_figures import Tax

ACCOUNTANT, BOSS = "王会计", "李总"


async def file_demo_returns(clients: Sequence[int]) -> None:
    """The first client's boss has returns to confirm, late; the second has one to file and one to pay; those of the others are done.

    Nothing for a client of whom somebody has worked on a return already.
    """
    for place, client in enumerate(clients):
        await open_returns([client])
        past = await RegisteredFilings().standing(client, due_until=today())
        if any(filing.step > FilingStep.OPEN for filing in past):
            continue
        newest = max((f.due for f in past), default=today())
        name = (await use(Clients).client(client)).name
        for filing in past:
            await _done(filing, name, until=_reached(filing, place, is_newest=filing.due == newest))


def _reached(filing: Filing, place: int, *, is_newest: bool) -> FilingStep:
    if place == 0 and (is_newest or filing.tax is Tax.VAT):
        return FilingStep.FIGURES
    if place == 1 and is_newest:
        return {Tax.VAT: FilingStep.FILED, Tax.SURCHARGES: FilingStep.CONFIRMED}.get(filing.tax, FilingStep.PAID)
    return FilingStep.PAID


async def _done(filing: Filing, name: str, *, until: FilingStep) -> None:
    service, actor = RegisteredFilings(), scope()
    with in_scope(replace(actor, client=filing.client, user_name=ACCOUNTANT)):
        try:
            await work_out(filing.id)
        except Refusal:
            return
        worked = await service.filing(filing.id)
    payable = worked.payable or 0
    if until >= FilingStep.CONFIRMED:
        with in_scope(replace(actor, client=filing.client, user_name=BOSS)):
            await service.confirmed(filing.id, payable=payable)
    with in_scope(replace(actor, client=filing.client, user_name=ACCOUNTANT)):
        if until >= FilingStep.FILED:
            number = f"1001{filing.due:%y%m%d}{filing.id:010d}"
            receipt = await use(Documents).store(filing.client, f"申报回执 {filing.last.key}.pdf", "application/pdf", _receipt(name, worked, number))
            await service.filed(filing.id, receipt=receipt.id, number=number)
        if until >= FilingStep.PAID and payable > 0:
            await service.paid(filing.id, on=min(filing.due, today()), amount=payable)


def _receipt(name: str, filing: Filing, number: str) -> bytes:
    rows = [Row(("受理编号", number)), Row(("申报项目", title_of(filing))), Row(("应缴税额", filing.payable or 0), strong=True)]
    headings = (Heading("项目", width=12), Heading("内容", amount=True, width=20))
    return pdf([Sheet("申报回执(演示)", name, f"{today():%Y-%m-%d}", headings, rows)])
