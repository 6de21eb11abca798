"""Scores by family of rules. Pure. They are this portal's own way of counting and are never called a rating of an authority."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.risk import Lacking, NotApplicable, Verdict

TAKEN = {Severity.URGENT: 40, Severity.HIGH: 20, Severity.LOW: 8, Severity.NOTE: 2}
"""What one open alert takes from a hundred."""
EXPLAINED = "每类从 100 分起,每条没有处理完的提醒扣分:" + "、".join(
    f"{title}扣 {TAKEN[severity]}" for title, severity in (("紧急", Severity.URGENT), ("严重", Severity.HIGH), ("提醒", Severity.LOW), ("留意", Severity.NOTE))
)


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` 0 to 100, None where nothing could be looked at. ``looked`` and ``lacking`` count rules, ``alerts`` what is open."""

    family: str
    value: int | None
    looked: int
    lacking: int
    alerts: int

    @property
    def words(self) -> str:
        if self.value is None:
            return f"{self.lacking} 项缺资料,没有检查" if self.lacking else "没有适用的检查项"
        return f"检查了 {self.looked} 项,{self.alerts} 条提醒" + (f";{self.lacking} 项缺资料没有检查" if self.lacking else "")


def scores(verdicts: Mapping[str, Sequence[Verdict]], families: Mapping[str, str], alerts: Iterable[tuple[str, int]]) -> list[Score]:
    """In the order of ``families`` (rule → family). ``verdicts`` by rule; ``alerts`` are the open ones as (rule, severity).

    A rule was looked at when it could say something of any month that it was asked about.
    """
    open_by: dict[str, list[int]] = {family: [] for family in families.values()}
    for rule, severity in alerts:
        open_by.setdefault(families.get(rule, "其他"), []).append(severity)
    found = []
    for family, severities in open_by.items():
        said = [of for rule, of in verdicts.items() if families.get(rule) == family]
        looked = sum(any(not isinstance(v, NotApplicable | Lacking) for v in of) for of in said)
        lacking = sum(any(isinstance(v, Lacking) for v in of) and all(isinstance(v, NotApplicable | Lacking) for v in of) for of in said)
        taken = sum(TAKEN[Severity(severity)] for severity in severities)
        value = max(0, 100 - taken) if looked or severities else None
        found.append(Score(family, value, looked, lacking, len(severities)))
    return found
