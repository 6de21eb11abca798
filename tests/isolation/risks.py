"""Rows of alerts, remarks on drafts, risk list, thresholds and trials, questionnaires and reports, with a secret word in each."""

import datetime as dt
import json

from zhangfang_risk_rules.drafts.effect import content_of
from zhangfang_risk_rules.tables import (
    Alert,
    AlertStep,
    Answer,
    Checkup,
    ClientLimit,
    DraftRemarks,
    FirmLimit,
    Mark,
    Questionnaire,
    RuleSwitch,
    Run,
    Seller,
    Trial,
    Watch,
)
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use


async def plant_risks(client: int, word: str, now: dt.datetime) -> None:
    """Of a client, and once of its firm."""
    month = Period.current().number
    alert = Alert(
        client=client, rule="risk_rules.kept", period=month, month=month, level=3, title=word, sentence=word, todo=word, source=word,
        amount=-1, explanation=word, note=word, created_at=now, updated_at=now, slip=f'{{"sums": [["{word}", [{{"title": "{word}", "amount": -1}}]]]}}',
    )  # fmt: skip
    await alert.save()
    await AlertStep(client=client, alert=alert.id, at=now, by=word, step="opened", words=word, amount=-1).save()
    for draft in await use(Ledger).vouchers(client, state=VoucherState.DRAFT):
        said = json.dumps([[word, word, f"/risks/{alert.id}"]], ensure_ascii=False)
        await DraftRemarks(client=client, voucher=draft.id, content=content_of(draft), remarks=said, looked_at=now).save()
    await Mark(client=client, reader=word[:20], period=month).save()
    await Watch(client=client, scanned_at=now).save()
    await ClientLimit(client=client, rule=word, name=word, value=1, set_by=word, set_at=now).save()
    await FirmLimit(rule=word, name=word, industry="", value=1, set_by=word, set_at=now).save()
    await RuleSwitch(rule=word, muted=False, set_by=word, set_at=now).save()
    await Seller(name=word, tax_id=word[:30], reason=word, source=word, added_by=word, added_at=now).save()
    await Trial(rule=word, made_by=word, made_at=now, found=f'{{"word": "{word}"}}').save()
    await _plant_questionnaires(client, word, now)


async def _plant_questionnaires(client: int, word: str, now: dt.datetime) -> None:
    body = f"标题: {word}\n问 a: {word}\n- {word} | 缺口={word}\n- {word}"
    if not await Questionnaire.exists():
        await Questionnaire(code="planted", title=word, body=body, written_by=word, written_at=now).save()
    report = await use(Documents).store(client, f"{word}.txt", "text/plain", word.encode())
    for code, done in (("planted", None), ("planted", now)):
        run = Run(client=client, code=code, title=word, body=body, started_by=word, started_at=now, done_by=word, done_at=done)
        run.document = None if done is None else report.id
        await run.save()
        await Answer(client=client, run=run.id, question="a", option=1, by=word, at=now).save()
    await Checkup(client=client, period=Period.current().number, document=report.id, made_by=word, made_at=now).save()
