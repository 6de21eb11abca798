"""A document on its way to the signatures that it needs, in order, with evidence. The vendor's side is :mod:`zhangfang_sdk.signing`.

A contract goes to the boss and then to the firm::

    request = await use(Signing).start(
        SigningWanted(f"contract:{contract}", client, document, "代理记账合同", SigningMode.CERTIFICATE, (boss, partner))
    )

A payroll wants the receipt of each employee by a click, and looks how far it is::

    request = await use(Signing).start(SigningWanted(key, client, slip, "11月工资条", SigningMode.CLICK, signers, in_order=False))
    state = (await use(Signing).state(request)).step
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs


class SigningMode(StrEnum):
    """How strong: a consent by click behind a code; a handwritten picture; a reliable electronic signature (电子签名法 Art. 13)."""

    CLICK = "click"
    PICTURE = "picture"
    CERTIFICATE = "certificate"


class SigningStep(StrEnum):
    """``FAILED``: the vendor gave up; ``REFUSED``: a signer said no."""

    UNDER_WAY = "under_way"
    SIGNED = "signed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Signer:
    """A user of the firm or of the client, in what quality they sign ("法定代表人")."""

    user: int
    quality: str


@dataclass(frozen=True, slots=True)
class SigningWanted:
    """``document`` is a PDF of the client. ``until`` (business date) is the last day; the same ``key`` is the same request."""

    key: str
    client: int
    document: int
    title: str
    mode: SigningMode
    signers: tuple[Signer, ...]
    in_order: bool = True
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class SigningState:
    """``signed`` are users that have; ``result`` is the document with the signatures and ``evidence`` that of who signed when and how."""

    id: int
    step: SigningStep
    signed: tuple[int, ...] = ()
    result: int | None = None
    evidence: int | None = None
    reason: str = ""


class Signing(Protocol):
    """Requests of clients in scope, in the caller's transaction; vendors are asked in jobs after the commit. ``on_signed(ids)`` comes with it.

    Refusal ``common.not_found`` for what is out of scope.
    """

    @needs("signing.start")
    async def start(self, wanted: SigningWanted) -> int:
        """Its id; signers are told. The person needs ``signing.start``.

        Raises Refusal ``signing.no_pdf``, ``signing.signer_unverified`` (a signer without a verified phone), ``signing.mode_too_weak``
        (the kind of document asks for more), ``signing.no_vendor``.
        """
        ...

    @needs("signing.read")
    async def state(self, request: int) -> SigningState:
        """How far it is."""
        ...

    @needs("signing.start")
    async def withdraw(self, request: int, reason: str) -> None:
        """Raises Refusal ``signing.over`` when every signature is there or the request has ended."""
        ...
