"""Proofs of who and when: numbers, dates, taxpayer ids, and whether the invoice is this client's."""

from __future__ import annotations

import re
from datetime import date

from zhangfang_capture_ocr.proofs.rules import (
    CONTROLLED_SHAPE,
    DIGITAL_SHAPE,
    FIRST_DIGITAL,
    FIRST_INVOICE,
    PERSONS,
)
from zhangfang_capture_ocr.proofs.values import ClientIdentity, Direction, Fixer, ProofResult
from zhangfang_capture_ocr.reading import InvoiceKind, Reading
from zhangfang_capture_ocr.reading.tax_ids import IdVerdict, check_tax_id

_WHO = {"buyer": "购买方", "seller": "销售方"}
UNNUMBERED = frozenset(
    {
        InvoiceKind.RAIL_PAPER,
        InvoiceKind.POS,
        InvoiceKind.TILL,
        InvoiceKind.BANK_SLIP,
        InvoiceKind.FISCAL,
        InvoiceKind.OTHER,
    }
)
NO_TAX_DOCUMENT = frozenset(
    {InvoiceKind.BANK_SLIP, InvoiceKind.FISCAL, InvoiceKind.POS, InvoiceKind.TILL, InvoiceKind.OTHER}
)
"""Kinds that need not name the buyer's tax id."""
_ISSUE_AGAIN = "请让开票方核对后重开。"


def number_shape(reading: Reading) -> ProofResult:
    """Code and number have the digits of their kind, and a 数电票's number begins with the year of its date."""
    number, code = reading.number, reading.code
    if reading.kind in UNNUMBERED:
        return ProofResult("number.shape", None, "number", "这种票据的号码没有统一的位数。", Fixer.NOBODY)
    if number is None:
        return ProofResult("number.shape", False, "number", "没有读到发票号码，请会计对照原票补上。", Fixer.ACCOUNTANT)
    length = len(number)
    digital = length == DIGITAL_SHAPE.number_length
    shaped = number.isdecimal() and number.isascii() and (digital or length == CONTROLLED_SHAPE.number_length)
    if not shaped or (reading.kind.is_digital and not digital):
        sentence = f"发票号码应为 8 位或 20 位数字，这张是 {length} 位。请对照原票核对号码。"
        return ProofResult("number.shape", False, "number", sentence, Fixer.ACCOUNTANT)
    if not digital and (code is None or not code.isdecimal() or len(code) not in CONTROLLED_SHAPE.code_lengths):
        sentence = "发票代码应为 10 位或 12 位数字，没有读到或位数不对。请对照原票核对代码。"
        return ProofResult("number.shape", False, "code", sentence, Fixer.ACCOUNTANT)
    return ProofResult("number.shape", True, "number", "发票号码的位数正确。", Fixer.NOBODY)


def number_year(reading: Reading) -> ProofResult:
    """The first two digits of a 数电票's number are the year of issue (公告2024年第11号)."""
    number, issued = reading.number, reading.issued_on
    if number is None or issued is None or len(number) != DIGITAL_SHAPE.number_length or reading.kind in UNNUMBERED:
        return ProofResult("number.year", None, "number", "这种发票的号码里没有年份。", Fixer.NOBODY)
    if number[:2] == f"{issued.year % 100:02d}":
        return ProofResult("number.year", True, "number", "号码里的年份与开票日期一致。", Fixer.NOBODY)
    sentence = f"发票号码开头的年份（{number[:2]}）与开票日期 {issued.isoformat()} 不一致，请对照原票核对，小心假票。"
    return ProofResult("number.year", False, "number", sentence, Fixer.ACCOUNTANT)


def date_plausible(reading: Reading, today: date) -> ProofResult:
    """Issued neither after `today` (Asia/Shanghai) nor before its kind of invoice existed."""
    issued = reading.issued_on
    if issued is None:
        return ProofResult(
            "date.plausible", False, "issued_on", "没有读到开票日期，请会计对照原票补上。", Fixer.ACCOUNTANT
        )
    if issued > today:
        sentence = f"开票日期 {issued.isoformat()} 比今天还晚，请对照原票核对；如果原票就是这样，{_ISSUE_AGAIN}"
        return ProofResult("date.plausible", False, "issued_on", sentence, Fixer.ISSUER)
    first = FIRST_DIGITAL if reading.kind.is_digital else FIRST_INVOICE
    if issued < first:
        sentence = f"开票日期 {issued.isoformat()} 太早，那时还没有这种发票，请对照原票核对，小心假票。"
        return ProofResult("date.plausible", False, "issued_on", sentence, Fixer.ACCOUNTANT)
    return ProofResult("date.plausible", True, "issued_on", "开票日期合理。", Fixer.NOBODY)


