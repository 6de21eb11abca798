"""Lines of statements that a person fills in: kept with who and why, on the trail."""

import datetime as dt
from collections.abc import Sequence
from typing import cast

from zhangfang_books.statements.by_hand import HandFigure, fillable, sources
from zhangfang_books.statements.equity_form import equity_form
from zhangfang_books.statements.forms import Form, Kind, form
from zhangfang_books.tables import HandFigureRow
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.periods import Period

NO_LINE = 0


# As text: every statement asks for it, and building it anew takes three times as long as asking.
_OF_CLIENT = """select kind, line, period, amount, from_line, why, by, part from books_hand_figure
    where firm = {} and client = {} order by period"""


async def hand_figures(client: int) -> Sequence[HandFigure]:
    """All of the client's, oldest month first."""
    rows = await HandFigureRow.raw(_OF_CLIENT, firm_in_scope(), client)
    return [
        HandFigure(
            cast(Kind, row["kind"]),
            row["line"],
            Period.from_number(row["period"]),
            row["amount"],
            row["from_line"] or None,
            row["why"],
            row["by"],
            row["part"],
        )
        for row in rows
    ]


async def fill(
    client: int, kind: Kind, line: int, period: Period, amount: int, from_line: int | None, why: str, *, part: str = ""
) -> None:
    """Write ``amount`` (fen) on a line for a month, in place of what stood there; needs ``books.note``; on the trail with before and after.

    ``part`` is the column of a statement that has several, and only of such a one. Raises Refusal ``books.no_such_line`` for a line that a
    formula fills, ``books.no_source_line`` where the balance sheet would not balance, ``books.no_such_column``,
    ``books.no_such_statement``, ``books.reason_missing``, ``money.too_large``.
    """
    require("books.note")
    about = await use(Clients).client(client)
    if kind == "equity" and equity_form(about.standard) is None:
        raise Refusal("books.no_such_statement", "这家企业适用的会计制度没有这张报表。", status=404)
    _refuse_unfit(form(about.standard, kind), line, from_line)
    _refuse_column(kind, about.standard, part)
    words = why.replace("\x00", "").strip()
    if not 0 < len(words) <= 255:
        raise Refusal("books.reason_missing", "请写明这个数的依据,最多 255 个字。", field="why")
    if abs(amount) > LARGEST_FEN:
        raise Refusal("money.too_large", "金额太大,请检查是否多输了位数。", field="amount")
    source = from_line or NO_LINE
    here = (
        (HandFigureRow.client == client)
        & (HandFigureRow.kind == kind)
        & (HandFigureRow.part == part)
        & (HandFigureRow.line == line)
        & (HandFigureRow.from_line == source)
        & (HandFigureRow.period == period.number)
    )
    row = await HandFigureRow.objects().where(here).first()
    before = None if row is None else {"amount": row.amount, "why": row.why}
    if row is None:
        row = HandFigureRow(client=client, kind=kind, part=part, line=line, from_line=source, period=period.number)
    row.amount, row.why, row.by, row.at = amount, words, scope().user_name, dt.datetime.now(dt.UTC)
    await row.save()
    place: dict[str, object] = {"kind": kind, "line": line, "from_line": source, "period": period.key}
    place |= {"part": part} if part else {}
    await use(Audit).record(
        "books.fill", f"core_client:{client}", client=client, before=before, after={**place, "amount": amount, "why": words}
    )


def _refuse_unfit(found: Form, line: int, from_line: int | None) -> None:
    wanted = next((each for each in fillable(found) if each.number == line), None)
    if wanted is None:
        raise Refusal("books.no_such_line", "这一行由科目自动计算,不能手工填写。", status=409, field="line")
    offered = [each.number for each in sources(found, wanted)]
    if offered and from_line not in offered:
        raise Refusal("books.no_source_line", "请选择这笔金额从报表的哪一行转来,这样报表才平。", field="from_line")
    if not offered and from_line is not None:
        raise Refusal("books.no_source_line", "这张报表的手工行不从别的行转来。", field="from_line")


def _refuse_column(kind: Kind, standard: str, part: str) -> None:
    equity = equity_form(standard) if kind == "equity" else None
    if part not in ({c.key for c in equity.columns} if equity else {""}):
        raise Refusal("books.no_such_column", "请选择报表的列。", field="part")
