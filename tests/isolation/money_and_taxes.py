"""A row of everything that a client's bank, payroll and taxes keep, for the isolation tests; the word stands in each."""

import datetime as dt
import json

from zhangfang_books.bank.bringing import Chosen, keep_statement
from zhangfang_books.bank.statements import Statement, StatementLine
from zhangfang_books.bank.tables import BankLineRow, BankMatch, BankMemory
from zhangfang_books.filing.tables import Confirmation, FilingRow
from zhangfang_books.importing.files_before import Source
from zhangfang_books.payroll.bringing import bring_in as bring_in_payroll
from zhangfang_books.payroll.sheet import PersonRow, ReadSheet
from zhangfang_books.payroll.tables import Payroll
from zhangfang_books.sales.tables import IssuedInvoice, ReceivedInvoice
from zhangfang_books.tables import MonthBeforeRow
from zhangfang_capture_ocr.tables import InputTaxUse, Invoice, InvoiceCheck, TaxCode
from zhangfang_core.trail.tables import HeadReader, VerificationRow
from zhangfang_sdk.context import scope
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use


async def plant_bank(client: int, word: str) -> None:
    """A bank's line that is explained, what is remembered of it."""
    now = dt.datetime.now(dt.UTC)
    line = StatementLine(1, today(), None, 12300, 12300, word, word, word, word)
    statement = Statement(word, bank=word, opening=0, closing=12300, lines=[line])
    account = await keep_statement(client, statement, Chosen("1002", word), Source(word, word))
    voucher = (await use(Ledger).vouchers(client, period=Period.current(), limit=1))[0].id
    row = await BankLineRow.objects().where(BankLineRow.account == account.id).first()
    assert row is not None
    await BankMatch(
        client=client, line=row.id, voucher=voucher, place=1, amount=100, reason=word, matched_by=word, matched_at=now
    ).save()
    await BankMemory(client=client, sign=1, said=word, account="1001", summary=word, at=now).save()


async def plant_payroll(client: int, word: str) -> None:
    """A month that waits for the boss; the row is for the owner, who brought it in."""
    person = PersonRow(1, word, word, 12300, 0, 0, 0, 0, 0, 0, 0, 12300, 0, 0)
    found = await bring_in_payroll(client, Period.current(), ReadSheet([person]), Source(word, word), really=True)
    assert found.payroll is not None
    await Payroll.update({Payroll.why: word}).where(Payroll.id == found.payroll)


async def plant_taxes(client: int, word: str) -> None:
    """A return with what the boss confirmed of it, an issued invoice; a check of the one that was handed in, its input tax, a tax code."""
    handed_in = await Invoice.objects().where(Invoice.client == client).first()
    assert handed_in is not None
    now = dt.datetime.now(dt.UTC)
    await InvoiceCheck(client=client, invoice=handed_in.id, state="refused", why=word, asked_at=now).save()
    await InputTaxUse(
        client=client, invoice=handed_in.id, decision="refused", period=202611, reason=word, decided_at=now
    ).save()
    await TaxCode(code=f"107{client:016d}", name=word, short_name=word).save()
    await MonthBeforeRow(
        client=client, period=202601, sales=12300, special=0, purchases=0, told_by=word, told_at=now
    ).save()
    filing = FilingRow(
        client=client, tax="iit", first=202610, last=202610, due=today(), step=1, payable=12300, lines="", worked_by=word
    )  # fmt: skip
    await filing.save()
    await Confirmation(
        client=client, filing=filing.id, content=word.encode(), sha256="x", payable=12300, confirmed_by=word,
        confirmed_at=dt.datetime.now(dt.UTC),
    ).save()  # fmt: skip
    for number, table in enumerate((IssuedInvoice, ReceivedInvoice)):
        await table(
            client=client, code="", number=f"263320000{number}{client:010d}", kind="数电普票", issued_on=today(), seller_name=word,
            seller_tax_id="", buyer_name=word, buyer_tax_id="", amount=12300, tax=0, total=12300, reverses="", lines="[]", read_by=word,
            read_at=dt.datetime.now(dt.UTC),
        ).save()  # fmt: skip


async def plant_verification(firm: int, word: str) -> None:
    """What a verification found, and somebody who gets the head by mail."""
    found = {"parts": [], "head": word, "protects": word}
    await VerificationRow(
        firm=firm, asked_by=word, started_at=dt.datetime.now(dt.UTC), result=json.dumps(found, ensure_ascii=False)
    ).save()
    kept = await HeadReader.exists().where(HeadReader.user == scope().user)
    if not kept:
        await HeadReader(firm=firm, user=scope().user).save()
