"""编码规则: how long a code is at each level of a client's chart. Pure.

财会〔2024〕12号 leaves codes below the first level to the company. The accounts right below one account all have codes of one length: else
"2221 and all below it", which is a range of codes, would take in an account that only looks as if it stood below another.
"""

import re
from collections.abc import Collection, Iterable

from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account

DEFAULT = (4, 2, 2, 2)
FIRST_LEVEL = 4
LONGEST_CODE = 20
LONGEST_STEP = 4


def lengths_of(text: str) -> tuple[int, ...]:
    """"4-3-2" as digits of each level. Raises Refusal ``ledger.code_lengths``."""
    found = tuple(int(part) for part in text.replace(" ", "").split("-")) if re.fullmatch(r"[0-9](-[0-9])+", text.replace(" ", "")) else ()
    if not found or found[0] != FIRST_LEVEL or not all(1 <= n <= LONGEST_STEP for n in found[1:]) or sum(found) > LONGEST_CODE:
        raise Refusal(
            "ledger.code_lengths",
            f"编码规则写成 4-2-2-2 或 4-3-2 这样:一级科目 4 位,以下每级 1 到 {LONGEST_STEP} 位,合计不超过 {LONGEST_CODE} 位。",
            field="lengths",
        )
    return found


def text_of(lengths: Iterable[int]) -> str:
    return "-".join(map(str, lengths))


def step_below(parent: Account, chart: Iterable[Account], lengths: tuple[int, ...]) -> int:
    """How many digits a code right below ``parent`` adds: as many as those that stand there do, else what the client's rule says."""
    known = list(chart)
    sibling = next((a for a in known if a.parent == parent.code), None)
    if sibling is not None:
        return len(sibling.code) - len(parent.code)
    parents = {a.code: a.parent for a in known}
    level, above = 0, parents.get(parent.code)
    while above is not None:
        level, above = level + 1, parents.get(above)
    return lengths[min(level + 1, len(lengths) - 1)]


def next_code(parent: str, step: int, taken: Collection[str]) -> str:
    """The first free code, empty where all are taken or it would be too long."""
    if len(parent) + step > LONGEST_CODE:
        return ""
    return next((code for n in range(1, 10**step) if (code := f"{parent}{n:0{step}d}") not in taken), "")


def check_code(code: str, parent: str, step: int) -> None:
    """Raises Refusal ``ledger.account_code``."""
    if re.fullmatch(r"[0-9]+", code) is None or not code.startswith(parent) or len(code) != len(parent) + step:
        raise Refusal(
            "ledger.account_code",
            f"科目编码应为上级编码加 {step} 位数字,例如 {parent}{1:0{step}d}。",
            field="code",
        )
    if len(code) > LONGEST_CODE:
        raise Refusal("ledger.account_code", f"科目编码最多 {LONGEST_CODE} 位。", field="code")


def check_first_level(code: str) -> None:
    """Raises Refusal ``ledger.account_code``."""
    if re.fullmatch(r"[0-9]{4}", code) is None:
        raise Refusal("ledger.account_code", "一级科目编码是 4 位数字。", field="code")
