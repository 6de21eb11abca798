"""The voucher of a tax office's debit: what it pays of returns that were filed, each tax on its own account. Amounts are fen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.bank.matching.kinds import Line
from zhangfang_books.bank.tax_payments import is_tax, owed_by, paid_by
from zhangfang_books.filing.lines import KeptLines, unpacked
from zhangfang_books.filing.service import title_of
from zhangfang_books.filing.tables import FilingRow
from zhangfang_books.tax.rates import Accounts, accounts_of
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, TaxpayerKind
from zhangfang_sdk.filings import Filing
from zhangfang_sdk.ledger import Account, Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Tax

SURCHARGES: Mapping[str, str] = {"城市维护建设税": "city_maintenance", "教育费附加": "education", "地方教育附加": "local_education"}
"""A line of the return → what the standard's accounts call its account."""


@dataclass(frozen=True, slots=True)
class Part:
    """``amount`` (not negative) is paid on ``account``."""

    account: str
    amount: int
    summary: str


@dataclass(frozen=True, slots=True)
class TaxDebits:
    """``lines``: return's id → what was filed; ``accrued``: account → fen that the books owe on it. ``names`` None where they are not known."""

    owed: Sequence[Filing]
    lines: Mapping[int, KeptLines]
    names: Accounts | None
    charts: Sequence[Account]
    accrued: Mapping[str, int]
    is_general: bool

    def paid_by(self, line: Line) -> tuple[tuple[Filing, ...], tuple[Part, ...]]:
        """The returns that the line pays to the fen, and the accounts that it is booked on; nothing where one of these is not known."""
        if self.names is None or not is_tax(line.party, line.text, line.amount):
            return (), ()
        returns = paid_by(line.date, line.amount, self.owed)
        parts = tuple(part for filing in returns for part in self._parts(filing, self.names))
        return (returns, parts) if parts and sum(part.amount for part in parts) == -line.amount else ((), ())

    def _parts(self, filing: Filing, names: Accounts) -> Iterator[Part]:
        """Of less than the return's sum where an account is not known."""
        what, payable = f"缴纳{title_of(filing)}", filing.payable or 0
        filed = {line.name: line.amount for line in self.lines.get(filing.id, KeptLines((), ())).lines}
        if filing.tax is Tax.SURCHARGES:
            paid = [(getattr(names, key), filed.get(name, 0)) for name, key in SURCHARGES.items()]
        elif filing.tax is Tax.VAT:
            # Tax by the simple method stands on an account of its own, and the return does not say how much of it is left to pay.
            unclear = self.is_general and any("简易" in name and amount for name, amount in filed.items())
            paid = [] if unclear else [(names.vat_unpaid if self.is_general else names.vat, payable)]
        elif filing.tax is Tax.STAMP:
            owes = sum(amount for code, amount in self.accrued.items() if code.startswith(names.stamp))
            paid = [(names.stamp if owes >= payable else names.surtax_expense, payable)]
        else:
            paid = [(names.withheld if filing.tax is Tax.IIT else names.income_tax, payable)]
        for code, amount in paid:
            if amount and (leaf := self._leaf(code, filing.tax)):
                yield Part(leaf, amount, what)

    def _leaf(self, code: str, tax: Tax) -> str:
        """The account itself, the only one below it, or the one below it that names stamp duty."""
        below = [a for a in self.charts if a.code.startswith(code) and a.is_leaf and not a.retired]
        named = [a for a in below if tax is Tax.STAMP and "印花税" in a.name]
        for leaves in (named, below):
            if len(leaves) == 1:
                return leaves[0].code
        return ""


async def tax_debits(client: int) -> TaxDebits:
    about, owed = await use(Clients).client(client), await owed_by(client)
    charts, ledger = await use(Ledger).accounts(client), use(Ledger)
    names = accounts_of(about.standard)
    accrued: dict[str, int] = {}
    if owed and names is not None:
        for b in await ledger.balances(client, None, Period.current()):
            accrued[b.account] = accrued.get(b.account, 0) + b.credit - b.debit + b.closing_credit - b.closing_debit
    rows = await FilingRow.select(FilingRow.id, FilingRow.lines).where(FilingRow.id.is_in([f.id for f in owed] or [0]))
    lines = {row["id"]: unpacked(row["lines"]) for row in rows}
    return TaxDebits(owed, lines, names, charts, accrued, about.taxpayer_kind is TaxpayerKind.GENERAL)
