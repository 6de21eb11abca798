"""期初建账: the opening sheet of a client, filled while it is checked, started by one button."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.database.engine import savepoint
from zhangfang_core.identity.forms import Form
from zhangfang_core.ledger.charts.chart import CATEGORY_TITLES
from zhangfang_core.ledger.opening import service
from zhangfang_core.ledger.opening.sheet import PROFIT_AND_LOSS, standing
from zhangfang_core.ledger.rules import is_quantity
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account, DimensionKind
from zhangfang_sdk.money import fen, yuan
from zhangfang_sdk.openings import OpeningLine
from zhangfang_sdk.places import here
from zhangfang_sdk.texts import half_width, seen
from zhangfang_sdk.web import CLIENT, Page, action, go, page

COLUMNS = ("account", "party", "due", "year_debit", "year_credit", "amount", "quantity")
PARTY_ROWS = 2
"""Empty rows for parties that an account offers beside those filled."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of inputs as text; ``sign`` is what the account's own side counts."""

    account: Account
    party: str
    due: str
    year_debit: str
    year_credit: str
    amount: str
    quantity: str
    is_party: bool

    @property
    def counts(self) -> bool:
        """Whether a quantity is asked for."""
        return self.is_party and DimensionKind.STOCK in self.account.dimensions

    @property
    def sign(self) -> int:
        return 1 if self.account.normal_balance == "debit" else -1


@page("/opening", of=CLIENT, permission="ledger.read")
async def opening_page(saved: str = "") -> Page:
    """The opening sheet (LEDG-1)."""
    return await _page(saved=saved)


@action("/opening", of=CLIENT, permission="ledger.draft")
async def save_form(data: Form) -> Redirect | Page:
    """Keeps what was filled in, finished or not; "start" also brings the books to it."""
    client = client_in_scope()
    opening = await service.opening(client)
    signs = {a.code: 1 if a.normal_balance == "debit" else -1 for a in opening.accounts}
    texts = _texts(data)
    try:
        lines = [_read(place, row, signs) for place, row in enumerate(texts, 1)]
    except Refusal as refusal:
        return await _page(error=refusal.sentence, typed=texts)
    starts = data.get("do") == "start" and standing(lines, {a.code: a for a in opening.accounts}).may_start
    try:
        async with savepoint():
            await service.save(client, lines)
            if starts:
                await service.start(client)
    except Refusal as refusal:
        return await _page(error=refusal.sentence, typed=texts)
    return go(here(f"/opening?saved={2 if starts else 3 if data.get('do') == 'start' else 1}"))


async def _page(saved: str = "", error: str = "", typed: Sequence[Mapping[str, str]] | None = None) -> Page:
    opening = await service.opening(client_in_scope())
    chart = {a.code: a for a in opening.accounts}
    state = standing(opening.lines, chart)
    rows = _rows(opening.accounts, opening.lines) if typed is None else _retyped(chart, typed)
    return Page(
        "ledger/opening.html",
        title="期初建账",
        active="accounts",
        status_code=422 if error else 200,
        opening=opening,
        standing=state,
        groups=[(key, title, [r for r in rows if r.account.category == key]) for key, title in CATEGORY_TITLES.items()],
        may_fill=scope().may("ledger.draft") and not opening.closed,
        may_start=scope().may("ledger.draft") and scope().may("ledger.post") and not opening.closed,
        within_year=opening.books_start.month > 1,
        result=PROFIT_AND_LOSS,
        saved=saved,
        error=error,
    )


def _rows(accounts: Sequence[Account], lines: Sequence[OpeningLine]) -> list[Row]:
    of: dict[str, list[OpeningLine]] = {}
    for line in lines:
        of.setdefault(line.account, []).append(line)
    found: list[Row] = []
    for account in accounts:
        if not account.is_leaf or (account.retired and account.code not in of):
            continue
        own = of.get(account.code, [])
        plain = next((x for x in own if not x.party and x.due is None), OpeningLine(account.code))
        found.append(_row(account, plain, is_party=False))
        named = [x for x in own if x is not plain]
        if account.open_items or account.dimensions or named:
            empty = [OpeningLine(account.code)] * PARTY_ROWS
            found += [_row(account, x, is_party=True) for x in [*named, *empty]]
    return found


def _row(account: Account, line: OpeningLine, *, is_party: bool) -> Row:
    sign = 1 if account.normal_balance == "debit" else -1
    return Row(
        account,
        line.party,
        line.due.isoformat() if line.due else "",
        yuan(line.year_debit) if line.year_debit else "",
        yuan(line.year_credit) if line.year_credit else "",
        yuan(sign * line.amount) if line.amount else "",
        f"{line.quantity.normalize():f}" if line.quantity else "",
        is_party,
    )


def _retyped(chart: Mapping[str, Account], typed: Sequence[Mapping[str, str]]) -> list[Row]:
    seen: set[str] = set()
    found: list[Row] = []
    for row in typed:
        account = chart.get(row["account"])
        if account is not None:
            values = (row["party"], row["due"], row["year_debit"], row["year_credit"], row["amount"], row["quantity"])
            found.append(Row(account, *values, account.code in seen))
            seen.add(account.code)
    return found


def _texts(data: Mapping[str, Any]) -> list[dict[str, str]]:
    """Rows of the form. Raises Refusal ``common.bad_request`` where its columns do not match."""
    columns = {name: _all(data.get(name)) for name in COLUMNS}
    columns["quantity"] = columns["quantity"] or [""] * len(columns["account"])
    if len({len(values) for values in columns.values()}) != 1:
        raise Refusal("common.bad_request", "表格没有完整送到,请刷新页面后再试。", status=400)
    rows = zip(*(columns[name] for name in COLUMNS), strict=True)
    return [{name: seen(text).strip() for name, text in zip(COLUMNS, row, strict=True)} for row in rows]


def _all(value: object) -> list[str]:
    return [] if value is None else [str(v) for v in value] if isinstance(value, list) else [str(value)]


def _read(place: int, row: Mapping[str, str], signs: Mapping[str, int]) -> OpeningLine:
    try:
        amount, debit, credit = (
            fen(row[name]) if row[name] else 0 for name in ("amount", "year_debit", "year_credit")
        )
        quantity = _quantity(row["quantity"])
        due = dt.date.fromisoformat(row["due"]) if row["due"] else None
    except Refusal as refusal:
        raise Refusal(refusal.code, f"科目 {row['account'][:20]}:{refusal.sentence}", field=f"amount.{place}") from None
    except ValueError:
        raise Refusal(
            "opening.due", f"科目 {row['account'][:20]}:到期日“{row['due'][:20]}”看不懂,请写成 2026-01-31。", field=f"due.{place}"
        ) from None
    account = row["account"][:20]
    return OpeningLine(account, signs.get(account, 1) * amount, debit, credit, row["party"][:120], due, quantity)


def _quantity(text: str) -> Decimal | None:
    try:
        found = Decimal(half_width(text).replace(",", "")) if text else None
    except InvalidOperation:
        found = Decimal("nan")
    if found is not None and not is_quantity(found):
        raise Refusal("opening.quantity", f"数量“{text[:20]}”看不懂,最多 6 位小数。", field="quantity")
    return found


HANDLERS: list[HTTPRouteHandler] = [opening_page, save_form]
