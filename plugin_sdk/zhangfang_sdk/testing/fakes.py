"""Core's services in memory, for a plugin's own quick tests: ``with replaced(Documents, FakeDocuments({1})): ...``.

They honour the scope in force and the refusals that the Protocols name. There is no transaction: what was done stays done.
"""

import datetime as dt
import hashlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from zhangfang_sdk.calendar import TaxDeadline, YearOfDays
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.documents import Document
from zhangfang_sdk.errors import ScopeMismatch, not_found
from zhangfang_sdk.notices import Notice, NoticeKind, UnknownNoticeKind, check_notice
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period
from zhangfang_sdk.places import at
from zhangfang_sdk.testing.fake_clients import FakeClients
from zhangfang_sdk.testing.fake_contacts import FakeContacts
from zhangfang_sdk.testing.fake_invoices import FakeInvoices
from zhangfang_sdk.testing.fake_ledger import FakeLedger, refusal
from zhangfang_sdk.testing.fake_measures import FakeMeasures
from zhangfang_sdk.testing.fake_search import FakeSearch
from zhangfang_sdk.testing.fake_settings import FakeSettings
from zhangfang_sdk.waiting import MOST_WAITING, WaitingSource, Waits, most_urgent_first

__all__ = [
    "DeferredJob",
    "FakeAudit",
    "FakeCalendar",
    "FakeClients",
    "FakeContacts",
    "FakeDocuments",
    "FakeInvoices",
    "FakeJobs",
    "FakeLedger",
    "FakeLive",
    "FakeMeasures",
    "FakeNotices",
    "FakeSearch",
    "FakeSettings",
    "FakeWaiting",
    "TrailEntry",
]

LARGEST_DOCUMENT = 50 * 1024 * 1024


class FakeDocuments:
    """Files of ``clients``. ``now`` can be set, so that files of other months can be made; ``told`` keeps the ids stored."""

    def __init__(self, clients: Iterable[int]) -> None:
        self._clients = frozenset(clients)
        self._documents: dict[int, Document] = {}
        self._contents: dict[int, bytes] = {}
        self.now: dt.datetime | None = None
        self.told: list[int] = []

    async def store(self, client: int, name: str, media_type: str, content: AsyncIterator[bytes] | bytes) -> Document:
        require("documents.upload")
        if client not in self._clients or not scope().sees(client):
            raise not_found("客户")
        whole = content if isinstance(content, bytes) else b"".join([piece async for piece in content])
        if not whole:
            raise refusal("document.empty")
        if len(whole) > LARGEST_DOCUMENT:
            raise refusal("document.too_large", 413)
        made = Document(
            id=len(self._documents) + 1,
            client=client,
            name=name,
            media_type=media_type,
            size=len(whole),
            sha256=hashlib.sha256(whole).hexdigest(),
            stored_at=self.now or dt.datetime.now(dt.UTC),
            stored_by=scope().user_name,
        )
        self._documents[made.id], self._contents[made.id] = made, whole
        self.told.append(made.id)
        return made

    async def document(self, document_id: int) -> Document:
        found = self._documents.get(document_id)
        if found is None or not scope().sees(found.client):
            raise not_found("文件")
        return found

    async def documents(self, ids: Sequence[int]) -> Sequence[Document]:
        seen = {d.id: d for d in self._visible()}
        return [seen[id_] for id_ in ids if id_ in seen]

    async def same_content(self, client: int, sha256: str) -> Sequence[Document]:
        return [d for d in self._visible() if d.client == client and d.sha256 == sha256]

    async def stored_in(self, client: int, period: Period) -> Sequence[Document]:
        return [
            d
            for d in self._visible()
            if d.client == client and Period.of(d.stored_at.astimezone(BUSINESS_TIME_ZONE).date()) == period
        ]

    async def content(self, document_id: int) -> bytes:
        return self._contents[(await self.document(document_id)).id]

    def _visible(self) -> list[Document]:
        return [d for d in self._documents.values() if scope().sees(d.client)]


@dataclass(frozen=True, slots=True)
class DeferredJob:
    """A job as it was put in the queue."""

    job: str
    lock: str | None
    once: str | None
    arguments: dict[str, object]
    behind: int = 0


class FakeJobs:
    """``deferred`` in order; with the same ``once`` a second one stays out while the first waits."""

    def __init__(self) -> None:
        self.deferred: list[DeferredJob] = []

    async def defer(
        self, job: str, *, lock: str | None = None, once: str | None = None, behind: int = 0, **arguments: object
    ) -> None:
        if once is None or all(waiting.once != once for waiting in self.deferred):
            self.deferred.append(DeferredJob(job, lock, once, arguments, behind))


