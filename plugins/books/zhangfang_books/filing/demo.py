"""Returns of the demo's clients, filed, paid, due and overdue, through the services that people use."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from zhangfang_books.filing.opening import AHEAD, open_returns
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
DAYS_BEFORE = dt.timedelta(days=14)


async def file_demo_returns(clients: Sequence[int]) -> None:
    """What is due is filed, but for two that are late: the first client's last stamp duty (or withheld tax, out of its season), which its boss has
    to confirm, and the last client's last withheld tax, which is confirmed and not filed.

    Nothing for a client of whom somebody has worked on a return already.
    """
    for place, client in enumerate(clients):
        await open_returns([client])
        every = await RegisteredFilings().standing(client, due_until=today() + AHEAD)
        if any(filing.step > FilingStep.OPEN for filing in every):
            continue
        name = (await use(Clients).client(client)).name
        late = _late(every, place, is_last=place == len(clients) - 1)
        for filing in every:
            until = late.get(filing.id, FilingStep.OPEN if filing.due > today() else FilingStep.FILED)
            if until > FilingStep.OPEN:
                await _done(filing, name, until=until)


async def pay_the_rest(clients: Sequence[int]) -> None:
    """What was filed and no bank line has paid, but for stamp duty, which is to be paid."""
    for client in clients:
        for filing in await RegisteredFilings().standing(client, due_until=today()):
            if filing.step is FilingStep.FILED and (filing.payable or 0) > 0 and filing.tax is not Tax.STAMP:
                with in_scope(replace(scope(), client=client, user_name=ACCOUNTANT)):
                    await RegisteredFilings().paid(filing.id, on=min(filing.due, today()), amount=filing.payable or 0)


def _late(every: Sequence[Filing], place: int, *, is_last: bool) -> dict[int, FilingStep]:
    """Which returns of the client in that place were left behind, and how far they came."""
    past = sorted((f for f in every if f.due <= today()), key=lambda f: f.due)
    found: dict[int, FilingStep] = {}
    if is_last:
        found |= {f.id: FilingStep.CONFIRMED for f in [f for f in past if f.tax is Tax.IIT][-1:]}
    if place == 0:
        found |= {f.id: FilingStep.FIGURES for f in sorted(past, key=lambda f: (f.tax is Tax.STAMP, f.tax is Tax.IIT, f.due))[-1:]}
    return found


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
            await service.filed(filing.id, receipt=receipt.id, number=number, on=_filed_on(filing))


def _filed_on(filing: Filing) -> dt.date:
    """Some days before the last one, and before the bank's line."""
    return max(filing.last.plus(1).first_day, min(filing.due, today()) - DAYS_BEFORE)


def _receipt(name: str, filing: Filing, number: str) -> bytes:
    rows = [Row(("受理编号", number)), Row(("申报项目", title_of(filing))), Row(("应缴税额", filing.payable or 0), strong=True)]
    headings = (Heading("项目", width=12), Heading("内容", amount=True, width=20))
    return pdf([Sheet("申报回执(演示)", name, f"{today():%Y-%m-%d}", headings, rows)])
