"""What one draft would do once it is posted, and what stands against its invoice already. Pure; amounts are fen."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from zhangfang_risk_rules.alerts.slips import sentence_of
from zhangfang_risk_rules.limits import Limits
from zhangfang_risk_rules.scanning.asking import Asked, ask
from zhangfang_risk_rules.scanning.reading import Known, deducted_by
from zhangfang_sdk.invoices import Invoice
from zhangfang_sdk.ledger import Balance, LedgerEntry, Voucher, VoucherKind
from zhangfang_sdk.periods import Period
from zhangfang_sdk.remarks import VoucherRemark
from zhangfang_sdk.risk import Finding, Reader, Rhythm, RiskRule

MOVED = frozenset({Reader.BOOKS, Reader.CASH, Reader.DEDUCTIONS})
"""What a voucher moves, of what rules read."""
AFTER = "记账以后:"


@dataclass(frozen=True, slots=True)
class Stands:
    """An alert that stands: its id, (rule, subject), what it says, and the keys of the invoices that it is about."""

    id: int
    place: tuple[str, str]
    title: str
    sentence: str
    invoices: frozenset[str]


@dataclass(frozen=True, slots=True)
class Looking:
    """All that is needed to look at a client's drafts; ``running`` is the month that goes on."""

    known: Known
    rules: Mapping[str, RiskRule]
    limits: Limits
    running: Period
    alerts: Sequence[Stands] = ()

    def asked_at(self, rule: RiskRule, draft: Voucher) -> Period:
        return draft.period if rule.rhythm is Rhythm.EVENT else self.running


def is_of_drafts(rule: RiskRule) -> bool:
    """Whether a draft may be told of it: one that is asked of whole months would mislead while a month is being written."""
    return rule.rhythm is not Rhythm.SETTLED and bool(rule.needs & MOVED)


def content_of(draft: Voucher) -> str:
    """The same for the same date, document and lines: remarks hold for what was written, not for what was made of it since."""
    lines = [(line.account, line.debit, line.credit, line.counterparty) for line in draft.lines]
    return hashlib.sha256(repr((draft.date, draft.document, lines)).encode()).hexdigest()


def remarks_on(looking: Looking, drafts: Sequence[Voucher]) -> Mapping[int, Sequence[VoucherRemark]]:
    """By the id of each draft of which there is something to say: what would be new or more severe, then what its invoice is in already."""
    before: dict[tuple[str, Period], Asked | None] = {}
    found = {}
    for draft in drafts:
        told = dict(_effects(looking, draft, before))
        invoice = _invoice_of(looking.known, draft)
        for alert in looking.alerts:
            if invoice is not None and invoice.key in alert.invoices and alert.place not in told:
                told[alert.place] = VoucherRemark(alert.title, alert.sentence, f"/risks/{alert.id}")
        if told:
            found[draft.id] = list(told.values())
    return found


def _effects(
    looking: Looking, draft: Voucher, before: dict[tuple[str, Period], Asked | None]
) -> Iterator[tuple[tuple[str, str], VoucherRemark]]:
    if draft.period > looking.running:
        return
    after = with_draft(looking.known, draft)
    paths = {alert.place: f"/risks/{alert.id}" for alert in looking.alerts}
    for key, rule in looking.rules.items():
        if key in looking.limits.muted:
            continue
        month = looking.asked_at(rule, draft)
        if (key, month) not in before:
            before[key, month] = ask(key, rule, looking.known, month, looking.limits)
        then, now = before[key, month], ask(key, rule, after, month, looking.limits)
        if then is None or now is None:
            continue
        stood = {finding.subject: severity_of(rule, finding) for finding in then.findings}
        for finding in now.findings:
            if finding.subject not in stood or severity_of(rule, finding) > stood[finding.subject]:
                place = key, finding.subject
                yield place, VoucherRemark(rule.title, AFTER + sentence_of(rule, finding, month), paths.get(place, ""))


def severity_of(rule: RiskRule, finding: Finding) -> int:
    return int(rule.severity if finding.severity is None else finding.severity)


def with_draft(known: Known, draft: Voucher) -> Known:
    """As if the draft were posted, in its own month."""
    closing = draft.kind is VoucherKind.CLOSING
    moved = [
        Balance(x.account, draft.period, 0, 0, x.debit, x.credit) if closing else Balance(x.account, draft.period, x.debit, x.credit)
        for x in draft.lines
    ]
    cash = [
        LedgerEntry(draft.id, draft.label, draft.date, x.summary or draft.summary, x.account, x.debit, x.credit, x.counterparty, draft.document)
        for x in draft.lines
        if x.account.startswith(known.books.codes("cash"))
    ]
    invoice, deducted = _invoice_of(known, draft), known.deducted
    if invoice is not None and (tax := deducted_by(draft, invoice, known.books.codes("vat_input"))) > 0:
        deducted = {**deducted, invoice.key: tax}
    return replace(known, books=known.books.plus(*moved), cash_entries=[*known.cash_entries, *cash], deducted=deducted)


def _invoice_of(known: Known, draft: Voucher) -> Invoice | None:
    """The one invoice that it is the voucher of, or that alone was read from its document."""
    return known.invoices.of_voucher(draft.id) or (None if draft.document is None else known.invoices.of_document(draft.document))
