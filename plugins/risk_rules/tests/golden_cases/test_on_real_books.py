"""The same cases where it happens: posted to the ledger, billed through the sources of invoices, read by the services, said by the rule.

Each story becomes a client of its own. What stories give beside books, invoices, profile and risk list comes from other services, and stays out.
"""

import datetime as dt
from typing import Any

import pytest

from golden_cases.story import OWN, Story
from golden_cases.test_golden_cases import CASES, RULES
from zhangfang_books.sales.lines import packed
from zhangfang_books.sales.tables import IssuedInvoice
from zhangfang_capture_ocr.reading import InvoiceKind, Reading
from zhangfang_capture_ocr.reading.values import InvoiceLine as ReadLine
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.stored_readings import columns_of
from zhangfang_capture_ocr.tables import Invoice as ReadInvoice
from zhangfang_capture_ocr.tables import Item
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.demo.stories.parties import invented_tax_id
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_risk_rules.limits import limits_of
from zhangfang_risk_rules.scanning.asking import Asked, ask
from zhangfang_risk_rules.scanning.reading import read
from zhangfang_risk_rules.tables import Seller
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, NewClient
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, InvoiceState
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind, NewFact
from zhangfang_sdk.testing.risk_material import Post

ELSEWHERE = {"dues", "parties", "payrolls", "filings", "unexplained", "losses"}
NOW = dt.datetime(2026, 9, 30, tzinfo=dt.UTC)
REAL = {
    f"{rule}-{name}": (rule, story, expected)
    for rule, cases in CASES.items()
    for name, (story, expected) in cases.items()
    if isinstance(expected, list) and not set(story.more) & ELSEWHERE
}
PARTS = 6


def day_of(month: str, story: Story) -> dt.date:
    return story.starts if not month else Period.parse(month).first_day.replace(day=5)


def voucher(client: int, post: Post, story: Story) -> VoucherDraft:
    month, debit, credit, fen = post
    return VoucherDraft(client, day_of(month, story), "测试", (Line(debit, "测试", debit=fen), Line(credit, "测试", credit=fen)))


async def company(number: int, story: Story) -> int:
    """The story's company with its books and invoices."""
    facts = tuple(NewFact(k, v, story.starts if k is not FactKind.EMPLOYEES else dt.date(2026, 7, 1)) for k, v in story.facts.items())
    tax_id = invented_tax_id(number)
    client = await use(Clients).take_on(NewClient(f"故事{number}有限公司", tax_id, story.kind, story.industry, story.starts, facts=facts))
    await import_posted(client, [voucher(client, post, story) for post in sorted(story.posts)])
    file = await use(Documents).store(client, "发票.pdf", "application/pdf", b"%PDF-1.4 story") if story.invoices else None
    for invoice in story.invoices:
        if invoice.direction is InvoiceDirection.ISSUED:
            await issued(client, tax_id, invoice)
        elif file is not None:
            deducted = story.more.get("deducted", {}).get(invoice.key, 0)
            await received(client, tax_id, file.id, invoice, deducted)
    for listed in story.more.get("risk_list", ()):
        if not await Seller.exists().where(Seller.tax_id == listed.tax_id):
            await Seller(name=listed.name, tax_id=listed.tax_id, reason=listed.reason, source=listed.source, added_at=NOW).save()
    return client


async def issued(client: int, tax_id: str, i: Invoice) -> None:
    await IssuedInvoice(
        client=client, number=i.number, kind=i.kind, issued_on=i.issued_on, seller_name=OWN.name, seller_tax_id=tax_id, buyer_name=i.buyer.name,
        buyer_tax_id=i.buyer.tax_id, amount=i.amount, tax=i.tax, total=i.total, lines=packed(i.lines), read_at=NOW, reverses="", code="", read_by="",
    ).save()  # fmt: skip


async def received(client: int, tax_id: str, document: int, i: Invoice, deducted: int) -> None:
    booked = None
    if deducted:
        lines = (Line("560205", "费用", debit=i.total - deducted), Line("22210101", "进项", debit=deducted), Line("1002", "付款", credit=i.total))
        (booked,) = await import_posted(client, [VoucherDraft(client, i.issued_on, "费用", lines, document=document)])
    await _read(client, tax_id, document, i, "", booked)
    if i.state is InvoiceState.RED:
        await _read(client, tax_id, document, i, i.number, None)


async def _read(client: int, tax_id: str, document: int, i: Invoice, reverses: str, booked: int | None) -> None:
    key = f"{i.number}{reverses[:1]}{i.id}"
    state = ItemState.APPROVED if booked else ItemState.NEEDS_REVIEW
    item = Item(client=client, document=document, upload_key=key, name="发票.pdf", size=1, sha256=key, state=state, created_at=NOW, updated_at=NOW)
    await item.save()
    lines = tuple(ReadLine(x.name, "", "", "", "", None, None, x.amount, x.rate, x.tax) for x in i.lines)
    columns: dict[str, Any] = columns_of(Reading(next(iter(InvoiceKind)), {}, lines, "", 1))
    sign = -1 if reverses else 1
    columns |= {
        "number": f"{i.number[:-1]}x" if reverses else i.number, "issued_on": i.issued_on, "amount": sign * i.amount, "tax": sign * i.tax,
        "total": sign * i.total, "seller_name": i.seller.name, "seller_tax_id": i.seller.tax_id, "buyer_name": i.buyer.name,
        "buyer_tax_id": tax_id if i.buyer == OWN else i.buyer.tax_id,
    }  # fmt: skip
    await ReadInvoice(
        client=client, item=item.id, document=document, voucher=booked, reverses=reverses, created_at=NOW, updated_at=NOW, **columns
    ).save()


async def said(client: int, rule: str, story: Story) -> Asked:
    known = await read(client, [(RULES[rule], [story.month])])
    assert known is not None
    limits = await limits_of(known.client, tried=story.limits)
    answer = ask(f"risk_rules.{rule}", RULES[rule], known, story.month, limits)
    assert answer is not None
    return answer


@pytest.mark.parametrize("part", range(PARTS))
async def test_rules_say_the_same_of_real_books(part: int, firm: TestFirm) -> None:
    wrong = []
    for number, (name, (rule, story, expected)) in enumerate(REAL.items()):
        if number % PARTS != part:
            continue
        async with scoped_transaction(system_scope(firm.id)):
            client = await company(number, story)
            answer = await said(client, rule, story)
            figures = [finding.figure for finding in answer.findings]
            if figures != expected:
                wrong.append((name, expected, answer.verdict))
    assert wrong == []


def test_most_rules_are_reached_so() -> None:
    assert len({rule for rule, _, _ in REAL.values()}) >= 45
