"""Names of parties as they are compared. Pure."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

_FORMS = re.compile(r"(股份)?(有限)?(责任)?公司$|(普通|有限)?合伙(企业)?$|个体工商户$|集团$")
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}")
_LEFT_OUT = re.compile(r"[\s()\[\]{}<>《》·.,、:;\-_*/]")
LEAST_ALIKE = 0.75
MOST_CANDIDATES = 12


@lru_cache(maxsize=100_000)
def plain_name(name: str) -> str:
    """Without width, brackets, dots and spaces."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", name)).upper()


@lru_cache(maxsize=100_000)
def core_of(name: str) -> str:
    """Without its legal form too."""
    plain = plain_name(name)
    return _FORMS.sub("", plain) or plain


def is_person(name: str) -> bool:
    """By its length; a company's name is longer."""
    return _PERSON.fullmatch(plain_name(name)) is not None


@lru_cache(maxsize=200_000)
def alike(one: str, other: str) -> bool:
    """Whether one may be the other, miswritten or cut short; a question, never an answer."""
    a, b = core_of(one), core_of(other)
    if not a or not b:
        return False
    if a == b or (min(len(a), len(b)) >= 4 and (a in b or b in a)):
        return True
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= LEAST_ALIKE


class Names:
    """The names that are known, to be found by those that are like them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_pair: dict[str, set[str]] = defaultdict(set)
        self._all = {name for name in names if name}
        for name in self._all:
            for pair in _pairs(name):
                self._by_pair[pair].add(name)
        self._found: dict[str, list[str]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._all

    def like(self, name: str) -> Sequence[str]:
        """Those that ``name`` may be, the likest first, itself left out."""
        found = self._found.get(name)
        if found is None:
            shared = Counter(other for pair in _pairs(name) for other in self._by_pair.get(pair, ()))
            shared.pop(name, None)
            near = [other for other, _ in sorted(shared.items(), key=lambda s: (-s[1], s[0]))[:MOST_CANDIDATES]]
            found = self._found[name] = [other for other in near if alike(name, other)]
        return found


def _pairs(name: str) -> set[str]:
    core = core_of(name)
    return {core[n : n + 2] for n in range(len(core) - 1)} or {core}
