"""What a voucher must be, whatever the database says: pure checks. Amounts are fen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import DimensionKind, Line, VoucherDraft, VoucherKind
from zhangfang_sdk.money import LARGEST_FEN, yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.texts import seen

MOST_LINES = 999
"""A line's key is its voucher's id * 1000 + its place."""

LARGEST_QUANTITY = Decimal(10) ** 13
SMALLEST_STEP = Decimal("0.000001")
HALF_A_FEN = Decimal("0.005")

KIND_TITLES = {
    DimensionKind.CUSTOMER: "客户",
    DimensionKind.SUPPLIER: "供应商",
    DimensionKind.DEPARTMENT: "部门",
    DimensionKind.PROJECT: "项目",
    DimensionKind.EMPLOYEE: "职员",
    DimensionKind.STOCK: "存货",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account asks of its lines."""

    is_leaf: bool
    dimensions: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    open_items: bool = False
    retired: bool = False
    is_result: bool = False
    """Whether it is an account of profit and loss (损益类)."""

    @classmethod
    def of(cls, row: Mapping[str, object]) -> "Standing":
        """A row of ``core_account``."""
        return cls(
            bool(row["is_leaf"]),
            kinds_of(row["dimensions"]),
            kinds_of(row["required"]),
            bool(row["open_items"]),
            bool(row["retired"]),
            row["category"] == "profit_and_loss",
        )


def kinds_of(text: object) -> tuple[str, ...]:
    """Kinds as an account keeps them: joined by commas."""
    return tuple(str(text).split(",")) if text else ()


def check_draft(draft: VoucherDraft) -> int:
    """The voucher's total: the sum of its debits.

    Raises Refusal ``ledger.no_lines``, ``ledger.too_many_lines``, ``ledger.line_one_sided``, ``ledger.unbalanced``,
    ``ledger.text_too_long``, ``money.too_large``; TypeError for an amount that is no integer.
    """
    _check_texts(draft)
    if not draft.lines:
        raise Refusal("ledger.no_lines", "凭证没有分录,请至少填写一借一贷两行。", field="lines")
    if len(draft.lines) > MOST_LINES:
        raise Refusal(
            "ledger.too_many_lines",
            f"一张凭证最多 {MOST_LINES} 行,这张有 {len(draft.lines)} 行,请拆成几张。",
            field="lines",
        )
    for place, line in enumerate(draft.lines, 1):
        _check_line(place, line)
    debit = sum(line.debit for line in draft.lines)
    credit = sum(line.credit for line in draft.lines)
    if abs(debit) > LARGEST_FEN or abs(credit) > LARGEST_FEN:
        raise Refusal("money.too_large", "凭证合计金额太大,请检查是否多输了位数。", field="lines")
    if debit != credit:
        raise Refusal(
            "ledger.unbalanced",
            f"借方合计 {yuan(debit)},贷方合计 {yuan(credit)},相差 {yuan(abs(debit - credit))},借贷必须相等。",
            field="lines",
            details={"debit": debit, "credit": credit, "difference": debit - credit},
        )
    return debit


def readable(draft: VoucherDraft) -> VoucherDraft:
    """Without signs that nobody sees: what is posted can't be taken out of them any more, and no export can hold them."""
    if draft.summary.isprintable() and all(x.summary.isprintable() and x.counterparty.isprintable() for x in draft.lines):
        return draft
    lines = tuple(replace(x, summary=seen(x.summary), counterparty=seen(x.counterparty)) for x in draft.lines)
    return replace(draft, summary=seen(draft.summary), lines=lines)


def check_accounts(lines: Sequence[Line], standing: Mapping[str, Standing]) -> None:
    """Every line stands on a known account of the lowest level that is in use, with the dimensions that it requires.

    Raises ``ledger.account_unknown``, ``ledger.account_not_leaf``, ``ledger.account_retired``, ``ledger.dimension_missing``,
    ``ledger.dimension_not_offered``.
    """
    for place, line in enumerate(lines, 1):
        account = standing.get(line.account)
        if account is None:
            code, sentence = "ledger.account_unknown", f"“{line.account[:20]}”在这家企业的科目表里没有。"
        elif not account.is_leaf:
            code, sentence = "ledger.account_not_leaf", f" {line.account} 还有下级科目,请选到最末一级。"
        elif account.retired:
            code, sentence = "ledger.account_retired", f" {line.account} 已经停用,请换一个科目,或者先重新启用。"
        else:
            _check_items(place, line, account)
            continue
        raise Refusal(
            code,
            f"第 {place} 行的科目{sentence}",
            field=f"lines.{place - 1}.account",
            details={"account": line.account},
        )


