"""Electronic signatures by a licensed authority (电子签名): what a vendor is given and what it gives back."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Signer:
    """Who is to sign; ``phone`` in E.164 form. ``company`` is empty for a person who signs for themself."""

    name: str
    phone: str
    company: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """``key`` is the caller's own: one signing for one key. ``pdf`` is the document as it is to be signed; ``expires_at`` in UTC."""

    key: str
    title: str
    pdf: bytes
    signers: tuple[Signer, ...]
    expires_at: dt.datetime


class SigningState(StrEnum):
    WAITING = "waiting"
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Signing:
    """How it stands. ``links`` are where each signer signs, by phone; ``signed_at`` (UTC) when the last one did."""

    reference: str
    state: SigningState
    links: Mapping[str, str]
    signed_at: dt.datetime | None = None


class SigningService(Protocol):
    """What ``Vendor.open`` gives for the kind ``signing``. Later questions go to the vendor that began it (``Answered.vendor``)."""

    async def begin(self, request: SigningRequest) -> Signing:
        """Hand the document to its signers. Asked again with the same key it gives the same signing.

        Raises VendorAway, VendorMisset, VendorRefused (``signing.bad_document``, ``signing.bad_signer``).
        """
        ...

    async def signing(self, reference: str) -> Signing:
        """How it stands; only reads. Raises VendorAway, VendorMisset, VendorRefused (``signing.unknown``)."""
        ...

    async def evidence(self, reference: str) -> Sequence[bytes]:
        """The signed PDF first, then the authority's certificates, once it is SIGNED; only reads.

        Raises VendorAway, VendorMisset, VendorRefused (``signing.unknown``, ``signing.not_signed``).
        """
        ...
