"""What many vouchers of one client are checked against: read once, asked for each; all that is refused is named, not the first alone."""

import datetime as dt
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import rules
from zhangfang_core.ledger.analysis import Directory
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.ledger.choices import choices
from zhangfang_core.modules.hooks import ask_one, listeners
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.periods import today

CHUNK = 5000
"""Vouchers in memory at once."""

MOST_NAMED = 200
"""Refusals that are told; the others are counted by whoever mends these."""

Checked = tuple[Sequence[VoucherDraft], Sequence[int]]
"""Vouchers as they are kept, and their totals in fen."""


class BulkChecks:
    """What one client's vouchers are checked against, read once for the import."""

    def __init__(
        self,
        client: int,
        standing: Mapping[str, rules.Standing],
        start: dt.date,
        profit: str,
        closed: int | None,
        askers: Sequence[str],
        words: Sequence[str],
    ) -> None:
        self._client, self._start, self._profit, self._closed, self._askers = client, start, profit, closed, askers
        self._words, self._today = words, today()
        self.standing = standing

    @classmethod
    async def read(cls, client: int) -> "BulkChecks":
        firm = firm_in_scope()
        about = await connection().fetchrow(
            "select books_start, standard from core_client where firm = $1 and id = $2", firm, client
        )
        if about is None:
            raise not_found("客户企业")
        rows = await connection().fetch(
            """select code, category, is_leaf, dimensions, required, open_items, retired from core_account
            where firm = $1 and client = $2""",
            firm,
            client,
        )
        closed = await connection().fetchval(
            "select max(period) from core_period where firm = $1 and client = $2 and closed_at is not null",
            firm,
            client,
        )
        standing = {r["code"]: rules.Standing.of(r) for r in rows}
        profit = load_chart(about["standard"]).month_end["profit"]
        askers, words = await listeners("check_voucher"), (await choices()).words
        return cls(client, standing, about["books_start"], profit, closed, askers, words)

    async def _check(self, place: int, draft: VoucherDraft, directory: Directory) -> tuple[int, VoucherDraft]:
        """The voucher's total, and the draft with the items that its counterparties name."""
        try:
            if draft.client != self._client:
                raise Refusal("ledger.other_client", "这张凭证属于另一家企业,不能一起导入。")
            total = rules.check_draft(draft)
            if any(line.counterparty or line.dimensions for line in draft.lines):
                lines = (
                    directory.resolved(n, line, self.standing.get(line.account))
                    for n, line in enumerate(draft.lines, 1)
                )
                draft = replace(draft, lines=tuple(lines))
            rules.check_accounts(draft.lines, self.standing)
            rules.check_date(draft, self._start)
            if (kind := rules.kind_of(draft, self.standing, self._profit)) is not draft.kind:
                draft = replace(draft, kind=kind)
            rules.check_not_far(draft, self._today)
            rules.check_word(draft.word, self._words)
            rules.refuse_closed(draft, self._closed)
            for module in self._askers:
                await ask_one("check_voucher", module, voucher=draft, all_or_nothing=True)
        except Refusal as refusal:
            refusal.sentence = f"第 {place} 张凭证({draft.date:%Y-%m-%d} {draft.summary[:20]}):{refusal.sentence}"
            refusal.details = {**refusal.details, "place": place}
            raise
        return total, draft

    async def chunks(self, vouchers: Iterable[VoucherDraft]) -> AsyncIterator[Checked]:
        """CHUNK vouchers at a time, until one is refused; the rest is then only looked at.

        Raises at the end the first refusal, with its voucher's place from 1 in ``details["place"]`` and those of all (at most
        MOST_NAMED) in ``details["refused"]``: a place, a code and a sentence for each.
        """
        refused: list[Refusal] = []
        place, remaining = 0, iter(vouchers)
        while len(refused) < MOST_NAMED and (chunk := list(islice(remaining, CHUNK))):
            directory = await Directory.read(self._client, [line for draft in chunk for line in draft.lines])
            ready, totals = [], []
            for draft in chunk:
                place += 1
                try:
                    total, kept = await self._check(place, draft, directory)
                except Refusal as refusal:
                    refused.append(refusal)
                    continue
                ready.append(kept)
                totals.append(total)
            if not refused:
                yield ready, totals
        if refused:
            first = refused[0]
            first.details = {**first.details, "refused": [_named(refusal) for refusal in refused[:MOST_NAMED]]}
            raise first


def _named(refusal: Refusal) -> dict[str, object]:
    return {"place": refusal.details["place"], "code": refusal.code, "sentence": refusal.sentence}


async def hold(client: int) -> None:
    """Raise ``common.not_found`` for a client out of scope; to the end of the transaction none of its months closes."""
    if not scope().sees(client):
        raise not_found("客户企业")
    await connection().execute(
        "select pg_advisory_xact_lock_shared(hashtextextended('ledger:' || $1::bigint, 0))", client
    )
