"""When a waiting voucher is clean (无误): what keeps it from posting with the others, as pure rules."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_core.ledger.remarks import Remark, remarks_on
from zhangfang_sdk.invoices import Invoice, InvoiceState
from zhangfang_sdk.ledger import Account, Line, Voucher, VoucherDraft, VoucherKind
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period

CLEAN_MEANS = (
    "借贷平衡,科目在用,月份没有结账",
    "有原始单据,识别结果逐项核对一致",
    "凭证金额、月份和票据相同",
    "没有和它相同的凭证,一张票据只记一次",
    "往来单位以前记过,这次记的科目和以前一样",
    "没有提醒(日期、摘要、辅助核算,以及各功能模块的检查)",
    "金额不超过事务所设的上限",
    "不是您自己制单的,也没有退回过",
)

_MONEY = ("1001", "1002", "1012")
_TAXES = "2221"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around one voucher.

    ``invoice`` was read from its document (None: none was); ``twins`` are labels of vouchers that say the same, ``sharing`` of those that
    name the same document; ``booked`` are accounts that earlier vouchers with the same party stand on, None when it has none;
    ``told`` is what plugins say of it.
    """

    accounts: Mapping[str, Account]
    day: dt.date
    limit: int
    closed: Period | None = None
    is_alone: bool = False
    is_own: bool = False
    invoice: Invoice | None = None
    readings_missing: bool = False
    twins: Sequence[str] = field(default=())
    sharing: Sequence[str] = field(default=())
    booked: frozenset[str] | None = None
    told: Sequence[Remark] = field(default=())


def doubts_of(voucher: Voucher, known: Known) -> list[Remark]:
    """Everything that a person has to look at before it posts; none: it is clean."""
    draft = VoucherDraft(voucher.client, voucher.date, voucher.summary, voucher.lines, voucher.word, voucher.kind)
    found = [*known.told, *_of_accounts(voucher, known)]
    if known.closed is not None and voucher.period <= known.closed:
        found.append(Remark("closed", f"{voucher.period.label}已经结账。"))
    if known.is_own:
        found.append(Remark("own", "是您自己制单的,要由另一位会计审核。"))
    if voucher.returned:
        found.append(Remark("returned", f"已退回:{voucher.returned}"))
    found += _of_document(voucher, known)
    if known.twins:
        found.append(Remark("twin", f"和 {'、'.join(known.twins)} 的科目、金额、往来单位相同,请看看是不是重复。"))
    if abs(voucher.total) > known.limit:
        found.append(Remark("large", f"金额超过上限 {yuan(known.limit)}。"))
    return [*found, *remarks_on(draft, known.accounts, day=known.day, is_alone=known.is_alone)]


def content_accounts(codes: Iterable[str], accounts: Mapping[str, Account]) -> frozenset[str]:
    """Those that say what the money was for: neither money itself, nor what is owed, nor taxes."""
    return frozenset(
        code
        for code in codes
        if not code.startswith((*_MONEY, _TAXES)) and not (code in accounts and accounts[code].open_items)
    )


def parties_of(lines: Sequence[Line]) -> frozenset[str]:
    """Whom the voucher is with."""
    return frozenset(line.counterparty for line in lines if line.counterparty)


def _of_accounts(voucher: Voucher, known: Known) -> Sequence[Remark]:
    gone = sorted(
        {
            line.account
            for line in voucher.lines
            if (a := known.accounts.get(line.account)) is None or a.retired or not a.is_leaf
        }
    )
    if gone:
        return [Remark("account_gone", f"科目 {'、'.join(gone)} 已停用或不是末级。")]
    content = content_accounts((line.account for line in voucher.lines), known.accounts)
    if voucher.kind is not VoucherKind.NORMAL or not parties_of(voucher.lines) or not content:
        return []
    if known.booked is None:
        return [Remark("party_new", f"第一次和“{'、'.join(sorted(parties_of(voucher.lines)))[:40]}”往来,请看看科目。")]
    new = sorted(content - known.booked)
    if not new:
        return []
    before = "、".join(_named(code, known.accounts) for code in sorted(known.booked)[:3])
    now = "、".join(_named(code, known.accounts) for code in new)
    return [Remark("account_new", f"这家以前记在 {before or '别处'},这次记在 {now}。")]


def _of_document(voucher: Voucher, known: Known) -> Sequence[Remark]:
    if voucher.document is None:
        return [Remark("no_document", "没有原始单据。")]
    if known.sharing:
        return [Remark("document_twice", f"同一份单据已经记在 {'、'.join(known.sharing)}。")]
    invoice = known.invoice
    if invoice is None:
        missing = "识别结果暂时查不到" if known.readings_missing else "没有识别结果,不能自动核对"
        return [Remark("not_read", f"单据{missing}。")]
    found = []
    if invoice.state is not InvoiceState.CHECKED:
        found.append(Remark("not_sure", "识别结果没有全部核对一致。"))
    if invoice.total != voucher.total:
        found.append(Remark("amount_differs", f"凭证金额 {yuan(voucher.total)},票据价税合计 {yuan(invoice.total)}。"))
    if Period.of(invoice.issued_on) != voucher.period:
        found.append(
            Remark("month_differs", f"票据是{Period.of(invoice.issued_on).label}的,凭证记在{voucher.period.label}。")
        )
    return found


def _named(code: str, accounts: Mapping[str, Account]) -> str:
    return f"{code} {accounts[code].name}" if code in accounts else code
