"""Where a questionnaire stands by its answers. Pure: the order in which they came says nothing, and answers off the path count for nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_risk_rules.questionnaires.definition import Option, Question, Questionnaire

Answers = Mapping[str, int]
"""By question, the number of the option, from 1."""


@dataclass(frozen=True, slots=True)
class Answered:
    question: Question
    option: Option


@dataclass(frozen=True, slots=True)
class Standing:
    """``path``: the questions that are asked, as far as answers tell. ``open`` is the first without an answer, None when all are answered.

    ``score`` is of 100, of what was answered; None where nothing is scored.
    """

    path: Sequence[Question]
    answered: Sequence[Answered]
    open: Question | None
    score: int | None

    @property
    def gaps(self) -> Sequence[Answered]:
        return [one for one in self.answered if one.option.gap]

    @property
    def verdicts(self) -> Sequence[str]:
        return [one.option.verdict for one in self.answered if one.option.verdict]


def standing(questionnaire: Questionnaire, answers: Answers) -> Standing:
    """Numbers that are no option are passed over as if they were not given."""
    path: list[Question] = []
    answered: list[Answered] = []
    given: dict[str, int] = {}
    for question in questionnaire.questions:
        if any(given.get(key) not in options for key, options in question.when.items()):
            continue
        path.append(question)
        number = answers.get(question.key, 0)
        if 1 <= number <= len(question.options):
            given[question.key] = number
            answered.append(Answered(question, question.options[number - 1]))
    return Standing(path, answered, next((q for q in path if q.key not in given), None), _score(answered))


def _score(answered: Sequence[Answered]) -> int | None:
    scored = [(one.option.points, one.question.most) for one in answered if one.option.points is not None]
    most = sum(of or 0 for _, of in scored)
    return None if most == 0 else (sum(points or 0 for points, _ in scored) * 200 + most) // (2 * most)
