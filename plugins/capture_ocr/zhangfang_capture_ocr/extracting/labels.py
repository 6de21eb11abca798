"""Sums in capitals as recognisers see them."""

from __future__ import annotations

import re
from typing import Final

CAPITALS: Final = str.maketrans(
    {
        "園": "圆", "圓": "圆", "囵": "圆", "元": "圆", "正": "整", "壶": "壹", "壸": "壹", "壺": "壹", "臺": "壹",
        "貳": "贰", "弍": "贰", "叄": "叁", "參": "叁", "肄": "肆", "伵": "伍", "陸": "陆", "柴": "柒", "染": "柒",
        "拐": "捌", "久": "玖", "玫": "玖", "恰": "拾", "抬": "拾", "陌": "佰", "伯": "佰", "百": "佰", "千": "仟", "仔": "仟",
        "萬": "万", "億": "亿", "雯": "零", "夸": "零", "○": "零", "O": "零", "〇": "零",
    }
)  # fmt: skip
"""Characters that recognisers give for those of sums in capitals."""
CAPITALS_RUN: Final = re.compile(r"(?:\(负数\))?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿圆角分整]{2,}")
