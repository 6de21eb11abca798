"""A questionnaire as it is written, by us or by the firm. Pure.

Lines of plain text, in this order::

    标题: 受益所有人备案
    说明: 几分钟答完,随时可以停下。
    依据: 《受益所有人信息管理办法》第三条(2024-11-01 起)
    依据(未核对): 同上第六条

    问 kind: 企业是哪一类?
    - 公司或合伙企业
    - 个体工商户 | 结论=不用备案。
    问 filed: 备案了吗?
    如果: kind=1
    帮助: 在登记机关的网上系统里查得到。
    - 备案了 | 分=10
    - 还没有 | 分=0 | 缺口=请完成备案。 | 期限=30

A question is asked when all of its conditions hold (``如果: kind=1,2; size=1``): each names an earlier question and its options by number.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from zhangfang_sdk.errors import Refusal

MOST_QUESTIONS, MOST_OPTIONS = 60, 12
LONGEST, LONGEST_TITLE, LONGEST_BODY = 300, 60, 30_000
MOST_POINTS, MOST_DAYS, DAYS = 100, 365, 14
CODE = re.compile(r"[a-z][a-z0-9_]{0,19}")
_TYPED = str.maketrans({"\uff1a": ":", "\uff1b": ";", "\uff0c": ",", "\uff08": "(", "\uff09": ")", "\uff5c": "|", "\uff1d": "="})
"""Signs as a Chinese keyboard types them."""
OWN = ("beneficial_owner", "economic_substance", "self_check")


@dataclass(frozen=True, slots=True)
class Option:
    """``points`` None: it counts neither way. ``gap`` is what has then to be done, within ``days``; ``verdict`` what then holds."""

    words: str
    points: int | None = None
    gap: str = ""
    days: int = DAYS
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """``when``: the options (numbers from 1) of earlier questions at which it is asked."""

    key: str
    words: str
    options: tuple[Option, ...] = ()
    hint: str = ""
    when: Mapping[str, frozenset[int]] = field(default_factory=dict, hash=False)

    @property
    def most(self) -> int | None:
        """The most points that it can give; None where it is not scored."""
        return max((o.points for o in self.options if o.points is not None), default=None)


@dataclass(frozen=True, slots=True)
class Basis:
    """A law as it is cited. ``is_confirmed`` False is shown to every reader."""

    text: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Questionnaire:
    title: str
    about: str
    bases: tuple[Basis, ...]
    questions: tuple[Question, ...]


@cache
def own_texts() -> Mapping[str, str]:
    """Those that come with the plugin, by code."""
    folder = files("zhangfang_risk_rules").joinpath("data/questionnaires")
    return {code: folder.joinpath(f"{code}.txt").read_text("utf-8") for code in OWN}


def parse(text: str) -> Questionnaire:
    """Raises Refusal ``risk_rules.questionnaire_wrong`` that names the line."""
    if len(text.replace("\r\n", "\n")) > LONGEST_BODY:
        raise _wrong(0, "问卷太长。")
    return _Reading(text).read()


def _wrong(line: int, why: str) -> Refusal:
    return Refusal("risk_rules.questionnaire_wrong", f"第 {line} 行:{why}" if line else why, field="body")


class _Reading:
    def __init__(self, text: str) -> None:
        self._lines = _numbered(text)
        self._head: dict[str, str] = {}
        self._bases: list[Basis] = []
        self._questions: list[Question] = []

    def read(self) -> Questionnaire:
        for number, line in self._lines:
            if line.startswith("- "):
                self._option(number, line[2:])
            elif asked := re.fullmatch(r"问\s*([a-z0-9_]+)\s*:\s*(.+)", line):
                self._question(number, asked[1], asked[2])
            elif said := re.fullmatch(r"(标题|说明|依据|依据\(未核对\)|如果|帮助)\s*:\s*(.+)", line):
                self._words(number, said[1], said[2])
            else:
                raise _wrong(number, "看不懂这一行。每行要以“标题:”“说明:”“依据:”“问 编号:”“如果:”“帮助:”或“- ”开头。")
        if not self._head.get("标题") or not self._questions:
            raise _wrong(0, "问卷要有标题,并至少有一个问题。")
        for question in self._questions:
            if len(question.options) < 2:
                raise _wrong(0, f"问题 {question.key} 至少要有两个选项。")
        return Questionnaire(self._head["标题"][:LONGEST_TITLE], self._head.get("说明", ""), tuple(self._bases), tuple(self._questions))

    def _words(self, number: int, name: str, words: str) -> None:
        if len(words) > LONGEST:
            raise _wrong(number, f"这一行太长,最多 {LONGEST} 个字。")
        if name.startswith("依据"):
            self._bases.append(Basis(words, name == "依据"))
        elif name in ("标题", "说明"):
            self._head[name] = words
        elif not self._questions or self._questions[-1].options:
            raise _wrong(number, f"“{name}:”要写在问题下面、选项上面。")
        elif name == "帮助":
            self._questions[-1] = replace(self._questions[-1], hint=words)
        else:
            self._questions[-1] = replace(self._questions[-1], when=self._conditions(number, words))

    def _conditions(self, number: int, words: str) -> Mapping[str, frozenset[int]]:
        earlier = {q.key: q for q in self._questions[:-1]}
        found = {}
        for one in words.split(";"):
            said = re.fullmatch(r"\s*([a-z0-9_]+)\s*=\s*(\d{1,2}(?:\s*[,、]\s*\d{1,2})*)\s*", one)
            if said is None or said[1] not in earlier or said[1] in found:
                raise _wrong(number, "条件要写成“前面问题的编号=选项序号”,例如:kind=1,2;每个问题只写一次。")
            options = frozenset(int(n) for n in re.split(r"\s*[,、]\s*", said[2]))
            if not options <= set(range(1, len(earlier[said[1]].options) + 1)):
                raise _wrong(number, f"问题 {said[1]} 没有这个序号的选项。")
            found[said[1]] = options
        return found

    def _question(self, number: int, key: str, words: str) -> None:
        if not CODE.fullmatch(key) or any(q.key == key for q in self._questions):
            raise _wrong(number, "问题的编号要以小写字母开头,只用小写字母、数字和下划线,最长 20 个,不能重复。")
        if len(words) > LONGEST or len(self._questions) == MOST_QUESTIONS:
            raise _wrong(number, f"一份问卷最多 {MOST_QUESTIONS} 个问题,每个最多 {LONGEST} 个字。")
        self._questions.append(Question(key, words))

    def _option(self, number: int, line: str) -> None:
        if not self._questions:
            raise _wrong(number, "选项要写在问题下面。")
        question, (words, *more) = self._questions[-1], [part.strip() for part in line.split("|")]
        if not words or len(line) > LONGEST or len(question.options) == MOST_OPTIONS:
            raise _wrong(number, f"每个问题最多 {MOST_OPTIONS} 个选项,每个最多 {LONGEST} 个字。")
        option = Option(words)
        for part in more:
            name, _, value = part.partition("=")
            if name in ("分", "期限") and value.isascii() and value.isdigit():
                option = replace(option, points=int(value)) if name == "分" else replace(option, days=int(value))
            elif name in ("缺口", "结论") and value:
                option = replace(option, gap=value) if name == "缺口" else replace(option, verdict=value)
            else:
                raise _wrong(number, "选项后面只能写:分=数字、缺口=要做的事、期限=天数、结论=一句话,用 | 隔开。")
        if (option.points or 0) > MOST_POINTS or not 1 <= option.days <= MOST_DAYS:
            raise _wrong(number, f"分最多 {MOST_POINTS},期限是 1 至 {MOST_DAYS} 天。")
        self._questions[-1] = replace(question, options=(*question.options, option))


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    lines = text.translate(_TYPED).splitlines()
    return ((n, line.strip()) for n, line in enumerate(lines, 1) if line.strip() and not line.strip().startswith("#"))
