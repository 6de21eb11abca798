"""A finished questionnaire as PDF: what holds, what is missing, what was answered, by what law, when and by whom."""

import datetime as dt

from zhangfang_risk_rules.paper import Paper
from zhangfang_risk_rules.questionnaires.definition import Questionnaire
from zhangfang_risk_rules.questionnaires.standing import Standing


def report(client: str, questionnaire: Questionnaire, standing: Standing, by: str, day: dt.date) -> bytes:
    """The file; ``day`` is the business date of the answers."""
    paper = Paper(f"{questionnaire.title} {client}", f"{client} · {questionnaire.title} · {day.isoformat()}")
    paper.title(questionnaire.title, f"{client}    {day.isoformat()}    答题人:{by}")
    paper.heading("结论")
    for verdict in standing.verdicts:
        paper.text(verdict)
    if standing.score is not None:
        paper.text(f"得分 {standing.score}(满分 100;按所答问题的分数折算,不是任何机关的评级)", bold=True)
    count = len(standing.gaps)
    paper.text(f"有 {count} 项要补。" if count else "没有发现要补的事项。")
    if standing.gaps:
        paper.heading("要补的事项")
        for n, one in enumerate(standing.gaps, 1):
            paper.text(f"{n}. {one.option.gap}({(day + dt.timedelta(days=one.option.days)).isoformat()} 以前)")
    paper.heading("回答")
    for one in standing.answered:
        paper.text(one.question.words)
        paper.text(one.option.words, indent=14, bold=True)
        paper.gap(3)
    if questionnaire.bases:
        paper.heading("依据")
        for basis in questionnaire.bases:
            paper.text(basis.text + ("" if basis.is_confirmed else "(条文未经核对)"), grey=True)
    paper.gap()
    paper.text("本报告按答题人的回答写成,没有另外核实;它不是税务、登记机关或律师的意见。", grey=True, size=8.5)
    return paper.bytes()