def _check_items(place: int, line: Line, account: Standing) -> None:
    for kind in line.dimensions:
        if kind not in account.dimensions:
            raise Refusal(
                "ledger.dimension_not_offered",
                f"第 {place} 行的科目 {line.account} 没有设置{KIND_TITLES[DimensionKind(kind)]}核算,请去掉这一项,或先在科目里设置。",
                field=f"lines.{place - 1}.{kind}",
                details={"account": line.account, "kind": kind},
            )
    for kind in account.required:
        if kind not in line.dimensions:
            raise Refusal(
                "ledger.dimension_missing",
                f"第 {place} 行的科目 {line.account} 要求填写{KIND_TITLES[DimensionKind(kind)]}。",
                field=f"lines.{place - 1}.{kind}",
                details={"account": line.account, "kind": kind},
            )


def check_date(draft: VoucherDraft, books_start: dt.date) -> None:
    """Opening balances stand before the books, everything else within. Raises ``ledger.before_books``, ``ledger.opening_date``."""
    if draft.kind is VoucherKind.OPENING:
        if draft.date >= books_start:
            raise Refusal(
                "ledger.opening_date",
                f"期初余额的日期应早于建账日 {books_start:%Y-%m-%d},现在是 {draft.date:%Y-%m-%d}。",
                field="date",
            )
    elif draft.date < books_start:
        raise Refusal(
            "ledger.before_books",
            f"凭证日期 {draft.date:%Y-%m-%d} 早于建账日 {books_start:%Y-%m-%d},请改用建账日之后的日期。",
            field="date",
            details={"books_start": books_start.isoformat()},
        )


def check_not_far(draft: VoucherDraft, day: dt.date) -> None:
    """A voucher is dated up to the end of the year after ``day`` at most. Raises ``ledger.date_too_far``."""
    last = dt.date(day.year + 1, 12, 31)
    if draft.date > last:
        raise Refusal(
            "ledger.date_too_far",
            f"凭证日期 {draft.date:%Y-%m-%d} 太远了,最晚到 {last:%Y-%m-%d},请检查年份。",
            field="date",
        )


def check_word(word: str, words: Sequence[str]) -> None:
    """Raise ``ledger.word_unknown`` for a 凭证字 that the firm does not use."""
    if word not in words:
        raise Refusal(
            "ledger.word_unknown",
            f"没有凭证字“{word}”,可用的有:{'、'.join(words)}。需要别的,请管理员在“凭证设置”里添加。",
            field="word",
        )


def refuse_closed(draft: VoucherDraft, closed: int | None) -> None:
    """Raise ``ledger.period_closed`` where the voucher's month is at or before ``closed``, and for openings once any is."""
    if closed is None:
        return
    if draft.kind is VoucherKind.OPENING:
        raise Refusal(
            "ledger.period_closed",
            f"{Period.from_number(closed).label}已经结账,期初余额不能再改;需要更正请先反结账。",
            status=409,
        )
    period = Period.of(draft.date)
    if period.number <= closed:
        raise Refusal(
            "ledger.period_closed",
            f"{period.label}已经结账,不能再记账;请改用之后的日期,或者先反结账并说明原因。",
            status=409,
            field="date",
            details={"period": period.key},
        )


def kind_of(draft: VoucherDraft, standing: Mapping[str, Standing], profit: str) -> VoucherKind:
    """What the voucher is, whoever wrote it and wherever it comes from: 结转损益 is told by its lines.

    It moves accounts of profit and loss to 本年利润 (``profit`` with all below it) and touches nothing else. Counted as an ordinary
    voucher it would empty the month's 利润表.
    """
    if draft.kind is not VoucherKind.NORMAL:
        return draft.kind
    rest = [line.account for line in draft.lines if not line.account.startswith(profit)]
    moves_into = 0 < len(rest) < len(draft.lines)
    return VoucherKind.CLOSING if moves_into and all(standing[code].is_result for code in rest) else VoucherKind.NORMAL


def reversed_lines(lines: Sequence[Line]) -> tuple[Line, ...]:
    """红字: the same accounts and sides with negative amounts."""
    return tuple(
        replace(
            line, debit=-line.debit, credit=-line.credit, quantity=None if line.quantity is None else -line.quantity
        )
        for line in lines
    )


