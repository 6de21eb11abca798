"""Whether a piece of HTML stays within itself: whatever it opens it closes, and nothing that it has not opened."""

from html.parser import HTMLParser

_NEVER_CLOSED = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
_CLOSED_BY_OTHERS = frozenset(["li", "dt", "dd", "p", "option", "optgroup", "thead", "tbody", "tfoot", "tr", "td", "th", "colgroup", "caption", "rp", "rt"])
"""Elements whose end HTML lets one leave out: the end of the element around them ends them."""


class Unbalanced(ValueError):
    """The message names the tag that has no other half."""


def check_balanced(html: str) -> None:
    """Raises Unbalanced for a tag without its other half, a comment or an attribute that does not end."""
    reader = _Reader()
    reader.feed(html)
    left = reader.rawdata
    reader.close()
    if "<" in left:
        raise Unbalanced(left[:40])
    if (open_ := [tag for tag in reader.open if tag not in _CLOSED_BY_OTHERS]):
        raise Unbalanced(f"<{open_[-1]}>")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _NEVER_CLOSED:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of elements of SVG that ends the element; of HTML a browser takes it for a start.
        if tag not in _NEVER_CLOSED and "svg" not in self.open:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in _CLOSED_BY_OTHERS:
            self.open.pop()
        if not self.open or self.open[-1] != tag:
            raise Unbalanced(f"</{tag}>")
        self.open.pop()
