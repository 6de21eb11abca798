"""每月凭证模板: vouchers that are the same every month."""

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import drafts
from zhangfang_core.ledger.records import lines_from_json, lines_to_json
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.month_end import Proposal, ProposalKind
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import seen

BY_HAND = 0
"""First and last month of a template that no month proposes."""

# What was proposed and is there: waits as a draft, or posted and not taken back.
_MADE = """select distinct v.source from core_voucher v where v.firm = $1 and v.client = $2 and v.period = $3
    and v.source like 'month\\_end:template:%' and v.state <> 'discarded' and not exists (
        select from core_voucher r where r.firm = v.firm and r.reverses = v.id and r.state = 'posted')"""


async def due(client: int, period: Period, source: str) -> list[Proposal]:
    """Templates of the month that have no voucher yet; ``source`` stands before the key in a voucher's source."""
    made = {r["source"] for r in await connection().fetch(_MADE, firm_in_scope(), client, period.number)}
    rows = await connection().fetch(
        """select id, title, word, summary, lines from core_voucher_template where firm = $1 and client = $2 and first <= $3
        and (last is null or last >= $3) order by id""",
        firm_in_scope(),
        client,
        period.number,
    )
    found = []
    for row in rows:
        key = f"template:{row['id']}"
        if source + key in made:
            continue
        reasons = (f"按每月模板“{row['title']}”。",)
        draft = VoucherDraft(
            client,
            period.last_day,
            row["summary"],
            lines_from_json(row["lines"]),
            word=row["word"],
            source=source + key,
            reasons=reasons,
        )
        found.append(Proposal(key, ProposalKind.TEMPLATE, row["title"], draft, reasons))
    return found


async def keep(title: str, draft: VoucherDraft, first: Period | None, last: Period | None) -> int:
    """See ``MonthEnd.keep_template``."""
    require("ledger.draft")
    title = seen(title).strip()
    if not 0 < len(title) <= 120:
        raise Refusal("month_end.template", "请填写模板名称,最多 120 个字。", field="title")
    if first is not None and last is not None and last < first:
        raise Refusal("month_end.template_months", f"最后一个月 {last.label} 早于第一个月 {first.label},不会提出任何凭证。", field="last")
    _, checked = await drafts.checked(draft)
    made: int = await connection().fetchval(
        """insert into core_voucher_template (firm, client, title, word, summary, lines, first, last)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning id""",
        firm_in_scope(),
        draft.client,
        title,
        checked.word,
        checked.summary,
        lines_to_json(checked.lines),
        BY_HAND if first is None else first.number,
        BY_HAND if first is None else None if last is None else last.number,
    )
    await use(Audit).record(
        "month_end.keep_template", f"core_voucher_template:{made}", client=draft.client, after={"title": title}
    )
    return made


async def stop(template: int) -> None:
    """See ``MonthEnd.stop_template``."""
    require("ledger.draft")
    client = await connection().fetchval(
        "delete from core_voucher_template where firm = $1 and id = $2 returning client", firm_in_scope(), template
    )
    if client is None:
        raise not_found("凭证模板")
    await use(Audit).record("month_end.stop_template", f"core_voucher_template:{template}", client=client)
