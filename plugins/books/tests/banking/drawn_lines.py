"""A made-up client's open items and the lines of its bank account, with what each line is for: drawn from what happens between
companies and banks, without a look at whoever matches them.

Equal amounts at several parties, instalments, one payment for several invoices, charges kept back, names as payers and banks misspell
them, a person who pays for a company, and lines that belong to nothing in the books (15 of a hundred). Amounts are fen; the same for the
same seed.
"""

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

Side = Literal["receivable", "payable"]
Cause = Literal["exact", "instalment", "several", "charge_kept_back", "bank_charge", "interest", "nothing"]

_PLACES = ("杭州", "宁波", "上海", "苏州", "无锡", "合肥", "南昌", "绍兴", "嘉兴", "温州", "台州", "金华")
_WORDS = ("顺达", "鸿运", "佳佳乐", "启明", "天合", "鼎盛", "蓝海", "新叶", "瑞丰", "百川", "宏图", "卓越", "青禾", "锦绣", "金麦", "思源")
_TRADES = ("贸易", "商贸", "建材", "食品", "电子", "机械", "餐饮管理", "信息技术", "包装", "物流", "纺织", "五金")
_FORMS = ("有限公司", "有限责任公司", "股份有限公司", "经营部", "商行")
_PEOPLE = ("王建国", "李秀英", "陈志强", "赵敏", "周晓东", "吴桂兰", "孙立军", "郑海燕")
_LOOK_ALIKE = {"达": "大", "鸿": "洪", "启": "起", "鼎": "顶", "蓝": "兰", "锦": "绵", "卓": "桌", "麦": "卖", "瑞": "端", "禾": "和"}
_STRANGERS = ("财付通-扫码支付", "支付宝(中国)网络技术有限公司客户备付金", "国家金库杭州市西湖区支库", "中国电信股份有限公司", "美团-商户结算")


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice that is not settled. ``amount`` is what is open."""

    key: int
    side: Side
    party: str
    amount: int
    date: dt.date
    due: dt.date
    number: str


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """``amount`` is positive for money that came in. ``items`` are (key, fen settled); ``charge`` what the bank or the platform kept."""

    date: dt.date
    amount: int
    party: str
    text: str
    cause: Cause
    items: tuple[tuple[int, int], ...] = ()
    charge: int = 0


@dataclass(slots=True)
class Drawn:
    items: list[Item] = field(default_factory=list)
    lines: list[DrawnLine] = field(default_factory=list)

    def twins_of(self, key: int) -> set[int]:
        """Items that nothing in the books or at the bank tells apart from this one but their age."""
        one = self.items[key]
        return {i.key for i in self.items if (i.side, i.party, i.amount) == (one.side, one.party, one.amount)}


def draw(seed: int, lines: int, *, start: dt.date = dt.date(2026, 7, 1)) -> Drawn:
    """About ``lines`` bank lines over three months, in the order of their dates."""
    return _Artist(random.Random(seed), start).drawn(lines)  # noqa: S311  # made-up lines, not secrets


class _Artist:
    def __init__(self, dice: random.Random, start: dt.date) -> None:
        self._dice, self._start, self._drawn = dice, start, Drawn()
        self._parties = {side: list(self._names(24)) for side in ("receivable", "payable")}
        self._usual: list[int] = [dice.randrange(20, 900) * 100_00 for _ in range(6)]

    def _names(self, count: int) -> Iterator[str]:
        seen: set[str] = set()
        while len(seen) < count:
            d = self._dice
            name = d.choice(_PLACES) + d.choice(_WORDS) + d.choice(_TRADES) + d.choices(_FORMS, (12, 3, 1, 2, 1))[0]
            if name not in seen:
                seen.add(name)
                yield name

    def drawn(self, lines: int) -> Drawn:
        while len(self._drawn.lines) < lines:
            cause = self._dice.choices(
                ("exact", "instalment", "several", "charge_kept_back", "bank_charge", "interest", "nothing"),
                (46, 10, 12, 9, 6, 2, 15),
            )[0]
            getattr(self, f"_{cause}")()
        for _ in range(lines // 5):  # what stays open
            self._item(self._side())
        self._drawn.lines.sort(key=lambda line: line.date)
        return self._drawn

    def _side(self) -> Side:
        return "receivable" if self._dice.random() < 0.6 else "payable"

    def _amount(self) -> int:
        """Many are round or usual, so that several parties owe the same."""
        kind = self._dice.random()
        if kind < 0.25:
            return self._dice.choice(self._usual)
        if kind < 0.45:
            return self._dice.randrange(5, 300) * 1_000_00
        return self._dice.randrange(80_00, 180_000_00)

    def _item(self, side: Side, party: str = "", amount: int = 0) -> Item:
        date = self._start + dt.timedelta(days=self._dice.randrange(-45, 60))
        item = Item(
            len(self._drawn.items),
            side,
            party or self._dice.choice(self._parties[side]),
            amount or self._amount(),
            date,
            date + dt.timedelta(days=self._dice.choice((0, 15, 30, 30, 60))),
            f"{self._dice.randrange(10**19, 10**20)}",
        )
        self._drawn.items.append(item)
        return item

    def _line(self, items: Sequence[tuple[Item, int]], cause: Cause, *, charge: int = 0, after: int = 0) -> None:
        first = items[0][0]
        amount = sum(part for _, part in items) - charge
        latest = max(item.date for item, _ in items)
        date = latest + dt.timedelta(days=max(0, round(self._dice.gauss(18, 12))) + after)
        said = DrawnLine(
            date,
            amount if first.side == "receivable" else -amount,
            self._misspelt(first.party),
            self._text([item for item, _ in items]),
            cause,
            tuple((item.key, part) for item, part in items),
            charge,
        )
        self._drawn.lines.append(said)

    def _misspelt(self, party: str) -> str:
        kind = self._dice.random()
        if kind < 0.62:
            return party
        if kind < 0.72:
            return next((party.removesuffix(form) for form in _FORMS if party.endswith(form)), party)
        if kind < 0.80:
            return f"{party}({self._dice.choice(_PLACES)}分公司)" if kind < 0.74 else party.replace("有限公司", "有限 公司")
        if kind < 0.90:
            wrong = [c for c in party if c in _LOOK_ALIKE]
            return party.replace(wrong[0], _LOOK_ALIKE[wrong[0]], 1) if wrong else party[:-1]
        if kind < 0.95:
            return party[2:]
        return self._dice.choice(_PEOPLE)

    def _text(self, items: Sequence[Item]) -> str:
        kind = self._dice.random()
        if kind < 0.4:
            return self._dice.choice(("货款", "转账", "往来款", "电汇", "网银转账", "尾款"))
        if kind < 0.6:
            return f"{items[0].date.month}月货款"
        if kind < 0.75:
            return "付发票" + "、".join(item.number[-8:] for item in items)
        return ""

    def _exact(self) -> None:
        item = self._item(self._side())
        self._line([(item, item.amount)], "exact")

    def _instalment(self) -> None:
        item = self._item(self._side())
        first = item.amount * self._dice.choice((30, 50, 50, 70)) // 100
        self._line([(item, first)], "instalment")
        if self._dice.random() < 0.6:
            self._line([(item, item.amount - first)], "instalment", after=20)

    def _several(self) -> None:
        first = self._item(self._side())
        rest = [self._item(first.side, first.party) for _ in range(self._dice.choice((1, 1, 1, 2, 2, 3)))]
        self._line([(item, item.amount) for item in (first, *rest)], "several")

    def _charge_kept_back(self) -> None:
        item = self._item("receivable")
        share = self._dice.choice((0, 0, 6))  # a transfer's charge in yuan, or a terminal's six in a thousand
        charge = item.amount * share // 1000 if share else self._dice.choice((5_00, 10_50, 15_00, 25_00, 50_00))
        self._line([(item, item.amount)], "charge_kept_back", charge=min(charge, item.amount // 10))

    def _bank_charge(self) -> None:
        self._alone(-self._dice.choice((5_00, 10_00, 15_00, 50_00, 1_00)), "", "手续费", "bank_charge")

    def _interest(self) -> None:
        self._alone(self._dice.randrange(1_00, 90_00), "", "结息", "interest")

    def _nothing(self) -> None:
        """Nothing in the books is for it: whoever says so with certainty is wrong."""
        kind = self._dice.random()
        if kind < 0.4:
            self._alone(self._signed(self._amount()), self._dice.choice(_STRANGERS), "", "nothing")
        elif kind < 0.7:
            name = next(self._names(1))
            self._alone(self._signed(self._dice.choice(self._usual)), name, "货款", "nothing")
        else:
            party = self._dice.choice(self._parties["receivable"])
            self._alone(self._dice.randrange(300_00, 9_000_00), party, self._dice.choice(("保证金", "预付款", "")), "nothing")

    def _signed(self, amount: int) -> int:
        return amount if self._dice.random() < 0.5 else -amount

    def _alone(self, amount: int, party: str, text: str, cause: Cause) -> None:
        date = self._start + dt.timedelta(days=self._dice.randrange(0, 92))
        self._drawn.lines.append(DrawnLine(date, amount, party, text, cause))
