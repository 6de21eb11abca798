"""What somebody typed into the form of a voucher, and the draft that it says."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from zhangfang_core.identity.forms import day_in
from zhangfang_core.ledger.analysis import PARTIES
from zhangfang_core.ledger.rules import KIND_TITLES, MOST_LINES, is_quantity
from zhangfang_core.ledger.writing.finding import account_called
from zhangfang_sdk.dimensions import DimensionItem
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account, DimensionKind, Line, Voucher, VoucherDraft
from zhangfang_sdk.money import fen, yuan
from zhangfang_sdk.texts import half_width, seen

BALANCE = "="
"""In place of an amount: whatever balances the voucher."""
SEPARATOR = ";"
_SEPARATORS = re.compile("[;\uff1b]")
_CELL = re.compile(r"(summary|account|items|quantity|unit_price|debit|credit)\.([0-9]{1,3})")


@dataclass(frozen=True, slots=True)
class TypedLine:
    """One row as typed. ``account`` begins with a code, ``items`` are names or codes with semicolons between."""

    summary: str = ""
    account: str = ""
    items: str = ""
    quantity: str = ""
    unit_price: str = ""
    debit: str = ""
    credit: str = ""

    @property
    def is_empty(self) -> bool:
        """A summary alone, which the form repeats by itself, is nothing yet."""
        return not any((self.account, self.items, self.quantity, self.unit_price, self.debit, self.credit))


@dataclass(frozen=True, slots=True)
class Typed:
    """``version`` is that of the draft that is changed, 0 for a new one; ``lines`` without empty rows."""

    date: str
    word: str
    lines: tuple[TypedLine, ...] = ()
    document: int | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Book:
    """What a client's lines are read with."""

    client: int
    accounts: Mapping[str, Account]
    items: Sequence[DimensionItem] = field(default=())


def typed_in(form: Mapping[str, str]) -> Typed:
    """A form's fields: ``date``, ``word``, ``document``, ``version``, and ``account.0``, ``debit.0`` … of each row."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in form.items():
        cell = _CELL.fullmatch(name)
        if cell is not None:
            rows.setdefault(int(cell[2]), {})[cell[1]] = seen(value).strip()[:500]
    lines = (TypedLine(**cells) for _, cells in sorted(rows.items()))
    document, version = form.get("document", ""), form.get("version", "")
    return Typed(
        form.get("date", "").strip()[:10],
        form.get("word", "").strip()[:20],
        tuple(line for line in lines if not line.is_empty)[:MOST_LINES],
        int(document) if _is_id(document) else None,
        int(version) if _is_id(version) else 0,
    )


def typed_of(voucher: Voucher, book: Book) -> Typed:
    """A voucher's content as somebody would have typed it."""
    return Typed(
        voucher.date.isoformat(), voucher.word, typed_lines(voucher.lines, book), voucher.document, voucher.version
    )


def typed_lines(lines: Sequence[Line], book: Book) -> tuple[TypedLine, ...]:
    """See :func:`typed_of`."""
    names = {item.id: item.code if _SEPARATORS.search(item.name) else item.name for item in book.items}
    return tuple(
        TypedLine(
            line.summary,
            _account_text(line.account, book),
            SEPARATOR.join(names.get(item, "") for item in line.dimensions.values()) or line.counterparty,
            "" if line.quantity is None else f"{line.quantity.normalize():f}",
            "" if line.unit_price is None else f"{line.unit_price.normalize():f}",
            yuan(line.debit) if line.debit else "",
            yuan(line.credit) if line.credit else "",
        )
        for line in lines
    )


def draft_of(typed: Typed, book: Book) -> VoucherDraft:
    """The draft that the form says, not yet checked against the books.

    Raises Refusal with the field at fault (``lines.0.account``, counted without empty rows): ``date.unreadable``,
    ``ledger.account_unknown``, ``ledger.item_unknown``, ``ledger.quantity_unreadable``, ``money.unreadable``, ``money.too_large``.
    """
    lines = _balanced([_line(place, line, book) for place, line in enumerate(typed.lines)], typed.lines)
    return VoucherDraft(
        client=book.client,
        date=day_in(typed.date),
        summary=next((line.summary for line in lines if line.summary), ""),
        lines=tuple(lines),
        word=typed.word,
        document=typed.document,
    )


def unknown_items(typed: Typed, book: Book) -> list[tuple[DimensionKind, str]]:
    """Names in rows whose account asks for an item of one kind, of which there is none of that name: what may be made on the spot."""
    found: dict[tuple[DimensionKind, str], None] = {}
    for line in typed.lines:
        account = account_called(line.account, book.accounts)
        if account is None or not account.dimensions or not line.items:
            continue
        _, left = _items(line.items, account, book)
        taken = len([part for part in _parts(line.items) if part not in left])
        free = account.dimensions[taken:] or account.dimensions[-1:]
        for name, kind in zip(left, (*free, *free[-1:] * len(left)), strict=False):
            found[DimensionKind(kind), name] = None
    return list(found)


