"""What a person chose on a page, as matches. Amounts are typed in yuan."""

from collections.abc import Mapping, Sequence

from zhangfang_core.ledger.open_items.standing import codes_of, control_accounts, items_at
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen
from zhangfang_sdk.open_items import Match, OpenItem


async def all_of(client: int, ids: Sequence[int]) -> list[OpenItem]:
    """The client's open items of these ids, oldest first. Raises Refusal ``open_items.nothing``, ``open_items.unknown``."""
    if not ids:
        raise Refusal("open_items.nothing", "请先选择要核销的往来。")
    found = await items_at(client, codes_of(await control_accounts(client)), ids=ids)
    if len(found) != len(set(ids)):
        raise Refusal("open_items.unknown", "要核销的往来明细不存在,或已经全部核销。", status=404)
    return found


def parts_of(items: Sequence[OpenItem], payment: int | None, typed: Mapping[int, str]) -> list[Match]:
    """``payment`` against each of ``items`` that has an amount in ``typed``. Raises Refusal ``open_items.nothing``, ``money.unreadable``."""
    paid = next((i for i in items if i.id == payment), None)
    if paid is None:
        raise Refusal("open_items.nothing", "请先选择要核销的往来。")
    amounts = [(i.id, fen(typed[i.id])) for i in items if i is not paid and typed.get(i.id)]
    if paid.amount > 0:
        return [Match(paid.id, id_, amount) for id_, amount in amounts]
    return [Match(id_, paid.id, amount) for id_, amount in amounts]


def chosen_by_hand(items: Sequence[OpenItem], amount: str) -> list[Match]:
    """Both sides of ``items`` against each other, oldest first, as far as they go or as ``amount`` says.

    Raises Refusal ``open_items.sides`` where one side is missing.
    """
    debits = [[i.id, i.open] for i in items if i.open > 0]
    credits_ = [[i.id, -i.open] for i in items if i.open < 0]
    if not debits or not credits_:
        raise Refusal("open_items.sides", "请在借贷两边各选至少一笔。")
    most = min(sum(left for _, left in debits), sum(left for _, left in credits_))
    wanted = fen(amount) if amount else most
    if not 0 < wanted <= most:
        raise Refusal("open_items.too_much", "核销金额应大于零,且不能超过两边的未核销余额。", field="amount", status=409)
    found: list[Match] = []
    while wanted:
        debit, credit = debits[0], credits_[0]
        part = min(wanted, debit[1], credit[1])
        found.append(Match(debit[0], credit[0], part))
        wanted, debit[1], credit[1] = wanted - part, debit[1] - part, credit[1] - part
        debits, credits_ = [d for d in debits if d[1]], [c for c in credits_ if c[1]]
    return found
