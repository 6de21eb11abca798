"""Draw a set: ``python -m tests.benchmarks.drawn_invoices OUT [--family a|b] [--count 250] [--seed N] [--fonts DIR]``.

OUT gets the files and their ``truth.jsonl``. The same family, count, seed and typefaces give the same set. Debian's typefaces
(fonts-arphic-uming, -ukai, fonts-wqy-microhei, fonts-lxgw-wenkai) are taken where they are installed or lie in ``--fonts``; for what is not
there the house's own stands in.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from . import faces
from .sets import draw_set


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.drawn_invoices")
    asked.add_argument("out", type=Path)
    asked.add_argument("--family", choices=("a", "b"), default="a")
    asked.add_argument("--count", type=int, default=250)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--fonts", type=Path)
    given = asked.parse_args()
    if given.fonts:
        faces.look_in(given.fonts)
    drawn = draw_set(given.out, given.family, given.count, given.seed)
    for (quality, kind), count in Counter((one.quality, one.kind) for one in drawn).items():
        print(f"{quality:11} {kind:28} {count}")  # noqa: T201  # what it drew
    for face in faces.FILES:
        print(f"typeface {face}: {faces.path_of(face)}")  # noqa: T201


if __name__ == "__main__":
    main()
