"""The voucher that a payroll's totals make."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from zhangfang_books.payroll import readers
from zhangfang_books.payroll.tables import Payroll, PayrollState
from zhangfang_sdk import use
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account, Ledger, Line, Voucher, VoucherDraft, VoucherState
from zhangfang_sdk.periods import Period

SOURCE = "books.payroll"
_FILE = Path(__file__).parent.parent / "data" / "payroll" / "accounts.toml"


async def book(payroll: Payroll, deducted_account: str = "") -> int:
    """Draft the month's voucher from the totals of a confirmed payroll that is held; its id. Needs ``books.payroll`` and ``ledger.draft``.

    ``deducted_account`` takes 其他扣款 and is remembered for the client; "" is the one that ``deducted_to`` names. Raises Refusal
    ``payroll.not_confirmed``, ``payroll.booked``, ``payroll.account_lacking``, ``payroll.deducted_account``, and what the ledger refuses.
    """
    require(readers.TOTALS)
    if payroll.state != PayrollState.CONFIRMED:
        raise Refusal("payroll.not_confirmed", "企业还没有确认这份工资表,确认后才能起草凭证。", status=409)
    if await standing_voucher(payroll) is not None:
        raise Refusal("payroll.booked", "这份工资表已经有凭证了。", status=409)
    month = Period.from_number(payroll.period)
    if deducted(payroll):
        payroll.deducted_to = deducted_account or await deducted_to(payroll)
        if not payroll.deducted_to:
            raise Refusal("payroll.deducted_account", "请选择其他扣款记哪个科目。", field="deducted_to")
    lines = lines_of(payroll, month, await use(Ledger).accounts(payroll.client))
    summary = f"计提{month.label}工资"
    reasons = (f"{month.label}工资表,{payroll.people} 人,{payroll.answered_by}确认",)
    payroll.voucher = await use(Ledger).draft(
        VoucherDraft(payroll.client, month.last_day, summary, lines, source=SOURCE, reasons=reasons)
    )
    await payroll.save([Payroll.voucher, Payroll.deducted_to])
    return int(payroll.voucher)


async def give_up(payroll: Payroll, why: str) -> None:
    """Let go of the voucher of a payroll that is wrong: a draft is given up. Raises Refusal ``payroll.posted`` while a posted one stands."""
    voucher = await standing_voucher(payroll)
    if voucher is not None and voucher.state is VoucherState.POSTED:
        raise Refusal("payroll.posted", f"这份工资表的凭证 {voucher.label} 已经过账,请先红冲那张凭证。", status=409)
    if voucher is not None:
        await use(Ledger).discard(voucher.id, f"工资表重做:{why}"[:200])
    payroll.voucher = None


async def standing_voucher(payroll: Payroll) -> Voucher | None:
    """The payroll's voucher, unless it was given up or reversed."""
    if payroll.voucher is None:
        return None
    voucher = await use(Ledger).voucher(payroll.voucher)
    gone = voucher.state is VoucherState.DISCARDED or voucher.reversed_by is not None
    return None if gone else voucher


def deducted(payroll: Payroll) -> int:
    """其他扣款 of all in fen: what is kept back besides insurance, fund and tax, and is owed to somebody or pays what people owe."""
    return int(payroll.gross - payroll.social - payroll.fund - payroll.tax - payroll.net)


async def withheld(client: int, month: Period) -> int | None:
    """Income tax of the month's payroll in fen, whatever its state; None where none was brought in."""
    row = await Payroll.select(Payroll.tax).where(Payroll.client == client, Payroll.period == month.number).first()
    return None if row is None else int(row["tax"])


async def deducted_to(payroll: Payroll) -> str:
    """The account that took the client's 其他扣款 last, else one of 其他应付款; "" where the chart has neither any more."""
    accounts = await use(Ledger).accounts(payroll.client)
    mine = (Payroll.client == payroll.client) & (Payroll.deducted_to != "")
    last = await Payroll.select(Payroll.deducted_to).where(mine).order_by(Payroll.period, ascending=False).first()
    if last is not None and any(a.code == last["deducted_to"] and a.is_leaf and not a.retired for a in accounts):
        return str(last["deducted_to"])
    try:
        return _account("deducted", accounts)
    except Refusal:
        return ""


async def booked_otherwise(payroll: Payroll) -> int:
    """Fen that posted vouchers of the month set aside for wages already: to draft them again would count them twice."""
    month = Period.from_number(payroll.period)
    wages = _account("wages", await use(Ledger).accounts(payroll.client))
    balances = await use(Ledger).balances(payroll.client, month, month)
    return sum(b.credit for b in balances if b.account == wages)


def lines_of(payroll: Payroll, month: Period, accounts: Sequence[Account]) -> tuple[Line, ...]:
    """Wages and the employer's part accrued, what is withheld taken off the wages; amounts of nothing are left out."""
    kept_back = deducted(payroll)
    withheld = payroll.social + payroll.fund + payroll.tax + kept_back
    accrued, taken = f"计提{month.label}工资", f"代扣{month.label}社保、公积金和个税"
    if kept_back:
        taken = f"代扣{month.label}社保、公积金、个税和其他扣款"
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
    lines = [(_account(key, accounts), summary, amount) for key, summary, amount in figures if amount]
    if kept_back:
        lines.append((payroll.deducted_to, f"{month.label}工资其他扣款", -kept_back))
    return tuple(Line(code, summary, debit=max(amount, 0), credit=max(-amount, 0)) for code, summary, amount in lines)


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
