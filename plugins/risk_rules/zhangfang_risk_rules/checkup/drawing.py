"""The report on two pages of A4: what stands on the first, what was done on the second."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_risk_rules.checkup.scoring import EXPLAINED, Score
from zhangfang_risk_rules.paper import Paper

SMALL = 8.5
LAST_LINES = 40.0
"""Room kept for the line that says how many more there are."""


@dataclass(frozen=True, slots=True)
class OpenAlert:
    severity: str
    title: str
    sentence: str
    todo: str


@dataclass(frozen=True, slots=True)
class Report:
    """``month`` as people say it ("2026年10月"). ``done`` are sentences with their day, the newest first; ``unsaid`` what could not be looked at."""

    client: str
    month: str
    day: dt.date
    by: str
    scores: Sequence[Score]
    alerts: Sequence[OpenAlert]
    done: Sequence[str]
    unsaid: Sequence[str]


def draw(report: Report) -> bytes:
    """The file; two pages, whatever there is to say: what finds no room is counted, and stands in the portal."""
    paper = Paper(f"体检报告 {report.client} {report.month}", f"{report.client} · {report.month}税务体检报告 · {report.day.isoformat()}")
    paper.title(f"{report.month}税务体检报告", f"{report.client}    截至 {report.day.isoformat()}    制作:{report.by}")
    paper.heading("各项得分")
    for score in report.scores:
        paper.bar(score.family, score.value, score.words)
    paper.text(f"{EXPLAINED}。这是本系统的算法,不是税务机关的评级。", grey=True, size=SMALL)
    paper.heading(f"没有处理完的提醒({len(report.alerts)} 条)")
    if not report.alerts:
        paper.text("没有。")
    _alerts(paper, report.alerts)
    paper.next_sheet()
    paper.heading("做了什么")
    _lines(paper, report.done, "这段时间没有处理记录。", 260)
    paper.heading("没有检查的项目")
    _lines(paper, report.unsaid, "没有:能检查的都检查了。", 60)
    paper.gap()
    paper.text("本报告只根据账套、发票和客户提供的资料计算,没有核对原始业务;提醒是线索,不等于违法。", grey=True, size=SMALL)
    paper.text("每条提醒的算法和依据,登录后在“风险提醒”里可以重新计算。", grey=True, size=SMALL)
    return paper.bytes()


def _alerts(paper: Paper, alerts: Sequence[OpenAlert]) -> None:
    for n, alert in enumerate(alerts):
        parts = [alert.title, alert.sentence, f"怎么办:{alert.todo}"]
        if paper.height_of(parts, indent=14) + 6 + LAST_LINES > paper.left:
            paper.text(f"还有 {len(alerts) - n} 条,请登录后在“风险提醒”里查看。", bold=True)
            return
        paper.text(f"[{alert.severity}] {alert.title}", bold=True)
        paper.text(alert.sentence, indent=14)
        paper.text(parts[2], indent=14, grey=True)
        paper.gap(4)


def _lines(paper: Paper, lines: Sequence[str], none: str, kept: float) -> None:
    """As many as leave ``kept`` points for what follows."""
    if not lines:
        paper.text(none)
    for n, line in enumerate(lines):
        if paper.height_of([line]) + LAST_LINES + kept > paper.left:
            paper.text(f"还有 {len(lines) - n} 条,请登录后查看。", bold=True)
            return
        paper.text(line)
