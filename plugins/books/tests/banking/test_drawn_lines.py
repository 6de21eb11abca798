"""Proposals on lines drawn by somebody who had not seen the matcher: nothing wrong and sure."""

from collections import Counter

import pytest

from banking.drawn_lines import Drawn, draw
from zhangfang_books.bank.matching.kinds import Line, Target
from zhangfang_books.bank.matching.proposing import proposals_for

LEAST_RIGHT = 0.9
"""Of the lines that belong to something."""
LEAST_OF_A_KIND = 0.75


def alike(drawn: Drawn, one: frozenset[int], other: frozenset[int]) -> bool:
    """The same items, or such as nothing but their age tells apart."""

    def kinds(keys: frozenset[int]) -> list[tuple[str, str, int]]:
        return sorted((drawn.items[k].side, drawn.items[k].party, drawn.items[k].amount) for k in keys)

    return one == other or kinds(one) == kinds(other)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_sure_is_right(seed: int) -> None:
    drawn = draw(seed, 1_000)
    lines = [Line(n, line.date, line.amount, line.party, text=line.text) for n, line in enumerate(drawn.lines)]
    targets = [
        Target(str(i.key), i.date, i.amount if i.side == "receivable" else -i.amount, i.party, text=i.number)
        for i in drawn.items
    ]
    told = {
        line.id: (frozenset(int(t.key) for t in proposal.targets), proposal.sure)
        for proposal in proposals_for(lines, targets)
        for line in proposal.lines
    }
    truth = {n: frozenset(key for key, _ in line.items) for n, line in enumerate(drawn.lines)}
    wrong = [n for n, (keys, sure) in told.items() if sure and not alike(drawn, keys, truth[n])]
    meant = [n for n, keys in truth.items() if keys]
    right = [n for n in meant if n in told and alike(drawn, told[n][0], truth[n])]
    kinds, found = (Counter(drawn.lines[n].cause for n in some) for some in (meant, right))
    shares = {kind: found[kind] / count for kind, count in kinds.items()}
    print(f"seed {seed}: {len(right) / len(meant):.1%} right", {k: f"{v:.0%}" for k, v in shares.items()})  # noqa: T201  # a measured figure
    assert wrong == []
    assert len(right) >= LEAST_RIGHT * len(meant)
    assert min(shares.values()) >= LEAST_OF_A_KIND
    assert any(sure for _, sure in told.values())
