"""Fingerprints of posted vouchers, which the trail's chain of blocks seals: a change made behind the application's back is named.

Each posting writes its voucher's digest into its audit entry, an import or a posting of many those of all its vouchers. ``altered`` counts them anew
from the rows as they are.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import vouchers_called
from zhangfang_core.ledger.records import has_details
from zhangfang_core.trail.parts import Fault
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Line, Voucher
from zhangfang_sdk.periods import Period

LENGTH = 24
"""Hexadecimal digits of a digest: 96 bits."""


class Form(StrEnum):
    """What digests cover; begins what an entry says of vouchers. Those of before are verified as they were written."""

    CONTENT = ""
    """Head and lines."""
    ANSWERED = "2."
    """Also who answers for the voucher, the file that proves it, and what it takes back."""
    TIMED = "3."
    """Also when it was posted."""


NEWEST = Form.TIMED

CHUNK = 2000
"""Vouchers counted anew at once."""

_SHORT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_NO_DETAILS: tuple[object, ...] = ([], "", "", "")

_ENTRIES = """select subject, after::text as after, to_char(at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as at
    from core_audit_entry where firm = $1 and client = $2 and action in ('ledger.post', 'ledger.post_many', 'ledger.import') order by id"""

_DATED_ELSEWHERE = """select distinct l.voucher from core_voucher_line l
    join core_voucher v on v.firm = l.firm and v.id = l.voucher and v.date <> l.date where l.firm = $1 and l.client = $2"""

_POSTED = "select id from core_voucher where firm = $1 and client = $2 and state = 'posted'"


@dataclass(frozen=True, slots=True)
class Posting:
    """What the trail says of a voucher's posting: ``at`` in Asia/Shanghai, how many entries say so."""

    digest: str
    form: Form
    at: str
    entries: int = 1


@dataclass(frozen=True, slots=True)
class Beside:
    """Who answers for a voucher, as names, the file that proves it, the voucher that it takes back, and when it was posted (UTC)."""

    drafted_by: str
    reviewed_by: str
    posted_by: str
    document: int | None
    reverses: int | None
    posted_at: dt.datetime | None

    def told(self, form: Form) -> list[object]:
        """What a digest of this form covers of it."""
        if form is Form.CONTENT:
            return []
        answered = (self.drafted_by, self.reviewed_by, self.posted_by, self.document, self.reverses)
        if form is Form.ANSWERED:
            return [answered]
        return [answered, None if self.posted_at is None else self.posted_at.astimezone(dt.UTC).isoformat()]


def digest(
    number: int,
    date: str,
    word: str,
    summary: str,
    kind: str,
    lines: Sequence[Line],
    beside: Beside,
    form: Form = NEWEST,
) -> str:
    """SHA-256 over one line of JSON, shortened to LENGTH hexadecimal digits. A line's summary that is the voucher's counts as empty."""
    content: list[object] = [number, date, word, summary, kind]
    for line in lines:
        said = "" if line.summary == summary else line.summary
        detailed = (
            (sorted(line.dimensions.items()), _plain(line.quantity), _plain(line.unit_price), _plain(line.due))
            if has_details(line)
            else _NO_DETAILS
        )
        content.append((line.account, said, line.debit, line.credit, line.counterparty, *detailed))
    content += beside.told(form)
    return hashlib.sha256(_SHORT(content).encode()).hexdigest()[:LENGTH]


def _plain(value: object) -> str:
    """Numbers without their trailing zeros, which the database does not keep apart."""
    text = "" if value is None else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


async def altered(client: int) -> list[Fault]:
    """The client's posted vouchers that are no longer as they were posted, are gone, or were never posted by the portal; none when all hold.

    That the trail itself holds is ``zhangfang_core.trail.audit.verify``'s to say. In the caller's transaction.
    """
    # Ids before the trail and contents after it: what is posted meanwhile is in the trail at least.
    posted = {row["id"] for row in await connection().fetch(_POSTED, firm_in_scope(), client)}
    kept = await _kept(client)
    moved = {row["voucher"] for row in await connection().fetch(_DATED_ELSEWHERE, firm_in_scope(), client)}
    faults = []
    ids = sorted(posted | kept.keys())
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = {v.id: v for v in await vouchers_called(client, chunk)}
        faults += [
            fault for id_ in chunk if (fault := _compared(client, id_, found.get(id_), kept.get(id_), id_ in moved))
        ]
    return faults


def _compared(client: int, id_: int, voucher: Voucher | None, kept: Posting | None, moved: bool) -> Fault | None:
    subject = f"core_voucher:{id_}"
    if voucher is None or voucher.number is None:
        since = "" if kept is None else f"于 {kept.at} 记账,"
        return Fault(subject, f"凭证(编号 {id_}){since}现已不存在或不再是已记账状态。", client)
    named = f"{voucher.period.label}凭证 {voucher.label}(编号 {id_})"
    if kept is None:
        return Fault(subject, f"{named}没有记账的记录,可能是绕过系统放进去的。", client)
    date, kind = voucher.date.isoformat(), voucher.kind.value
    if kept.entries > 1:
        return Fault(subject, f"{named}有 {kept.entries} 条记账记录,后来的可能是为掩盖改动补写的。", client)
    beside = Beside(
        voucher.drafted_by,
        voucher.reviewed_by,
        voucher.posted_by,
        voucher.document,
        voucher.reverses,
        voucher.posted_at,
    )
    content = (voucher.number, date, voucher.word, voucher.summary, kind, voucher.lines)
    if digest(*content, beside, kept.form) != kept.digest or moved:
        return Fault(subject, f"{named}的内容与 {kept.at} 记账时不同。", client)
    if (other := _other_than_its_lines(voucher)) is not None:
        return Fault(subject, f"{named}的{other}与 {kept.at} 记账时不同。", client)
    return None


def _other_than_its_lines(voucher: Voucher) -> str | None:
    """What follows from the content that the digest covers."""
    if voucher.period != Period.of(voucher.date):
        return "所属月份"
    if voucher.total != sum(line.debit for line in voucher.lines):
        return "合计金额"
    return None


async def _kept(client: int) -> dict[int, Posting]:
    """By voucher. The first entry counts: whoever changes a voucher can write another one beside it."""
    kept: dict[int, Posting] = {}
    for row in await connection().fetch(_ENTRIES, firm_in_scope(), client):
        for id_, form, text in _of_entry(row):
            before = kept.get(id_)
            kept[id_] = (
                Posting(text, form, row["at"]) if before is None else replace(before, entries=before.entries + 1)
            )
    return kept


def _of_entry(row: Mapping[str, Any]) -> Iterator[tuple[int, Form, str]]:
    """Voucher, form and digest of each that the entry tells of."""
    after = json.loads(row["after"])
    if "digest" in after:
        form, text = _form_of(after["digest"])
        yield int(row["subject"].split(":")[1]), form, text
    form, joined = _form_of(after.get("digests", ""))
    texts = [joined[start : start + LENGTH] for start in range(0, len(joined), LENGTH)]
    for id_, text in zip(after.get("ids", ()), texts, strict=True):
        yield id_, form, text


def _form_of(text: str) -> tuple[Form, str]:
    form = next((form for form in (Form.ANSWERED, Form.TIMED) if text.startswith(form)), Form.CONTENT)
    return form, text.removeprefix(form)
