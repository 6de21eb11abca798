"""Sales and tax of the books beside the issued invoices (未开票), and the invoices that the books lack. Pure; amounts are fen."""

from zhangfang_books.figures.behind import InvoicesBehind, Side, Which
from zhangfang_books.figures.material import BOOKS, ISSUED, Lines, Material, amount_of, from_line, tax_of
from zhangfang_books.sales.register import Method
from zhangfang_sdk.money import yuan
from zhangfang_sdk.tax_figures import Step


def beside_invoices(
    m: Material, found: Lines, name: str, codes: tuple[str, ...], side: Side, methods: tuple[Method, ...] = ()
) -> Step:
    """An addend: what ``codes`` have beside the invoices, as a line of its own where there are any. With ``methods`` it is their tax.

    It is never below zero: an invoice that is not booked is issued all the same, and takes nothing off other sales.
    """
    measure = tax_of(*methods) if methods else amount_of
    in_books = side.of(m.books.debits(m.first, *codes), m.books.credits(m.first, *codes))
    of_books = Step(f"账上{name}", in_books, BOOKS, m.entries(*codes, side=side))
    if not m.billed:
        return of_books
    left = m.beside(in_books, measure)
    if not left:
        return from_line(f"未开票{name}", 0)
    behind = InvoicesBehind(m.first, m.last, which=Which.BOOKED, methods=methods, tax=bool(methods))
    steps = [of_books, Step("已入账的发票", -m.booked(measure), ISSUED, behind.path)]
    if left < 0:
        found.doubt(
            f"账上{name} {yuan(in_books)},比已入账的发票少 {yuan(-left)},没有从其他收入里减:可能是以前月份按未开票申报过的收入,"
            "也可能是手工改过的分录,请核对。",
            behind.path,
        )
        steps.append(Step("账上比发票少的,不冲减", -left, "请核对"))
    return from_line(f"未开票{name}", found.add(f"未开票{name}", steps))


def doubt_unbooked(m: Material, found: Lines) -> None:
    """Issued and not booked: named as what it is."""
    if m.unbooked:
        amount, tax = (sum(getattr(row, name) for row in m.unbooked) for name in ("amount", "tax"))
        found.doubt(
            f"已开票未入账 {m.unbooked_count} 张,不含税 {yuan(amount)},税额 {yuan(tax)}:开了票就要申报,已经计入;账上还没有对应的凭证,"
            "请先入账。收入已经手工入账的,请把凭证金额与发票核对一致,不然会重复计入。",
            InvoicesBehind(m.first, m.last, which=Which.UNBOOKED).path,
        )
