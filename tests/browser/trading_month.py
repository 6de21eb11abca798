"""The data file of a trading company's month as values, its documents as drawn files, and the slips that the assistant makes."""

import datetime as dt
import tomllib
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from zhangfang_capture_ocr.reading.tax_ids import organisation_check, unified_check
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.tenants import TRADING_TAX_ID
from zhangfang_sdk.ledger import Ledger, Line, Voucher, VoucherDraft
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.specimens import Specimen, SpecimenLine, Specimens

DATA = Path(__file__).with_name("month_of_a_trading_company.toml")
OWN_NAME = "嘉喜商贸有限公司"


@dataclass(frozen=True)
class TradingMonth:
    """``month`` is last month. Documents are called by party and place: ("paper", 2)."""

    month: Period

    @cached_property
    def data(self) -> dict[str, Any]:
        return tomllib.loads(DATA.read_text(encoding="utf-8"))

    @cached_property
    def numbers(self) -> dict[tuple[str, int], str]:
        """Invoice number by document."""
        serial = count(1)
        year = self.month.year % 100
        return {
            (group["party"], place): f"{year}33{20_000_000_000_000 + next(serial):016d}"
            for group in self.data["documents"]
            for place in range(len(group["each"]))
        }

    def party(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = (self.data["sellers"] | self.data["buyers"])[key]
        return found

    def day(self, number: int) -> dt.date:
        return self.month.first_day.replace(day=number)

    def draw(self, folder: Path) -> list[Path]:
        """Every document as the file that a client hands in."""
        files = []
        for group in self.data["documents"]:
            for place, (day, amount) in enumerate(group["each"]):
                name, _, content = use(Specimens).written(
                    self._specimen(group["party"], place, day, fen(amount)), group["form"]
                )
                files.append(folder / f"{group['party']}-{place}-{name}")
                files[-1].write_bytes(content)
        return files

    def _specimen(self, key: str, place: int, day: int, amount: int) -> Specimen:
        party = self.party(key)
        tax = int((Decimal(amount) * party["rate"] / 100).to_integral_value())
        price = str(Decimal(amount) / 100)
        line = SpecimenLine(party["line"], amount, f"{party['rate']}%", tax, "项", "1", price)
        other, own = (party["name"], tax_id(party["name"])), (OWN_NAME, TRADING_TAX_ID)
        seller, buyer = (own, other) if key in self.data["buyers"] else (other, own)
        return Specimen(self.numbers[key, place], self.day(day), True, *seller, *buyer, (line,))

    async def earlier(self, client: int) -> None:
        """One voucher with each party in the month before: they are known."""
        day, ledger = self.month.plus(-1).last_day, use(Ledger)
        for key in (*self.data["sellers"], *self.data["buyers"]):
            party, amount = self.party(key), 100_00
            sold = key in self.data["buyers"]
            other = Line("1122" if sold else "2202", "", counterparty=party["name"])
            content = Line(party["account"], "")
            lines = (
                (replace(other, debit=amount), replace(content, credit=amount))
                if sold
                else (replace(content, debit=amount), replace(other, credit=amount))
            )
            await ledger.post(await ledger.draft(VoucherDraft(client, day, party["name"], lines, source="earlier")))

    async def drafts(self) -> dict[tuple[str, int], int]:
        """The voucher's id of each document; only of those that were read and drafted."""
        rows = await connection().fetch("select number, voucher from capture_ocr_invoice where voucher is not null")
        vouchers = {row["number"]: row["voucher"] for row in rows}
        return {document: vouchers[number] for document, number in self.numbers.items() if number in vouchers}

    async def slip(self) -> dict[str, int]:
        """What the assistant did wrong: the voucher's id of each slip by its kind. In the scope of the assistant."""
        drafts, made = await self.drafts(), {}
        for slip in self.data["slips"]:
            voucher = await use(Ledger).voucher(drafts[slip["party"], slip["place"]])
            wrong = slipped(voucher, slip)
            if slip["kind"] == "duplicate":
                made[slip["kind"]] = await use(Ledger).draft(wrong)
            else:
                await use(Ledger).redraft(voucher.id, wrong)
                made[slip["kind"]] = voucher.id
        return made


def slipped(voucher: Voucher, slip: dict[str, Any]) -> VoucherDraft:
    """The voucher as somebody wrote it who was not careful."""
    draft = VoucherDraft(
        voucher.client, voucher.date, voucher.summary, voucher.lines, voucher.word, document=voucher.document
    )
    first, last = voucher.lines[0], voucher.lines[-1]
    if slip["kind"] == "account":
        return replace(draft, lines=(replace(first, account=slip["account"]), *voucher.lines[1:]))
    if slip["kind"] == "amount":
        more = fen(slip["more"])
        changed = (replace(first, debit=first.debit + more), *voucher.lines[1:-1])
        return replace(draft, lines=(*changed, replace(last, credit=last.credit + more)))
    if slip["kind"] == "month":
        return replace(draft, date=voucher.period.plus(1).first_day)
    return draft


def tax_id(name: str) -> str:
    """An invented tax number with right check digits, the same for the same name."""
    organisation = f"MA2{sum(map(ord, name)) % 100_000:05d}"
    first = f"91330106{organisation}{organisation_check(organisation)}"
    return first + unified_check(first)
