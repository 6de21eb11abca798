"""Bringing a client's alerts in line with what its rules said; in the caller's transaction, under the client's lock."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_risk_rules.alerts import life, questions, slips
from zhangfang_risk_rules.alerts.life import Life, Moved, State
from zhangfang_risk_rules.scanning.asking import Asked
from zhangfang_risk_rules.tables import Alert, AlertStep
from zhangfang_sdk.periods import Period
from zhangfang_sdk.risk import Finding, Lacking, Rhythm, RiskRule

TOPIC = "risk"


@dataclass(frozen=True, slots=True)
class Opened:
    """An alert that opened, or opened again, and is not muted."""

    id: int
    level: int
    title: str
    sentence: str


async def keep(client: int, asked: Iterable[Asked], muted: frozenset[str]) -> tuple[Sequence[Opened], bool]:
    """What opened, and whether anything changed at all. What a rule could not say leaves its alerts as they are."""
    said = [one for one in asked if not isinstance(one.verdict, Lacking) or one.verdict.is_off]
    if not said:
        return [], False
    rows = await Alert.objects().where(Alert.client == client, Alert.rule.is_in(sorted({one.key for one in said}))).lock_rows("UPDATE")
    standing = {(row.rule, row.period, row.subject): row for row in rows}
    opened: list[Opened] = []
    changed = False
    for one in said:
        seen = set()
        for finding in one.findings:
            place = (one.key, one.period.number, finding.subject)
            seen.add(place)
            before = _earlier(rows, one, finding.subject)
            row, moved = await _found(client, one, finding, standing.get(place), before, muted=one.key in muted)
            changed |= moved is not None
            standing.setdefault(place, row)
            if moved is not None and moved.opens and not row.muted:
                opened.append(Opened(row.id, row.level, row.title, row.sentence))
        for place, row in standing.items():
            if place not in seen and _is_over(one, row):
                changed |= await _gone(row, one, stands_on=(one.key, one.period.number, row.subject) in seen)
    return opened, changed


def _earlier(rows: Iterable[Alert], one: Asked, subject: str) -> Alert | None:
    """The same thing in the latest period before, for rules that look at the running state of things."""
    if one.rule.rhythm is Rhythm.EVENT:
        return None
    older = [row for row in rows if (row.rule, row.subject) == (one.key, subject) and row.period < one.period.number]
    return max(older, key=lambda row: row.period, default=None)


def _is_over(one: Asked, row: Alert) -> bool:
    """Whether what the rule said is about this alert: of its period, or of any other where the rule tells how things stand now."""
    return row.rule == one.key and (row.period == one.period.number or one.rule.rhythm is not Rhythm.EVENT)


def life_of(row: Alert) -> Life:
    return Life(State(row.state), row.amount, row.base, State(row.shut_as) if row.shut_as else None)


async def _found(
    client: int, one: Asked, finding: Finding, row: Alert | None, before: Alert | None, *, muted: bool
) -> tuple[Alert, Moved | None]:
    """The alert, and how it moved; None when nothing changed."""
    now, rule = dt.datetime.now(dt.UTC), one.rule
    moved = life.found(None if row is None else life_of(row), finding.figure, rule.worse_by, worse_is_less=finding.worse_is_less)
    told = _told(one, finding)
    if row is None:
        words = moved.words
        if before is not None and before.state == State.ACCEPTED:
            words = f"新的期间重新提醒;上一期({Period.from_number(before.period).label})由{before.closed_by}接受,理由:{before.explanation}"
        row = Alert(
            client=client, rule=one.key, period=one.period.number, subject=finding.subject, muted=muted, note=words,
            created_at=now, updated_at=now, **told,
        )  # fmt: skip
        await row.save()
        await record(row, "opened", words)
        return row, Moved(moved.life, words, opens=True)
    changes: dict[str, object] = {name: value for name, value in told.items() if getattr(row, name) != value}
    if moved.life != life_of(row):
        changes |= _columns(moved.life)
    if muted != row.muted:
        changes["muted"] = muted
    if not changes:
        return row, None
    words = moved.words
    if moved.opens and row.base is not None:
        words += f";当时由{row.closed_by}按 {slips.figure_in_words(row.base, finding.unit)}处理,理由:{row.explanation}"
    if words:
        changes["note"] = words
    if moved.opens:
        changes |= {"opened": row.opened + 1, "created_at": now, "closed_by": "", "explanation": ""}
    await change(row, {**changes, "updated_at": now})
    if words:
        await record(row, "reopened" if moved.opens else "returned", words)
    return row, moved


def _told(one: Asked, finding: Finding) -> dict[str, Any]:
    rule: RiskRule = one.rule
    return {
        "month": one.month.number,
        "level": int(rule.severity if finding.severity is None else finding.severity),
        "title": rule.title,
        "sentence": slips.sentence_of(rule, finding, one.month),
        "todo": rule.advice,
        "source": "\n".join(f"{law.source.text}({law.source.since} 起)" for law in rule.laws),
        "unit": finding.unit.value,
        "amount": finding.figure,
        "slip": slips.written(slips.slip_of(rule, finding)),
    }


async def _gone(row: Alert, one: Asked, *, stands_on: bool) -> bool:
    moved = life.vanished(life_of(row))
    if moved.life == life_of(row):
        return False
    words = one.verdict.what if isinstance(one.verdict, Lacking) else f"由{one.period.label}的提醒接续" if stands_on else moved.words
    await change(row, {**_columns(moved.life), "note": words, "updated_at": dt.datetime.now(dt.UTC)})
    await record(row, "resolved", words)
    await questions.close(row, words)
    return True


def _columns(life_: Life) -> dict[str, object]:
    return {"state": life_.state.value, "amount": life_.figure, "base": life_.base, "shut_as": life_.shut_as.value if life_.shut_as else ""}


async def change(row: Alert, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    await Alert.update({getattr(Alert, name): value for name, value in values.items()}).where(Alert.id == row.id)


async def record(row: Alert, step: str, words: str, by: str = "") -> None:
    client = row.client if isinstance(row.client, int) else row.client.id
    await AlertStep(
        client=client, alert=row.id, at=dt.datetime.now(dt.UTC), by=by, step=step, words=words[:1000], amount=row.amount
    ).save()
