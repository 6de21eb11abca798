"""A suggestion taken: lines tied to vouchers that stand, or a voucher drafted and tied. In the caller's transaction; amounts are fen."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.bank import memory
from zhangfang_books.bank.accounts import accounts_of, hold
from zhangfang_books.bank.bringing import TOPIC
from zhangfang_books.bank.matching.kinds import Line
from zhangfang_books.bank.rules import TRANSFER, word_rules
from zhangfang_books.bank.standing import Entry, open_items, standing
from zhangfang_books.bank.suggesting import Asked, Suggestion, suggestions
from zhangfang_books.bank.tables import BankAccount, BankMatch
from zhangfang_books.bank.tax_payments import pay_returns, take_back
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Ledger, VoucherDraft
from zhangfang_sdk.ledger import Line as VoucherLine
from zhangfang_sdk.live import Live
from zhangfang_sdk.money import yuan
from zhangfang_sdk.open_items import OpenItem

SOURCE = "books.bank"
BY_HAND = f"manual:{SOURCE}"
"""Of a voucher whose account or open item a person chose: they are its drafter, and somebody else posts it."""
TRANSFER_DAYS = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Counter:
    """The other side of a line as a person says it: an account, and an item of it where the account asks for one (0: none)."""

    account: str
    item: int = 0
    summary: str = ""


async def accept(account: BankAccount, key: str) -> None:
    """Needs ``bank.write``; drafting also ``ledger.draft``. Raises Refusal ``bank.proposal_gone``, and what the ledger refuses."""
    require("bank.write")
    await hold(account.client)
    asked = await suggestions(account)
    found = next((each for each in asked.suggestions if each.key == key), None)
    if found is None:
        raise Refusal("bank.proposal_gone", "这条建议已经变了(有人刚处理过,或账上有变动),请刷新后再看。", status=409)
    await take(account, found, asked)


async def accept_sure(account: BankAccount) -> int:
    """All that is sure and ties lines to vouchers or open items; how many. Raises as ``accept``."""
    require("bank.write")
    await hold(account.client)
    asked = await suggestions(account)
    for each in asked.sure:
        await take(account, each, asked)
    return len(asked.sure)


async def book(account: BankAccount, line_id: int, counter: Counter) -> int:
    """Draft a voucher for what is left of a line, on the account that a person chose; it is remembered. The voucher's id.

    Raises Refusal ``common.not_found``, and what the ledger refuses.
    """
    require("bank.write")
    await hold(account.client)
    line = next((each for each in (await standing(account)).lines() if each.id == line_id), None)
    if line is None:
        raise not_found("流水")
    summary = counter.summary.strip() or line.text or line.party or "银行收付"
    voucher = await _draft_on(account, line, counter.account, counter.item, summary, "由会计指定科目", BY_HAND)
    await memory.remember(account.client, line, counter.account, counter.item, summary)
    await _told(account, "books.bank_matched", {"line": line.id, "voucher": voucher, "rule": "chosen"})
    return voucher


async def settle(account: BankAccount, line_id: int, item_id: int) -> int:
    """Draft a voucher for what is left of a line against the open item that a person chose, in part where the line is smaller; its id.

    Raises Refusal ``common.not_found``, ``bank.more_than_open`` for a line that is larger, and what the ledger refuses.
    """
    require("bank.write")
    await hold(account.client)
    found = await standing(account)
    line = next((each for each in found.lines() if each.id == line_id), None)
    if line is None:
        raise not_found("流水")
    item = next((each for each in await open_items(account.client, found.promised()) if each.id == item_id), None)
    if item is None or item.open * line.amount < 0:
        raise not_found("往来款")
    if abs(line.amount) > abs(item.open):
        raise Refusal("bank.more_than_open", f"这笔往来只剩 {yuan(abs(item.open))},比流水少。请选一笔更大的,或按科目入账。", field="item")
    kinds = {each.id: each.kind.value for each in await use(Dimensions).items(account.client)}
    voucher = await _draft_settling(account, line, [(item, line.amount)], 0, kinds, "由会计指定往来", BY_HAND)
    await _told(account, "books.bank_matched", {"line": line.id, "voucher": voucher, "rule": "chosen"})
    return voucher


async def tie(
    account: BankAccount, line: Line, voucher: int, place: int, amount: int, reason: str, charges: Sequence[tuple[int, int]] = ()
) -> None:
    """The voucher's line ``place`` explains ``amount`` of the line; ``charges`` (open item, fen) are settled once it is posted.

    A tax office's line pays the returns that were filed for so much.
    """
    row = BankMatch(
        client=account.client, line=line.id, voucher=voucher, place=place, amount=amount, reason=reason[:255],
        charges=json.dumps(charges), matched_by=scope().user_name, matched_at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    await BankMatch.insert(row)
    await pay_returns(account.client, line.id)


async def untie(account: BankAccount, line_id: int) -> None:
    """Take the line's ties back, and what it paid of taxes; a draft that was made of it stays for its drafter. Needs ``bank.write``.

    Raises Refusal ``common.not_found``.
    """
    require("bank.write")
    await hold(account.client)
    rows = await BankMatch.objects().where(BankMatch.client == account.client, BankMatch.line == line_id)
    if not rows:
        raise not_found("对应关系")
    await BankMatch.delete().where(BankMatch.client == account.client, BankMatch.line == line_id)
    await take_back(account.client, line_id)
    await _told(account, "books.bank_unmatched", {"line": line_id, "vouchers": [row.voucher for row in rows]})


async def take(account: BankAccount, found: Suggestion, asked: Asked) -> None:
    """One of the suggestions just ``asked``. Needs ``bank.write``; raises what the ledger refuses."""
    require("bank.write")
    vouchers = []
    if found.entries:
        vouchers = await _tie_entries(account, found, asked.standing.tied)
    elif found.items:
        vouchers = await _settle(account, found)
    elif found.parts:
        vouchers = [await _draft_in_parts(account, found)]
    else:
        (line,) = found.lines
        vouchers = [await _draft_on(account, line, found.account, found.item, found.summary, found.reason)]
        if found.rule == TRANSFER:
            await _tie_other_side(account, line, found.account, vouchers[0])
        else:
            await memory.remember(account.client, line, found.account, found.item, found.summary)
    after = {"lines": [line.id for line in found.lines], "vouchers": vouchers, "rule": found.rule, "sure": found.sure}
    await _told(account, "books.bank_matched", after)


async def _told(account: BankAccount, action: str, after: dict[str, object]) -> None:
    await use(Audit).record(action, f"books_bank_account:{account.id}", client=account.client, after=after)
    await use(Live).announce(TOPIC, account.client)


async def _tie_entries(account: BankAccount, found: Suggestion, tied: Mapping[str, int]) -> list[int]:
    """Lines and entries in their order, each as far as it goes."""
    entries: list[tuple[Entry, int]] = [(e, e.amount - tied.get(e.key, 0)) for e in found.entries]
    taken: list[int] = []
    for line in found.lines:
        left = line.amount
        while left and entries:
            entry, rest = entries[0]
            amount = left if abs(left) <= abs(rest) else rest
            await tie(account, line, entry.voucher, entry.place, amount, found.reason)
            taken.append(entry.voucher)
            left -= amount
            entries[0] = (entry, rest - amount)
            if rest == amount:
                entries.pop(0)
    return taken


async def _settle(account: BankAccount, found: Suggestion) -> list[int]:
    """A voucher for each line, against the open items in their order; the fee on the last one."""
    kinds = {item.id: item.kind.value for item in await use(Dimensions).items(account.client)}
    items: list[tuple[OpenItem, int]] = [(item, item.open) for item in found.items]
    vouchers = []
    for line in found.lines:
        fee = found.fee if line is found.lines[-1] else 0
        wanted = line.amount + fee
        paid: list[tuple[OpenItem, int]] = []
        while wanted and items:
            item, rest = items[0]
            amount = wanted if abs(wanted) <= abs(rest) else rest
            paid.append((item, amount))
            wanted -= amount
            items[0] = (item, rest - amount)
            if rest == amount:
                items.pop(0)
        vouchers.append(await _draft_settling(account, line, paid, fee, kinds, found.reason))
    return vouchers


async def _draft_settling(
    account: BankAccount,
    line: Line,
    paid: Sequence[tuple[OpenItem, int]],
    fee: int,
    kinds: dict[int, str],
    reason: str,
    source: str = SOURCE,
) -> int:
    party = paid[0][0].counterparty
    summary = f"{'收' if line.amount > 0 else '付'}{party}款"[:120]
    lines = [_sided(account.account, summary, line.amount)]
    for item, amount in paid:
        dimensions = {kinds[item.item]: item.item} if item.item in kinds else {}
        lines.append(_sided(item.account, summary, -amount, item.counterparty, dimensions))
    if fee:
        lines.append(_sided(await _fees(account.client), "收款手续费", fee))
    voucher = await _draft(account, line, lines, summary, reason, source)
    await tie(account, line, voucher, 1, line.amount, reason, [(item.id, abs(amount)) for item, amount in paid])
    return voucher


async def _fees(client: int) -> str:
    rule = next(rule for rule in word_rules() if rule.id == "fee")
    code = rule.account(await use(Ledger).accounts(client))
    if not code:
        raise Refusal("bank.no_fee_account", "财务费用下没有手续费科目,请先增加,再接受这条建议。", status=409)
    return code


async def _draft_on(
    account: BankAccount, line: Line, code: str, item: int, summary: str, reason: str, source: str = SOURCE
) -> int:
    dimensions = {}
    if item:
        known = {each.id: each.kind.value for each in await use(Dimensions).items(account.client)}
        dimensions = {known[item]: item} if item in known else {}
    lines = [_sided(account.account, summary, line.amount), _sided(code, summary, -line.amount, line.party, dimensions)]
    voucher = await _draft(account, line, lines, summary, reason, source)
    await tie(account, line, voucher, 1, line.amount, reason)
    return voucher


async def _draft_in_parts(account: BankAccount, found: Suggestion) -> int:
    (line,) = found.lines
    lines = [_sided(part.account, part.summary[:120], part.amount) for part in found.parts]
    lines.append(_sided(account.account, found.title, line.amount))
    voucher = await _draft(account, line, lines, found.title, found.reason, SOURCE)
    await tie(account, line, voucher, len(lines), line.amount, found.reason)
    return voucher


async def _draft(
    account: BankAccount, line: Line, lines: Sequence[VoucherLine], summary: str, reason: str, source: str
) -> int:
    reasons = (f"银行流水 {line.date} {line.party or line.text}".strip(), reason)
    return await use(Ledger).draft(
        VoucherDraft(account.client, line.date, summary, tuple(lines), source=source, reasons=reasons)
    )


async def _tie_other_side(account: BankAccount, line: Line, code: str, voucher: int) -> None:
    """The same transfer in the other account's statement is explained by the same voucher."""
    for other in await accounts_of(account.client):
        if other.account == code and other.id != account.id:
            for row in (await standing(other)).lines():
                if row.amount == -line.amount and abs(row.date - line.date) <= TRANSFER_DAYS:
                    await tie(other, row, voucher, 2, row.amount, "同一笔转账的另一边")
                    return


def _sided(
    account: str, summary: str, amount: int, counterparty: str = "", dimensions: dict[str, int] | None = None
) -> VoucherLine:
    return VoucherLine(
        account, summary, debit=max(amount, 0), credit=max(-amount, 0), counterparty=counterparty, dimensions=dimensions or {}
    )
