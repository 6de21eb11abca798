"""What of a payroll the rules would have otherwise: questions, not faults, since a sheet does not tell everything. Pure; amounts are fen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_books.payroll.sheet import PersonRow
from zhangfang_books.payroll.withholding import TEN_THOUSAND, Earned, in_force, source_on, withheld
from zhangfang_sdk.money import yuan


@dataclass(frozen=True, slots=True)
class Question:
    """``row`` is the file's; ``source`` the rule that says otherwise. The sentence names the person: it is for readers only."""

    row: int
    sentence: str
    source: str


def earned(person: PersonRow) -> Earned:
    return Earned(person.gross, person.exempt, person.social, person.fund, person.special, person.other, person.tax)


def questions_about(people: Sequence[PersonRow], before: Mapping[str, Sequence[Earned]], day: dt.date) -> list[Question]:
    """``before``: id number → the months of the year before this one, in order; ``day`` in the month of the payroll."""
    found = []
    for person in people:
        months = [*before.get(person.id_number, ()), earned(person)]
        due = withheld(months, day) if in_force("withholding", day) else person.tax
        if due != person.tax:
            counted = f"按本年在这里的 {len(months)} 个月累计" if len(months) > 1 else "按本月起计算"
            sentence = f"{person.name}:{counted},个人所得税应预扣 {yuan(due)},表上是 {yuan(person.tax)}"
            if len(months) < day.month:
                sentence += "(以前月份没有导入,或首次就业、年收入不超过 6 万元的,算法不同)"
            found.append(Question(person.row, sentence, source_on(day)))
        found += _insurance(person, day)
    return found


def _insurance(person: PersonRow, day: dt.date) -> list[Question]:
    """Each kind's share of the base, where the sheet tells the base."""
    found = []
    for rule in in_force("social", day):
        base, paid = _paid(person, rule["key"])
        if base and paid:
            least, most = (base * rule[bound] // TEN_THOUSAND for bound in ("least", "most"))
            if not least - 100 <= paid <= most + 100:
                share = f"{paid * 100 / base:.2f}%"
                usual = f"{rule['least'] / 100:g}%" if rule["least"] == rule["most"] else f"{rule['least'] / 100:g}%–{rule['most'] / 100:g}%"
                sentence = f"{person.name}:{rule['title']}个人部分 {yuan(paid)} 是基数的 {share},通常是 {usual}"
                found.append(Question(person.row, sentence, rule["source"]))
    return found


def _paid(person: PersonRow, key: str) -> tuple[int, int]:
    return (person.fund_base, person.fund) if key == "fund" else (person.base, person.parts.get(key, 0))
