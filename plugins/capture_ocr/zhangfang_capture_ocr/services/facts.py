"""From a reading to what booking is told, and from its proposal to a voucher."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_capture_ocr.booking import ClientProfile, FactLine, InvoiceFacts, Proposal, propose
from zhangfang_capture_ocr.booking import SellerMemory as Memory
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.services.tax_codes import with_short_names
from zhangfang_capture_ocr.tables import SellerMemory
from zhangfang_sdk.clients import Client
from zhangfang_sdk.ledger import Account, Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

SOURCE = "capture_ocr"


def facts_of(reading: Reading, direction: Direction) -> InvoiceFacts | None:
    """What booking needs, None where date or total are not known."""
    if reading.issued_on is None or reading.total is None:
        return None
    tax = reading.tax or 0
    return InvoiceFacts(
        kind=reading.kind.value,
        direction="sales" if direction is Direction.SALES else "purchase",
        seller_name=reading.seller_name or "",
        seller_tax_id=reading.seller_tax_id or "",
        buyer_name=reading.buyer_name or "",
        issued_on=reading.issued_on,
        lines=tuple(
            FactLine(line.name, line.classification_short, line.amount, line.rate, line.tax or 0, line.quantity, line.classification_code)
            for line in reading.lines
            if line.amount is not None
        ),
        amount_fen=reading.amount if reading.amount is not None else reading.total - tax,
        tax_fen=tax,
        total_fen=reading.total,
        may_carry_input_vat=reading.kind.may_carry_input_vat,
        printed=reading.text,
    )


async def proposal_for(client: Client, facts: InvoiceFacts) -> Proposal:
    """What booking proposes, with what was learned of the seller."""
    profile = ClientProfile(client.name, client.taxpayer_kind, client.industry)
    facts = await with_short_names(facts)
    return propose(facts, profile, await remembered(client.id, facts.seller_tax_id))


async def remembered(client: int, seller_tax_id: str) -> Memory:
    """The account chosen most often for each item of this seller and for the seller as a whole, the latest of equals."""
    if not seller_tax_id:
        return Memory()
    rows = (
        await SellerMemory.select(SellerMemory.item, SellerMemory.account)
        .where(SellerMemory.client == client, SellerMemory.seller_tax_id == seller_tax_id)
        .order_by(SellerMemory.times, SellerMemory.updated_at)
    )
    return Memory({row["item"]: row["account"] for row in rows})


async def voucher_of(
    client: int, document: int, issued_on: dt.date, summary: str, proposal: Proposal, purpose: str
) -> VoucherDraft:
    """The proposal as a draft, dated in the month of the invoice or, when that is closed, in the first open one."""
    reasons = [*proposal.reasons]
    if purpose:
        reasons.append(f"上传时注明用途:{purpose}")
    date = issued_on
    closed = await use(Ledger).closed_through(client)
    if closed is not None and Period.of(issued_on) <= closed:
        open_month = closed.plus(1)
        date = min(open_month.last_day, max(open_month.first_day, today()))
        reasons.append(f"发票月份已结账,记入{open_month.label}")
    return VoucherDraft(
        client=client,
        date=date,
        summary=summary[:255],
        lines=tuple(
            Line(line.account_code, line.summary[:255], line.debit_fen, line.credit_fen, line.counterparty)
            for line in proposal.lines
        ),
        document=document,
        source=SOURCE,
        reasons=tuple(reasons),
    )


def summary_of(reading: Reading, direction: Direction) -> str:
    """ "采购 酒店用品 · 宁波远洋" or "销售 …": one line for lists of vouchers."""
    what = reading.lines[0].name.rpartition("*")[2] if reading.lines else reading.kind.value
    other = reading.buyer_name if direction is Direction.SALES else reading.seller_name
    return f"{'销售' if direction is Direction.SALES else '采购'} {what}" + (f" · {other}" if other else "")


def leaf_accounts(accounts: Sequence[Account]) -> list[Account]:
    """Those that a line may use, by code."""
    return sorted((account for account in accounts if account.is_leaf), key=lambda account: account.code)
