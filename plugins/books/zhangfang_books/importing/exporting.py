"""Posted vouchers in the voucher Excel of another program. Pure."""

import io
from collections.abc import Mapping, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from zhangfang_sdk.ledger import Line, Voucher
from zhangfang_sdk.texts import seen

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "kingdee_kis": (
        *("日期", "凭证字", "凭证号", "附单据数", "摘要", "科目代码", "科目名称", "借方金额", "贷方金额"),
        *("往来单位", "制单人"),
    ),
    "yonyou": (
        *("制单日期", "凭证类别", "凭证编号", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额"),
        *("往来单位", "制单人"),
    ),
    "lemon": ("日期", "凭证号", "摘要", "科目编码", "科目名称", "借方金额", "贷方金额", "往来单位"),
}


def voucher_excel(program: str, vouchers: Sequence[Voucher], names: Mapping[str, str]) -> bytes:
    """``names``: account code → name. KeyError for a program without headings."""
    headings = HEADINGS[program]
    book = Workbook(write_only=True)
    page = book.create_sheet("凭证")
    page.freeze_panes = "A2"
    page.append(list(headings))
    for voucher in vouchers:
        for line in voucher.lines:
            values = _values(voucher, line, names)
            row = [WriteOnlyCell(page) for _ in headings]
            for cell, heading in zip(row, headings, strict=True):
                cell.value = values[heading]
                if heading in ("借方金额", "贷方金额"):
                    cell.number_format = "#,##0.00"
                elif isinstance(values[heading], str):
                    # Text of vouchers is written by others: it must never become a formula.
                    cell.data_type = "s"
            page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _values(voucher: Voucher, line: Line, names: Mapping[str, str]) -> dict[str, str | int | Decimal | None]:
    day = voucher.date.isoformat()
    debit = Decimal(line.debit) / 100 if line.debit else None
    credit = Decimal(line.credit) / 100 if line.credit else None
    number = voucher.number or 0
    return {
        "日期": day,
        "制单日期": day,
        "凭证字": voucher.word,
        "凭证类别": voucher.word,
        "凭证号": f"{voucher.word}-{number}",
        "凭证编号": number,
        "附单据数": 1 if voucher.document is not None else 0,
        "摘要": seen(line.summary or voucher.summary),
        "科目代码": line.account,
        "科目编码": line.account,
        "科目名称": seen(names.get(line.account, "")),
        "借方金额": debit,
        "贷方金额": credit,
        "往来单位": seen(line.counterparty),
        "制单人": voucher.drafted_by,
    }
