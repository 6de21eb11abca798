"""Finding a client as an accountant does: by name, by the initials of its pinyin, by tax id; the last ones first."""

from collections.abc import Sequence
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

from zhangfang_sdk.clients import Client
from zhangfang_sdk.search_words import fold

SHOWN = 12
LONGEST = 60


def found(clients: Sequence[Client], words: str, recent: Sequence[int] = ()) -> list[Client]:
    """Those that fit ``words`` (all when there are none), those of ``recent`` first in its order, the others as they come."""
    asked = fold(words[:LONGEST]).strip()
    place = {client: number for number, client in enumerate(recent)}
    return sorted((c for c in clients if _fits(c, asked)), key=lambda c: place.get(c.id, len(place)))


def _fits(client: Client, words: str) -> bool:
    return words in _written(client.name, client.tax_id) or words.replace(" ", "") in initials(client.name)


@lru_cache(maxsize=50_000)
def _written(name: str, tax_id: str) -> str:
    return fold(f"{name} {tax_id}")


def initials(name: str) -> str:
    """味香餐 has the initials "wxc"; letters and digits stand for themselves."""
    return "".join(_signs(name))


def sounding(name: str, word: str) -> str:
    """The first piece of ``name`` whose initials are ``word``, "" without one: of 味香餐饮, "cy" is 餐饮."""
    places = [place for place, sign in enumerate(_signs(name)) for _ in sign]
    found = initials(name).find(word)
    return "" if not word or found < 0 else name[places[found] : places[found + len(word) - 1] + 1]


@lru_cache(maxsize=50_000)
def _signs(name: str) -> tuple[str, ...]:
    """One for each character, "" for spaces."""
    parted = "\0".join(lazy_pinyin(name, style=Style.FIRST_LETTER, errors="\0".join))
    return tuple(sign.lower().replace(" ", "") for sign in parted.split("\0"))


def recent_clients(cookie: str) -> list[int]:
    """Ids as the browser noted them, the last one first ("7.3.12"); nothing for what is not written so. Orders, opens nothing."""
    numbers = cookie.split(".")[:SHOWN]
    return [int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 19]