def tax_id_right(reading: Reading, party: str) -> ProofResult:
    """Check digits of one party's taxpayer id. A private buyer needs none; a seller always has one."""
    tax_id = reading.buyer_tax_id if party == "buyer" else reading.seller_tax_id
    field, code, who = f"{party}_tax_id", f"{party}.tax_id", _WHO[party]
    if tax_id is None:
        if party == "buyer" or not _seller_is_printed(reading):
            return ProofResult(code, None, field, f"票上没有{who}税号。", Fixer.NOBODY)
        return ProofResult(code, False, field, f"没有读到{who}税号，请会计对照原票补上。", Fixer.ACCOUNTANT)
    verdict = check_tax_id(tax_id)
    if verdict is IdVerdict.RIGHT:
        return ProofResult(code, True, field, f"{who}税号的校验位正确。", Fixer.NOBODY)
    if verdict is IdVerdict.NO_CHECK_DIGIT:
        return ProofResult(code, None, field, f"{who}税号是旧式或临时税号，没有校验位可核。", Fixer.NOBODY)
    wrong = "校验位不对" if verdict is IdVerdict.WRONG_CHECK_DIGIT else "位数或字符不对"
    sentence = f"{who}税号 {tax_id} {wrong}，可能写错了一位。请对照营业执照核对，写错的{_ISSUE_AGAIN[1:]}"
    return ProofResult(code, False, field, sentence, Fixer.ISSUER)


def _seller_is_printed(reading: Reading) -> bool:
    """Tickets of railway and airlines name no seller's id."""
    if reading.kind in UNNUMBERED or reading.kind in (InvoiceKind.TAXI, InvoiceKind.QUOTA):
        return False
    return reading.seller_name is not None or not reading.kind.is_digital


def belongs(reading: Reading, client: ClientIdentity | None) -> ProofResult:
    """Whether the client bought or sold, by tax id first and by name where no id is printed."""
    if client is None:
        return ProofResult("party.client", None, "buyer_name", "还不知道这张发票属于哪家客户。", Fixer.NOBODY)
    if _is_party(reading.seller_name, reading.seller_tax_id, client):
        return _party(reading, client, "seller", Direction.SALES)
    if _is_party(reading.buyer_name, reading.buyer_tax_id, client):
        return _party(reading, client, "buyer", Direction.PURCHASE)
    buyer = reading.buyer_name or ""
    if _plain(buyer) in PERSONS or (not reading.buyer_tax_id and 0 < len(buyer) <= 4):
        sentence = (
            f"这张发票开给了“{buyer}”（个人），不是“{client.name}”，公司不能入账。"
            f"请让开票方按公司全称和税号 {client.tax_id} 重开。"
        )
        return ProofResult("buyer.person", False, "buyer_name", sentence, Fixer.ISSUER)
    if not buyer and not reading.buyer_tax_id:
        return ProofResult(
            "buyer.missing", False, "buyer_name", "没有读到购买方，请会计对照原票补上。", Fixer.ACCOUNTANT
        )
    sentence = (
        f"抬头是“{buyer or reading.buyer_tax_id}”，不是“{client.name}”。如果传错了公司，请换到那家公司再传；"
        f"如果是开错了，请让开票方按“{client.name}”、税号 {client.tax_id} 重开。"
    )
    return ProofResult("buyer.other_company", False, "buyer_name", sentence, Fixer.CLIENT)


def _is_party(name: str | None, tax_id: str | None, client: ClientIdentity) -> bool:
    if tax_id and client.tax_id:
        if tax_id.upper() == client.tax_id.upper():
            return True
        # One wrong character in the id of the right company is a mistake to be told, not another company.
        return name is not None and _plain(name) == _plain(client.name)
    return name is not None and _plain(name) in _names(client)


def _party(reading: Reading, client: ClientIdentity, party: str, direction: Direction) -> ProofResult:
    """The client is this party; say where name or id are wrong."""
    name = reading.buyer_name if party == "buyer" else reading.seller_name
    tax_id = reading.buyer_tax_id if party == "buyer" else reading.seller_tax_id
    who = _WHO[party]
    if name is not None and _plain(name) not in _names(client):
        sentence = f"{who}税号是本公司的，但名称“{name}”与公司全称“{client.name}”不一样。{_ISSUE_AGAIN}"
        return ProofResult(f"{party}.name", False, f"{party}_name", sentence, Fixer.ISSUER, direction)
    if tax_id is not None and tax_id.upper() != client.tax_id.upper():
        sentence = f"{who}名称是本公司的，但税号 {tax_id} 与公司税号 {client.tax_id} 不一样。{_ISSUE_AGAIN}"
        return ProofResult(f"{party}.tax_id_other", False, f"{party}_tax_id", sentence, Fixer.ISSUER, direction)
    if tax_id is None and party == "buyer" and reading.kind not in NO_TAX_DOCUMENT:
        sentence = f"票上没有写公司税号 {client.tax_id}，不能作为税收凭证。{_ISSUE_AGAIN}"
        return ProofResult("buyer.tax_id_missing", False, "buyer_tax_id", sentence, Fixer.ISSUER, direction)
    side = "进项" if direction is Direction.PURCHASE else "销项"
    return ProofResult("party.client", True, f"{party}_name", f"是本公司的{side}发票。", Fixer.NOBODY, direction)


def _names(client: ClientIdentity) -> set[str]:
    return {_plain(each) for each in (client.name, *client.former_names)}


def _plain(name: str) -> str:
    """A name for comparing: bracket width, spaces and case do not matter."""
    return re.sub(r"\s", "", name).replace("（", "(").replace("）", ")").upper()
