"""科目余额表, 总账, 明细账 (多栏账), 日记账: over months, each figure leading to what is behind it."""

from litestar.handlers import HTTPRouteHandler

from zhangfang_books import reading
from zhangfang_books.ledgers import Detail, balance_rows, detail, general
from zhangfang_books.statement_pages import months
from zhangfang_books.statements.gathering import Books
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Account, Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.web import CLIENT, Page, page

ENTRIES_SHOWN = 2000
MONEY = ("1001", "1002", "1012")


@page("/books/balances", of=CLIENT, permission="books.read", for_auditors="months")
async def balances_page(period: str | None = None, to: str | None = None) -> Page:
    """科目余额表 from ``period`` to ``to``: opening, turnover, the year's turnover, closing."""
    client, (first, last) = client_in_scope(), months_of(period, to)
    rows = balance_rows(await reading.books_of(client, last), first, last)
    top = [row for row in rows if row.level == 1]
    return Page(
        "books/balances.html",
        title="科目余额表",
        active="books",
        place="balances",
        rows=rows,
        top=top,
        month=first,
        last=last,
        months=await months(client),
    )


@page("/books/general", of=CLIENT, permission="books.read", for_auditors="months")
async def general_page(period: str | None = None, to: str | None = None, account: str = "") -> Page:
    """总账: first-level accounts month by month, or one account."""
    client, (first, last) = client_in_scope(), months_of(period, to)
    books = await reading.books_of(client, last)
    shown = [general(books, each.code, first, last) for each in general_accounts(books, account)]
    return Page(
        "books/general.html",
        title="总账",
        active="books",
        place="general",
        books=[b for b in shown if b.opening or any(r.debit or r.credit for r in b.rows)],
        month=first,
        last=last,
        months=await months(client),
        account=account,
    )


@page("/books/detail", of=CLIENT, permission="books.read", for_auditors="months")
async def detail_page(
    period: str | None = None, to: str | None = None, account: str = "", columns: bool = False
) -> Page:
    """明细账 of an account; ``columns`` gives one column to each account right below (多栏账)."""
    client, (first, last) = client_in_scope(), months_of(period, to)
    books = await reading.books_of(client, last, ends=(first.plus(-1),))
    code = account or next((b.account for b in books.balances), "1002")
    return Page(
        "books/detail.html",
        title="明细账",
        active="books",
        place="detail",
        book=await detail_of(client, books, code, first, last, columns=columns),
        chart=[(a.code, f"{a.code} {a.full_name}") for a in books.accounts],
        month=first,
        last=last,
        months=await months(client),
        columns=columns,
        limit=ENTRIES_SHOWN,
    )


@page("/books/journal", of=CLIENT, permission="books.read", for_auditors="months")
async def journal_page(period: str | None = None, to: str | None = None, account: str = "1002") -> Page:
    """日记账 of cash or a bank account."""
    client, (first, last) = client_in_scope(), months_of(period, to)
    books = await reading.books_of(client, last, ends=(first.plus(-1),))
    chart = [(a.code, f"{a.code} {a.full_name}") for a in books.accounts if a.code.startswith(MONEY)]
    if account not in dict(chart):
        raise not_found("现金或银行科目")
    return Page(
        "books/detail.html",
        title="日记账",
        active="books",
        place="journal",
        book=await detail_of(client, books, account, first, last, columns=False),
        chart=chart,
        month=first,
        last=last,
        months=await months(client),
        columns=False,
        limit=ENTRIES_SHOWN,
    )


async def detail_of(
    client: int,
    books: Books,
    code: str,
    first: Period,
    last: Period,
    *,
    columns: bool,
    limit: int = ENTRIES_SHOWN,
) -> Detail:
    """Raises Refusal ``common.not_found``, and ``books.too_many_entries`` above ``limit``: a cut ledger would not tie."""
    if code not in {a.code for a in books.accounts}:
        raise not_found("科目")
    entries = await use(Ledger).entries(client, code, first, last, limit=limit + 1)
    if len(entries) > limit:
        raise Refusal(
            "books.too_many_entries", f"这段时间的分录超过 {limit} 笔,请缩短月份范围,或导出 Excel 查看。", field="to"
        )
    return detail(books, code, first, reading.ordered(entries), columns=columns)


def general_accounts(books: Books, account: str) -> list[Account]:
    """The account asked for, or all of the first level. Raises Refusal ``common.not_found``."""
    if not account:
        return [a for a in books.accounts if a.parent is None]
    found = [a for a in books.accounts if a.code == account]
    if not found:
        raise not_found("科目")
    return found


def months_of(period: str | None, to: str | None) -> tuple[Period, Period]:
    """Raises Refusal ``period.unreadable``, ``period.backwards``, ``period.too_long``."""
    first = Period.parse(period) if period else Period.current()
    last = Period.parse(to) if to else first
    if last < first:
        raise Refusal("period.backwards", "结束月份不能早于开始月份。", status=400, field="to")
    if first.plus(120) < last:
        raise Refusal("period.too_long", "一次最多查看十年。", status=400, field="to")
    return first, last


PAGES: list[HTTPRouteHandler] = [balances_page, general_page, detail_page, journal_page]
