"""凭证打印: two vouchers on an A4 page, five lines each; a longer voucher goes on with (1/2), (2/2)."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]  # ships no types
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_sdk.ledger import Line, Voucher
from zhangfang_sdk.money import yuan
from zhangfang_sdk.printing import fitted, register_font, write

LINES = 6
_LEFT = 40.0
_WIDTHS = (150.0, 205.0, 80.0, 80.0)
_ROW = 26.0


def vouchers_pdf(organisation: str, vouchers: Sequence[Voucher], names: Mapping[str, str]) -> bytes:
    """``names``: account code → full name."""
    register_font()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    canvas.setTitle("记账凭证")
    slips = [
        (voucher, voucher.lines[at : at + LINES], at // LINES + 1, -(-len(voucher.lines) // LINES))
        for voucher in vouchers
        for at in range(0, len(voucher.lines), LINES)
    ]
    for number, (voucher, lines, part, parts) in enumerate(slips):
        _slip(canvas, organisation, voucher, lines, (part, parts), names, A4[1] / (1 + number % 2))
        if number % 2 or number == len(slips) - 1:
            canvas.showPage()
    canvas.save()
    return out.getvalue()


def _slip(
    canvas: Any,
    organisation: str,
    voucher: Voucher,
    lines: Sequence[Line],
    part: tuple[int, int],
    names: Mapping[str, str],
    top: float,
) -> None:
    width = sum(_WIDTHS)
    write(canvas, _LEFT + width / 2, top - 52, "记 账 凭 证", 18, "centre")
    size = 9
    write(canvas, _LEFT, top - 76, f"核算单位:{organisation}", size)
    write(canvas, _LEFT + width / 2 + 30, top - 76, f"{voucher.date:%Y年%m月%d日}", size, "centre")
    of = f" ({part[0]}/{part[1]})" if part[1] > 1 else ""
    write(canvas, _LEFT + width, top - 76, f"凭证号:{voucher.label}{of}", size, "right")
    table_top = top - 84
    lefts = [_LEFT + sum(_WIDTHS[:n]) for n in range(5)]
    for left, wide, label in zip(lefts, _WIDTHS, ("摘要", "会计科目", "借方金额", "贷方金额"), strict=False):
        write(canvas, left + wide / 2, table_top - 17, label, size, "centre")
    for number, line in enumerate(lines, 1):
        base = table_top - _ROW * (number + 1) + 9
        account = f"{line.account} {names.get(line.account, '')} {line.counterparty}".rstrip()
        write(canvas, lefts[0] + 3, base, fitted(line.summary or voucher.summary, _WIDTHS[0] - 6, 9), size)
        write(canvas, lefts[1] + 3, base, fitted(account, _WIDTHS[1] - 6, 9), size)
        for amount, right in ((line.debit, lefts[3]), (line.credit, lefts[4])):
            if amount:
                write(canvas, right - 3, base, yuan(amount), size, "right")
    rows = LINES + 2
    base = table_top - _ROW * rows + 9
    if part[0] == part[1]:
        write(canvas, lefts[0] + 3, base, "合计", size)
        write(canvas, lefts[3] - 3, base, yuan(sum(each.debit for each in voucher.lines)), size, "right")
        write(canvas, lefts[4] - 3, base, yuan(sum(each.credit for each in voucher.lines)), size, "right")
    canvas.setLineWidth(0.5)
    canvas.grid(lefts, [table_top - _ROW * n for n in range(rows + 1)])
    foot = table_top - _ROW * rows - 16
    write(canvas, _LEFT, foot, f"记账:{voucher.posted_by}", size)
    write(canvas, _LEFT + 180, foot, f"审核:{voucher.reviewed_by or voucher.posted_by}", size)
    write(canvas, _LEFT + width, foot, f"制单:{voucher.drafted_by}", size, "right")
