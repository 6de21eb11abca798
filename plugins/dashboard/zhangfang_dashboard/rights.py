"""Which figures the actor may see: enforced where data is read (DASH-3)."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from zhangfang_dashboard.tables import RoleFigure
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.measures import Definition, Measures
from zhangfang_sdk.services import use

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
    """Keys of the books' figures that the actor's role may see, in the order of FIGURES; a role that nobody described sees none."""
    usual = _defaults().get(scope().role, ())
    seen = set(FIGURES if "*" in usual else usual)
    for key, shown in (await _decisions()).items():
        (seen.add if shown else seen.discard)(key)
    return [key for key in FIGURES if key in seen]


async def visible_of_plugins(client: int) -> Sequence[Definition]:
    """Figures of plugins that the actor may see, but for those that the firm took from the role."""
    decided = await _decisions()
    offered = await use(Measures).offered(client)
    return [figure for figure in offered if figure.plugin and decided.get(figure.key, True)]


async def figure_titles() -> Mapping[str, str]:
    """Figures that a firm can give to roles or take from them, of the books and of plugins; none while it has no client."""
    clients = await use(Clients).clients()
    offered = await use(Measures).offered(clients[0].id) if clients else ()
    return {figure.key: figure.title for figure in offered if figure.plugin or figure.key in FIGURES}


async def _decisions() -> dict[str, bool]:
    rows = await RoleFigure.select(RoleFigure.figure, RoleFigure.shown).where(RoleFigure.role == scope().role)
    return {row["figure"]: row["shown"] for row in rows}


async def require_figure(client: int, key: str) -> None:
    """The same answer for a figure that does not exist and for one that the actor may not see."""
    if key not in await visible_figures() and key not in {d.key for d in await visible_of_plugins(client)}:
        raise not_found("指标")
