"""账龄表 and open items as sheets. Pure; amounts count in the account's own direction."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_core.ledger.open_items.standing import Tie
from zhangfang_sdk.open_items import AgeRow, OpenItem
from zhangfang_sdk.sheets import Cell, Heading, Row, Sheet

About = tuple[str, str, str, str]
"""Title, organisation, day, who made it."""


def party_sheet(rows: Sequence[AgeRow], ties: Sequence[Tie], sign: int, late: Sequence[str], about: About) -> Sheet:
    """By counterparty, the largest first, then the sum, the balance of the account, and each line that makes them differ."""
    title, organisation, day, by = about
    headings = [Heading("往来单位", width=20), Heading("科目", width=8), Heading("余额", True, 10)]
    headings += [Heading(label, True, 8) for label in late]
    ordered = sorted(rows, key=lambda r: (-abs(r.total), r.counterparty))
    body = [Row((r.counterparty or "没有写明单位", r.account, sign * r.total, *(sign * b for b in r.buckets))) for r in ordered]
    sums = [sum(column) for column in zip(*(r.buckets for r in rows), strict=True)] or [0] * len(late)
    body.append(Row(("合计", "", sign * sum(sums), *(sign * s for s in sums)), strong=True))
    nothing: tuple[Cell, ...] = (None,) * len(late)
    body.append(Row(("科目余额", "", sign * sum(t.balance for t in ties), *nothing), strong=True))
    for tie in ties:
        if tie.difference:
            body.append(Row(("与科目余额相差", tie.account, sign * tie.difference, *nothing), strong=True))
            body += [
                Row((f"{x.date} {x.label} {x.summary}", tie.account, sign * x.amount, *nothing)) for x in tie.lines
            ]
    return Sheet(title, organisation, day, headings, body, landscape=True, prepared_by=by)


def item_sheet(items: Sequence[OpenItem], sign: int, at: dt.date, about: About) -> Sheet:
    """Every item that is open, oldest first."""
    _, organisation, day, by = about
    headings = [Heading("日期", width=7), Heading("凭证号", width=7), Heading("往来单位", width=18), Heading("摘要", width=22)]
    headings += [Heading("科目", width=7), Heading("到期日", width=7), Heading("逾期天数", width=5)]
    headings += [Heading("发生金额", True, 10), Heading("未核销金额", True, 10)]
    body = [
        Row(
            (
                i.date.isoformat(),
                i.label,
                i.counterparty,
                i.summary,
                i.account,
                i.due.isoformat() if i.due else "",
                str(max((at - (i.due or i.date)).days, 0)),
                sign * i.amount,
                sign * i.open,
            )
        )
        for i in items
    ]
    body.append(Row(("合计", *("",) * 7, sign * sum(i.open for i in items)), strong=True))
    return Sheet("未核销明细", organisation, day, headings, body, landscape=True, prepared_by=by)
