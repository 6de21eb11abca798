"""Pages for authors are followed as they are written: every block of code is a file or is run."""

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^`(?P<path>[\w./]+)`(?P<how>, as it was written|, at its end)?$")


class NotFollowed(ValueError):
    """A block that says neither which file it is nor that it is run."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a page. ``path`` is "" for what is run; ``how`` says whether a file is written whole, compared or added to."""

    path: str
    how: str
    text: str


def blocks(page: str) -> list[Block]:
    """In the page's order. Raises NotFollowed."""
    text = (DOCS / page).read_text("utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        named = _FILE.match(match["before"])
        if named is None and match["kind"] != "sh":
            raise NotFollowed(f"{page}: a block of {match['kind'] or 'nothing'} after {match['before']!r}")
        found.append(Block("" if named is None else named["path"], (named and named["how"]) or "", match["text"]))
    if len(found) * 2 != len(re.findall(r"^```", text, re.MULTILINE)):
        raise NotFollowed(f"{page}: a block of code does not stand apart")
    return found


def put(block: Block, folder: Path) -> None:
    """Write the file of a block, or see that it is what stands there."""
    path = folder / block.path
    if block.how == ", as it was written":
        assert path.read_text("utf-8") == block.text, block.path
    elif block.how == ", at its end":
        path.write_text(path.read_text("utf-8") + block.text, "utf-8")
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
