"""The SDK's ``Vendors``: asks the firm's vendors in its order, with time-outs, repeats, a circuit breaker and metering.

No transaction is open while a vendor is asked: who is to be asked is read in one, and each attempt is counted in one of its own.
"""

import asyncio
import logging
import random
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from zhangfang_core.database.engine import DATABASE_FAILED, DB
from zhangfang_core.modules.answers import from_method
from zhangfang_core.vendors.candidates import Candidate, candidates
from zhangfang_core.vendors.keeping_count import claim_trial, count
from zhangfang_core.vendors.offers import as_vendor
from zhangfang_core.vendors.wording import title_of
from zhangfang_sdk.context import firm_in_scope, in_scope, system_scope, transaction
from zhangfang_sdk.vendor_kinds import kind_of
from zhangfang_sdk.vendors import (
    Answered,
    NoVendorAnswered,
    VendorAway,
    VendorKind,
    VendorMisset,
    VendorRefused,
)

V = TypeVar("V")
A = TypeVar("A")
log = logging.getLogger("zhangfang.vendors")

ATTEMPTS = 3
"""Of one vendor in one call, while it fails quickly."""
FIRST_WAIT_S = 0.25
LONGEST_WAIT_S = 5.0
"""A vendor that asks for a longer wait is left, and the next one is asked."""
TRIAL_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed: ``away``, ``timeout``, ``misset``, ``refused`` or ``failed`` (the adapter itself)."""

    reason: str
    maybe_done: bool
    wait_s: float | None = None
    refusal: VendorRefused | None = None

    @property
    def worth_repeating(self) -> bool:
        # Whoever ran out of time would run out of it again, and the person waits twice.
        return self.reason == "away" and (self.wait_s is None or self.wait_s <= LONGEST_WAIT_S)


class ChosenVendors:
    """See :class:`zhangfang_sdk.vendors.Vendors`."""

    async def call(
        self,
        protocol: type[V],
        ask: Callable[[V], Awaitable[A]],
        *,
        effect: bool = False,
        vendor: str | None = None,
        seconds: float | None = None,
    ) -> Answered[A]:
        """See the Protocol."""
        kind = kind_of(protocol)
        if DB.current_transaction.get() is not None:
            raise RuntimeError("a vendor is asked where no transaction is open")
        with in_scope(system_scope(firm_in_scope())):
            async with transaction():
                asked = [c for c in await candidates(kind) if vendor in (None, c.id)]
        if not asked:
            raise NoVendorAnswered(
                "vendor.none_chosen",
                f"还没有可用的“{title_of(kind)}”服务,请管理员在“外部服务”里选择。",
                status=503,
                details={"kind": str(kind), "vendors": {}},
            )
        told: dict[str, str] = {}
        refusal: VendorRefused | None = None
        for candidate in asked:
            outcome = await self._ask(protocol, candidate, ask, effect, seconds or candidate.offer.vendor.seconds)
            if isinstance(outcome, Answered):
                return outcome
            told[candidate.id] = outcome.reason
            if effect and outcome.refusal is not None:
                raise outcome.refusal
            if effect and outcome.maybe_done:
                raise _nobody("vendor.maybe_done", kind, told)
            refusal = refusal or outcome.refusal
        if refusal is not None:
            raise refusal
        raise _nobody("vendor.none_answered", kind, told)

    async def is_available(self, protocol: type[object]) -> bool:
        """See the Protocol."""
        return bool(await candidates(kind_of(protocol)))

    async def _ask(
        self,
        protocol: type[V],
        candidate: Candidate,
        ask: Callable[[V], Awaitable[A]],
        effect: bool,
        seconds: float,
    ) -> Answered[A] | Failure:
        kind = kind_of(protocol)
        if not await _admitted(kind, candidate, seconds):
            return Failure("paused", maybe_done=False)
        for attempt in range(1, ATTEMPTS + 1):
            began = time.monotonic()
            outcome = await _attempt(candidate, protocol, ask, seconds)
            took = time.monotonic() - began
            if not isinstance(outcome, Failure):
                await _counted(kind, candidate.id, None, took)
                return Answered(outcome.value, candidate.id, candidate.offer.vendor.title, took)
            answered = outcome.refusal is not None
            await _counted(kind, candidate.id, None if answered else outcome.reason, took)
            last = attempt == ATTEMPTS or candidate.paused is False or (effect and outcome.maybe_done)
            if last or not outcome.worth_repeating:
                return outcome
            wait = outcome.wait_s or FIRST_WAIT_S * 2 ** (attempt - 1)
            await asyncio.sleep(wait * random.uniform(1.0, 1.5))  # noqa: S311  # only so that nodes do not knock together
        raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class Given(Generic[A]):
    """What the vendor gave."""

    value: A


class _Held:
    """An opened vendor whose answers are held against what its Protocol says."""

    def __init__(self, protocol: type[Any], opened: object) -> None:
        self._protocol, self._opened = protocol, opened

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._opened, name)
        if not callable(getattr(self._protocol, name, None)):
            return method

        async def asked(*args: Any, **kwargs: Any) -> Any:
            return from_method(self._protocol, name, await method(*args, **kwargs))

        return asked


async def _attempt(
    candidate: Candidate, protocol: type[V], ask: Callable[[V], Awaitable[A]], seconds: float
) -> Given[A] | Failure:
    if candidate.settings is None:
        return Failure("misset", maybe_done=False)
    try:
        async with asyncio.timeout(seconds):
            with as_vendor(candidate.offer):
                opened = _Held(protocol, candidate.offer.vendor.open(candidate.settings))
                return Given(await ask(cast(V, opened)))
    except VendorRefused as error:
        return Failure("refused", maybe_done=False, refusal=error)
    except VendorMisset:
        return Failure("misset", maybe_done=False)
    except VendorAway as error:
        return Failure("away", maybe_done=error.maybe_done, wait_s=error.retry_after)
    except TimeoutError:
        return Failure("timeout", maybe_done=True)
    except (ConnectionRefusedError, socket.gaierror):
        return Failure("away", maybe_done=False)
    except OSError:
        return Failure("away", maybe_done=True)
    except Exception as error:  # an adapter is a stranger's code; its message may hold a secret and is not kept
        log.error("vendor %s failed with %s in its adapter", candidate.id, type(error).__name__)
        return Failure("failed", maybe_done=True)


async def _admitted(kind: VendorKind, candidate: Candidate, seconds: float) -> bool:
    if candidate.paused is not False:
        return candidate.paused is None
    with in_scope(system_scope(firm_in_scope())):
        async with transaction():
            return await claim_trial(kind, candidate.id, seconds + TRIAL_GRACE_S)


async def _counted(kind: VendorKind, vendor: str, failed: str | None, seconds: float) -> None:
    """An answer that was paid for is not lost because it could not be counted."""
    if failed is not None:
        log.warning("vendor %s of firm %s: %s after %.1f s", vendor, firm_in_scope(), failed, seconds)
    try:
        with in_scope(system_scope(firm_in_scope())):
            async with transaction():
                await count(kind, vendor, failed=failed, seconds=seconds)
    except DATABASE_FAILED:
        log.exception("a call of vendor %s was not counted", vendor)


def _nobody(code: str, kind: VendorKind, told: dict[str, str]) -> NoVendorAnswered:
    title = title_of(kind)
    sentence = (
        f"“{title}”没有回应,可能已经办成。请先查询结果,不要重复操作。"
        if code == "vendor.maybe_done"
        else f"“{title}”服务暂时没有回应,稍后会自动再试;一直不行请管理员查看“外部服务”。"
    )
    return NoVendorAnswered(code, sentence, status=503, details={"kind": str(kind), "vendors": told})