class FakeLive:
    """``announced`` as (topic, client)."""

    def __init__(self) -> None:
        self.announced: list[tuple[str, int]] = []

    async def announce(self, topic: str, client: int) -> None:
        if not scope().sees(client):
            raise ScopeMismatch(f"client {client} is not in scope")
        self.announced.append((topic, client))


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """One entry of a fake trail."""

    user_name: str
    action: str
    subject: str
    client: int | None
    before: dict[str, object] | None
    after: dict[str, object] | None


class FakeAudit:
    """``entries`` in order."""

    def __init__(self) -> None:
        self.entries: list[TrailEntry] = []

    async def record(
        self,
        action: str,
        subject: str,
        *,
        client: int | None = None,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        self.entries.append(TrailEntry(scope().user_name, action, subject, client, before, after))


class FakeNotices:
    """``sent`` in order, each key once. ``kinds`` are those that ``plugin`` declares; ``withdrawn`` the beginnings of keys, and nothing waits here."""

    def __init__(self, kinds: Iterable[NoticeKind] = (), plugin: str = "test") -> None:
        self._kinds = {f"{plugin}.{kind.key}": kind for kind in kinds}
        self.sent: list[Notice] = []
        self.withdrawn: list[str] = []

    async def send(self, notice: Notice) -> bool:
        kind = self._kinds.get(notice.kind)
        if kind is None:
            raise UnknownNoticeKind(f"notice kind {notice.kind!r} is not declared by register_notice_kinds")
        check_notice(notice, kind)
        if not scope().sees(notice.client):
            raise not_found("客户")
        if any(notice.key == earlier.key for earlier in self.sent):
            return False
        self.sent.append(notice)
        return True

    async def withdraw(self, client: int, beginning: str) -> int:
        if not beginning:
            raise ValueError("an empty beginning would withdraw everything")
        if not scope().sees(client):
            raise not_found("客户")
        self.withdrawn.append(beginning)
        return 0


class FakeWaiting:
    """What ``sources`` say, for one firm or one client; ``names`` are the clients' by id. The panel is the titles as text."""

    def __init__(self, sources: Iterable[WaitingSource] = (), names: Mapping[int, str] | None = None) -> None:
        self._sources = list(sources)
        self._names = names or {}

    async def items(self, limit: int = MOST_WAITING) -> Sequence[Waits]:
        opened = scope().client
        places: dict[int | None, str] = {opened: ""}
        if opened is None:
            places |= {client: name for client, name in self._names.items() if scope().sees(client)}
        found = [
            Waits(item, at(item.client, item.path), places[item.client])
            for source in self._sources
            if scope().may(source.permission)
            for item in await source.load(MOST_WAITING)
            if item.client in places
        ]
        return most_urgent_first(found)[:limit]

    async def panel(self) -> Markup:
        return Markup(" ").join(waits.item.title for waits in await self.items())


class FakeCalendar:
    """Monday to Friday but for days ``off`` and weekends ``worked``; ``deadlines`` are the same for everybody, everywhere."""

    def __init__(
        self,
        off: Iterable[dt.date] = (),
        worked: Iterable[dt.date] = (),
        deadlines: Iterable[TaxDeadline] = (),
        official: Iterable[int] = (),
    ) -> None:
        self._off, self._worked, self._official = frozenset(off), frozenset(worked), frozenset(official)
        self._deadlines = sorted(deadlines, key=lambda d: (d.due, d.tax))

    async def is_working_day(self, day: dt.date) -> bool:
        return day in self._worked or (day.weekday() < 5 and day not in self._off)

    async def working_day(self, day: dt.date) -> dt.date:
        return day if await self.is_working_day(day) else await self.plus_working_days(day, 1)

    async def plus_working_days(self, day: dt.date, count: int) -> dt.date:
        left = abs(count)
        while left:
            day += dt.timedelta(days=1 if count > 0 else -1)
            left -= await self.is_working_day(day)
        return day

    async def year(self, year: int) -> YearOfDays:
        return YearOfDays(year, year in self._official, "测试")

    async def tax_deadlines(
        self, first: dt.date, last: dt.date, payer: TaxpayerKind, *, area: str = ""
    ) -> Sequence[TaxDeadline]:
        if (last - first).days > 400:
            raise ValueError("deadlines are given for 400 days at most")
        return [d for d in self._deadlines if first <= d.due <= last]