def _line(place: int, typed: TypedLine, book: Book) -> Line:
    account = account_called(typed.account, book.accounts)
    if account is None:
        text = f"“{typed.account[:20]}”在这家企业的科目表里没有" if typed.account else "还没有填"
        raise Refusal("ledger.account_unknown", f"第 {place + 1} 行的科目{text}。", field=f"lines.{place}.account")
    dimensions, counterparty = _analysed(place, typed.items, account, book)
    quantity = _number(place, "quantity", "数量", typed.quantity)
    price = _number(place, "unit_price", "单价", typed.unit_price)
    debit, credit = _amount(place, "debit", typed.debit), _amount(place, "credit", typed.credit)
    amount = debit or credit
    if quantity is not None and price is not None and not amount and BALANCE not in (typed.debit, typed.credit):
        debit = _product(place, quantity, price)
    elif quantity and price is None and amount:
        price = (Decimal(amount) / 100 / quantity).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    elif price and quantity is None and amount:
        quantity = (Decimal(amount) / 100 / price).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return Line(account.code, typed.summary, debit, credit, counterparty, dimensions, quantity, price)


def _product(place: int, quantity: Decimal, price: Decimal) -> int:
    try:
        return fen((quantity * price).quantize(Decimal("0.01"), ROUND_HALF_UP))
    except (InvalidOperation, Refusal):
        raise Refusal(
            "money.too_large", f"第 {place + 1} 行数量 × 单价太大,请检查是否多输了位数。", field=f"lines.{place}.unit_price"
        ) from None


def _balanced(lines: list[Line], typed: Sequence[TypedLine]) -> list[Line]:
    """With the amount of the row that says "=", on the side where it is positive; of several the first, the others are refused later."""
    for place, line in enumerate(typed):
        if BALANCE in (line.debit, line.credit):
            owed = sum(x.credit - x.debit for x in lines)
            lines[place] = replace(lines[place], debit=max(owed, 0), credit=max(-owed, 0))
            return lines
    return lines


def _analysed(place: int, text: str, account: Account, book: Book) -> tuple[dict[str, int], str]:
    """Items by kind, and the counterparty: the customer's or supplier's name, or the text where the account has no items."""
    if not account.dimensions:
        if text and not account.open_items:
            raise Refusal(
                "ledger.dimension_not_offered",
                f"第 {place + 1} 行的科目 {account.code} {account.name} 没有辅助核算,请清空这一格。",
                field=f"lines.{place}.items",
            )
        return {}, text
    found, left = _items(text, account, book)
    if left:
        kinds = "、".join(KIND_TITLES[DimensionKind(kind)] for kind in account.dimensions)
        raise Refusal(
            "ledger.item_unknown",
            f"第 {place + 1} 行:{kinds}里没有“{left[0][:30]}”。要新增,请勾选“没有的直接新增”再保存。",
            field=f"lines.{place}.items",
        )
    party = next((item.name for kind, item in found.items() if kind in PARTIES), "")
    return {kind: item.id for kind, item in found.items()}, party


def _items(text: str, account: Account, book: Book) -> tuple[dict[str, DimensionItem], list[str]]:
    """Items that the text names, by kind, and the names that no item has."""
    found: dict[str, DimensionItem] = {}
    left = []
    whole = any(text.strip() == item.name for item in book.items)
    for part in [text.strip()] if whole else _parts(text):
        item = next(
            (
                item
                for kind in account.dimensions
                if kind not in found
                for item in book.items
                if item.kind == kind and not item.retired and part in (item.name, item.code)
            ),
            None,
        )
        if item is None:
            left.append(part)
        else:
            found[item.kind.value] = item
    return found, left


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def _account_text(code: str, book: Book) -> str:
    account = book.accounts.get(code)
    return code if account is None else f"{code} {account.full_name}"


def _amount(place: int, name: str, text: str) -> int:
    if not text or text == BALANCE:
        return 0
    try:
        return fen(text)
    except Refusal as refusal:
        raise Refusal(refusal.code, f"第 {place + 1} 行:{refusal.sentence}", field=f"lines.{place}.{name}") from None


def _number(place: int, name: str, title: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(half_width(text).replace(",", ""))
    except InvalidOperation:
        number = Decimal("nan")
    if not is_quantity(number):
        raise Refusal(
            "ledger.quantity_unreadable",
            f"第 {place + 1} 行的{title}“{text[:20]}”看不懂,请写成 12.5 这样的数字,最多 6 位小数。",
            field=f"lines.{place}.{name}",
        )
    return number


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


CELLS = tuple(cell.name for cell in fields(TypedLine))
"""Names of a row's cells, in the order in which they are filled."""
