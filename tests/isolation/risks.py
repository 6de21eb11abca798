"""Rows of alerts, risk list, thresholds and trials, with a secret word in each."""

import datetime as dt

from zhangfang_risk_rules.tables import (
    Alert,
    AlertStep,
    ClientLimit,
    FirmLimit,
    Mark,
    RuleSwitch,
    Seller,
    Trial,
    Watch,
)
from zhangfang_sdk.periods import Period


async def plant_risks(client: int, word: str, now: dt.datetime) -> None:
    """Of a client, and once of its firm."""
    month = Period.current().number
    alert = Alert(
        client=client, rule="risk_rules.kept", period=month, month=month, level=3, title=word, sentence=word, todo=word, source=word,
        amount=-1, explanation=word, note=word, created_at=now, updated_at=now, slip=f'{{"sums": [["{word}", [{{"title": "{word}", "amount": -1}}]]]}}',
    )  # fmt: skip
    await alert.save()
    await AlertStep(client=client, alert=alert.id, at=now, by=word, step="opened", words=word, amount=-1).save()
    await Mark(client=client, reader=word[:20], period=month).save()
    await Watch(client=client, scanned_at=now).save()
    await ClientLimit(client=client, rule=word, name=word, value=1, set_by=word, set_at=now).save()
    await FirmLimit(rule=word, name=word, industry="", value=1, set_by=word, set_at=now).save()
    await RuleSwitch(rule=word, muted=False, set_by=word, set_at=now).save()
    await Seller(name=word, tax_id=word[:30], reason=word, source=word, added_by=word, added_at=now).save()
    await Trial(rule=word, made_by=word, made_at=now, found=f'{{"word": "{word}"}}').save()
