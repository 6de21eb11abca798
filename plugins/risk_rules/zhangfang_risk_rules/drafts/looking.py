"""Looking at a client's drafts when one was written or the books moved, and keeping what there is to say of each."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from zhangfang_risk_rules.alerts import slips
from zhangfang_risk_rules.alerts.keeping import TOPIC
from zhangfang_risk_rules.alerts.service import READ, STATES
from zhangfang_risk_rules.drafts.effect import Looking, Stands, content_of, is_of_drafts, remarks_on
from zhangfang_risk_rules.limits import limits_of
from zhangfang_risk_rules.scanning.reading import read
from zhangfang_risk_rules.tables import Alert, DraftRemarks
from zhangfang_sdk import use
from zhangfang_sdk.ledger import Ledger, Voucher, VoucherState
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.remarks import RemarkSource, VoucherRemark
from zhangfang_sdk.risk import RiskRules

PAGE, MOST = 500, 2000
BACK = 24
"""Months; older drafts are history that is being brought in."""


async def look(client: int, running: Period) -> None:
    """Bring what is kept in line with the drafts and books of now. In the caller's transaction, under the client's lock."""
    drafts = [draft for draft in await _drafts(client) if draft.period > running.plus(-BACK)]
    kept = {row.voucher: (row.content, row.remarks) for row in await DraftRemarks.objects().where(DraftRemarks.client == client)}
    if not drafts and not kept:
        return
    found = await _found(client, drafts, running) if drafts else {}
    contents = {draft.id: content_of(draft) for draft in drafts}
    wanted = {id_: (contents[id_], _written(remarks)) for id_, remarks in found.items()}
    if wanted == kept:
        return
    if gone := [id_ for id_ in kept if kept[id_] != wanted.get(id_)]:
        await DraftRemarks.delete().where(DraftRemarks.client == client, DraftRemarks.voucher.is_in(gone))
    now = dt.datetime.now(dt.UTC)
    if new := [
        DraftRemarks(client=client, voucher=id_, content=content, remarks=remarks, looked_at=now)
        for id_, (content, remarks) in wanted.items()
        if kept.get(id_) != (content, remarks)
    ]:
        await DraftRemarks.insert(*new)
    await use(Live).announce(TOPIC, client)


async def kept_of(vouchers: Sequence[Voucher]) -> Mapping[int, Sequence[VoucherRemark]]:
    """What the hook of remarks answers; what was written anew since it was looked at is left out."""
    contents = {voucher.id: content_of(voucher) for voucher in vouchers}
    rows = await DraftRemarks.objects().where(DraftRemarks.voucher.is_in(list(contents)))
    return {
        row.voucher: [VoucherRemark(*values) for values in json.loads(row.remarks)] for row in rows if row.content == contents[row.voucher]
    }


REMARKS = RemarkSource("drafts", "风险检查", READ, kept_of, (TOPIC,))


async def _found(client: int, drafts: Sequence[Voucher], running: Period) -> Mapping[int, Sequence[VoucherRemark]]:
    rules = {key: rule for key, rule in (await use(RiskRules).known()).items() if is_of_drafts(rule)}
    months = {running, *(draft.period for draft in drafts if draft.period <= running)}
    known = await read(client, [(rule, months) for rule in rules.values()])
    if known is None:
        return {}
    return remarks_on(Looking(known, rules, await limits_of(known.client), running, await _standing(client)), drafts)


async def _standing(client: int) -> Sequence[Stands]:
    rows = await Alert.objects().where(Alert.client == client, Alert.state.is_in(STATES), Alert.muted.eq(False))
    return [
        Stands(row.id, (row.rule, row.subject), row.title, row.sentence, frozenset(k for s in sums for p in s.parts for k in p.invoices))
        for row in rows
        if (sums := slips.read(row.slip).sums)
    ]


async def _drafts(client: int) -> Sequence[Voucher]:
    found: list[Voucher] = []
    before: int | None = None
    while len(found) < MOST:
        page = await use(Ledger).vouchers(client, state=VoucherState.DRAFT, limit=PAGE, before=before)
        found += page
        if len(page) < PAGE:
            break
        before = page[-1].id
    return found


def _written(remarks: Sequence[VoucherRemark]) -> str:
    return json.dumps([[r.title, r.sentence, r.path] for r in remarks], ensure_ascii=False)
