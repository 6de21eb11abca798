"""Kinds of invoice a reading can have, and what each may mean for input VAT.

Sources: titles are those printed on the documents; electronic (2015 公告84号), fully digital (国家税务总局公告
2024年第11号, in force 2024-12-01), railway (2024年第8号, 2024-11-01) and air itineraries (2024年第9号, 2024-12-01).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class InvoiceKind(StrEnum):
    """Kind of one document; the value is the Chinese name shown to people."""

    SPECIAL_PAPER = "增值税专用发票"
    ORDINARY_PAPER = "增值税普通发票"
    ROLL = "增值税普通发票（卷票）"
    SPECIAL_ELECTRONIC = "增值税电子专用发票"
    ORDINARY_ELECTRONIC = "增值税电子普通发票"
    TOLL = "通行费电子普通发票"
    DIGITAL_SPECIAL = "数电专票"
    DIGITAL_ORDINARY = "数电普票"
    RAIL = "铁路电子客票"
    AIR = "航空运输电子客票行程单"
    VEHICLE = "机动车销售统一发票"
    USED_VEHICLE = "二手车销售统一发票"
    DIGITAL_VEHICLE = "数电机动车发票"
    DIGITAL_USED_VEHICLE = "数电二手车发票"
    RAIL_PAPER = "火车票"
    COACH = "客运车票"
    TAXI = "出租车发票"
    QUOTA = "定额发票"
    POS = "POS 签购单"
    TILL = "购物小票"
    FISCAL = "财政票据"
    BANK_SLIP = "银行回单"
    OTHER = "其他票据"

    @property
    def printed_title(self) -> str:
        """The title as it stands on the document, without the province."""
        return _FACTS[self].title

    @property
    def is_digital(self) -> bool:
        """Whether it is a fully digital invoice: 20-digit number, no code, no check code."""
        return _FACTS[self].digital

    @property
    def may_carry_input_vat(self) -> bool:
        """Whether its tax may in principle be deducted by a general taxpayer.

        A yes is necessary, never sufficient: use, taxpayer kind and confirmation (用途确认) decide.
        """
        return _FACTS[self].input_vat


@dataclass(frozen=True, slots=True)
class _Facts:
    title: str
    digital: bool
    input_vat: bool


_FACTS = {
    InvoiceKind.SPECIAL_PAPER: _Facts("增值税专用发票", False, True),
    InvoiceKind.ORDINARY_PAPER: _Facts("增值税普通发票", False, False),
    InvoiceKind.ROLL: _Facts("增值税普通发票（卷票）", False, False),
    InvoiceKind.SPECIAL_ELECTRONIC: _Facts("增值税电子专用发票", False, True),
    InvoiceKind.ORDINARY_ELECTRONIC: _Facts("增值税电子普通发票", False, False),
    InvoiceKind.TOLL: _Facts("增值税电子普通发票", False, True),
    InvoiceKind.DIGITAL_SPECIAL: _Facts("电子发票（增值税专用发票）", True, True),
    InvoiceKind.DIGITAL_ORDINARY: _Facts("电子发票（普通发票）", True, False),
    InvoiceKind.RAIL: _Facts("电子发票（铁路电子客票）", True, True),
    InvoiceKind.AIR: _Facts("电子发票（航空运输电子客票行程单）", True, True),
    InvoiceKind.VEHICLE: _Facts("机动车销售统一发票", False, True),
    InvoiceKind.USED_VEHICLE: _Facts("二手车销售统一发票", False, False),
    InvoiceKind.DIGITAL_VEHICLE: _Facts("电子发票（机动车销售统一发票）", True, True),
    InvoiceKind.DIGITAL_USED_VEHICLE: _Facts("电子发票（二手车销售统一发票）", True, False),
    InvoiceKind.COACH: _Facts("客运车票", False, True),
    InvoiceKind.FISCAL: _Facts("财政票据", False, False),
    InvoiceKind.BANK_SLIP: _Facts("银行回单", False, False),
    InvoiceKind.RAIL_PAPER: _Facts("火车票", False, True),
    InvoiceKind.TAXI: _Facts("出租汽车发票", False, False),
    InvoiceKind.QUOTA: _Facts("通用定额发票", False, False),
    InvoiceKind.POS: _Facts("签购单", False, False),
    InvoiceKind.TILL: _Facts("购物小票", False, False),
    InvoiceKind.OTHER: _Facts("", False, False),
}

# The last two digits of a 12-digit code name the kind (税控发票代码编码规则); codes of 10 digits belong to paper invoices of old.
_CODE_ENDINGS = {
    "04": InvoiceKind.ORDINARY_PAPER,
    "05": InvoiceKind.ORDINARY_PAPER,
    "06": InvoiceKind.ROLL,
    "07": InvoiceKind.ROLL,
    "11": InvoiceKind.ORDINARY_ELECTRONIC,
    "12": InvoiceKind.TOLL,
    "13": InvoiceKind.SPECIAL_ELECTRONIC,
}
_ELECTRONIC = {
    InvoiceKind.ORDINARY_PAPER: (InvoiceKind.ORDINARY_ELECTRONIC, InvoiceKind.TOLL),
    InvoiceKind.SPECIAL_PAPER: (InvoiceKind.SPECIAL_ELECTRONIC,),
}
_LONG_CODE = 12
_DIGITAL_NUMBER = 20
_DIGITAL = {
    InvoiceKind.SPECIAL_PAPER: InvoiceKind.DIGITAL_SPECIAL,
    InvoiceKind.ORDINARY_PAPER: InvoiceKind.DIGITAL_ORDINARY,
    InvoiceKind.VEHICLE: InvoiceKind.DIGITAL_VEHICLE,
    InvoiceKind.USED_VEHICLE: InvoiceKind.DIGITAL_USED_VEHICLE,
}


def known_kind(titled: InvoiceKind | None, code: str | None, number: str | None = None) -> InvoiceKind:
    """The kind by title, narrowed by code and number; by the code alone where no title was read.

    An electronic one's code says so where 电子 was not read in its title.
    A paper invoice has a code: with 20 digits and none, the words around its title were misread and it is a digital one.
    """
    if titled is not None:
        if code is None and number is not None and len(number) == _DIGITAL_NUMBER:
            return _DIGITAL.get(titled, titled)
        coded = known_kind(None, code)
        if coded in _ELECTRONIC.get(titled, ()):
            return coded
        return with_code(titled, code)
    if code is None or len(code) != _LONG_CODE or not code.startswith("0"):
        return InvoiceKind.OTHER
    return _CODE_ENDINGS.get(code[-2:], InvoiceKind.OTHER)


def with_code(kind: InvoiceKind, code: str | None) -> InvoiceKind:
    """Narrow an electronic ordinary invoice to a toll invoice where its code says so."""
    if kind is InvoiceKind.ORDINARY_ELECTRONIC and known_kind(None, code) is InvoiceKind.TOLL:
        return InvoiceKind.TOLL
    return kind
