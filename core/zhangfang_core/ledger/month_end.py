"""The SDK's ``MonthEnd``: proposals from balances, assets and templates; fixed assets and templates themselves."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import drafts, month_end_rules, posting
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.ledger.month_end_rules import Accrual
from zhangfang_core.ledger.reading import see
from zhangfang_core.ledger.records import lines_from_json, lines_to_json
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Voucher, VoucherDraft, VoucherKind
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.month_end import FixedAsset, Proposal, ProposalKind
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

SOURCE = "month_end:"
BY_HAND = 0
"""First and last month of a template that no month proposes."""

_CLIENT = """select c.standard, app_client_fact(c.id, 'taxpayer_kind', $3) as taxpayer_kind, c.books_start,
    (select max(period) from core_period p where p.client = c.id and p.firm = c.firm and p.closed_at is not null) as closed
    from core_client c where c.firm = $1 and c.id = $2"""

_BALANCES = """select b.account, a.category,
    sum(b.debit - b.credit + b.closing_debit - b.closing_credit)::bigint as balance,
    coalesce(sum(b.debit - b.credit) filter (where b.period between $4 and $3), 0)::bigint as year,
    coalesce(sum(b.debit) filter (where b.period = $3), 0)::bigint as debit
    from core_balance b join core_account a on a.client = b.client and a.firm = b.firm and a.code = b.account
    where b.firm = $1 and b.client = $2 and b.period <= $3 group by 1, 2"""

# What was proposed and is there: waits as a draft, or posted and not taken back.
_MADE = """select v.source, v.state from core_voucher v where v.firm = $1 and v.client = $2 and v.period = $3
    and v.source like 'month\\_end:%' and v.state <> 'discarded' and not exists (
        select from core_voucher r where r.firm = v.firm and r.reverses = v.id and r.state = 'posted')"""

COUNTED_ONCE = (ProposalKind.DEPRECIATION, ProposalKind.TEMPLATE, ProposalKind.SURTAXES)
"""Kinds that balances alone do not tell as done: their vouchers are looked for."""

TITLES = {
    ProposalKind.DEPRECIATION: "计提折旧",
    ProposalKind.VAT_TRANSFER: "转出未交增值税",
    ProposalKind.SURTAXES: "计提附加税费",
    ProposalKind.INCOME_TAX: "计提企业所得税",
    ProposalKind.PROFIT_AND_LOSS: "结转本期损益",
    ProposalKind.YEAR_END: "结转本年利润",
}


class LedgerMonthEnd:
    """Proposals of clients of the firm in scope, in the caller's transaction."""

    async def proposals(self, client: int, period: Period) -> Sequence[Proposal]:
        see(client)
        row = await connection().fetchrow(_CLIENT, firm_in_scope(), client, period.last_day)
        if row is None:
            raise not_found("客户企业")
        if period < Period.of(row["books_start"]) or period.number <= (row["closed"] or 0):
            return []
        found = [await self._depreciation(client, period), *await self._templates(client, period)]
        found += await self._from_balances(client, period, row)
        made = await connection().fetch(_MADE, firm_in_scope(), client, period.number)
        waiting = {r["source"] for r in made if r["state"] == "draft"}
        posted = {r["source"] for r in made if r["state"] == "posted"}
        return [
            p
            for p in found
            if p.draft.lines
            and p.draft.source not in waiting
            and not (p.kind in COUNTED_ONCE and p.draft.source in posted)
        ]

    async def accept(self, client: int, period: Period, key: str) -> Voucher:
        require("ledger.draft")
        require("ledger.post")
        await connection().execute(
            "select pg_advisory_xact_lock(hashtextextended('month-end:' || $1::bigint, 0))", client
        )
        for proposal in await self.proposals(client, period):
            if proposal.key == key:
                return await posting.post(await drafts.keep(proposal.draft))
        raise Refusal("month_end.gone", "这张凭证已经不需要了,请刷新页面。", status=409)

    async def _depreciation(self, client: int, period: Period) -> Proposal:
        accrual = month_end_rules.depreciation_of(await self.assets(client), period)
        return _proposal(client, period, ProposalKind.DEPRECIATION, accrual)

    async def _templates(self, client: int, period: Period) -> list[Proposal]:
        rows = await connection().fetch(
            """select id, title, word, summary, lines from core_voucher_template where firm = $1 and client = $2 and first <= $3
            and (last is null or last >= $3) order by id""",
            firm_in_scope(),
            client,
            period.number,
        )
        found = []
        for row in rows:
            accrual = Accrual(lines_from_json(row["lines"]), (f"按每月模板“{row['title']}”。",))
            made = _proposal(
                client, period, ProposalKind.TEMPLATE, accrual, key=f"template:{row['id']}", title=row["title"]
            )
            found.append(replace(made, draft=replace(made.draft, word=row["word"], summary=row["summary"])))
        return found

    async def _from_balances(self, client: int, period: Period, about: Mapping[str, Any]) -> list[Proposal]:
        rows = await connection().fetch(_BALANCES, firm_in_scope(), client, period.number, period.year * 100 + 1)
        accounts, last = load_chart(about["standard"]).month_end, period.last_day
        found = []
        if about["taxpayer_kind"] == "general":
            columns = sum(r["balance"] for r in rows if r["account"].startswith(accounts["vat"]))
            transfer = month_end_rules.vat_transfer(columns, accounts["vat_out"], accounts["vat_unpaid"])
            found.append(_proposal(client, period, ProposalKind.VAT_TRANSFER, transfer))
            due = sum(r["debit"] for r in rows if r["account"] == accounts["vat_out"]) + max(-columns, 0)
            surtaxes = month_end_rules.surtaxes(due, accounts, last)
            found.append(_proposal(client, period, ProposalKind.SURTAXES, surtaxes))
        results = [r for r in rows if r["category"] == "profit_and_loss"]
        if period.month % 3 == 0:
            taxed = [r for r in results if r["account"].startswith(accounts["income_tax_expense"])]
            profit = -sum(r["year"] for r in results if r not in taxed)
            accrual = month_end_rules.income_tax(profit, sum(r["year"] for r in taxed), accounts, last)
            found.append(_proposal(client, period, ProposalKind.INCOME_TAX, accrual))
        open_ = {r["account"]: r["balance"] for r in results if r["balance"]}
        title = TITLES[ProposalKind.PROFIT_AND_LOSS]
        closing = month_end_rules.closing(open_, accounts["profit"], title)
        found.append(_proposal(client, period, ProposalKind.PROFIT_AND_LOSS, closing))
        if period.month == 12 and not open_:
            profit_of_year = {r["account"]: r["balance"] for r in rows if r["account"].startswith(accounts["profit"])}
            ending = month_end_rules.closing(profit_of_year, accounts["retained"], TITLES[ProposalKind.YEAR_END])
            found.append(_proposal(client, period, ProposalKind.YEAR_END, ending))
        return found

    async def assets(self, client: int) -> Sequence[FixedAsset]:
        see(client)
        rows = await connection().fetch(
            """select id, client, name, cost, residual, months, in_use_from, accumulated_account, expense_account, retired_on
            from core_fixed_asset where firm = $1 and client = $2 order by in_use_from, id""",
            firm_in_scope(),
            client,
        )
        return [FixedAsset(**dict(row)) for row in rows]

    async def add_asset(
        self,
        client: int,
        name: str,
        *,
        cost: int,
        residual: int,
        months: int,
        in_use_from: dt.date,
        accumulated_account: str,
        expense_account: str,
    ) -> FixedAsset:
        require("ledger.draft")
        if not scope().sees(client):
            raise not_found("客户企业")
        name = name.strip()
        if not 0 < len(name) <= 120 or "\x00" in name:
            raise Refusal("month_end.asset", "请填写资产名称,最多 120 个字。", field="name")
        if type(cost) is not int or type(residual) is not int:
            raise TypeError("amounts are integers of fen")
        if not 0 < cost <= LARGEST_FEN:
            raise Refusal("month_end.asset", "原值应大于零。", field="cost")
        if not 0 <= residual < cost:
            raise Refusal("month_end.asset", "残值应在零和原值之间。", field="residual")
        if not 1 <= months <= 1200:
            raise Refusal("month_end.asset", "使用月数应在 1 到 1200 之间。", field="months")
        known = await connection().fetch(
            "select code from core_account where firm = $1 and client = $2 and code = any($3::varchar[]) and is_leaf",
            firm_in_scope(),
            client,
            [code.replace("\x00", "") for code in (accumulated_account, expense_account)],
        )
        for code in (accumulated_account, expense_account):
            if code not in {row["code"] for row in known}:
                raise Refusal("ledger.account_unknown", f"没有末级科目“{code[:20]}”。", field="account")
        values = (name, cost, residual, months, in_use_from, accumulated_account, expense_account)
        made = await connection().fetchval(
            """insert into core_fixed_asset (firm, client, name, cost, residual, months, in_use_from, accumulated_account,
            expense_account) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id""",
            firm_in_scope(),
            client,
            *values,
        )
        after: dict[str, object] = {"name": name, "cost": cost, "residual": residual, "months": months}
        await use(Audit).record("month_end.add_asset", f"core_fixed_asset:{made}", client=client, after=after)
        return FixedAsset(made, client, *values)

    async def keep_template(self, title: str, draft: VoucherDraft, first: Period | None, last: Period | None) -> int:
        require("ledger.draft")
        title = title.strip()
        if not 0 < len(title) <= 120 or "\x00" in title:
            raise Refusal("month_end.template", "请填写模板名称,最多 120 个字。", field="title")
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

    async def stop_template(self, template: int) -> None:
        require("ledger.draft")
        client = await connection().fetchval(
            "delete from core_voucher_template where firm = $1 and id = $2 returning client", firm_in_scope(), template
        )
        if client is None:
            raise not_found("凭证模板")
        await use(Audit).record("month_end.stop_template", f"core_voucher_template:{template}", client=client)


def _proposal(
    client: int,
    period: Period,
    kind: ProposalKind,
    accrual: Accrual,
    *,
    key: str | None = None,
    title: str | None = None,
) -> Proposal:
    """Without lines where nothing is to be done."""
    closes = kind in (ProposalKind.PROFIT_AND_LOSS, ProposalKind.YEAR_END)
    name, called = key or kind.value, title or TITLES[kind]
    draft = VoucherDraft(
        client,
        period.last_day,
        called,
        accrual.lines,
        kind=VoucherKind.CLOSING if closes else VoucherKind.NORMAL,
        source=f"{SOURCE}{name}",
        reasons=accrual.reasons,
    )
    return Proposal(name, kind, called, draft, accrual.reasons)
