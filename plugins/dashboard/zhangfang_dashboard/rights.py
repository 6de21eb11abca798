"""Which figures the actor may see: enforced where data is read (DASH-3)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Visible:
    """What the actor may see of a client: keys of the books' figures in the order of FIGURES, and the plugins' figures."""

    of_books: Sequence[str]
    of_plugins: Sequence[Definition]

    @property
    def keys(self) -> list[str]:
        return [*self.of_books, *(figure.key for figure in self.of_plugins)]


async def visible(client: int) -> Visible:
    """By the role's defaults and the firm's decisions: a role that nobody described sees no figure of the books, and every
    role sees the plugins' that their permissions give, but for those that the firm took from it."""
    decided = await _decisions()
    usual = _defaults().get(scope().role, ())
    of_books = [key for key in FIGURES if decided.get(key, "*" in usual or key in usual)]
    offered = await use(Measures).offered(client)
    return Visible(of_books, [figure for figure in offered if figure.plugin and decided.get(figure.key, True)])


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
    if key not in (await visible(client)).keys:
        raise not_found("指标")
