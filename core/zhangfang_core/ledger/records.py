"""Between rows of the database and the SDK's values."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from zhangfang_sdk.ledger import Line, Voucher, VoucherDraft, VoucherKind, VoucherState
from zhangfang_sdk.periods import Period

_SHORT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KINDS = {kind.value: kind for kind in VoucherKind}
_STATES = {state.value: state for state in VoucherState}


def lines_to_json(lines: Iterable[Line]) -> str:
    """A draft's lines as they stand in ``core_voucher.draft_lines``: arrays, short and in order, a sixth place for details."""
    return _SHORT(
        [(line.account, line.summary, line.debit, line.credit, line.counterparty, *_details(line)) for line in lines]
    )


def lines_from_json(text: str | None) -> tuple[Line, ...]:
    return tuple(_line(*row) for row in json.loads(text or "[]"))


def has_details(line: Line) -> bool:
    """Whether a line has more than its account, texts and amount."""
    return bool(line.dimensions) or not (line.quantity is None and line.unit_price is None and line.due is None)


def _details(line: Line) -> list[dict[str, object]]:
    if not has_details(line):
        return []
    found: dict[str, object] = {"items": dict(line.dimensions)} if line.dimensions else {}
    values = {"quantity": line.quantity, "unit_price": line.unit_price, "due": line.due}
    return [found | {key: str(value) for key, value in values.items() if value is not None}]


def _line(
    account: str, summary: str, debit: int, credit: int, counterparty: str, more: Mapping[str, Any] | None = None
) -> Line:
    if more is None:
        return Line(account, summary, debit, credit, counterparty)
    return Line(
        account,
        summary,
        debit,
        credit,
        counterparty,
        dimensions=more.get("items", {}),
        quantity=Decimal(more["quantity"]) if "quantity" in more else None,
        unit_price=Decimal(more["unit_price"]) if "unit_price" in more else None,
        due=dt.date.fromisoformat(more["due"]) if "due" in more else None,
    )


def reasons_to_json(reasons: Sequence[str]) -> str | None:
    return _SHORT(list(reasons)) if reasons else None


def _reasons(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


def kind_called(value: str) -> VoucherKind:
    """As ``VoucherKind(value)``."""
    return _KINDS[value]


def line_of(row: Iterable[Any], summary: str) -> Line:
    """Voucher, account, summary (empty where it is the voucher's), debit, credit and counterparty of a line, and its details."""
    _, account, said, debit, credit, counterparty, items, quantity, unit_price, due = row
    if items is None and quantity is None and unit_price is None and due is None:
        return Line(account, said or summary, debit, credit, counterparty)
    dimensions = json.loads(items) if items else {}
    return Line(account, said or summary, debit, credit, counterparty, dimensions, quantity, unit_price, due)


def voucher_of(row: Mapping[str, Any], posted: Iterable[Iterable[Any]], reversed_by: int | None) -> Voucher:
    """A row of ``core_voucher``; ``posted`` are its lines in order, none for a draft."""
    state = _STATES[row["state"]]
    summary = row["summary"]
    is_posted = state is VoucherState.POSTED
    lines = tuple(line_of(line, summary) for line in posted) if is_posted else lines_from_json(row["draft_lines"])
    return Voucher(
        id=row["id"],
        client=row["client"],
        period=Period.from_number(row["period"]),
        date=row["date"],
        word=row["word"],
        number=row["number"],
        summary=summary,
        kind=_KINDS[row["kind"]],
        state=state,
        lines=lines,
        total=row["total"],
        document=row["document"],
        source=row["source"],
        reasons=_reasons(row["reasons"]),
        drafted_by=row["drafted_by_name"],
        posted_by=row["posted_by_name"],
        posted_at=row["posted_at"],
        reverses=row["reverses"],
        reversed_by=reversed_by,
        reviewed_by=row["reviewed_by_name"] or (row["posted_by_name"] if is_posted else ""),
        version=row["version"],
        returned=row["returned_reason"] or "",
        returned_by=row["returned_by_name"] or "",
    )


def draft_of(row: Mapping[str, Any]) -> VoucherDraft:
    """The draft that a row of ``core_voucher`` keeps."""
    return VoucherDraft(
        client=row["client"],
        date=row["date"],
        summary=row["summary"],
        lines=lines_from_json(row["draft_lines"]),
        word=row["word"],
        kind=_KINDS[row["kind"]],
        document=row["document"],
        source=row["source"],
        reasons=_reasons(row["reasons"]),
    )
