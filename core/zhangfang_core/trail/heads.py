"""The head of a trail's chain, signed with a key that the database does not hold and kept where it cannot be written again.

Whoever owns the database can write a whole new chain; they cannot sign its head. A head lies in the object store under the number of
its block and is only ever created, never replaced. Against somebody who has the machine too it protects where the store itself keeps what
was created (S3 with object lock), and by the copy that is mailed.
"""

import base64
import datetime as dt
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from zhangfang_core.database.engine import connection
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.storage.keys import derived_key
from zhangfang_core.storage.places import NameTaken, Place, open_place
from zhangfang_core.trail.audit import canonical
from zhangfang_core.trail.parts import Fault, Part
from zhangfang_core.trail.tables import trail_in_scope
from zhangfang_sdk.context import Scope, in_scope, transaction
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE

log = logging.getLogger("zhangfang.verify")

LATE = dt.timedelta(minutes=15)
"""A block older than this whose head was never kept is told of."""
NEAR = 2000
"""Numbers before the newest block among which the newest kept head is sought first."""


@dataclass(frozen=True, slots=True)
class Head:
    """Block ``number`` of a trail as it was sealed at ``sealed_at`` (UTC); ``last`` is its last entry."""

    trail: int
    number: int
    last: int
    hash: str
    sealed_at: dt.datetime

    def signed_text(self) -> bytes:
        return canonical(
            {
                "trail": self.trail,
                "number": self.number,
                "last": self.last,
                "hash": self.hash,
                "sealed_at": self.sealed_at,
            }
        )


class Forged(Exception):
    """What lies in the store is no head that this deployment signed."""


_HEAD = "select number, last, hash, sealed_at from core_audit_block where firm = $1 order by number desc limit 1"
_BLOCK = "select hash from core_audit_block where firm = $1 and number = $2"


async def newest_head() -> Head | None:
    """Of the trail in scope, as the database has it; None before the first block. In the caller's transaction."""
    row = await connection().fetchrow(_HEAD, trail_in_scope())
    return None if row is None else Head(trail_in_scope(), row["number"], row["last"], row["hash"], row["sealed_at"])


async def keep_head() -> bool:
    """Keep the newest head of the trail in scope; False where it lies there already. Opens its own transactions.

    Only a chain that goes on from the head kept last is kept: what was cut off or written anew stays found for good.
    """
    heads = await _Heads.read_now()
    head = heads.newest
    if head is None or not await heads.go_on(head):
        return False
    settings = read_settings()
    text = json.dumps(
        {
            "trail": head.trail,
            "number": head.number,
            "last": head.last,
            "hash": head.hash,
            "sealed_at": head.sealed_at.isoformat(),
            "signature": base64.b64encode(_key(settings).sign(head.signed_text())).decode(),
        },
        sort_keys=True,
    )
    try:
        await _place(settings).put(_name(head.trail, head.number), _once(text.encode()))
    except NameTaken:
        return False
    return True


async def check_heads(whole: bool = False) -> Part:
    """Hold the chain of the trail in scope against the heads that were kept: what was cut off at the end or written anew is found."""
    heads = await _Heads.read_now()
    if not heads.names:
        return heads.none_kept()
    if _number(heads.names[-1]) > heads.number:
        return heads.cut_off(await heads.read(heads.names[-1]), await heads.last_true(heads.names))
    kept = await heads.read(heads.names[-1])
    if kept is not None and await heads.holds(kept):
        return heads.found([])
    return heads.rewritten(kept, await heads.last_true(await heads.names_after(0)))


