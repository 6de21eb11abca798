"""Charts of accounts and the figures defined over them, as data with sources and dates of effect."""

from zhangfang_core.ledger.charts.chart import Account, Category, Chart, ChartFault, Side, Source
from zhangfang_core.ledger.charts.loading import load_chart, standards
from zhangfang_core.ledger.charts.measures import Basis, Measure, Measures, Part, Term, load_measures

__all__ = [
    "Account",
    "Basis",
    "Category",
    "Chart",
    "ChartFault",
    "Measure",
    "Measures",
    "Part",
    "Side",
    "Source",
    "Term",
    "load_chart",
    "load_measures",
    "standards",
]
