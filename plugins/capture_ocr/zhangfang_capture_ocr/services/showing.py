"""One invoice as pages show it: its facts with their origin, its picture with boxes, what failed and what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_capture_ocr.prescriptions import Prescription, Told, fixer_of, prescription
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.reading import InvoiceLine, Reading, Source
from zhangfang_capture_ocr.records import ShownCheck, shown_check
from zhangfang_capture_ocr.services.checking import TO_CHECK
from zhangfang_capture_ocr.services.corrections import LABELS, Written, shown
from zhangfang_capture_ocr.services.duplicates import told_of_elsewhere
from zhangfang_capture_ocr.services.pictures import SURE, Picture, picture_of
from zhangfang_capture_ocr.states import BACK_TO_CLIENT, ItemState
from zhangfang_capture_ocr.stored_readings import as_value, reading_of
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.services import use

SEAL = "file.seal"
_MEANT: Mapping[str, str] = {"capture.same_number": "number", "capture.same_picture": "number", "capture.same_file": "number"}
"""The field that a reason which is no proof speaks of, by its code."""
SOURCES: Mapping[Source, str] = {
    Source.XML: "XML 原文",
    Source.XBRL: "XBRL 原文",
    Source.OFD: "OFD 原文",
    Source.PDF_TEXT: "票面文字",
    Source.QR: "二维码",
    Source.OCR: "照片识别",
    Source.PERSON: "人工填写",
}
FACTS = (
    "number",
    "code",
    "issued_on",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
    "amount",
    "tax",
    "total",
    "total_in_words",
    "check_code",
    "remarks",
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One field: ``sure`` in per cent (None where there is no value), ``low`` when a person should look."""

    name: str
    label: str
    text: str
    source: str
    sure: int | None
    low: bool


@dataclass(frozen=True, slots=True)
class ShownInvoice:
    facts: Mapping[str, Fact]
    lines: Sequence[InvoiceLine]
    failed: Sequence[Mapping[str, str]]
    passed: int
    todo: Prescription | None
    picture: Picture | None
    document: int
    voucher: int | None
    direction: str
    kind: str
    original: int | None
    seal: str = ""
    """What is known of the file's seal or signature, for people; "" where it has none."""
    elsewhere: str = ""
    """For the firm's people: which other clients have the same invoice."""
    check: ShownCheck | None = None
    """How it stands with the tax administration's records, where anybody asked or may ask."""


async def shown_invoice(item_id: int) -> ShownInvoice | None:
    """None while the file has not been read. The caller has looked whether the actor may see the item."""
    item = await Item.objects().get(Item.id == item_id)
    if item is None:
        return None
    row = await Invoice.select().where(Invoice.item == item_id).first()
    if row is None:
        client = await use(Clients).client(item.client)
        told = Told("文件", item.name, None, client.name, client.tax_id)
        todo = _todo(item, told)
        return ShownInvoice({}, (), (), 0, todo, None, item.document, None, "", "", item.original) if todo else None
    client = await use(Clients).client(item.client)
    reading = reading_of(row)
    proofs = as_value(row["proofs"])
    failed = [proof for proof in proofs if proof["passed"] is False]
    told = Told(row["kind"], row["number"], row["total"], client.name, client.tax_id)
    check = await shown_check(row["id"], reading)
    lit = (frozenset() if check is None else check.differing) | frozenset((_MEANT.get(item.refusal_code, ""), *(proof["field"] for proof in failed)))
    return ShownInvoice(
        facts=facts_of(row, reading, lit),
        lines=reading.lines,
        failed=[{**proof, "who": fixer_of(proof)} for proof in failed],
        passed=sum(1 for proof in proofs if proof["passed"]),
        todo=_todo(item, told),
        picture=await picture_of(item, row, reading, lit) if scope().may("documents.read") else None,
        document=item.document,
        voucher=row["voucher"],
        direction=row["direction"],
        kind=row["kind"],
        original=await _original(item, row["duplicate_of"]),
        elsewhere=await told_of_elsewhere(item, reading, Direction(row["direction"]))
        if item.refusal_code == TO_CHECK
        else "",
        check=check,
        seal=next((proof["sentence"] for proof in proofs if proof["code"] == SEAL and row["seal"]), ""),
    )


async def _original(item: Item, duplicate_of: int | None) -> int | None:
    """The item that was there first, where this one is refused for it."""
    if duplicate_of is None:
        kept: int | None = item.original
        return kept
    first = await Invoice.select(Invoice.item).where(Invoice.id == duplicate_of).first()
    return None if first is None else int(first["item"])


def _todo(item: Item, told: Told) -> Prescription | None:
    if ItemState(item.state) not in BACK_TO_CLIENT:
        return None
    return prescription(item.refusal_code, item.refusal_sentence, told)


def facts_of(row: Mapping[str, Any], reading: Reading, lit: frozenset[str]) -> dict[str, Fact]:
    """Every field by name, also those without a value; ``lit`` are fields that a proof pointed at."""
    facts = {}
    for name in FACTS:
        value: Written = row[name]
        found = reading.fields.get(name)
        sure = None if found is None else found.confidence // 10
        low = name in lit or (found is not None and found.confidence < SURE)
        facts[name] = Fact(name, LABELS[name], shown(value), SOURCES[found.source] if found else "", sure, low)
    return facts
