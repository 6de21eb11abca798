"""Which column of a program's voucher file means what. Pure."""

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FIELDS: Mapping[str, str] = {
    "date": "日期",
    "word": "凭证字",
    "number": "凭证号",
    "label": "凭证字号(记-12)",
    "summary": "摘要",
    "account": "科目编码",
    "account_name": "科目名称",
    "debit": "借方金额",
    "credit": "贷方金额",
    "direction": "借贷方向",
    "amount": "金额(配借贷方向)",
    "counterparty": "往来单位",
    "customer": "客户",
    "customer_code": "客户编码",
    "supplier": "供应商",
    "supplier_code": "供应商编码",
    "employee": "职员",
    "employee_code": "职员编码",
    "department": "部门",
    "department_code": "部门编码",
    "project": "项目",
    "project_code": "项目编码",
    "stock": "存货",
    "stock_code": "存货编码",
    "items": "核算项目(类别---代码---名称)",
    "item_class": "核算类别",
    "item_code": "核算项目代码",
    "item_name": "核算项目名称",
    "quantity": "数量",
    "price": "单价",
    "currency": "币别",
    "foreign": "原币金额",
    "rate": "汇率",
}
"""Field → its title. ``item_*`` may stand several times, and belong together by their order."""

_FILE = Path(__file__).parent.parent / "data" / "import_profiles.toml"
_NEEDED = frozenset({"date", "summary", "account"})

Places = Mapping[str, tuple[int, ...]]
"""Field → its columns from 0, the preferred heading's first."""


def plain(heading: str) -> str:
    """A heading without what programs and people put around it: width, spaces, marks of must, English in brackets, a closing unit."""
    text = unicodedata.normalize("NFKC", heading).replace("\ufeff", "").replace("_x000D_", "")
    text = re.sub(r"[\s*'`\u200b:]", "", re.sub(r"\[[^\]]*\]", "", text))
    return re.sub(r"\((元|人民币|本位币|必填|选填)\)$", "", text).upper()


@dataclass(frozen=True, slots=True)
class Profile:
    """``columns``: field → headings that mean it, the first preferred. ``confirmed``: a person looked at it, or a source told it."""

    program: str
    name: str
    columns: Mapping[str, tuple[str, ...]]
    confirmed: bool = True
    own: bool = False

    def places(self, cells: Sequence[str]) -> Places | None:
        """None when the row is no heading row of a voucher file."""
        found = standing_at(self.columns, cells)
        return found if enough(found) else None


def standing_at(columns: Mapping[str, Sequence[str]], cells: Sequence[str]) -> Places:
    """Where the headings of each field stand among ``cells``, wherever that is; fields that none has are left out."""
    standing: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        if cell.strip():
            standing.setdefault(plain(cell), []).append(place)
    found: dict[str, tuple[int, ...]] = {}
    for field, headings in columns.items():
        places = [place for heading in headings for place in standing.get(plain(heading), ())]
        if places:
            found[field] = tuple(places)
    return found


def enough(fields: Mapping[str, object]) -> bool:
    """Whether vouchers can be read from these fields."""
    sides = {"debit", "credit"} <= fields.keys() or {"direction", "amount"} <= fields.keys()
    return fields.keys() >= _NEEDED and sides and ("number" in fields or "label" in fields)


@cache
def presets() -> tuple[Profile, ...]:
    return tuple(_of(p["program"], p["name"], p, p.get("confirmed", True)) for p in _data()["profiles"])


@cache
def harmless() -> frozenset[str]:
    """Headings whose columns say nothing that the books do not know or make themselves."""
    return frozenset(plain(heading) for heading in _data()["harmless"])


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def kept(program: str, name: str, columns: str, confirmed: bool) -> Profile:
    """A firm's own profile from its row (JSON)."""
    return _of(program, name, json.loads(columns), confirmed, own=True)


def _of(program: str, name: str, raw: Mapping[str, Sequence[str]], confirmed: bool, *, own: bool = False) -> Profile:
    return Profile(program, name, {f: tuple(raw[f]) for f in FIELDS if raw.get(f)}, confirmed, own)
