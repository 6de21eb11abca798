"""Which figures the cockpit shows to the actor: those that ``Measures`` gives them, which holds to what the role sees (DASH-3)."""

from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Visible:
    """What the actor may see of a client: keys of the books' figures in the order of FIGURES, and the plugins' figures."""

    of_books: Sequence[str]
    of_plugins: Sequence[Definition]

    @property
    def keys(self) -> list[str]:
        return [*self.of_books, *(figure.key for figure in self.of_plugins)]


async def visible(client: int) -> Visible:
    """Raises Refusal ``common.not_found``."""
    offered = await use(Measures).offered(client)
    keys = {figure.key for figure in offered}
    return Visible([key for key in FIGURES if key in keys], [figure for figure in offered if figure.plugin])


async def require_figure(client: int, key: str) -> None:
    """The same answer for a figure that does not exist and for one that the actor may not see."""
    if key not in (await visible(client)).keys:
        raise not_found("指标")
