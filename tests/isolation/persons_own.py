"""A row of everything that is a person's own, for the isolation tests: nobody else's page may show it."""

import datetime as dt

from zhangfang_core.identity.tables import (
    ConsentRow,
    ContactChoice,
    ContactCode,
    ContactPoint,
    Passkey,
    RecoveryCode,
    Reset,
)
from zhangfang_core.notices.tables import OptOut


async def plant_persons_own(person: int, name: str, word: str) -> None:
    """``name`` is like no other actor's; ``word`` stands in what people could read."""
    now = dt.datetime.now(dt.UTC)
    address = f"机密{word}@example.com"[:120]
    await ContactPoint(user=person, kind="email", address=address, verified_at=now).save()
    await ContactCode(
        user=person, kind="phone", address=address, code_hash="x", sent_at=now, expires_at=now, tries=0
    ).save()
    await Reset(
        user=person,
        token_hash=f"{name} {word}"[:64],
        made_by=f"机密{word}",
        made_at=now,
        expires_at=now,
        told_at=now,
    ).save()
    await RecoveryCode(user=person, code_hash="x", made_at=now).save()
    await Passkey(
        user=person, name=f"机密{word}"[:40], credential=f"c{person}", public_key="x", transports="", made_at=now
    ).save()
    await ContactChoice(user=person, email=True).save()
    await OptOut(user=person, kind=f"机密{word}", since=now).save()
    await ConsentRow(user=person, purpose="messages", text_version="1", given_at=now).save()
