"""The client's word on a payroll, and the voucher that its totals make."""

import datetime as dt
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from zhangfang_books.payroll import readers
from zhangfang_books.payroll.bringing import TOPIC
from zhangfang_books.payroll.tables import Payroll, PayrollState
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.ledger import Account, Ledger, Line, VoucherDraft, VoucherState
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import AskedFor
from zhangfang_sdk.waiting import Urgency, WaitingItem, about

SOURCE = "books.payroll"
_FILE = Path(__file__).parent.parent / "data" / "payroll" / "accounts.toml"


async def payroll_of(client: int, payroll: int) -> Payroll:
    """Raises Refusal ``common.not_found``."""
    return _found(await Payroll.objects().where(Payroll.client == client, Payroll.id == payroll).first())


async def held(client: int, payroll: int) -> Payroll:
    """The same, for whoever changes it: another who does waits. Raises Refusal ``common.not_found``."""
    mine = (Payroll.client == client) & (Payroll.id == payroll)
    return _found(await Payroll.objects().where(mine).first().lock_rows("UPDATE"))


def _found(payroll: Payroll | None) -> Payroll:
    if payroll is None:
        raise not_found("工资表")
    return payroll


async def answer(payroll: Payroll, sha256: str, *, confirmed: bool, why: str = "") -> None:
    """Confirm what was shown, or send it back with a reason; needs ``books.payroll_confirm`` and a payroll that is ``held``.

    ``sha256`` is that of the payroll as the person saw it. Raises Refusal ``payroll.not_waiting``, ``payroll.changed``, ``payroll.why_missing``.
    """
    require(readers.CONFIRM)
    if payroll.state != PayrollState.WAITING:
        raise Refusal("payroll.not_waiting", "这份工资表不在等您确认,请刷新后再看。", status=409)
    if payroll.sha256 != sha256:
        raise Refusal("payroll.changed", "会计刚换过这份工资表,请刷新后核对新的再确认。", status=409)
    if not confirmed and not why.strip():
        raise Refusal("payroll.why_missing", "请写一句退回的原因。", field="why")
    payroll.state = (PayrollState.CONFIRMED if confirmed else PayrollState.RETURNED).value
    payroll.why, payroll.answered_by, payroll.answered_at = why.strip()[:255], scope().user_name, dt.datetime.now(dt.UTC)
    await payroll.save()
    after: dict[str, object] = {"period": payroll.period, "state": payroll.state, "why": payroll.why, "sha256": sha256}
    await use(Audit).record("books.payroll_answer", f"books_payroll:{payroll.id}", client=payroll.client, after=after)
    await use(Live).announce(TOPIC, payroll.client)
    if confirmed:
        use(Facts).tell("payrolls_confirmed", [payroll.client])


async def book(payroll: Payroll) -> int:
    """Draft the month's voucher from the totals of a confirmed payroll that is ``held``; its id. Needs ``books.payroll`` and ``ledger.draft``.

    Raises Refusal ``payroll.not_confirmed``, ``payroll.booked``, ``payroll.account_lacking``, and what the ledger refuses.
    """
    require(readers.TOTALS)
    if payroll.state != PayrollState.CONFIRMED:
        raise Refusal("payroll.not_confirmed", "企业还没有确认这份工资表,确认后才能起草凭证。", status=409)
    if payroll.voucher is not None:
        voucher = await use(Ledger).voucher(payroll.voucher)
        if voucher.state is not VoucherState.DISCARDED:
            raise Refusal("payroll.booked", "这份工资表已经有凭证了。", status=409)
    month = Period.from_number(payroll.period)
    lines = lines_of(payroll, month, await use(Ledger).accounts(payroll.client))
    summary = f"计提{month.label}工资"
    reasons = (f"{month.label}工资表,{payroll.people} 人,{payroll.answered_by}确认",)
    payroll.voucher = await use(Ledger).draft(
        VoucherDraft(payroll.client, month.last_day, summary, lines, source=SOURCE, reasons=reasons)
    )
    await payroll.save([Payroll.voucher])
    return int(payroll.voucher)


async def booked_otherwise(payroll: Payroll) -> int:
    """Fen that posted vouchers of the month set aside for wages already: to draft them again would count them twice."""
    month = Period.from_number(payroll.period)
    wages = _account("wages", await use(Ledger).accounts(payroll.client))
    balances = await use(Ledger).balances(payroll.client, month, month)
    return sum(b.credit for b in balances if b.account == wages)


def lines_of(payroll: Payroll, month: Period, accounts: Sequence[Account]) -> tuple[Line, ...]:
    """Wages and the employer's part accrued, what is withheld taken off the wages; amounts of nothing are left out."""
    withheld = payroll.social + payroll.fund + payroll.tax
    accrued, taken = f"计提{month.label}工资", f"代扣{month.label}社保、公积金和个税"
    figures = [
        ("expense", accrued, payroll.gross + payroll.employer_social + payroll.employer_fund),
        ("wages", accrued, -payroll.gross),
        ("employer_social", accrued, -payroll.employer_social),
        ("employer_fund", accrued, -payroll.employer_fund),
        ("wages", taken, withheld),
        ("withheld_social", taken, -payroll.social),
        ("withheld_fund", taken, -payroll.fund),
        ("tax", taken, -payroll.tax),
    ]
    return tuple(
        Line(_account(key, accounts), summary, debit=max(amount, 0), credit=max(-amount, 0))
        for key, summary, amount in figures
        if amount
    )


def _account(key: str, accounts: Sequence[Account]) -> str:
    wanted = _accounts()[key]
    leaves = [a for a in accounts if a.is_leaf and not a.retired and a.code.startswith(tuple(wanted["below"]))]
    for word in wanted["words"]:
        for account in leaves:
            if word in account.name:
                return account.code
    raise Refusal("payroll.account_lacking", f"科目表里没有{wanted['title']},请先增加再起草凭证。", status=409)


@cache
def _accounts() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


async def waiting_for_client(limit: int) -> Sequence[WaitingItem]:
    """Payrolls that wait for the client's word."""
    query = Payroll.objects().where(Payroll.state == PayrollState.WAITING.value)
    if scope().client is not None:
        query = query.where(Payroll.client == scope().client)
    return [
        WaitingItem(
            row.client,
            f"确认{Period.from_number(row.period).label}工资表",
            "去确认",
            f"/books/payroll/{row.id}",
            Urgency.TODAY,
            from_whom=row.made_by,
            note=f"{row.people} 人",
            about=about(AskedFor.PAYROLL, Period.from_number(row.period)),
        )
        for row in await query.order_by(Payroll.period).limit(limit)
    ]


async def returned_to_firm(limit: int) -> Sequence[WaitingItem]:
    """Payrolls that the client sent back."""
    query = Payroll.objects().where(Payroll.state == PayrollState.RETURNED.value)
    if scope().client is not None:
        query = query.where(Payroll.client == scope().client)
    return [
        WaitingItem(
            row.client,
            f"重做{Period.from_number(row.period).label}工资表",
            "去处理",
            f"/books/payroll/{row.id}",
            Urgency.TODAY,
            from_whom=row.answered_by,
            note=row.why,
        )
        for row in await query.order_by(Payroll.period).limit(limit)
    ]
