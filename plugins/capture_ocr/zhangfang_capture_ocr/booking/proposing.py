"""Propose the voucher of an invoice. Pure: the same facts give the same proposal (CAP-8, CAP-10)."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from zhangfang_capture_ocr.booking.rules import Ban, Rules, Ticket, load_rules
from zhangfang_capture_ocr.booking.values import (
    CONFIRMED_INPUT_VAT,
    PURCHASE_SETTLEMENTS,
    SALES_SETTLEMENTS,
    UNCONFIRMED_INPUT_VAT,
    ClientProfile,
    FactLine,
    InputVat,
    InputVatState,
    InvoiceFacts,
    Proposal,
    ProposedLine,
    SellerMemory,
)
from zhangfang_capture_ocr.classification import MatchedBy, classified
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.money import yuan

OUTPUT_VAT = {TaxpayerKind.GENERAL: "22210107", TaxpayerKind.SMALL_SCALE: "222101"}

_SURE_OF_MEMORY = 980
_SURE_OF_TICKET = 950
_SURE_OF_TEXT = 600
_RATES_OF_LAW = frozenset({"13%", "9%", "6%"})
_SURE_OF_MISMATCH = 300
_SUMMARY_LENGTH = 60
_STARRED = re.compile(r"^\*([^*]*)\*")


@dataclass(frozen=True, slots=True)
class _Booked:
    """One line on its way: ``gross`` with tax, ``tax`` the part that may be deducted if nothing forbids it."""

    account: str
    name: str
    gross: int
    tax: int
    ban: Ban | None
    reason: str
    sure: int


def propose(facts: InvoiceFacts, client: ClientProfile, memory: SellerMemory | None = None) -> Proposal:
    """The voucher that this invoice most likely makes in the books of ``client``.

    The sum of debits equals the sum of credits to the fen whatever the reading says; where the invoice contradicts
    itself the printed total (价税合计) counts, a reason says so and the confidence falls. A red invoice gives the
    same sides with negative amounts. Sources of the rules stand in ``rules.toml``.
    """
    rules = load_rules()
    if facts.direction == "sales":
        return _sale(facts, client, rules)
    return _purchase(facts, client, memory or SellerMemory(), rules)


def _purchase(facts: InvoiceFacts, client: ClientProfile, memory: SellerMemory, rules: Rules) -> Proposal:
    booked = _booked(facts, client, memory, rules)
    doubts: list[str] = []
    gap = facts.total_fen - sum(line.gross for line in booked)
    if gap:
        largest = max(range(len(booked)), key=lambda place: abs(booked[place].gross))
        booked[largest] = replace(booked[largest], gross=booked[largest].gross + gap)
        doubts.append(f"明细加起来与价税合计相差{yuan(gap)}元，已按价税合计入账，请核对票面")
    if not _same_company(facts.buyer_name, client.name):
        doubts.append(f"票上的购买方是“{facts.buyer_name or '空白'}”，不是本公司，请先核实能否入账")
    booked = _with_printed_tax(booked, facts)
    vat = _input_vat(facts, client, booked)
    taken = [line.tax if vat.deductible_fen and line.ban is None else 0 for line in booked]
    lines = _grouped(
        [(line.account, line.name, line.gross - tax) for line, tax in zip(booked, taken, strict=True)],
        facts,
        "debit",
    )
    if vat.deductible_fen:
        account = CONFIRMED_INPUT_VAT if facts.confirmed_for_deduction else UNCONFIRMED_INPUT_VAT
        lines.append(ProposedLine(account, _summary("进项税额", facts.seller_name), vat.deductible_fen, 0))
    if facts.total_fen:
        settled = client.purchase_settlement
        goods = _plain(booked[0].name)
        lines.append(
            ProposedLine(settled, _summary(goods, facts.seller_name), 0, facts.total_fen, facts.seller_name)
        )
    reasons = [
        *dict.fromkeys(line.reason for line in booked),
        vat.why,
        PURCHASE_SETTLEMENTS[client.purchase_settlement],
    ]
    if facts.total_fen < 0:
        reasons.append("红字发票，按原方向记负数；原来的进项税若已抵扣，还要做进项税额转出")
    return _finished(lines, reasons, doubts, min(line.sure for line in booked), vat)


def _booked(facts: InvoiceFacts, client: ClientProfile, memory: SellerMemory, rules: Rules) -> list[_Booked]:
    ticket = _ticket(facts, rules)
    if ticket is not None:
        tax = facts.tax_fen or (_part(facts.total_fen, ticket.rate, 100 + ticket.rate) if ticket.rate else 0)
        name = facts.lines[0].name if facts.lines else facts.kind
        account = memory.of(_plain(name)) or ticket.account
        ban = rules.ban(rules.account_bans.get(account), facts.issued_on)
        return [_Booked(account, name, facts.total_fen, tax, ban, ticket.reason, _SURE_OF_TICKET)]
    lines = facts.lines or (FactLine("", "", facts.amount_fen, "", facts.tax_fen),)
    return [_classified(line, facts, client, memory, rules) for line in lines]


def _ticket(facts: InvoiceFacts, rules: Rules) -> Ticket | None:
    printed = " ".join(line.name for line in facts.lines) or facts.printed
    return rules.ticket(facts.kind, facts.issued_on, printed)


def _classified(
    line: FactLine, facts: InvoiceFacts, client: ClientProfile, memory: SellerMemory, rules: Rules
) -> _Booked:
    starred = _STARRED.match(line.name)
    printed = line.classification_short or (starred[1] if starred else "")
    found = classified(line.classification_code, printed, _plain(line.name))
    short = printed or (found.tax_class.short_name if found else "")
    rule = (
        rules.resale
        if client.trades_in and short.startswith(client.trades_in)
        else rules.rule(short, line.name)
    )
    if rule is rules.fallback and found is not None:
        rule = rules.of_class(found.tax_class.code)
    account, reason, sure = rule.account(client.industry), rule.reason, rule.sure
    if found is not None and found.by is MatchedBy.TEXT and not printed:
        sure = min(sure, _SURE_OF_TEXT)
        reason = f"按品名归到“{found.tax_class.short_name}”类，{reason}"
    if found is not None and line.rate in _RATES_OF_LAW and line.rate not in found.tax_class.rates:
        reason += f"；这一类通常是{'或'.join(found.tax_class.rates)}，票上是{line.rate}，请核对税率"
    gross = line.amount_fen + line.tax_fen
    ban = rules.ban(rule.ban, facts.issued_on)
    threshold = rules.capitalisation(facts.issued_on)
    if rule.asset and threshold is not None and account != rules.resale.account(client.industry):
        taxed = facts.may_carry_input_vat and client.taxpayer_kind is TaxpayerKind.GENERAL
        cost = abs(line.amount_fen if taxed else gross)
        pieces = abs(line.quantity or Decimal(1))
        if cost >= threshold.amount * pieces:
            account, reason = threshold.account, threshold.reason.format(amount=threshold.amount // 100)
    remembered = memory.of(_plain(line.name))
    if remembered is not None:
        account, sure = remembered, _SURE_OF_MEMORY
        of_item = f"的“{_plain(line.name)}”" if _plain(line.name) in memory.accounts else "的发票"
        reason = f"{facts.seller_name}{of_item}，会计以前记在{remembered}科目，这次照旧"
    elif line.name:
        reason = f"“{_plain(line.name)}”：{reason}"
    ban = ban or rules.ban(rules.account_bans.get(account), facts.issued_on)
    return _Booked(account, line.name, gross, line.tax_fen, ban, reason, sure)


def _with_printed_tax(booked: list[_Booked], facts: InvoiceFacts) -> list[_Booked]:
    """Where nothing is banned, the tax of the whole invoice counts, not the sum of rounded lines."""
    if _ticket(facts, load_rules()) is not None or any(line.ban for line in booked):
        return booked
    gap = facts.tax_fen - sum(line.tax for line in booked)
    return [*booked[:-1], replace(booked[-1], tax=booked[-1].tax + gap)]


def _input_vat(facts: InvoiceFacts, client: ClientProfile, booked: list[_Booked]) -> InputVat:
    if client.taxpayer_kind is TaxpayerKind.SMALL_SCALE:
        return InputVat(InputVatState.NOT_APPLICABLE, 0, "小规模纳税人不抵扣进项税，税额一并计入成本费用")
    ticket = _ticket(facts, load_rules())
    if ticket is None and not facts.may_carry_input_vat:
        hint = "；若是农业生产者自产自销，可按买价的9%计算抵扣，请会计确认" if _is_exempt_food(facts) else ""
        return InputVat(
            InputVatState.NOT_DEDUCTIBLE, 0, f"{facts.kind}不能抵扣进项税，税额一并计入成本费用{hint}"
        )
    if ticket is not None and ticket.named and not facts.names_passenger:
        why = f"票上没有旅客的身份信息，不能抵扣（{ticket.source}）"
        return InputVat(InputVatState.NOT_DEDUCTIBLE, 0, why)
    if ticket is None and facts.kind in {each.kind for each in load_rules().tickets if each.named}:
        return InputVat(InputVatState.NOT_DEDUCTIBLE, 0, f"{facts.kind}在开票日期不能计算抵扣进项税")
    bans = list(dict.fromkeys(line.ban for line in booked if line.ban))
    deductible = sum(line.tax for line in booked if line.ban is None)
    if not deductible:
        if bans:
            return InputVat(
                InputVatState.NOT_DEDUCTIBLE, 0, f"{bans[0].why}（{bans[0].source}），税额一并计入费用"
            )
        return InputVat(InputVatState.NOT_DEDUCTIBLE, 0, "票面没有可以抵扣的税额")
    later = "已勾选确认，计入进项税额"
    if not facts.confirmed_for_deduction:
        later = "要先在电子税务局勾选确认，确认前记在待认证进项税额"
    if bans:
        why = f"其中{yuan(deductible)}元可以抵扣，{later}；其余不能抵扣：{bans[0].why}（{bans[0].source}）"
        return InputVat(InputVatState.PARTLY, deductible, why)
    state = InputVatState.DEDUCTIBLE if facts.confirmed_for_deduction else InputVatState.AWAITING_CONFIRMATION
    if ticket is not None and ticket.rate and not facts.tax_fen:
        how = f"按票价÷{100 + ticket.rate}%×{ticket.rate}%算出（{ticket.source}）"
        return InputVat(state, deductible, f"进项税{yuan(deductible)}元{how}，可以抵扣，{later}", is_computed=True)
    return InputVat(state, deductible, f"进项税{yuan(deductible)}元可以抵扣，{later}")


def _sale(facts: InvoiceFacts, client: ClientProfile, rules: Rules) -> Proposal:
    lines = facts.lines or (FactLine("", "", facts.amount_fen, "", facts.tax_fen),)
    doubts = []
    if facts.amount_fen + facts.tax_fen != facts.total_fen:
        doubts.append("金额加税额与价税合计对不上，已按价税合计入账，请核对票面")
    if not _same_company(facts.seller_name, client.name):
        doubts.append(f"票上的销售方是“{facts.seller_name or '空白'}”，不是本公司，请先核实")
    revenues = [rules.revenue(line.classification_short) for line in lines]
    parts = [(rev.account, line.name, line.amount_fen) for rev, line in zip(revenues, lines, strict=True)]
    gap = facts.total_fen - facts.tax_fen - sum(amount for _, _, amount in parts)
    if gap:
        account, name, amount = parts[-1]
        parts[-1] = (account, name, amount + gap)
        doubts.append(f"明细金额加起来相差{yuan(gap)}元，已并入最后一行，请核对票面")
    booked = _grouped(parts, facts, "credit")
    if facts.tax_fen:
        account = OUTPUT_VAT[client.taxpayer_kind]
        booked.append(ProposedLine(account, _summary("销项税额", facts.buyer_name), 0, facts.tax_fen))
    if facts.total_fen:
        summary = _summary(_plain(lines[0].name) or "销售", facts.buyer_name)
        booked.insert(0, ProposedLine(client.sales_settlement, summary, facts.total_fen, 0, facts.buyer_name))
    vat = InputVat(InputVatState.NOT_APPLICABLE, 0, "这是本公司开出的发票，税额是销项税，不涉及抵扣")
    if client.taxpayer_kind is TaxpayerKind.SMALL_SCALE:
        vat = replace(vat, why="这是本公司开出的发票，税额先计提；季度销售额未达起征点时再转为收入")
    reasons = [
        *dict.fromkeys(rev.reason for rev in revenues),
        vat.why,
        SALES_SETTLEMENTS[client.sales_settlement],
    ]
    if facts.total_fen < 0:
        reasons.append("红字发票，按原方向记负数，冲减本期收入和税额")
    return _finished(booked, reasons, doubts, 930, vat)


def _grouped(parts: list[tuple[str, str, int]], facts: InvoiceFacts, side: str) -> list[ProposedLine]:
    """One line an account, in the order of first mention; accounts that come to nothing are left out."""
    other = facts.seller_name if side == "debit" else facts.buyer_name
    lines = []
    for account in dict.fromkeys(code for code, _, _ in parts):
        names = [name for code, name, _ in parts if code == account]
        amount = sum(value for code, _, value in parts if code == account)
        goods = _plain(names[0]) + ("等" if len(set(names)) > 1 else "")
        if amount:
            debit, credit = (amount, 0) if side == "debit" else (0, amount)
            items = tuple(dict.fromkeys(map(_plain, names)))
            lines.append(ProposedLine(account, _summary(goods, other), debit, credit, items=items))
    return lines


def _finished(
    lines: list[ProposedLine], reasons: list[str], doubts: list[str], sure: int, vat: InputVat
) -> Proposal:
    if not lines:
        return Proposal((), ("发票金额为零，不用记账",), 0, vat)
    confidence = min(sure, _SURE_OF_MISMATCH) if doubts else sure
    return Proposal(tuple(lines), (*doubts, *reasons), confidence, vat)


def _is_exempt_food(facts: InvoiceFacts) -> bool:
    return any(
        line.rate == "免税" and load_rules().rule(line.classification_short, line.name).key == "food"
        for line in facts.lines
    )


def _part(total: int, numerator: int, denominator: int) -> int:
    """``total`` x numerator / denominator, half a fen up, away from zero for red amounts."""
    part = (2 * abs(total) * numerator + denominator) // (2 * denominator)
    return part if total >= 0 else -part


def _plain(name: str) -> str:
    return _STARRED.sub("", name).strip()


def _summary(what: str, who: str) -> str:
    return f"{what or '购入'} {who}".strip()[:_SUMMARY_LENGTH]


def _same_company(printed: str, own: str) -> bool:
    return _comparable(printed) == _comparable(own)


def _comparable(name: str) -> str:
    return "".join(name.split()).replace("(", "（").replace(")", "）")
