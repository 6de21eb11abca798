"""The client's word on a payroll, and how it is taken back."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_books.payroll import booking, readers
from zhangfang_books.payroll.bringing import TOPIC
from zhangfang_books.payroll.notices import tell_reopened
from zhangfang_books.payroll.tables import Payroll, PayrollState
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tasks import AskedFor
from zhangfang_sdk.waiting import Urgency, WaitingItem, about

LONGEST_WHY = 200


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

    ``sha256`` is that of the payroll as the person saw it. Raises Refusal ``payroll.not_waiting``, ``payroll.changed``, ``payroll.why_missing``,
    ``payroll.why_long``.
    """
    require(readers.CONFIRM)
    if payroll.state != PayrollState.WAITING:
        raise Refusal("payroll.not_waiting", "这份工资表不在等您确认,请刷新后再看。", status=409)
    if payroll.sha256 != sha256:
        raise Refusal("payroll.changed", "会计刚换过这份工资表,请刷新后核对新的再确认。", status=409)
    words = _reason(why)
    if not confirmed and not words:
        raise Refusal("payroll.why_missing", "请写一句退回的原因。", field="why")
    payroll.state = (PayrollState.CONFIRMED if confirmed else PayrollState.RETURNED).value
    payroll.why, payroll.answered_by, payroll.answered_at = words, scope().user_name, dt.datetime.now(dt.UTC)
    await payroll.save()
    after: dict[str, object] = {"period": payroll.period, "state": payroll.state, "why": payroll.why, "sha256": sha256}
    await use(Audit).record("books.payroll_answer", f"books_payroll:{payroll.id}", client=payroll.client, after=after)
    await use(Live).announce(TOPIC, payroll.client)
    if confirmed:
        use(Facts).tell("payrolls_confirmed", [payroll.client])


async def reopen(payroll: Payroll, why: str) -> None:
    """Void the client's word on a payroll that is ``held``, since it was wrong: it is brought in anew and asked about again, with ``why``.

    Needs ``books.payroll`` and ``ledger.draft``; the voucher's draft is given up. Raises Refusal ``payroll.not_confirmed``, ``payroll.why_missing``,
    ``payroll.why_long``, ``payroll.posted`` while a posted voucher stands.
    """
    require(readers.TOTALS)
    require("ledger.draft")
    if payroll.state != PayrollState.CONFIRMED:
        raise Refusal("payroll.not_confirmed", "企业还没有确认这份工资表,直接导入新的就可以。", status=409)
    words = _reason(why)
    if not words:
        raise Refusal("payroll.why_missing", "请写一句重做的原因,企业会看到。", field="why")
    await booking.give_up(payroll, words)
    before: dict[str, object] = {"period": payroll.period, "answered_by": payroll.answered_by, "sha256": payroll.sha256}
    payroll.state, payroll.why = PayrollState.REOPENED.value, words
    payroll.answered_by, payroll.answered_at = "", None
    await payroll.save()
    after: dict[str, object] = {"state": payroll.state, "why": words}
    await use(Audit).record("books.payroll_reopened", f"books_payroll:{payroll.id}", client=payroll.client, before=before, after=after)
    await use(Live).announce(TOPIC, payroll.client)
    await tell_reopened(payroll)
    use(Facts).tell("payrolls_confirmed", [payroll.client])


def _reason(why: str) -> str:
    words = why.replace("\x00", "").strip()
    if len(words) > LONGEST_WHY:
        raise Refusal("payroll.why_long", f"原因最多 {LONGEST_WHY} 个字。", field="why")
    return words


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
            note=f"{row.people} 人" + (f",原来确认的已作废:{row.why}" if row.why else ""),
            about=about(AskedFor.PAYROLL, Period.from_number(row.period)),
        )
        for row in await query.order_by(Payroll.period).limit(limit)
    ]


async def returned_to_firm(limit: int) -> Sequence[WaitingItem]:
    """Payrolls that the client sent back, or that the firm reopened."""
    query = Payroll.objects().where(Payroll.state.is_in([PayrollState.RETURNED.value, PayrollState.REOPENED.value]))
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
