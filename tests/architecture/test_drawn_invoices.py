"""The drawn invoices by which readers are measured: the same twice, and true to their own sums and numbers."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from pathlib import Path

import pytest

from tests.benchmarks.drawn_invoices import bills, digital, paper, sets, slip_layouts, travel
from tests.benchmarks.drawn_invoices.chance import Chance
from tests.benchmarks.drawn_invoices.figures import capital
from tests.benchmarks.drawn_invoices.looks import Family
from tests.benchmarks.drawn_invoices.parties import TAX_ID_MARKS
from tests.benchmarks.drawn_invoices.truths import Invoice

MADE: dict[str, Callable[[Chance], Invoice]] = {
    **{variant: partial(digital.digital, variant) for variant in digital.VARIANTS},
    **{
        kind: partial(paper.paper, kind)
        for kind in (paper.PAPER, paper.ORDINARY, paper.ELECTRONIC, paper.ELECTRONIC_SPECIAL)
    },
    paper.TOLL: paper.toll,
    **slip_layouts.MAKERS,
    bills.FISCAL: bills.fiscal,
    bills.BANK: bills.bank,
    "railway": partial(travel.railway, named_sums=True),
    "air": travel.air,
}


@pytest.mark.parametrize("kind", MADE)
def test_truths_add_up(kind: str) -> None:
    for n in range(5):
        invoice = MADE[kind](Chance(kind, n))
        assert invoice.truth() == MADE[kind](Chance(kind, n)).truth()
        if invoice.amount is not None and invoice.tax is not None:
            assert invoice.amount + invoice.tax == invoice.total
        if invoice.lines:
            assert sum(line.amount + line.tax for line in invoice.lines) == invoice.total
        for line in invoice.lines:
            if line.quantity is not None and line.price is not None:
                assert _fen(line.quantity * line.price * 100) == line.amount
            if line.rate.endswith("%"):
                assert _fen(line.amount * Decimal(line.rate[:-1]) / 100) == line.tax
        for party in (invoice.seller, invoice.buyer):
            if party.tax_id:
                assert sum(
                    TAX_ID_MARKS.index(mark) * pow(3, place, 31) for place, mark in enumerate(party.tax_id[:17])
                ) % 31 == (-TAX_ID_MARKS.index(party.tax_id[17]) % 31)


def _fen(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (1320620, "壹万叁仟贰佰零陆圆贰角整"),
        (2629209, "贰万陆仟贰佰玖拾贰圆零玖分"),
        (-1000001000, "(负数)壹仟万零壹拾圆整"),
        (5000, "伍拾圆整"),
    ],
)
def test_sums_in_words(fen: int, words: str) -> None:
    assert capital(fen) == words


@pytest.mark.parametrize(
    ("family", "quality", "kind"),
    [
        ("a", "structured", "pdf:discount"),
        ("b", "structured", "ofd:attached"),
        ("b", "structured", "railway:pdf"),
        ("a", "clean", "火车票"),
        ("b", "hard", "出租车发票"),
    ],
)
def test_the_same_seed_draws_the_same(tmp_path: Path, family: Family, quality: sets.Quality, kind: str) -> None:
    twice = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        drawn = sets.draw_one(folder, "one", quality, kind, family, Chance(7, kind))
        twice.append((drawn, (folder / drawn.file).read_bytes()))
    assert twice[0] == twice[1]
    assert len(twice[0][1]) > 2000
