"""Where items are used, and which of them look alike."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.dimensions import DimensionItem
from zhangfang_sdk.ledger import DimensionKind
from zhangfang_sdk.periods import Period

_USED = """select b.item, b.account, a.full_name, a.category = 'profit_and_loss' as is_result, sum(b.debit - b.credit)::bigint as balance,
    sum(b.quantity) as quantity, max(b.period) as last from core_dimension_balance b
    join core_dimension_item i on i.firm = b.firm and i.id = b.item
    join core_account a on a.firm = b.firm and a.client = b.client and a.code = b.account
    where b.firm = $1 and b.client = $2 and ($3::varchar is null or i.kind = $3) and ($4::bigint is null or b.item = $4)
    group by 1, 2, 3, 4 order by 2"""
_NOISE = re.compile(r"[\s()（）\[\]【】·.,,。'\"-]+")
_FORMS = ("有限责任公司", "股份有限公司", "有限公司", "公司")


@dataclass(frozen=True, slots=True)
class Use:
    """An account with entries of an item: what stands there now (fen, debit positive; profit and loss: since the books began)."""

    account: str
    full_name: str
    is_result: bool
    balance: int
    quantity: Decimal
    last: Period | None


async def used(client: int, *, kind: DimensionKind | None = None, item: int | None = None) -> Mapping[int, Sequence[Use]]:
    """Item → its accounts, by code; needs ``ledger.read``."""
    see(client)
    found: dict[int, list[Use]] = {}
    for row in await connection().fetch(_USED, firm_in_scope(), client, kind, item):
        last = Period.from_number(row["last"]) if row["last"] else None
        found.setdefault(row["item"], []).append(
            Use(row["account"], row["full_name"], row["is_result"], row["balance"], row["quantity"], last)
        )
    return found


def alike(items: Iterable[DimensionItem]) -> list[tuple[DimensionItem, DimensionItem]]:
    """Pairs in use that may be one: of one kind, with the same tax id or the same name but for spaces, brackets and the company's form."""
    first: dict[tuple[str, str], DimensionItem] = {}
    pairs: dict[tuple[int, int], tuple[DimensionItem, DimensionItem]] = {}
    for item in items:
        if item.retired:
            continue
        for key in {_plain(item.name), item.tax_id and f"#{item.tax_id}"} - {""}:
            other = first.setdefault((item.kind, key), item)
            if other.id != item.id:
                pairs[other.id, item.id] = (other, item)
    return list(pairs.values())


def _plain(name: str) -> str:
    text = _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()
    form = next((f for f in _FORMS if text.endswith(f) and len(text) > len(f)), "")
    return text.removesuffix(form)
