"""The slip of one alert: the figure, how it came about, what it may cost, what to do, whom to ask, the law; and what people do with it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_risk_rules.alerts import questions, slips, stepping
from zhangfang_risk_rules.alerts.questions import Question
from zhangfang_risk_rules.alerts.service import READ, STATES
from zhangfang_risk_rules.asking_people import ask_accountant, ask_client
from zhangfang_risk_rules.limits import limits_of
from zhangfang_risk_rules.pages.listing import words
from zhangfang_risk_rules.scanning.asking import ask
from zhangfang_risk_rules.scanning.reading import read
from zhangfang_risk_rules.tables import Alert, AlertStep
from zhangfang_sdk.contacts import Colleague
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.invoices import Invoice, Invoices
from zhangfang_sdk.ledger import Account, Ledger, LedgerEntry, VoucherKind
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.places import at, here
from zhangfang_sdk.risk import Lacking, RiskRule, RiskRules, Unit
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
MOST_ENTRIES = 200
LONGEST_ID = 19
EARLIEST = Period(2000, 1)


@dataclass(frozen=True, slots=True)
class Again:
    """What the rule says now: the figure in words, or why it says none; ``same`` as on the slip."""

    figure: str
    sentence: str
    same: bool


@page("/risks/{alert_id:int}", of=CLIENT, permission=READ)
async def slip_page(alert_id: int, again: str = "") -> Page:
    """The slip; with ``again`` worked out anew beside it from the books of now."""
    return await _slip_page(alert_id, again=bool(again))


@dataclass(frozen=True, slots=True)
class Refused:
    """A form of the slip by its name, what was written in it, and why it was not taken."""

    form: str
    refusal: Refusal
    written: Mapping[str, Any]


async def _slip_page(alert_id: int, *, again: bool = False, refused: Refused | None = None) -> Page:
    await stepping.see(alert_id)
    row = await _alert(alert_id)
    rule = (await use(RiskRules).known()).get(row.rule)
    slip = slips.read(row.slip)
    colleagues: Sequence[Colleague] = await stepping.colleagues_of(row.client) if scope().staff and scope().holds("contacts.read") else ()
    asked = await questions.standing(row)
    return Page(
        "risk_rules/slip.html",
        title=row.title,
        status_code=200 if refused is None else refused.refusal.status,
        refused=refused,
        active="risks",
        alert=row,
        rule=rule,
        slip=slip,
        figure=slips.figure_in_words(row.amount, Unit(row.unit)),
        limit=None if slip.limit is None else slips.figure_in_words(slip.limit, Unit(row.unit)),
        steps=await AlertStep.objects().where(AlertStep.alert == row.id).order_by(AlertStep.id, ascending=False).limit(50),
        again=await _again(row, rule) if again else None,
        asked_accountant=asked.get(Question.ACCOUNTANT),
        asked_client=asked.get(Question.CLIENT),
        staff=scope().staff,
        colleagues=colleagues,
        due=(today() + dt.timedelta(days=7)).isoformat(),
        **words(),
    )


async def _again(row: Alert, rule: RiskRule | None) -> Again:
    if rule is None:
        return Again("", "这条规则所在的模块已停用,算不出来。", same=False)
    month = Period.from_number(row.month)
    known = await read(row.client, [(rule, [month])])
    asked = None if known is None else ask(row.rule, rule, known, month, await limits_of(known.client))
    if asked is None:
        return Again("", "这次没有算出来,请稍后再试。", same=False)
    if isinstance(asked.verdict, Lacking) and not asked.verdict.is_off:
        return Again("", f"这次算不出来:{asked.verdict.what}", same=False)
    found = next((f for f in asked.findings if f.subject == row.subject), None)
    if found is None:
        shuts = "这条提醒会在下次检查时自动关闭。" if row.state in STATES else ""
        return Again("", f"按现在的账,这个问题已经没有了。{shuts}", same=False)
    figure = slips.figure_in_words(found.figure, found.unit)
    return Again(figure, slips.sentence_of(rule, found, month), same=found.figure == row.amount)


@page("/risks/{alert_id:int}/parts/{which:int}/{part:int}", of=CLIENT, permission=READ, examples={"which": "0", "part": "0"})
async def part_page(alert_id: int, which: int, part: int) -> Page:
    """The entries or invoices behind one addend of the slip."""
    row = await _alert(alert_id)
    sums = slips.read(row.slip).sums
    if not (0 <= which < len(sums) and 0 <= part < len(sums[which].parts)):
        raise not_found("明细")
    one = sums[which].parts[part]
    entries: list[LedgerEntry] = []
    for code in one.accounts:
        last = one.last or Period.from_number(row.month)
        found = await use(Ledger).entries(row.client, code, one.first or EARLIEST, last, limit=MOST_ENTRIES + 1)
        # A month's turnover leaves closing vouchers out: they would make these lines come to nothing.
        entries += [entry for entry in found if one.first is None or entry.kind is not VoucherKind.CLOSING]
    invoices: Sequence[Invoice] = await use(Invoices).get(one.invoices) if one.invoices else ()
    accounts: Sequence[Account] = await use(Ledger).accounts(row.client) if one.accounts else ()
    return Page(
        "risk_rules/part.html",
        title=f"{sums[which].title} · {one.title}",
        active="risks",
        alert=row,
        sum=sums[which],
        part=one,
        entries=sorted(entries, key=lambda e: (e.date, e.voucher), reverse=True)[:MOST_ENTRIES],
        invoices=invoices[:MOST_ENTRIES],
        most=MOST_ENTRIES,
        cut=max(len(entries), len(invoices)) > MOST_ENTRIES,
        names={a.code: a.full_name for a in accounts},
    )


@action("/risks/{alert_id:int}/explain", of=CLIENT, permission=stepping.EXPLAIN)
async def explain_form(alert_id: int, data: Form) -> Redirect | Page:
    """Why it is so."""
    await _alert(alert_id)
    try:
        await stepping.explain(alert_id, str(data.get("words", "")))
    except Refusal as refusal:
        return await _slip_page(alert_id, refused=Refused("explain", refusal, data))
    return go(here(f"/risks/{alert_id}"))


@action("/risks/{alert_id:int}/accept", of=CLIENT, permission=stepping.RESOLVE)
async def accept_form(alert_id: int, data: Form) -> Redirect | Page:
    """Accept with a reason, or say how it was resolved."""
    await _alert(alert_id)
    step = stepping.resolve if data.get("as") == "resolved" else stepping.accept
    try:
        await step(alert_id, str(data.get("words", "")))
    except Refusal as refusal:
        return await _slip_page(alert_id, refused=Refused("accept", refusal, data))
    return go(here(f"/risks/{alert_id}"))


@action("/risks/{alert_id:int}/assign", of=CLIENT, permission=stepping.RESOLVE)
async def assign_form(alert_id: int, data: Form) -> Redirect | Page:
    """Give it to a colleague."""
    await _alert(alert_id)
    person = str(data.get("person", ""))
    try:
        await stepping.assign(alert_id, int(person) if person.isascii() and person.isdigit() and len(person) < LONGEST_ID else 0)
    except Refusal as refusal:
        return await _slip_page(alert_id, refused=Refused("assign", refusal, data))
    return go(here(f"/risks/{alert_id}"))


@action("/risks/{alert_id:int}/contact", of=CLIENT, permission=stepping.EXPLAIN)
async def contact_form(alert_id: int) -> Redirect | Page:
    """联系会计: a task for the firm that carries the slip."""
    await _alert(alert_id)
    try:
        await ask_accountant(alert_id)
    except Refusal as refusal:
        return await _slip_page(alert_id, refused=Refused("contact", refusal, {}))
    return go(here(f"/risks/{alert_id}#todo"))


@action("/risks/{alert_id:int}/ask", of=CLIENT, permission=stepping.RESOLVE)
async def ask_form(alert_id: int, data: Form) -> Redirect | Page:
    """A question to the client with a deadline; ``back`` is the query of the firm's board that it was asked from."""
    await _alert(alert_id)
    try:
        await ask_client(alert_id, _due_in(data))
    except Refusal as refusal:
        return await _slip_page(alert_id, refused=Refused("ask", refusal, data))
    if "back" in data:
        return go(at(None, "/risks/board?" + urlencode(parse_qsl(str(data["back"])))))
    return go(here(f"/risks/{alert_id}#todo"))


def _due_in(data: Mapping[str, Any]) -> dt.date:
    try:
        return dt.date.fromisoformat(str(data.get("due", "")))
    except ValueError as error:
        raise Refusal("risk_rules.due_unreadable", "请选择一个截止日期。", field="due") from error


async def _alert(alert_id: int) -> Alert:
    row = await Alert.objects().where(Alert.id == alert_id, Alert.client == client_in_scope()).first()
    if row is None:
        raise not_found("提醒")
    return row


PAGES: list[HTTPRouteHandler] = [slip_page, part_page, explain_form, accept_form, assign_form, contact_form, ask_form]
