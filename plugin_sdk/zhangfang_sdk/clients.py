"""Firms and their clients, as values, and the service that tells of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs


class TaxpayerKind(StrEnum):
    """纳税人身份 for VAT (增值税法, in force from 2026-01-01)."""

    GENERAL = "general"
    SMALL_SCALE = "small_scale"


@dataclass(frozen=True, slots=True)
class Client:
    """A company whose books the firm keeps. ``industry`` is a key of the industry list (restaurant, trading, software ...)."""

    id: int
    name: str
    tax_id: str
    taxpayer_kind: TaxpayerKind
    standard: str
    industry: str
    books_start: dt.date


@dataclass(frozen=True, slots=True)
class NewClient:
    """What is needed to take a client on. ``standard`` names a chart of accounts ("small_business_2013")."""

    name: str
    tax_id: str
    taxpayer_kind: TaxpayerKind
    industry: str
    books_start: dt.date
    standard: str = "small_business_2013"


class Clients(Protocol):
    """Clients of the firm in scope. Everything runs in the caller's transaction."""

    @needs("clients.read")
    async def client(self, client_id: int) -> Client:
        """Raises Refusal ``common.not_found``, also for a client that the actor may not see."""
        ...

    @needs("clients.read")
    async def clients(self) -> Sequence[Client]:
        """Those that the actor may see, by name."""
        ...

    @needs("clients.manage")
    async def take_on(self, new: NewClient) -> int:
        """Take a client on, with its chart of accounts; needs ``clients.manage``. Asks ``check_client``, tells ``on_clients_created``.

        Raises Refusal ``client.tax_id_taken``, ``client.tax_id_wrong``, ``client.objected``.
        """
        ...
