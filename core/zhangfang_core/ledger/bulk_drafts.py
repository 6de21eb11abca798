"""Many vouchers kept as drafts at once: those of another program, before somebody else reviews them."""

from collections.abc import Iterable

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.bulk import month_of, new_ids
from zhangfang_core.ledger.bulk_checks import BulkChecks, Checked, hold
from zhangfang_core.ledger.drafts import SYSTEM
from zhangfang_core.ledger.records import lines_to_json, reasons_to_json
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

_INSERT = """insert into core_voucher (id, firm, client, period, date, word, summary, kind, state, total, document, source, reasons,
    draft_lines, drafted_by, drafted_by_name, posted_by_name, discard_reason)
    select d.id, $1, $2, d.period, d.date, d.word, d.summary, d.kind, 'draft', d.total, d.document, d.source, d.reasons::jsonb,
    d.lines::jsonb, $3, $4, '', ''
    from unnest($5::bigint[], $6::int[], $7::date[], $8::varchar[], $9::varchar[], $10::varchar[], $11::bigint[], $12::bigint[],
    $13::varchar[], $14::text[], $15::text[])
    d (id, period, date, word, summary, kind, total, document, source, reasons, lines) order by d.id"""


async def import_drafts(client: int, vouchers: Iterable[VoucherDraft]) -> list[int]:
    """See ``VoucherImport.import_drafts``."""
    require("ledger.draft")
    await hold(client)
    checks = await BulkChecks.read(client)
    ids: list[int] = []
    async for checked in checks.chunks(vouchers):
        made = await _write(client, checked)
        await use(Audit).record(
            "ledger.import_drafts",
            f"core_client:{client}",
            client=client,
            after={"vouchers": len(made), "first": made[0], "last": made[-1]},
        )
        ids += made
    if ids:
        await use(Live).announce("ledger", client)
        tell("vouchers_drafted", ids)
        use(Search).changed("core.vouchers", ids)
    return ids


async def taking_over(client: int) -> bool:
    """See ``VoucherImport.taking_over``."""
    require("ledger.read")
    await hold(client)
    kept_here: bool = await connection().fetchval(
        """select exists (select from core_voucher where firm = $1 and client = $2 and state = 'posted' and kind <> 'opening'
        and source <> 'import')""",
        firm_in_scope(),
        client,
    )
    return not kept_here


async def _write(client: int, checked: Checked) -> list[int]:
    drafts, totals = checked
    ids = await new_ids(len(drafts))
    user = scope().user
    await connection().execute(
        _INSERT,
        firm_in_scope(),
        client,
        user,
        SYSTEM if user is None else scope().user_name,
        ids,
        [month_of(d) for d in drafts],
        [d.date for d in drafts],
        [d.word for d in drafts],
        [d.summary for d in drafts],
        [d.kind.value for d in drafts],
        list(totals),
        [d.document for d in drafts],
        [d.source for d in drafts],
        [reasons_to_json(d.reasons) for d in drafts],
        [lines_to_json(d.lines) for d in drafts],
    )
    return ids
