"""CAP-4: local proofs: each catches its own fault, says what is wrong and what to do, and passes what is right."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_capture_ocr.proofs import (
    ClientIdentity,
    Direction,
    IdVerdict,
    ProofResult,
    capitals_of_fen,
    check_tax_id,
    fen_of_capitals,
    is_sure,
    prove,
    words,
)
from zhangfang_capture_ocr.reading import InvoiceKind, Reading, Source, read
from zhangfang_capture_ocr.reading.tax_ids import organisation_check, unified_check
from zhangfang_capture_ocr.specimens import SpecimenInvoice, attach, draw, einvoice_xml, taxed_line
from zhangfang_sdk.invoice_check import InvoiceRecord, InvoiceState

MakeInvoice = Callable[..., SpecimenInvoice]

TODAY = date(2026, 11, 23)
BUYER = ClientIdentity("云溪样本科技(杭州)有限公司", "91110000802100433B")
SELLER = ClientIdentity("样本商贸（深圳）有限公司", "91440300708461136T")


def proofs_of(reading: Reading, client: ClientIdentity | None = BUYER, today: date = TODAY) -> tuple[ProofResult, ...]:
    return prove(reading, today=today, client=client)


def failed(proofs: tuple[ProofResult, ...]) -> set[tuple[str, str]]:
    return {(proof.code, proof.field) for proof in proofs if proof.passed is False}


def changed(reading: Reading, **values: str | int | date | None) -> Reading:
    fields = dict(reading.fields)
    for name, value in values.items():
        if value is None:
            del fields[name]
        else:
            fields[name] = dataclasses.replace(fields[name], value=value)
    return dataclasses.replace(reading, fields=fields)


@pytest.fixture(scope="module")
def right(make_invoice: MakeInvoice) -> Reading:
    lines = (taxed_line("*餐饮服务*餐饮费", 22718, "6%"), taxed_line("*软饮料*水", 10000, "13%"))
    return read(draw(make_invoice(InvoiceKind.DIGITAL_SPECIAL, *lines)), "x.pdf").only


@pytest.mark.parametrize("kind", [InvoiceKind.ORDINARY_ELECTRONIC, InvoiceKind.DIGITAL_ORDINARY])
def test_a_right_invoice_is_sure(make_invoice: MakeInvoice, kind: InvoiceKind) -> None:
    """CAP-4: discounts, exempt lines and a bracket of other width do not make it unsure."""
    lines = (
        taxed_line("*软饮料*气泡水", 123456, "13%", quantity="3.5", unit="箱"),
        taxed_line("*软饮料*气泡水", -5000, "13%"),
        taxed_line("*印刷品*图书", 10500, "免税"),
    )
    reading = read(draw(make_invoice(kind, *lines)), "x.pdf").only
    proofs = proofs_of(reading)
    assert not failed(proofs)
    assert is_sure(reading, proofs)
    assert proofs[-1].direction is Direction.PURCHASE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"total": 178_80}, ("total.sum", "total")),
        ({"total": 178_80}, ("total.capitals", "total_in_words")),
        ({"amount": 1}, ("lines.amount", "amount")),
        ({"tax": 1}, ("lines.tax", "tax")),
        ({"total_in_words": "壹佰捌拾圆整"}, ("total.capitals", "total_in_words")),
        ({"total_in_words": "圆整"}, ("total.capitals", "total_in_words")),
        ({"number": "1234567"}, ("number.shape", "number")),
        ({"number": "25332000000123456789"}, ("number.year", "number")),
        ({"issued_on": date(2026, 11, 24)}, ("date.plausible", "issued_on")),
        ({"issued_on": date(2019, 5, 9)}, ("date.plausible", "issued_on")),
        ({"seller_tax_id": "91440300708461137T"}, ("seller.tax_id", "seller_tax_id")),
        ({"seller_tax_id": None}, ("seller.tax_id", "seller_tax_id")),
        ({"buyer_name": "另一家公司", "buyer_tax_id": "91440300708461136T"}, ("buyer.other_company", "buyer_name")),
        ({"buyer_name": "云溪样本科技有限公司"}, ("buyer.name", "buyer_name")),
        ({"buyer_tax_id": "91440300708461136T"}, ("buyer.tax_id_other", "buyer_tax_id")),
        ({"buyer_tax_id": None}, ("buyer.tax_id_missing", "buyer_tax_id")),
        ({"buyer_name": "个人", "buyer_tax_id": None}, ("buyer.person", "buyer_name")),
    ],
)
def test_each_fault_is_found(
    right: Reading, changes: dict[str, str | int | date | None], expected: tuple[str, str]
) -> None:
    """CAP-4: the failing proof names the field to light up, and the reading is no longer sure."""
    reading = changed(right, **changes)
    proofs = proofs_of(reading)
    assert expected in failed(proofs)
    assert not is_sure(reading, proofs)
    for proof in proofs:
        if proof.passed is False:
            assert "请" in proof.sentence
            assert proof.who_fixes != "nobody"


def test_a_wrong_rate_is_found(right: Reading) -> None:
    """CAP-4: tax that does not follow from amount and rate, beyond the tolerance of the kind."""
    first, *others = right.lines
    assert first.tax is not None
    within = dataclasses.replace(right, lines=(dataclasses.replace(first, tax=first.tax + 1), *others))
    assert ("tax.rate", "tax") not in failed(proofs_of(within))
    beyond = dataclasses.replace(right, lines=(dataclasses.replace(first, tax=first.tax + 2), *others))
    assert ("tax.rate", "tax") in failed(proofs_of(beyond))


def test_a_missing_line_makes_it_unsure(right: Reading) -> None:
    """CAP-4: lines that were not read cannot prove the sums."""
    reading = dataclasses.replace(right, lines=())
    assert not is_sure(reading, proofs_of(reading))


def test_own_invoices_are_sales(right: Reading) -> None:
    """CAP-12: the client's tax id on the seller's side."""
    proof = proofs_of(right, SELLER)[-1]
    assert (proof.passed, proof.direction) == (True, Direction.SALES)


def test_a_former_name_is_the_clients(right: Reading) -> None:
    """CAP-4: a renamed company keeps its id; invoices in the former name are its own."""
    renamed = ClientIdentity("新名称有限公司", BUYER.tax_id, (BUYER.name,))
    assert proofs_of(right, renamed)[-1].passed is True
    assert proofs_of(right, ClientIdentity("新名称有限公司", BUYER.tax_id))[-1].code == "buyer.name"


def test_without_a_client_nothing_is_said_of_parties(right: Reading) -> None:
    """CAP-4: not knowing the client is no fault of the invoice."""
    proofs = proofs_of(right, None)
    assert proofs[-1].passed is None
    assert is_sure(right, proofs)


def test_changed_data_in_a_pdf_are_found(make_invoice: MakeInvoice) -> None:
    """CAP-4: embedded data against print."""
    printed = make_invoice(InvoiceKind.DIGITAL_SPECIAL, taxed_line("*餐饮服务*餐饮费", 22718, "6%"))
    inside = make_invoice(InvoiceKind.DIGITAL_SPECIAL, taxed_line("*餐饮服务*餐饮费", 92718, "6%"))
    reading = read(attach(draw(printed), "a.xml", einvoice_xml(inside)), "x.pdf").only
    proofs = proofs_of(reading)
    assert "sources.agree" in {code for code, _ in failed(proofs)}
    assert not is_sure(reading, proofs)


@pytest.mark.parametrize("tax_id", ["914403001922038216", "91110000802100433B", "91440300708461136T"])
def test_tax_ids_with_right_check_digits(tax_id: str) -> None:
    """CAP-4: GB 32100-2015 by public companies; one wrong character is always found."""
    assert check_tax_id(tax_id) is IdVerdict.RIGHT
    for place in range(18):
        wrong = tax_id[:place] + ("3" if tax_id[place] != "3" else "4") + tax_id[place + 1 :]
        assert check_tax_id(wrong) is not IdVerdict.RIGHT


@pytest.mark.parametrize(
    ("tax_id", "verdict"),
    [
        ("410305012345678", IdVerdict.NO_CHECK_DIGIT),
        ("11010519491231002X", IdVerdict.RIGHT),
        ("110105194912310021", IdVerdict.WRONG_CHECK_DIGIT),
        ("11010519491231002X00", IdVerdict.RIGHT),
        ("91110000802100433", IdVerdict.WRONG_FORM),
        ("9111000080210O433B", IdVerdict.WRONG_FORM),
        ("", IdVerdict.WRONG_FORM),
    ],
)
def test_other_ids(tax_id: str, verdict: IdVerdict) -> None:
    """CAP-4: ids of persons and of the time before the unified code."""
    assert check_tax_id(tax_id) is verdict


def test_both_check_digits_count() -> None:
    """CAP-4: a right 18th character over a wrong organisation code (GB 11714) is not right."""
    body = "91110000802100433"
    wrong = body[:16] + ("4" if organisation_check(body[8:16]) != "4" else "5")
    assert check_tax_id(wrong + unified_check(wrong)) is IdVerdict.WRONG_CHECK_DIGIT


@given(st.integers(min_value=-(10**16), max_value=10**16))
def test_capitals_round_trip(fen: int) -> None:
    """CAP-4: every sum, written in capitals, is read as itself."""
    assert fen_of_capitals(capitals_of_fen(fen)) == fen


@pytest.mark.parametrize(
    ("words", "fen"),
    [
        ("壹佰伍拾元整", 15000),
        ("贰拾柒圆整", 2700),
        ("壹拾柒元叁角肆分", 1734),
        ("伍拾叁圆肆角", 5340),
        ("⊗ 壹拾壹圆贰角", 1120),
        ("拾元正", 1000),
        ("壹亿零叁万零伍圆零壹分", 10_003_000_501),
        ("壹仟零伍万圆零陆分", 1_005_000_006),
        ("（负数）叁圆整", -300),
        ("壹万亿圆整", 10**14),
        ("万圆整", None),
        ("壹佰佰圆整", None),
        ("一百圆整", None),
        ("壹圆贰圆", None),
        ("整", None),
        ("", None),
    ],
)
def test_capitals_as_printed(words: str, fen: int | None) -> None:
    """CAP-4: forms found on invoices, and what is no sum."""
    assert fen_of_capitals(words) == fen


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "passed"),
    [
        ("3", "33.33", 9999, True),
        ("3.5", "28.571428571", 10000, True),
        ("1000", "0.333", 33333, True),
        ("3", "33.33", 9989, False),
        ("21", "5.00", 1000, False),
        ("-2", "50", -10000, True),
    ],
)
def test_quantity_times_price(right: Reading, quantity: str, price: str, amount: int, passed: bool) -> None:
    """CAP-4: a figure read into the wrong column shows; rounding of printed prices does not."""
    line = dataclasses.replace(right.lines[0], quantity=Decimal(quantity), unit_price=Decimal(price), amount=amount)
    proofs = proofs_of(dataclasses.replace(right, lines=(line,)))
    assert next(proof.passed for proof in proofs if proof.code == "lines.price") is passed


RECORD = InvoiceRecord(InvoiceState.VALID, datetime(2026, 11, 23, tzinfo=UTC))


def with_record(reading: Reading, **values: Any) -> tuple[ProofResult, ...]:
    return prove(reading, today=TODAY, client=BUYER, record=dataclasses.replace(RECORD, **values))


def test_a_valid_record_witnesses_number_date_and_total(right: Reading) -> None:
    """What is proven by print alone without its capitals is not sure; the tax administration's record proves it."""
    once = changed(right, total_in_words=None)
    assert not is_sure(once, proofs_of(once))
    assert is_sure(once, with_record(once))
    recognised = dataclasses.replace(
        once, fields={name: dataclasses.replace(found, source=Source.OCR) for name, found in once.fields.items()}
    )
    needed = {"number.witness", "date.witness"}
    assert needed <= {proof.code for proof in with_record(recognised) if proof.passed is None}
    rest = [p for p in with_record(recognised) if p.code not in words.NEEDED]
    seen = [dataclasses.replace(p, passed=True) for p in with_record(recognised) if p.code in words.NEEDED]
    assert is_sure(recognised, rest + seen)
    assert not is_sure(recognised, [p for p in rest + seen if not p.code.startswith("record.")])


