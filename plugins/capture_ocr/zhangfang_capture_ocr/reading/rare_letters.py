"""Letters that readers mistake alike, so that their agreement proves nothing. Pure.

Readers err towards the common: where they do not know a letter they write a common one that looks like it, hardly ever a rare one. So a rare
letter that two families of readers agree on is the one that is printed, but for the few below.
"""

from __future__ import annotations

import re
from typing import Final

_FIRST_RARE: Final = 0xD8
"""First byte of the second level of GB 2312, which has the letters that are seldom used."""
_WRITTEN_FOR_OTHERS: Final = frozenset("鄄仏淞場掊圖稞猬闾汨潔豐榛棟榻铈鹂嗪蜱蠖篋鳗鎏昀")
"""Rare letters that readers of both families write where another stands."""
_TWINS: Final = (
    re.compile(r"用(?=直|里|端)"),  # 甪直, 甪里
    re.compile(r"毫(?=州)"),  # 亳州
    re.compile(r"(?<![今旭朝昔昨生春夏冬节假翌终近工整半平明次每])日(?![用化照报产立升盛新昇晟光月出兴鑫本常前后语式辉晖])"),  # 曰
    re.compile(
        r"(?<![蓝航云通春今每青昊中海南江飞顺擎乐露博晴昌])"
        r"天(?![津地成泽宇翼虹元河府山空下然安猫诚鸿华力马龙恒和一目台水合源润悦使际盛通达健职衡威瑞祥佑"
        r"工木文气才心宝富利宏科创信禾美域意正明平朗星晟骄眼鹅鹰翔正行梯赐伦泰时怡宸逸琴际麒福佳顺兴胜胶])"
    ),  # 夭
    re.compile(r"浙(?=川)|基(?=江)"),  # 淅川, 綦江
    # Of 430 letters of companies' names, worn as photographs are, these stood where another was printed: 赟 莹:蓥 坤:珅 霖:霂 鹏:鹍 肆:珒 瞳:曈 ...
    re.compile(r"[赞莹坤霖鹏肆瞳获邀郊驳絮谓帧错锁骗跌]"),
    re.compile(
        r"(?<!智)慧|(?<![西收珍宝馆])藏|顾(?!问)|需(?!求)|(?<![空时车民房期夜人中])间|吴(?![江中兴淞越桥])|森(?!林)|请(?!柬)|(?<!新)闻|映(?![像画])"
        r"|(?<!配)送(?!货)|法(?![律务拉])|锂(?![电业能离])|镁(?![合业])"
    ),
)
"""Common letters in the place of a rare twin, except in words in which they are usual."""


def is_rare(letter: str) -> bool:
    """Whether a Chinese letter is seldom used: not of the first level of GB 2312."""
    if not "\u3400" <= letter <= "\u9fff":
        return False
    try:
        return letter.encode("gb2312")[0] >= _FIRST_RARE
    except UnicodeEncodeError:
        return True


def rare_in(text: str) -> frozenset[str]:
    """The rare letters of a text."""
    return frozenset(filter(is_rare, text))


def stands_for_another(text: str) -> bool:
    """Whether a text that readers agree on holds a rare letter that they write for another one."""
    return not _WRITTEN_FOR_OTHERS.isdisjoint(text)


def may_be_mistaken(text: str) -> bool:
    """Whether a name that readers agree on holds a letter that they write for another, rare or common."""
    return stands_for_another(text) or any(twin.search(text) for twin in _TWINS)
