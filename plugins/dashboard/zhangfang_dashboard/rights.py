"""Which figures the actor may see: enforced where data is read (DASH-3)."""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from zhangfang_dashboard.tables import RoleFigure
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found

FIGURES = (
    "bank_balance",
    "cash_balance",
    "available_funds",
    "sales",
    "net_profit",
    "operating_expenses",
    "cost_of_sales",
    "taxes_payable",
    "receivables",
    "payables",
)


@cache
def _defaults() -> dict[str, tuple[str, ...]]:
    text = files("zhangfang_dashboard").joinpath("data/roles.toml").read_text("utf-8")
    return {role: tuple(keys) for role, keys in tomllib.loads(text)["figures"].items()}


async def visible_figures() -> Sequence[str]:
    """Keys that the actor's role may see, in the order of FIGURES; a role that nobody described sees none."""
    role = scope().role
    usual = _defaults().get(role, ())
    seen = set(FIGURES if "*" in usual else usual)
    for decision in await RoleFigure.select(RoleFigure.figure, RoleFigure.shown).where(RoleFigure.role == role):
        (seen.add if decision["shown"] else seen.discard)(decision["figure"])
    return [key for key in FIGURES if key in seen]


async def require_figure(key: str) -> None:
    """The same answer for a figure that does not exist and for one that the actor may not see."""
    if key not in await visible_figures():
        raise not_found("指标")
