"""ISO 20022 camt.053 (BankToCustomerStatement), versions 02 to 08, whose elements used here are the same. Pure."""

from collections.abc import Iterator
from xml.etree import ElementTree

from zhangfang_books.importing.gbt24589_reading import tree_of
from zhangfang_books.importing.wire_rows import WireEntry, WireStatement, plain_amount, rows_of_statements

BOOKED = "BOOK"


def fits(text: str) -> bool:
    return text.lstrip().startswith("<") and "BkToCstmrStmt" in text[:4000]


def rows(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Raises ElementTree.ParseError, and ValueError for a DOCTYPE. Entries that are not booked are left out."""
    return rows_of_statements(_statement(element) for element in tree_of(text).iterfind(".//{*}Stmt"))


def _statement(element: ElementTree.Element) -> WireStatement:
    account = _text(element, "{*}Acct/{*}Id/{*}IBAN") or _text(element, "{*}Acct/{*}Id/{*}Othr/{*}Id")
    found = WireStatement(account, _text(element, "{*}Acct/{*}Ccy"))
    for balance in element.iterfind("{*}Bal"):
        kind = _text(balance, "{*}Tp/{*}CdOrPrtry/{*}Cd")
        if kind in ("OPBD", "PRCD"):
            found.opening = _amount(balance)
        elif kind == "CLBD":
            found.closing = _amount(balance)
        currency = balance.find("{*}Amt")
        found.currency = found.currency or ("" if currency is None else currency.get("Ccy", ""))
    for entry in element.iterfind("{*}Ntry"):
        state = _text(entry, "{*}Sts/{*}Cd") or _text(entry, "{*}Sts")
        if state in ("", BOOKED):
            found.entries.append(_entry(entry))
    return found


def _entry(entry: ElementTree.Element) -> WireEntry:
    booked = _text(entry, "{*}BookgDt/{*}DtTm") or _text(entry, "{*}BookgDt/{*}Dt")
    amount = _amount(entry)
    other, its = ("Cdtr", "CdtrAcct") if amount.startswith("-") else ("Dbtr", "DbtrAcct")
    details = "{*}NtryDtls/{*}TxDtls"
    parties = f"{details}/{{*}}RltdPties"
    name = _text(entry, f"{parties}/{{*}}{other}/{{*}}Nm") or _text(entry, f"{parties}/{{*}}{other}/{{*}}Pty/{{*}}Nm")
    number = f"{parties}/{{*}}{its}/{{*}}Id"
    return WireEntry(
        date=booked[:10],
        time=booked[11:19],
        amount=amount,
        counterparty=name,
        counterparty_account=_text(entry, f"{number}/{{*}}IBAN") or _text(entry, f"{number}/{{*}}Othr/{{*}}Id"),
        text=_text(entry, f"{details}/{{*}}RmtInf/{{*}}Ustrd") or _text(entry, "{*}AddtlNtryInf"),
        serial=_text(entry, "{*}AcctSvcrRef") or _text(entry, f"{details}/{{*}}Refs/{{*}}AcctSvcrRef"),
    )


def _amount(element: ElementTree.Element) -> str:
    return plain_amount(_text(element, "{*}Amt"), out=_text(element, "{*}CdtDbtInd") == "DBIT")


def _text(element: ElementTree.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
