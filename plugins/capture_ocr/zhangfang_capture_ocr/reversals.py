"""Which invoice a red-letter invoice reverses, as its remarks say. Pure.

Sources of the wording: 国家税务总局公告2024年第11号 (in force 2024-12-01) for fully digital invoices ("被红冲蓝字数电发票号码"), 2016年第47号
(in force 2016-08-01) for ordinary invoices of tax-control devices ("对应正数发票代码:… 号码:…"). Special invoices of those devices name
only the number of their notice (信息表), from which nothing follows here.
"""

import re

from zhangfang_capture_ocr.reading import Reading

_REVERSED = re.compile(
    r"(?:被红冲蓝字[^\d]{0,12}号码|对应正数发票代码\s*[:：]?\s*\d{10,12}[^\d]{0,6}号码)\s*[:：]?\s*(\d{20}|\d{8})(?!\d)"
)


def reversed_number(reading: Reading) -> str:
    """ "" where the invoice is not a red-letter one or does not say."""
    if reading.total is None or reading.total >= 0:
        return ""
    found = _REVERSED.search(reading.remarks or "") or _REVERSED.search(reading.text)
    return "" if found is None else found[1]
