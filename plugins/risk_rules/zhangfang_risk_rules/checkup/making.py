"""Making a month's report of what is known now, and keeping it among the client's documents. One transaction, the caller's."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

from zhangfang_risk_rules.alerts.life import TITLES
from zhangfang_risk_rules.checkup.drawing import OpenAlert, Report, draw
from zhangfang_risk_rules.checkup.scoring import scores
from zhangfang_risk_rules.limits import limits_of
from zhangfang_risk_rules.pages.listing import SEVERITIES, alerts_of
from zhangfang_risk_rules.questionnaires.keeping import CHECK
from zhangfang_risk_rules.scanning.asking import Months, ask_all
from zhangfang_risk_rules.scanning.reading import read
from zhangfang_risk_rules.scanning.scanning import months_of
from zhangfang_risk_rules.tables import Alert, AlertStep, Checkup, Run
from zhangfang_sdk import use
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.contacts import Contacts
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.filings import Filing, Filings
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period, today
from zhangfang_sdk.risk import Lacking, RiskRules, Verdict
from zhangfang_sdk.services import ServiceMissing
from zhangfang_sdk.tax_figures import TAX_TITLES

MOST_STEPS = 200


async def make(client: int) -> int:
    """The report's row. Of the last whole month, with what was done from its first day until today. Needs ``risk_rules.check``.

    One that would say word for word what the last one says is that one: pressed twice, it is made once.
    """
    require(CHECK)
    about, months, day = await use(Clients).client(client), await months_of(client), today()
    rules = await use(RiskRules).known()
    verdicts = await _verdicts(client, Months(months.running, months.settled, (months.settled, months.running)))
    alerts = await alerts_of(client, only_standing=True)
    unsaid = [f"{rules[key].title}:{why}" for key, why in _lacking(verdicts).items()]
    content = draw(
        Report(
            about.name, months.settled.label, day, scope().user_name,
            scores(verdicts, {key: rule.family for key, rule in rules.items()}, [(a.rule, a.level) for a in alerts]),
            [OpenAlert(SEVERITIES[Severity(a.level)], a.title, a.sentence, a.todo) for a in alerts],
            await _done(client, months.settled, day), unsaid,
        )
    )  # fmt: skip
    if (same := await _last_of(client, months.settled, hashlib.sha256(content).hexdigest())) is not None:
        return same
    name = f"{months.settled.label}税务体检报告-{day.isoformat()}.pdf"
    document = await use(Documents).store(client, name, "application/pdf", content)
    row = Checkup(client=client, period=months.settled.number, document=document.id, made_by=scope().user_name, made_at=dt.datetime.now(dt.UTC))
    await row.save()
    await use(Audit).record("risk_rules.checkup", f"risk_rules_checkup:{row.id}", client=client, after={"document": document.id})
    return int(row.id)


async def _last_of(client: int, month: Period, sha256: str) -> int | None:
    """The month's last report, when its file is this one."""
    of_month = Checkup.objects().where(Checkup.client == client, Checkup.period == month.number)
    row = await of_month.order_by(Checkup.id, ascending=False).first()
    kept = [] if row is None else await use(Documents).documents([row.document])
    return int(row.id) if row is not None and [document.sha256 for document in kept] == [sha256] else None


async def send(client: int, checkup: int) -> bool:
    """A notice to the client's people who read alerts; whether anybody was told anew. Raises Refusal ``common.not_found``."""
    row = await checkup_of(client, checkup)
    people = frozenset(person.person for person in await use(Contacts).of_client(client))
    values = {"month": Period.from_number(row.period).label}
    return await use(Notices).send(Notice(client, "risk_rules.checkup", f"checkup:{row.id}", f"/risks/checkups/{row.id}", values, people))


async def checkup_of(client: int, checkup: int) -> Checkup:
    """Raises Refusal ``common.not_found``."""
    row = await Checkup.objects().where(Checkup.id == checkup, Checkup.client == client).first()
    if row is None:
        raise not_found("体检报告")
    return row


async def _verdicts(client: int, months: Months) -> Mapping[str, Sequence[Verdict]]:
    """What every rule says now, by rule; empty where the accounting standard is not known here."""
    rules = await use(RiskRules).known()
    known = await read(client, [(rule, months.of(rule)) for rule in rules.values()])
    found: defaultdict[str, list[Verdict]] = defaultdict(list)
    if known is not None:
        for asked in ask_all(rules, known, months, await limits_of(known.client)):
            found[asked.key].append(asked.verdict)
    return found


def _lacking(verdicts: Mapping[str, Sequence[Verdict]]) -> Mapping[str, str]:
    return {key: v.what for key, of in verdicts.items() for v in of if isinstance(v, Lacking)}


async def _done(client: int, month: Period, day: dt.date) -> list[str]:
    """Returns filed, questionnaires finished, and what happened to alerts, the newest first; each begins with its day."""
    since = dt.datetime.combine(month.first_day, dt.time(), BUSINESS_TIME_ZONE)
    lines = [(on, f"{TAX_TITLES[filing.tax]}({filing.label})已申报") for on, filing in await _filed(client, month, day)]
    runs = await Run.objects().where(Run.client == client, Run.done_at >= since).order_by(Run.id, ascending=False).limit(MOST_STEPS)
    lines += [(run.done_at.astimezone(BUSINESS_TIME_ZONE).date(), f"{run.done_by}完成了{run.title}") for run in runs]
    return [f"{at.isoformat()} {words}" for at, words in sorted([*lines, *await _stepped(client, since)], key=lambda line: line[0], reverse=True)]


async def _stepped(client: int, since: dt.datetime) -> list[tuple[dt.date, str]]:
    """What people did to alerts, and which the scan closed."""
    of_client = AlertStep.objects().where(AlertStep.client == client, AlertStep.at >= since, AlertStep.step.not_in(["opened", "seen"]))
    steps = await of_client.order_by(AlertStep.id, ascending=False).limit(MOST_STEPS)
    titles = {row["id"]: row["title"] for row in await Alert.select(Alert.id, Alert.title).where(Alert.id.is_in([s.alert for s in steps] or [0]))}
    states = {state.value: title for state, title in TITLES.items()}
    return [
        (s.at.astimezone(BUSINESS_TIME_ZONE).date(), f"{s.by or '自动检查'}:{titles.get(s.alert, '')},{s.words or states.get(s.step, s.step)}")
        for s in steps
    ]


async def _filed(client: int, month: Period, day: dt.date) -> list[tuple[dt.date, Filing]]:
    try:
        filings = use(Filings)
    except ServiceMissing:
        return []
    due = await filings.standing(client, due_from=month.first_day, due_until=day + dt.timedelta(days=31))
    return [(f.filed_on, f) for f in due if f.filed_on is not None and f.filed_on >= month.first_day]