class _Heads:
    """Names of kept heads of one trail, in order, beside its newest block."""

    def __init__(self, trail: int, place: Place) -> None:
        self._trail, self._place = trail, place
        self.names: list[str] = []
        self.newest: Head | None = None

    @classmethod
    async def read_now(cls) -> "_Heads":
        """Of the trail in scope. Names first, then the block: a head that is kept meanwhile is no sign of a chain cut off."""
        heads = cls(trail_in_scope(), _place(read_settings()))
        async with transaction():
            before = await newest_head()
        # Those near the newest block; all where none is near.
        near = await heads.names_after(0 if before is None else max(0, before.number - NEAR))
        heads.names = near or await heads.names_after(0)
        async with transaction():
            heads.newest = await newest_head()
        return heads

    @property
    def number(self) -> int:
        """Of the newest block; 0 before the first."""
        return 0 if self.newest is None else self.newest.number

    async def names_after(self, number: int) -> list[str]:
        return [name async for name in self._place.after(_name(self._trail, number), _folder(self._trail))]

    async def go_on(self, head: Head) -> bool:
        """Whether ``head`` is newer than the one that was kept last, and of the same chain."""
        if not self.names:
            return True
        kept = await self.read(self.names[-1])
        if kept is not None and kept.number <= head.number and await self.holds(kept):
            return kept.number < head.number
        log.error("the chain of trail %s does not go on from the head that was kept last", head.trail)
        return False

    async def read(self, name: str) -> Head | None:
        """None for one that is not ours, is another's under this name, or is gone."""
        try:
            head = opened(b"".join([piece async for piece in self._place.read(name)]))
        except (FileNotFoundError, Forged):
            return None
        return head if head.number == _number(name) else None

    async def holds(self, head: Head) -> bool:
        if head.trail != self._trail:
            return False
        async with transaction():
            return bool(await connection().fetchval(_BLOCK, self._trail, head.number) == head.hash)

    async def last_true(self, names: list[str]) -> Head | None:
        """The newest of ``names`` whose block is as it was: each hash covers all before it, so halves are enough."""
        known = [name for name in names if _number(name) <= self.number]
        low, high, found = 0, len(known), None
        while low < high:
            middle = (low + high) // 2
            head = await self.read(known[middle])
            if head is not None and await self.holds(head):
                low, found = middle + 1, head
            else:
                high = middle
        return found

    def found(self, faults: list[Fault]) -> Part:
        return Part.of("heads", "封存指纹", f"封存到第 {self.number} 段", faults)

    def none_kept(self) -> Part:
        if self.newest is None or self.newest.sealed_at > dt.datetime.now(dt.UTC) - LATE:
            return self.found([])
        return self._fault("找不到任何保存在数据库之外的封存指纹,它们可能被删除。")

    def cut_off(self, beyond: Head | None, good: Head | None) -> Part:
        if beyond is None:
            return self._fault("数据库之外的封存指纹被换过,不是本系统签的。")
        return self._fault(
            f"操作日志的末尾被截断:封存指纹到第 {beyond.number} 段(封存于 {local(beyond.sealed_at)}),数据库里只有 {self.number} 段。{_until(good)}"
        )

    def rewritten(self, head: Head | None, good: Head | None) -> Part:
        if head is None:
            return self._fault(f"最新的封存指纹被换过,不是本系统签的。{_until(good)}")
        return self._fault(
            f"操作日志被整个重写过:第 {head.number} 段(封存于 {local(head.sealed_at)})与保存在数据库之外的封存指纹不同。{_until(good)}"
        )

    def _fault(self, sentence: str) -> Part:
        return self.found([Fault("core_audit_block", sentence)])


def _until(good: Head | None) -> str:
    if good is None:
        return "没有一段与封存指纹相同。"
    return f"到第 {good.number} 段(封存于 {local(good.sealed_at)})为止是一致的,改动发生在这之后的记录里。"


def opened(content: bytes) -> Head:
    """The head in a kept file. Raises Forged for what this deployment did not sign."""
    try:
        told = json.loads(content)
        sealed_at = dt.datetime.fromisoformat(told["sealed_at"])
        head = Head(int(told["trail"]), int(told["number"]), int(told["last"]), str(told["hash"]), sealed_at)
        public_key(read_settings()).verify(base64.b64decode(told["signature"]), head.signed_text())
    except (ValueError, KeyError, TypeError, InvalidSignature) as error:
        raise Forged from error
    return head


async def compare(text: str) -> bool | None:
    """Whether a head as it was mailed ("12-3fa9…", the number and the fingerprint) is that of the chain in scope; None for what is no head.

    In the caller's transaction.
    """
    number, _, told = "".join(text.split()).partition("-")
    if not (number.isascii() and number.isdigit() and len(number) <= 9 and len(told) == 64):
        return None
    return bool(await connection().fetchval(_BLOCK, trail_in_scope(), int(number)) == told.lower())


def written(head: Head) -> str:
    """As it is mailed and typed in again."""
    return f"{head.number}-{head.hash}"


def public_key(settings: Settings) -> Ed25519PublicKey:
    """With which a kept head is checked."""
    return _key(settings).public_key()


@cache
def _key(settings: Settings) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(derived_key(settings, "trail.head"))


@cache
def _place(settings: Settings) -> Place:
    return open_place(settings)


def _folder(trail: int) -> str:
    return f"seals/{trail}/"


def _name(trail: int, number: int) -> str:
    return f"{_folder(trail)}{number:012}"


def _number(name: str) -> int:
    tail = name.rpartition("/")[2]
    return int(tail) if tail.isascii() and tail.isdigit() else 0


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def local(instant: dt.datetime) -> str:
    """As people read it, Asia/Shanghai."""
    return instant.astimezone(BUSINESS_TIME_ZONE).strftime("%Y-%m-%d %H:%M:%S")


async def _keep() -> None:
    """The firm's head, and the deployment's own with it."""
    await keep_head()
    with in_scope(Scope(operator=True, staff=True)):
        await keep_head()


KEEP_JOB = Job("keep_head", _keep, schedule="* * * * *", tries=2)