@pytest.mark.parametrize("state", sorted(set(InvoiceState) - {InvoiceState.VALID}))
def test_a_record_that_contradicts_makes_doubtful(right: Reading, state: InvoiceState) -> None:
    assert is_sure(right, proofs_of(right))
    proofs = with_record(right, state=state)
    assert failed(proofs) == {(f"record.{state}", "number")}
    assert not is_sure(right, proofs)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"total": 1}, "total"),
        ({"tax": 1}, "tax"),
        ({"seller_tax_id": "91330206MA2TEXT91M"}, "seller_tax_id"),
        ({"buyer_name": "别家商贸有限公司"}, "buyer_name"),
    ],
)
def test_a_record_of_other_values_names_the_field(right: Reading, values: dict[str, Any], field: str) -> None:
    proofs = with_record(right, **values)
    assert failed(proofs) == {("record.mismatch", field)}


def test_a_record_writes_names_its_own_way(right: Reading) -> None:
    """Brackets of the other width, spaces and case are no difference; what the record does not tell is none either."""
    assert right.seller_name is not None
    assert right.buyer_tax_id is not None
    other = right.seller_name.replace("（", " (").replace("）", ")")
    proofs = with_record(right, seller_name=other, buyer_tax_id=right.buyer_tax_id.lower(), total=right.total)
    assert not failed(proofs)


@pytest.mark.parametrize(("taken_back", "words"), [(0, "记录没有说"), (100, "已红冲 1.00"), (None, "全额")])
def test_how_much_was_reversed(right: Reading, taken_back: int | None, words: str) -> None:
    amount = right.total if taken_back is None else taken_back
    first = with_record(right, state=InvoiceState.REVERSED, reversed_amount=amount)[0]
    assert words in first.sentence
