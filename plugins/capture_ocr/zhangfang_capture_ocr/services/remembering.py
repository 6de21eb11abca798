"""What an approved purchase teaches: the account of the seller as a whole and of each of its items (CAP-6)."""

from collections.abc import Mapping
from typing import Any

from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.services.facts import facts_of, proposal_for
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_capture_ocr.tables import SellerMemory
from zhangfang_sdk.clients import Client
from zhangfang_sdk.ledger import Voucher

TAX_ACCOUNTS = "2221"
ITEM_LENGTH = 100


async def remember(client: Client, row: Mapping[str, Any], posted: Voucher) -> None:
    """Count what was chosen: the account of the largest line that is neither tax nor settlement, and those of the items."""
    tax_id = row["seller_tax_id"]
    booked = [line for line in posted.lines if line.debit and not line.account.startswith(TAX_ACCOUNTS)]
    if not tax_id or not booked:
        return
    chosen = {"": max(booked, key=lambda line: abs(line.debit)).account, **await _of_items(client, row, posted)}
    for item, account in chosen.items():
        await _count(client.id, row, item, account)


async def _of_items(client: Client, row: Mapping[str, Any], posted: Voucher) -> dict[str, str]:
    """The account of each item, where the posted voucher has the lines that would be proposed, whatever their accounts are."""
    facts = facts_of(reading_of(row), Direction.PURCHASE)
    if facts is None:
        return {}
    proposed = (await proposal_for(client, facts)).lines
    if [(line.debit_fen, line.credit_fen) for line in proposed] != [(line.debit, line.credit) for line in posted.lines]:
        return {}
    return {
        item[:ITEM_LENGTH]: line.account
        for proposal, line in zip(proposed, posted.lines, strict=True)
        for item in proposal.items
        if item
    }


async def _count(client: int, row: Mapping[str, Any], item: str, account: str) -> None:
    tax_id = row["seller_tax_id"]
    counted = (
        await SellerMemory.update({SellerMemory.times: SellerMemory.times + 1, SellerMemory.updated_at: now()})
        .where(
            SellerMemory.client == client,
            SellerMemory.seller_tax_id == tax_id,
            SellerMemory.item == item,
            SellerMemory.account == account,
        )
        .returning(SellerMemory.id)
    )
    if not counted:
        await SellerMemory(
            client=client, seller_tax_id=tax_id, seller_name=row["seller_name"], item=item, account=account
        ).save()
