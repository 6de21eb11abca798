"""Filings in memory."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.testing.fake_ledger import refusal


class FakeFilings:
    """``filings`` are all there are; ``told`` keeps the ids of those filed, ``told_void`` of those voided."""

    def __init__(self, filings: Iterable[Filing]) -> None:
        self.filings = {filing.id: filing for filing in filings}
        self.told: list[int] = []
        self.told_void: list[int] = []

    async def standing(
        self, client: int | None, *, due_until: dt.date, due_from: dt.date | None = None
    ) -> Sequence[Filing]:
        require("filings.read")
        if client is not None and not scope().sees(client):
            raise not_found("客户企业")
        found = [
            f
            for f in self.filings.values()
            if scope().sees(f.client)
            and client in (None, f.client)
            and f.due <= due_until
            and (due_from is None or due_from <= f.due)
        ]
        return sorted(found, key=lambda f: (f.due, f.id))

    async def filing(self, filing: int) -> Filing:
        require("filings.read")
        return self._seen(filing)

    async def confirmed(self, filing: int, *, payable: int) -> None:
        found = self._seen(filing)
        if not scope().may("filings.confirm"):
            require("filings.write")
        if found.step is FilingStep.OPEN:
            raise refusal("filings.no_figures")
        self._forward(found, FilingStep.CONFIRMED)
        if found.last >= Period.current():
            raise refusal("filings.month_running")
        if payable != found.payable:
            raise refusal("filings.figures_changed")
        self.filings[filing] = replace(found, step=FilingStep.CONFIRMED)

    async def filed(self, filing: int, *, receipt: int | None, number: str) -> None:
        require("filings.write")
        found = self._seen(filing)
        self._forward(found, FilingStep.FILED)
        if found.last >= Period.current():
            raise refusal("filings.month_running")
        if found.payable is None:
            raise refusal("filings.no_figures")
        if not number.strip():
            raise refusal("filings.number_missing", 422)
        self.filings[filing] = replace(found, step=FilingStep.FILED, filed_on=today(), receipt=receipt)
        self.told.append(filing)

    async def voided(self, filing: int, *, why: str) -> None:
        require("filings.write")
        found = self._seen(filing)
        if found.step < FilingStep.FILED:
            raise refusal("filings.not_filed")
        if found.step is FilingStep.PAID:
            raise refusal("filings.paid_already")
        if not why.strip():
            raise refusal("filings.why_missing", 422)
        self.filings[filing] = replace(found, step=FilingStep.FIGURES, filed_on=None, receipt=None)
        self.told_void.append(filing)

    async def paid(self, filing: int, *, on: dt.date, amount: int) -> None:
        require("filings.write")
        found = self._seen(filing)
        if found.step < FilingStep.FILED:
            raise refusal("filings.not_filed")
        self._forward(found, FilingStep.PAID)
        if amount <= 0:
            raise refusal("filings.amount_wrong", 422)
        self.filings[filing] = replace(found, step=FilingStep.PAID)

    def _seen(self, filing: int) -> Filing:
        found = self.filings.get(filing)
        if found is None or not scope().sees(found.client):
            raise not_found("申报")
        return found

    def _forward(self, filing: Filing, step: FilingStep) -> None:
        if filing.step >= step:
            raise refusal("filings.step_back")
