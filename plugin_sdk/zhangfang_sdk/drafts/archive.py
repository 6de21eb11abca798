"""The client's files for as long as the law keeps them: under a year, a kind and a retention, found again, never changed.

The books put a closed month's statements away::

    await use(Archive).put(Filed(client, document, 2026, "statements", Retention.YEARS_10, key=f"statements:{period.key}"))

An inspection asks for everything of a year, and what is missing::

    items = await use(Archive).items(client, year=2026)
    gaps = await use(Archive).missing(client, year=2026)
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs


class Retention(StrEnum):
    """会计档案管理办法 (财政部 国家档案局令第79号, in force 2016-01-01), annexes 1 and 2: counted from the day after the year's end."""

    YEARS_10 = "10"
    YEARS_30 = "30"
    FOR_EVER = "for_ever"


@dataclass(frozen=True, slots=True)
class Filed:
    """``kind`` is a key of the archive's list ("vouchers", "statements", "contracts"); the same ``key`` is filed once.

    ``voucher`` links what a voucher was made from. The document's bytes stay as they are.
    """

    client: int
    document: int
    year: int
    kind: str
    retention: Retention
    key: str
    voucher: int | None = None


@dataclass(frozen=True, slots=True)
class ArchiveItem:
    """``keep_until`` is a business date, None for ever; ``sealed_at`` (UTC) says when its package was closed."""

    id: int
    filed: Filed
    keep_until: dt.date | None
    sealed_at: dt.datetime | None = None


class Archive(Protocol):
    """Archives of clients in scope, in the caller's transaction. Refusal ``common.not_found`` for what is out of scope."""

    @needs("records.file")
    async def put(self, filed: Filed) -> int:
        """The item; what is filed cannot be taken back, only superseded under another key. The person needs ``records.file``.

        Raises Refusal ``records.no_kind``, ``records.year_sealed``.
        """
        ...

    @needs("records.read")
    async def items(self, client: int, *, year: int, kind: str = "") -> Sequence[ArchiveItem]:
        """By kind, then as they came."""
        ...

    @needs("records.read")
    async def missing(self, client: int, *, year: int) -> Sequence[str]:
        """What the year lacks to be complete, a Chinese sentence each; empty when it is."""
        ...
