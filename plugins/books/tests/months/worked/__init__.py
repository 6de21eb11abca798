"""Worked months with their answers, and how they are read."""

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from zhangfang_sdk.ledger import Line, VoucherDraft, VoucherKind
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period

HERE = Path(__file__).parent
KINDS = {"normal": VoucherKind.NORMAL, "close": VoucherKind.CLOSING}


@dataclass(frozen=True, slots=True)
class Worked:
    """A month: opening balances and turnover of the year before it (debit positive, fen), vouchers, and the answers by line.

    A key of ``opening`` is an account, with the party behind a blank. What was brought along of the cash flows (``cash_before``), the
    balance sheet's column of the year's start, cash flows of the year, and changes in equity by column are there where a month is about them.
    """

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
    standard: str = "small_business_2013"
    cash_before: dict[int, int] = field(default_factory=dict)
    year_start: dict[int, int] = field(default_factory=dict)
    cash_year: dict[int, int] = field(default_factory=dict)
    equity: dict[str, dict[int, int]] = field(default_factory=dict)

    def drafts(self, client: int) -> list[VoucherDraft]:
        return [VoucherDraft(client, day, text, lines, kind=kind) for day, text, kind, lines in self.vouchers]

    def opening_draft(self, client: int) -> VoucherDraft:
        lines = tuple(
            Line(code, "期初余额", debit=max(v, 0), credit=max(-v, 0), counterparty=party)
            for key, v in self.opening.items()
            for code, _, party in [key.partition(" ")]
            if v
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
            code, side, amount, *party = text.split()
            lines.append(Line(code, entry["text"], counterparty="".join(party), **{side: fen(amount)}))
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
        raw.get("standard", "small_business_2013"),
        _lines(raw.get("cash_before", {})),
        _lines(raw.get("year_start", {})),
        _lines(raw.get("cash_year", {})),
        {key: _lines(rows) for key, rows in raw.get("equity", {}).items()},
    )


def _amounts(raw: dict[str, str]) -> dict[str, int]:
    return {key: fen(value) for key, value in raw.items()}


def _lines(raw: dict[str, str]) -> dict[int, int]:
    return {int(key): fen(value) for key, value in raw.items()}
