"""The job that takes notices out of the house: plans what was kept, hands over what is due, and comes back when the next is due."""

import datetime as dt
import logging
import time
from collections.abc import Callable

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.queue import put
from zhangfang_core.notices.parcels import KINDS, Parcel, claim, next_look, pass_on, settle
from zhangfang_core.notices.planning import plan
from zhangfang_core.notices.service import DELIVER, ONCE
from zhangfang_core.notices.states import Reason, State
from zhangfang_core.notices.wording import mail_of, text_of
from zhangfang_core.settings import read_settings
from zhangfang_core.vendors.offers import offers
from zhangfang_sdk.contacts import Channel
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.messages import MailSender, Receipt, TextSender
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Answered, NoVendorAnswered, VendorRefused, Vendors

log = logging.getLogger("zhangfang.notices")

ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(hours=1)
CALL_S = 60.0
"""What one vendor may take; with its quick repeats it stays below the lease of a parcel."""
RUN_S = 600.0
"""After which a run leaves the rest to the next one."""

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


async def deliver(clock: Clock = utc_now) -> None:
    """Of the firm in scope, with no transaction open. May be run by several workers at once, and again after one died."""
    began = time.monotonic()
    while await plan(clock()):
        pass
    while (parcel := await claim(clock())) is not None:
        await _hand_over(parcel, clock)
        if time.monotonic() - began > RUN_S:
            break
    await _come_back(clock())


async def _come_back(now: dt.datetime) -> None:
    async with transaction():
        due = await next_look()
        if due is not None:
            at = max(due, now)
            once = f"{ONCE}@{at:%Y-%m-%dT%H:%M:%S}"
            await put(DELIVER, firm_in_scope(), lock=None, once=once, arguments={}, at=at)


async def _hand_over(parcel: Parcel, clock: Clock) -> None:
    """Try the vendors in order until one has it, or may have it."""
    detail = ""
    for number, vendor in enumerate(parcel.vendors):
        if number:
            await pass_on(parcel, vendor)
        try:
            answered = await _asked(parcel, vendor)
        except VendorRefused as refused:
            await settle(parcel, State.FAILED, Reason.REFUSED, vendor=vendor, detail=refused.sentence)
            return
        except NoVendorAnswered as nobody:
            if nobody.code == "vendor.maybe_done":
                await _maybe_done(parcel, vendor, clock())
                return
            detail = nobody.sentence
            continue
        reference, taken = answered.value.reference, clock()
        await settle(parcel, State.SENT, Reason.NONE, vendor=vendor, reference=reference, handed_at=taken)
        return
    await _certainly_not(parcel, clock(), detail)


async def _asked(parcel: Parcel, vendor: str) -> Answered[Receipt]:
    if parcel.channel is Channel.EMAIL:
        async with transaction():
            firm = str(await connection().fetchval("select name from core_firm where id = $1", firm_in_scope()))
        mail = mail_of(parcel, firm, read_settings().public_url)
        return await use(Vendors).call(
            MailSender, lambda sender: sender.send(mail), effect=True, vendor=vendor, seconds=CALL_S
        )
    text = text_of(parcel)
    return await use(Vendors).call(
        TextSender, lambda sender: sender.send(text), effect=True, vendor=vendor, seconds=CALL_S
    )


async def _maybe_done(parcel: Parcel, vendor: str, now: dt.datetime) -> None:
    """Asked again with the same key where that does no harm; else a person decides."""
    offer = offers().get((KINDS[parcel.channel], vendor))
    if offer is not None and offer.vendor.repeatable and parcel.attempt < ATTEMPTS:
        await settle(parcel, State.WAITING, Reason.AGAIN, vendor=vendor, due_at=now + _pause(parcel.attempt))
        return
    log.warning("notices %s of firm %s: nobody knows whether they went out", parcel.key, firm_in_scope())
    await settle(parcel, State.UNCERTAIN, Reason.BROKEN_OFF, vendor=vendor)


async def _certainly_not(parcel: Parcel, now: dt.datetime, detail: str) -> None:
    if parcel.attempt < ATTEMPTS:
        await settle(parcel, State.WAITING, Reason.AGAIN, detail=detail, due_at=now + _pause(parcel.attempt))
    else:
        await settle(parcel, State.FAILED, Reason.NO_ANSWER, detail=detail)


def _pause(attempt: int) -> dt.timedelta:
    return min(FIRST_PAUSE * (1 << (attempt - 1)), LONGEST_PAUSE)


async def deliver_notices() -> None:
    await deliver()


DELIVER_JOB = Job(DELIVER.removeprefix("core."), deliver_notices, schedule="*/15 * * * *", seconds=RUN_S + 300)
"""By the clock too: should a job be lost, what waits is found."""
