"""How far an auditor's sign-in reaches: pages that say so, of the years of the link, and never a change."""

import re
from typing import Any
from urllib.parse import parse_qs

from zhangfang_sdk.errors import Refusal, not_found

_MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")


def check_reach(years: frozenset[int], method: str, query: str, opt: dict[str, Any]) -> None:
    """Raises Refusal ``auditor.reads_only``, ``auditor.year``, and ``common.not_found`` for pages that are not an auditor's.

    A page of months is asked with its month: which one it would show by itself, this does not know.
    """
    if method not in ("GET", "HEAD"):
        raise Refusal("auditor.reads_only", "审计链接只能查看,不能做任何修改。", status=403)
    page = opt.get("for_auditors")
    if not page:
        raise not_found("页面")
    if page != "months":
        return
    asked = parse_qs(query)
    months = [value for name in ("period", "to") for value in asked.get(name, ())]
    read = [_MONTH.fullmatch(month) for month in months]
    if "period" not in asked or not all(found is not None and int(found[1]) in years for found in read):
        raise other_year(years)


def other_year(years: frozenset[int]) -> Refusal:
    return Refusal(
        "auditor.year", f"这个审计链接只能看 {'、'.join(str(year) for year in sorted(years))} 年的账。", status=404
    )
