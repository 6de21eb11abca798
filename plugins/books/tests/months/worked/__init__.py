"""Worked months with their answers, and how they are read."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhangfang_sdk.ledger import Line, VoucherDraft, VoucherKind
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period

HERE = Path(__file__).parent
KINDS = {"normal": VoucherKind.NORMAL, "close": VoucherKind.CLOSING}


@dataclass(frozen=True, slots=True)
class Worked:
    """A month: opening balances and turnover of the year before it (debit positive, fen), vouchers, and the answers by line."""

    name: str
    period: Period
    taxpayer: str
    opening: dict[str, int]
    year_before: dict[str, int]
    vouchers: tuple[tuple[dt.date, str, VoucherKind, tuple[Line, ...]], ...]
    balance_sheet: dict[int, int]
    income_month: dict[int, int]
    income_year: dict[int, int]
    cash_flow: dict[int, int]
    closing: dict[str, int]

    def drafts(self, client: int) -> list[VoucherDraft]:
        return [VoucherDraft(client, day, text, lines, kind=kind) for day, text, kind, lines in self.vouchers]

    def opening_draft(self, client: int) -> VoucherDraft:
        lines = tuple(
            Line(code, "期初余额", debit=max(v, 0), credit=max(-v, 0)) for code, v in self.opening.items() if v
        )
        day = self.period.first_day - dt.timedelta(days=1)
        return VoucherDraft(client, day, "期初余额", lines, kind=VoucherKind.OPENING)


def ours() -> list[Worked]:
    return [_own(tomllib.loads(path.read_text("utf-8"))) for path in sorted(HERE.glob("*.toml"))]


def _own(raw: dict[str, Any]) -> Worked:
    period = Period.parse(raw["period"])
    vouchers = []
    for entry in raw["vouchers"]:
        lines = []
        for text in entry["lines"]:
            code, side, amount = text.split()
            lines.append(Line(code, entry["text"], **{side: fen(amount)}))
        day = dt.date(period.year, period.month, entry["day"])
        vouchers.append((day, entry["text"], VoucherKind(entry.get("kind", "normal")), tuple(lines)))
    return Worked(
        raw["name"],
        period,
        raw["taxpayer"],
        _amounts(raw["opening"]),
        _amounts(raw["year_before"]),
        tuple(vouchers),
        _lines(raw["balance_sheet"]),
        _lines(raw["income_month"]),
        _lines(raw["income_year"]),
        _lines(raw["cash_flow"]),
        _amounts(raw["closing"]),
    )


def _amounts(raw: dict[str, str]) -> dict[str, int]:
    return {key: fen(value) for key, value in raw.items()}


def _lines(raw: dict[str, str]) -> dict[int, int]:
    return {int(key): fen(value) for key, value in raw.items()}
