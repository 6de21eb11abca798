"""A year of payments of a trading company with its customers, and what each was for. Imports nothing of the matcher but its two shapes.

Payments in full, equal amounts of one customer and of several, one payment for several invoices, several for one, fees kept back, names miswritten, and
15 % that belong to nothing: advances, deposits, strangers.
"""

import datetime as dt
import random
from dataclasses import dataclass, field

from zhangfang_books.bank.matching.kinds import Line, Target

PLACES = ["杭州", "宁波", "苏州", "上海", "嘉兴", "绍兴", "南京", "合肥"]
WORDS = [
    *("晨光", "辰光", "宏达", "宏大", "恒远", "恒源", "金桥", "金乔", "瑞丰", "瑞峰"),
    *("天成", "天诚", "永安", "永康", "东海", "东方", "明辉", "明晖", "新星", "新兴"),
]
TRADES = ["食品", "贸易", "电子", "餐饮管理", "服装", "建材", "物流", "科技"]
FORMS = ["有限公司", "有限责任公司", "股份有限公司"]
STRANGERS = ["个人甲", "示例平台", "某客户", ""]
SWAPS = {"光": "先", "达": "大", "恒": "横", "桥": "侨", "丰": "峯", "成": "城", "永": "水", "海": "每", "明": "眀", "新": "薪"}


@dataclass
class Year:
    """``truth``: line → the keys of what it was for; lines for nothing are not in it."""

    lines: list[Line] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    truth: dict[int, frozenset[str]] = field(default_factory=dict)


class _Drawing:
    def __init__(self, seed: int, lines: int) -> None:
        self.dice, self.wanted, self.year = random.Random(seed), lines, Year()  # noqa: S311  # figures of a test
        every = [f"{p}{w}{t}{f}" for p in PLACES for w in WORDS for t in TRADES for f in FORMS]
        self.parties = self.dice.sample(every, max(20, lines // 12))

    def draw(self) -> Year:
        kinds = ["full", "equal", "merged", "split", "fee", "nothing"]
        while len(self.year.lines) < self.wanted:
            kind = self.dice.choices(kinds, [45, 12, 10, 8, 10, 15])[0]
            getattr(self, f"_{kind}")()
        self.dice.shuffle(self.year.targets)
        return self.year

    def _day(self) -> dt.date:
        return dt.date(2025, 1, 1) + dt.timedelta(days=self.dice.randrange(330))

    def _amount(self) -> int:
        if self.dice.random() < 0.3:
            return self.dice.randrange(5, 400) * 10_000
        return self.dice.randrange(20_000, 9_000_000)

    def _charge(self, party: str, day: dt.date, amount: int) -> Target:
        target = Target(f"t{len(self.year.targets)}", day, amount, party)
        self.year.targets.append(target)
        return target

    def _pay(self, party: str, day: dt.date, amount: int, targets: list[Target]) -> None:
        if targets and self.dice.random() < 0.08:
            party = self._miswritten(party)
        line = Line(len(self.year.lines) + 1, day, amount, party, text=self.dice.choice(["货款", "往来款", "转账", ""]))
        self.year.lines.append(line)
        if targets:
            self.year.truth[line.id] = frozenset(t.key for t in targets)

    def _miswritten(self, party: str) -> str:
        for right, wrong in SWAPS.items():
            if right in party:
                return party.replace(right, wrong, 1)
        return party.replace("有限", "", 1)

    def _later(self, day: dt.date) -> dt.date:
        return day + dt.timedelta(days=self.dice.randrange(1, 75))

    def _full(self) -> None:
        party, day = self.dice.choice(self.parties), self._day()
        target = self._charge(party, day, self._amount())
        self._pay(party, self._later(day), target.amount, [target])

    def _equal(self) -> None:
        """The same amount each month of one customer, and once of another."""
        party, other, amount, day = *self.dice.sample(self.parties, 2), self._amount(), self._day()
        for month in range(self.dice.randrange(2, 4)):
            on = day + dt.timedelta(days=30 * month)
            self._pay(party, on + dt.timedelta(days=self.dice.randrange(1, 25)), amount, [self._charge(party, on, amount)])
        self._pay(other, self._later(day), amount, [self._charge(other, day, amount)])

    def _merged(self) -> None:
        party, day = self.dice.choice(self.parties), self._day()
        targets = [self._charge(party, day + dt.timedelta(days=n * 5), self._amount()) for n in range(self.dice.randrange(2, 5))]
        self._pay(party, self._later(targets[-1].date), sum(t.amount for t in targets), targets)

    def _split(self) -> None:
        party, day = self.dice.choice(self.parties), self._day()
        target = self._charge(party, day, self._amount())
        first = target.amount * self.dice.choice([20, 30, 40, 50, 60]) // 100 // 100 * 100
        paid = self._later(day)
        self._pay(party, paid, first, [target])
        self._pay(party, paid + dt.timedelta(days=self.dice.randrange(1, 40)), target.amount - first, [target])

    def _fee(self) -> None:
        party, day = self.dice.choice(self.parties), self._day()
        target = self._charge(party, day, self._amount())
        fee = self.dice.choice([1_000, 2_000, 5_000, target.amount * 6 // 1000, target.amount * 38 // 10_000])
        self._pay(party, self._later(day), target.amount - min(fee, target.amount // 25), [target])

    def _nothing(self) -> None:
        party = self.dice.choice([self.dice.choice(self.parties), self.dice.choice(STRANGERS)])
        amount = self._amount()
        if self.year.targets and self.dice.random() < 0.1:
            amount = self.dice.choice(self.year.targets).amount
        self._pay(party, self._day(), amount, [])


def year(seed: int, lines: int) -> Year:
    return _Drawing(seed, lines).draw()
