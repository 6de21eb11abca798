"""Between rows of the database and the SDK's values."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from zhangfang_sdk.ledger import Line, Voucher, VoucherDraft, VoucherKind, VoucherState
from zhangfang_sdk.periods import Period


def lines_to_json(lines: Iterable[Line]) -> str:
    """A draft's lines as they stand in ``core_voucher.draft_lines``: arrays, short and in order, a sixth place for details."""
    rows = [[line.account, line.summary, line.debit, line.credit, line.counterparty, *_details(line)] for line in lines]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


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
    return json.dumps(list(reasons), ensure_ascii=False, separators=(",", ":")) if reasons else None


def line_of(row: Mapping[str, Any], summary: str) -> Line:
    """A row of ``core_voucher_line`` with its ``core_line_detail``; an empty summary is the voucher's."""
    return Line(
        row["account"],
        row["summary"] or summary,
        row["debit"],
        row["credit"],
        row["counterparty"],
        dimensions=json.loads(row["items"]) if row["items"] else {},
        quantity=row["quantity"],
        unit_price=row["unit_price"],
        due=row["due"],
    )


def voucher_of(row: Mapping[str, Any], posted: Sequence[Mapping[str, Any]]) -> Voucher:
    """A row of ``core_voucher`` with ``reversed_by``; ``posted`` are its lines in order, none for a draft."""
    state = VoucherState(row["state"])
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
        kind=VoucherKind(row["kind"]),
        state=state,
        lines=lines,
        total=row["total"],
        document=row["document"],
        source=row["source"],
        reasons=tuple(json.loads(row["reasons"] or "[]")),
        drafted_by=row["drafted_by_name"],
        posted_by=row["posted_by_name"],
        posted_at=row["posted_at"],
        reverses=row["reverses"],
        reversed_by=row["reversed_by"],
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
        kind=VoucherKind(row["kind"]),
        document=row["document"],
        source=row["source"],
        reasons=tuple(json.loads(row["reasons"] or "[]")),
    )
