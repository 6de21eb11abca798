"""OFX bank statements, 1.x (SGML, elements that nothing closes) and 2.x (XML). Pure.

Open Financial Exchange 1.6 and 2.2, section 11.4: STMTRS{CURDEF, BANKACCTFROM, BANKTRANLIST{STMTTRN…}, LEDGERBAL}. FITID is the bank's serial.
"""

import html
import re
from collections.abc import Iterator

from zhangfang_books.importing.wire_rows import WireEntry, WireStatement, plain_amount, rows_of_statements

_STATEMENT = re.compile(r"<(STMTRS|CCSTMTRS)>(.*?)(?=</\1>|<\1>|\Z)", re.DOTALL | re.IGNORECASE)
_ENTRY = re.compile(r"<STMTTRN>(.*?)(?=</STMTTRN>|<STMTTRN>|</BANKTRANLIST>)", re.DOTALL | re.IGNORECASE)


def fits(text: str) -> bool:
    head = text[:4000].upper()
    return "OFXHEADER" in head or "<OFX>" in head


def rows(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Raises ValueError for a file that ends before its statement does."""
    if "</OFX>" not in text.upper():
        raise ValueError("the file ends early")
    return rows_of_statements(_statement(match[2]) for match in _STATEMENT.finditer(text))


def _statement(text: str) -> WireStatement:
    closing = text.upper().partition("<LEDGERBAL>")[2]
    found = WireStatement(_value(text, "ACCTID"), _value(text, "CURDEF"), closing=plain_amount(_value(closing, "BALAMT")))
    for match in _ENTRY.finditer(text):
        one = match[1]
        stamp = re.sub(r"\D", "", _value(one, "DTPOSTED").partition("[")[0].partition(".")[0])
        found.entries.append(
            WireEntry(
                date=stamp[:8],
                time=stamp[8:14] if stamp[8:14].strip("0") else "",
                amount=plain_amount(_value(one, "TRNAMT")),
                counterparty=_value(one, "NAME"),
                text=_value(one, "MEMO"),
                remark=_value(one, "CHECKNUM"),
                serial=_value(one, "FITID"),
            )
        )
    return found


def _value(text: str, tag: str) -> str:
    match = re.search(rf"<{tag}>([^<\r\n]*)", text, re.IGNORECASE)
    return html.unescape(match[1]).strip() if match else ""