def _check_line(place: int, line: Line) -> None:
    if type(line.debit) is not int or type(line.credit) is not int:
        raise TypeError("amounts are integers of fen")
    if (line.debit == 0) == (line.credit == 0):
        sentence = "借方和贷方都是零" if line.debit == 0 else "借方和贷方同时有金额"
        raise Refusal(
            "ledger.line_one_sided",
            f"第 {place} 行{sentence},一行只能填一边:借方 {yuan(line.debit)},贷方 {yuan(line.credit)}。",
            field=f"lines.{place - 1}",
        )
    if abs(line.debit) > LARGEST_FEN or abs(line.credit) > LARGEST_FEN:
        raise Refusal("money.too_large", f"第 {place} 行金额太大,请检查是否多输了位数。", field=f"lines.{place - 1}")
    if line.dimensions or line.quantity is not None or line.unit_price is not None:
        _check_details(place, line)


LONGEST_SUMMARY, LONGEST_WORD, LONGEST_PARTY = 255, 10, 120


def _texts_fit(draft: VoucherDraft) -> bool:
    """Whether all texts are certainly well; of a few hundred thousand lines hardly one is looked at closer."""
    summary, word = draft.summary, draft.word
    if not (0 < len(word) <= LONGEST_WORD and word.isprintable()):
        return False
    if len(summary) > LONGEST_SUMMARY or not summary.isprintable():
        return False
    return all(
        (line.summary is summary or (len(line.summary) <= LONGEST_SUMMARY and line.summary.isprintable()))
        and (not line.counterparty or (len(line.counterparty) <= LONGEST_PARTY and line.counterparty.isprintable()))
        for line in draft.lines
    )


def _check_texts(draft: VoucherDraft) -> None:
    if _texts_fit(draft):
        return
    texts = [("摘要", draft.summary, LONGEST_SUMMARY, "summary"), ("凭证字", draft.word, LONGEST_WORD, "word")]
    for place, line in enumerate(draft.lines):
        texts.append((f"第 {place + 1} 行摘要", line.summary, LONGEST_SUMMARY, f"lines.{place}.summary"))
        texts.append((f"第 {place + 1} 行往来单位", line.counterparty, LONGEST_PARTY, f"lines.{place}.counterparty"))
    for title, text, longest, field in texts:
        if len(text) > longest:
            raise Refusal("ledger.text_too_long", f"{title}最多 {longest} 个字,现在有 {len(text)} 个字。", field=field)
        if seen(text) != text:
            raise Refusal("ledger.text_unreadable", f"{title}里有无法保存的字符,请重新输入。", field=field)
    if not draft.word:
        raise Refusal("ledger.word_missing", "请填写凭证字,例如“记”。", field="word")


def _check_details(place: int, line: Line) -> None:
    for title, number, field in (("数量", line.quantity, "quantity"), ("单价", line.unit_price, "unit_price")):
        if number is None:
            continue
        if type(number) is not Decimal:
            raise TypeError("quantities and prices are Decimals")
        if not is_quantity(number):
            raise Refusal(
                "ledger.quantity_unreadable",
                f"第 {place} 行的{title}写法不对:最多 6 位小数,不能太大。",
                field=f"lines.{place - 1}.{field}",
            )
    _check_product(place, line)
    unknown = [kind for kind in line.dimensions if kind not in KIND_TITLES]
    if unknown:
        raise Refusal(
            "ledger.dimension_unknown",
            f"第 {place} 行:没有“{unknown[0][:20]}”这种辅助核算。",
            field=f"lines.{place - 1}",
        )


def is_quantity(number: Decimal) -> bool:
    """Whether it can be kept as a quantity or a price: not too large, six decimal places at most."""
    return number.is_finite() and -LARGEST_QUANTITY < number < LARGEST_QUANTITY and number == number.quantize(SMALLEST_STEP)


def _check_product(place: int, line: Line) -> None:
    """数量 × 单价 is the amount to the fen, as far as a price of six decimal places can say it."""
    if line.quantity is None or line.unit_price is None:
        return
    amount = Decimal(line.debit or line.credit) / 100
    off = abs(line.quantity * line.unit_price - amount)
    if off > HALF_A_FEN + abs(line.quantity) * SMALLEST_STEP / 2:
        raise Refusal(
            "ledger.product_differs",
            f"第 {place} 行数量 {line.quantity:f} × 单价 {line.unit_price:f} 不等于金额 {yuan(line.debit or line.credit)},请改其中一个。",
            field=f"lines.{place - 1}.unit_price",
        )
