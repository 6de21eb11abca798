"""Asking rules about a client at the ends of months. A rule that fails is passed over: the core has logged it, and nothing is concluded."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_risk_rules.alerts.slips import sentence_of
from zhangfang_risk_rules.limits import Limits
from zhangfang_risk_rules.scanning.reading import Known
from zhangfang_sdk.periods import Period
from zhangfang_sdk.risk import Finding, Lacking, NotApplicable, Rhythm, RiskRule, Verdict

log = logging.getLogger("zhangfang.risk_rules")
LONGEST_SUBJECT, LARGEST = 80, 2**62
"""What a row of an alert holds."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What ``rule`` (by ``key``) said of the client at the end of ``month``; ``period`` is the one its alerts are about."""

    key: str
    rule: RiskRule
    month: Period
    verdict: Verdict

    @property
    def period(self) -> Period:
        return self.month if self.rule.rhythm is Rhythm.EVENT else self.rule.span.end_of(self.month)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return () if isinstance(self.verdict, NotApplicable | Lacking) else tuple(self.verdict)


def ask(key: str, rule: RiskRule, known: Known, month: Period, limits: Limits) -> Asked | None:
    """None when the rule fails."""
    material = known.at(month, limits.of(key, rule, known.client.industry))
    if (spared := rule.applies(material)) is not None:
        return Asked(key, rule, month, spared)
    try:
        verdict = rule.judge(material)
    except Exception:  # a stranger's function may fail in any way; the core has logged and counted it
        return None
    try:
        return Asked(key, rule, month, verdict if isinstance(verdict, NotApplicable | Lacking) else _sound(rule, verdict, month))
    except Exception:  # so may what it returned
        log.warning("what risk rule %s found can't be kept", key, exc_info=True)
        return None


def _sound(rule: RiskRule, found: Iterable[Finding], month: Period) -> Sequence[Finding]:
    """What can be said and kept. Raises anything for a value that its sentence lacks, or ValueError."""
    findings = tuple(found)
    for finding in findings:
        sentence_of(rule, finding, month)
        if len(finding.subject) > LONGEST_SUBJECT or abs(finding.figure) > LARGEST:
            raise ValueError(f"{finding.subject!r}: {finding.figure}")
    return findings


def ask_all(rules: Mapping[str, RiskRule], known: Known, months: "Months", limits: Limits) -> Iterator[Asked]:
    for key, rule in rules.items():
        for month in months.of(rule):
            if (asked := ask(key, rule, known, month, limits)) is not None:
                yield asked


@dataclass(frozen=True, slots=True)
class Months:
    """Which months a scan asks about: ``events`` are those in which something changed."""

    running: Period
    settled: Period
    events: tuple[Period, ...] = ()

    def of(self, rule: RiskRule) -> tuple[Period, ...]:
        if rule.rhythm is Rhythm.EVENT:
            return self.events
        return (self.running,) if rule.rhythm is Rhythm.RUNNING else (self.settled,)
