"""Letters that readers mistake alike, so that their agreement proves nothing. Pure.

Readers know rare letters and still write the common one that looks like it: of 3,012 rare ones drawn in a company's name, all readers
wrote another for 105, half of the time against a reader with a larger alphabet.
"""

from __future__ import annotations

import re
from typing import Final

_FIRST_RARE: Final = 0xD8
"""First byte of the second level of GB 2312, which has the letters that are seldom used."""
_USUAL_RARE: Final = frozenset(
    "鑫晟昊睿祺琪煜泓沅淼焱垚犇翊翎翱昱晖晗曦暄曜炜烨烁焓煊熠琦琳璟瑾璇璐瑜珑玮珏玥琛琨琰瑷"
    "沁沐泗泾洛洵浔涞涵淇淅渝湜溢滢漪潇澜澳瀚濠灏灞邕邗邛邳郓郯鄞鄂闵闽阆阊颢颐馥骅骁骐"
    "钰铂铄铠铧锃锲镒镕锜芙芮芷苑茗茜荃荟莘莞菁蓓蓉蔺蕴薇藜蘅岚岷峁嵊嵘嵩巍怡恺恒悦惠懋"
    "圳衢婺泸濮漯暨嵊缙岱鄱亳儋歙盱眙睢滕莒涿蓟汶浠沣涪綦忻郦郴邛崃渑岫峪巅崭崂嵋岐岱"
    "砺舫骋翌旌昶珞瑄璨竣箴粲绫缦翥荻菡萃蓥蔻谧轫迩邃醍醐铎镌阖雍靓韬颉飒飚鸢"
    "奕妍娅婕嫣俪侬倩绮缤缇霁雯霓璞筱笃黔黛粼糯酯锂钛钴锆胺醛酮酰铬镍镁锰钒钨钼羟肽酶醚"
    "楠榆槿樱橙檀栾桦梓椿榕笙筠箐篁禧祎祉稷臻赟轩辰逸遨邺酩骊鹏鹭麒麟龢彧翡翀翮珂珈珀"
)
"""Of these the ones that stand in names of companies and streets every day, and are read right."""
_TWINS: Final = (
    re.compile(r"用(?=直|里|端)"),  # 甪直, 甪里
    re.compile(r"毫(?=州)"),  # 亳州
    re.compile(r"(?<![今旭朝昔昨生春夏冬节假翌终近工整半平明次每])日(?![用化照报产立升盛新昇晟光月出兴鑫本常前后语式辉晖])"),  # 曰
    re.compile(
        r"(?<![蓝航云通春今每青昊中海南江飞顺擎乐露博晴昌])"
        r"天(?![津地成泽宇翼虹元河府山空下然安猫诚鸿华力马龙恒和一目台水合源润悦使际盛通达健职衡威瑞祥佑"
        r"工木文气才心宝富利宏科创信禾美域意正明平朗星晟骄眼鹅鹰翔正行梯赐伦泰时怡宸逸琴际麒福佳顺兴胜胶])"
    ),  # 夭
)
"""Common letters in the place of a rare twin, except in words in which they are usual."""


def is_rare(letter: str) -> bool:
    """Whether a Chinese letter is seldom used: not of the first level of GB 2312, nor usual in names."""
    if not "\u3400" <= letter <= "\u9fff" or letter in _USUAL_RARE:
        return False
    try:
        return letter.encode("gb2312")[0] >= _FIRST_RARE
    except UnicodeEncodeError:
        return True


def rare_in(text: str) -> frozenset[str]:
    """The rare letters of a text."""
    return frozenset(filter(is_rare, text))


def may_be_mistaken(text: str) -> bool:
    """Whether a text that all readers agree on holds a letter that they take for another, or that another is taken for."""
    return bool(rare_in(text)) or any(twin.search(text) for twin in _TWINS)
