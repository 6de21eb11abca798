"""Text that people or files sent, and text that the plugin says."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Protocol, TypeVar

from zhangfang_sdk.acting import needs

T = TypeVar("T", str, Mapping[str, str])

_UNSEEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ud800-\\udfff\\ufeff\\ufffe\\uffff]"
)


def translatable(text: T) -> T:
    """``text``, or titles by their keys, as they are: a mark for what brings the catalogues up to date. Templates show them with ``_()``.

    ``SIDES = translatable({"firm": "我们", "client": "客户"})``. Of a ``data/*.toml`` that begins with ``translatable = ["title"]`` these fields are marked.
    """
    return text


def seen(text: str) -> str:
    """``text`` without signs that nobody sees: controls, which Excel and XML cannot hold, and those that turn the direction of what follows,
    so that a name reads as another name. Line breaks, tabs and spaces stay.
    """
    return text if text.isprintable() else _UNSEEN.sub("", text)


def half_width(text: str) -> str:
    """Digits and signs as a Chinese keyboard types them (１２．５) as everybody reads numbers (12.5). For numbers alone: names keep their width."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


class Texts(Protocol):
    """The plugin's own texts where no template says them: titles of what waits, of search hits, in a file that is made."""

    @needs()
    def said(self, text: str) -> str:
        """``text`` (marked by :func:`translatable`) in the language of whoever reads, as ``_()`` in the plugin's templates says it. Chinese where
        nothing translates it, and in jobs, of whose readers nobody knows the language."""
        ...
