"""The firm's risk list: sellers whose invoices are looked at twice. A tax id decides, a like name only asks."""

from collections.abc import Iterable, Sequence

from zhangfang_risk_rules.tables import Seller
from zhangfang_sdk.risk import ListedSeller

_NARROW = str.maketrans("\uff08\uff09", "()")
_WIDE = str.maketrans("()", "\uff08\uff09")


async def listed_sellers() -> Sequence[ListedSeller]:
    """All of the firm's list."""
    return [_listed(row) for row in await Seller.objects().order_by(Seller.id)]


async def is_any_listed(tax_ids: Iterable[str], names: Iterable[str]) -> bool:
    """Whether the list has one of these tax ids or names; one query."""
    ids, called = [i.upper() for i in tax_ids if i], [spelling for n in names if n for spelling in _spellings(n)]
    if not ids and not called:
        return False
    return await Seller.exists().where((Seller.tax_id.is_in(ids or [""]) & (Seller.tax_id != "")) | Seller.name.is_in(called or [""]))


def _spellings(name: str) -> tuple[str, ...]:
    """As it is printed, and with the other kind of brackets."""
    return name, name.translate(_NARROW), name.translate(_WIDE)


def _listed(row: Seller) -> ListedSeller:
    return ListedSeller(row.name, row.tax_id, row.reason, row.source, row.listed_on)
