"""Fingerprints of posted vouchers, which the trail's chain of blocks seals: a change made behind the application's back is named.

Each posting writes its voucher's digest into its audit entry, an import or a posting of many those of all its vouchers. ``altered`` counts them anew
from the rows as they are.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import vouchers_called
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Line

LENGTH = 24
"""Hexadecimal digits of a digest: 96 bits."""

CHUNK = 2000
"""Vouchers counted anew at once."""

_ENTRIES = """select subject, after::text as after from core_audit_entry
    where firm = $1 and client = $2 and action in ('ledger.post', 'ledger.post_many', 'ledger.import') order by id"""


def digest(number: int, date: str, word: str, summary: str, kind: str, lines: Sequence[Line]) -> str:
    """SHA-256 over one line of JSON, shortened to LENGTH hexadecimal digits. A line's summary that is the voucher's counts as empty."""
    content = [number, date, word, summary, kind]
    content += [
        [
            *(
                line.account,
                "" if line.summary == summary else line.summary,
                line.debit,
                line.credit,
                line.counterparty,
            ),
            *(sorted(line.dimensions.items()), _plain(line.quantity), _plain(line.unit_price), _plain(line.due)),
        ]
        for line in lines
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:LENGTH]


def _plain(value: object) -> str:
    """Numbers without their trailing zeros, which the database does not keep apart."""
    text = "" if value is None else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


async def altered(client: int) -> list[str]:
    """Chinese sentences for the client's posted vouchers that are no longer as they were posted, or are gone; none when all hold.

    That the trail itself holds is ``zhangfang_core.trail.audit.verify``'s to say.
    """
    kept = await _kept(client)
    faults = []
    ids = sorted(kept)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = {v.id: v for v in await vouchers_called(client, chunk)}
        for id_ in chunk:
            voucher = found.get(id_)
            if voucher is None or voucher.number is None:
                faults.append(f"凭证(编号 {id_})已不存在或不再是已记账状态。")
                continue
            now = digest(
                voucher.number,
                voucher.date.isoformat(),
                voucher.word,
                voucher.summary,
                voucher.kind.value,
                voucher.lines,
            )
            if now != kept[id_]:
                faults.append(f"{voucher.period.label}凭证 {voucher.label}(编号 {id_})的内容与记账时不同。")
    return faults


async def _kept(client: int) -> dict[int, str]:
    rows = await connection().fetch(_ENTRIES, firm_in_scope(), client)
    return {id_: text for row in rows for id_, text in _of_entry(row)}


def _of_entry(row: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    after = json.loads(row["after"])
    if "digest" in after:
        yield int(row["subject"].split(":")[1]), after["digest"]
    yield from zip(after.get("ids", ()), _cut(after.get("digests", "")), strict=True)


def _cut(text: str) -> list[str]:
    return [text[start : start + LENGTH] for start in range(0, len(text), LENGTH)]
