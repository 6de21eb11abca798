"""What a row says besides account and amount: parties and other items, quantity and price, a foreign currency. Pure."""

import re
from decimal import Decimal, InvalidOperation

from zhangfang_books.importing.cells import HeadedRow
from zhangfang_books.importing.outcome import Named, Outcome
from zhangfang_sdk.ledger import DimensionKind

_KINDS = tuple(kind.value for kind in DimensionKind)
_TITLES = (
    *(("客户", "customer"), ("供应商", "supplier"), ("部门", "department"), ("项目", "project"), ("职员", "employee")),
    *(("员工", "employee"), ("个人", "employee"), ("存货", "stock"), ("物料", "stock"), ("商品", "stock")),
)
_HOME = ("", "RMB", "CNY", "人民币", "人民币元", "本位币", "*")
_STEP = Decimal("0.000001")
_HALF_A_FEN = Decimal("0.005")


def named_of(row: HeadedRow) -> tuple[Named, ...]:
    """Every party, department, project and so on that the row names, each once; of a kind the first."""
    found: dict[str, Named] = {}
    for kind in _KINDS:
        _keep(found, kind, row.text(f"{kind}_code"), row.text(kind))
    classes, codes, names = row.texts("item_class"), row.texts("item_code"), row.texts("item_name")
    for place, title in enumerate(classes):
        code = codes[place] if place < len(codes) else ""
        name = names[place] if place < len(names) else ""
        _keep(found, kind_called(title), code, name)
    for piece in re.split(r"[;;\n]|(?<=\S)/(?=\S+---)", row.text("items")):
        parts = [part.strip() for part in piece.split("---")]
        if len(parts) >= 3:
            _keep(found, kind_called(parts[0]), parts[1], "---".join(parts[2:]))
        elif piece.strip():
            _keep(found, "", "", piece.strip())
    if not any(kind in found for kind in ("customer", "supplier", "")):
        _keep(found, "", "", row.text("counterparty"))
    return tuple(found.values())


def _keep(found: dict[str, Named], kind: str, code: str, name: str) -> None:
    code, name = (text[:limit] if text != "*" else "" for text, limit in ((code, 40), (name, 120)))
    if (code or name) and kind not in found:
        found[kind] = Named(kind, code, name)


def kind_called(title: str) -> str:
    """Empty for a class that the books do not know."""
    return next((kind for word, kind in _TITLES if word in title), "")


def quantity_of(row: HeadedRow, amount: int, outcome: Outcome) -> tuple[Decimal | None, Decimal | None]:
    """Quantity (with the amount's sign) and unit price in yuan; a price that does not make the amount is named as lost."""
    quantity = next((q for text in row.texts("quantity") if (q := number_of(text))), None)
    if quantity is None:
        return None, None
    if amount < 0 < quantity:
        quantity = -quantity
    price = number_of(row.text("price"))
    if not price:
        return quantity, None
    off = abs(quantity * price - Decimal(amount) / 100)
    if off > _HALF_A_FEN + abs(quantity) * _STEP / 2:
        outcome.lose("单价与数量、金额对不上,只留数量")
        return quantity, None
    return quantity, price


def number_of(text: str) -> Decimal | None:
    """A quantity or price, None for what is none."""
    try:
        number = Decimal(text.replace(",", ""))
        return number.quantize(_STEP) if number.is_finite() and abs(number) < 10**12 else None
    except InvalidOperation:
        return None


def foreign_of(row: HeadedRow) -> str:
    """A foreign currency's text as it stood, empty for yuan."""
    currency = row.text("currency")
    if currency.upper() in _HOME:
        return ""
    amount = next((text for text in row.texts("foreign") if number_of(text)), "")
    rate = row.text("rate")
    return " ".join(text for text in (currency, amount, f"× {rate}" if rate else "") if text)[:60]
