"""Finding an account or an item as the writer of a voucher does: by code, by name, by the initials of its pinyin."""

import hashlib
import json
from collections.abc import Mapping, Sequence

from zhangfang_core.tenancy.finding import initials
from zhangfang_sdk.dimensions import DimensionItem
from zhangfang_sdk.ledger import Account


def account_called(text: str, accounts: Mapping[str, Account]) -> Account | None:
    """The account whose code begins the text ("1002 银行存款"), else the only one with that name or those initials."""
    code, _, rest = text.strip().partition(" ")
    if (found := accounts.get(code)) is not None:
        return found
    wanted = text.strip().lower()
    if not wanted or (rest.strip() and code.isdigit()):
        return None
    usable = [a for a in accounts.values() if a.is_leaf and not a.retired]
    for names in (lambda a: (a.name, a.full_name), _initials_of):
        fitting = [account for account in usable if wanted in names(account)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def finder(accounts: Sequence[Account], items: Sequence[DimensionItem]) -> dict[str, object]:
    """What the browser searches: accounts that lines may use as (code, full name, initials of its own name and of the full one, kinds, required,
    open items), items as (id, kind, code, name, initials, unit)."""
    return {
        "accounts": [
            [a.code, a.full_name, " ".join(_initials_of(a)), list(a.dimensions), list(a.required), a.open_items]
            for a in accounts
            if a.is_leaf and not a.retired
        ],
        "items": [[i.id, i.kind.value, i.code, i.name, initials(i.name), i.unit] for i in items if not i.retired],
    }


def _initials_of(account: Account) -> tuple[str, ...]:
    """Of 管理费用-办公费 "bgf" and "glfybgf"."""
    return tuple(dict.fromkeys((initials(account.name), initials(account.full_name.replace("-", "")))))


def edition(accounts: Sequence[Account], items: Sequence[DimensionItem]) -> str:
    """Changes with what :func:`finder` gives, so that the browser keeps it until then."""
    rows = [[a.code, a.full_name, a.is_leaf, a.retired, a.dimensions, a.required, a.open_items] for a in accounts]
    rows += [[i.id, i.kind, i.code, i.name, i.unit, i.retired] for i in items]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()[:16]
