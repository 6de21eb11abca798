"""Invoices drawn for demos and tests: invented facts in the forms that real ones come in."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal, Protocol

from zhangfang_sdk.acting import needs


@dataclass(frozen=True, slots=True)
class SpecimenLine:
    """``name`` carries its classification ("*餐饮服务*餐费"); amounts in fen; ``rate`` as printed ("6%", "免税")."""

    name: str
    amount: int
    rate: str
    tax: int
    unit: str = ""
    quantity: str = ""
    unit_price: str = ""


@dataclass(frozen=True, slots=True)
class Specimen:
    """A fully digital invoice (数电票) that nobody issued. ``special`` tells 专票 from 普票."""

    number: str
    issued_on: dt.date
    special: bool
    seller_name: str
    seller_tax_id: str
    buyer_name: str
    buyer_tax_id: str
    lines: tuple[SpecimenLine, ...]
    remarks: str = "演示票据,并非真实发票"


class Specimens(Protocol):
    @needs()
    def written(self, specimen: Specimen, form: Literal["xml", "pdf"]) -> tuple[str, str, bytes]:
        """File name, media type and bytes."""
        ...
