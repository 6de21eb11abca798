"""Clients and their profiles in memory."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from zhangfang_sdk.clients import Client, NewClient
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.periods import today
from zhangfang_sdk.profile import (
    LONGEST_AHEAD,
    VALUE_TYPES,
    Answer,
    Fact,
    FactKind,
    FactValue,
    NewFact,
    Profile,
    QuarterEnds,
    SmallLowProfit,
    Standing,
    TaxpayerKind,
    WordedFact,
    holding,
    part_of,
)
from zhangfang_sdk.testing.fake_ledger import refusal

EARLIEST = dt.date(1949, 10, 1)
NEEDED = (FactKind.TAXPAYER_KIND, FactKind.INDUSTRY)


class FakeClients:
    """The clients of one firm. ``told`` keeps the ids given to ``on_profile_changed``; 小微 is what ``small_low_profit`` says."""

    def __init__(self, clients: Iterable[Client] = ()) -> None:
        self._clients: dict[int, Client] = {}
        self._facts: dict[int, Fact[FactValue]] = {}
        self.small_low_profit = SmallLowProfit(Answer.UNKNOWN, today().year)
        self.told: list[int] = []
        for client in clients:
            self._add(client, ())

    async def client(self, client_id: int) -> Client:
        self._see(client_id)
        return self._today(self._clients[client_id])

    async def clients(self) -> Sequence[Client]:
        return sorted((self._today(c) for c in self._clients.values() if scope().sees(c.id)), key=lambda c: c.name)

    async def take_on(self, new: NewClient) -> int:
        require("clients.manage")
        if any(client.tax_id == new.tax_id for client in self._clients.values()):
            raise refusal("client.tax_id_taken", 409)
        id_ = max(self._clients, default=0) + 1
        self._add(
            Client(id_, new.name, new.tax_id, new.taxpayer_kind, new.standard, new.industry, new.books_start), new.facts
        )
        return id_

    async def profile(self, client: int, at: dt.date | None = None) -> Profile:
        require("profile.read")
        self._see(client)
        found = holding(client, self._of(client), at or today())
        return replace(found, small_low_profit=self.small_low_profit)

    async def profiles(self, clients: Sequence[int], at: dt.date | None = None) -> Sequence[Profile]:
        return [await self.profile(client, at) for client in clients]

    async def packages(self, at: dt.date | None = None) -> Mapping[str, int]:
        require("profile.read")
        held = [(await self.profile(client, at)).service_package for client in self._clients if scope().sees(client)]
        return dict(sorted(Counter(fact.value for fact in held if fact is not None).items()))

    async def history(self, client: int, kind: FactKind | None = None) -> Sequence[Fact[FactValue]]:
        require("profile.read")
        self._see(client)
        found = [f for f in self._of(client) if kind in (None, f.kind)]
        return sorted(found, key=lambda f: (f.valid_from, f.id), reverse=True)

    async def waiting(self, client: int | None = None) -> Sequence[Fact[FactValue]]:
        require("profile.read")
        return [
            f
            for f in self._facts.values()
            if f.waits_for_firm and client in (None, f.client) and scope().sees(f.client)
        ]

    async def record(self, client: int, fact: NewFact, *, seen: int | None = None) -> int:
        require("profile.write")
        self._see(client)
        _check(fact)
        there = [f for f in self._slot(client, fact) if f.standing is Standing.IN_FORCE]
        for known in there:
            if (known.value, known.valid_from) == (fact.value, fact.valid_from):
                return known.id
        if seen is not None and any(known.id > seen for known in there):
            raise refusal("profile.changed", 409)
        self._correct(client, fact)
        return self._enter(client, fact, Standing.IN_FORCE)

    async def propose(self, client: int, fact: NewFact) -> int:
        require("profile.propose")
        self._see(client)
        _check(fact)
        for known in self._slot(client, fact):
            if (known.value, known.valid_from) == (fact.value, fact.valid_from):
                return known.id
        return self._enter(client, fact, Standing.PROPOSED)

    async def accept(self, fact: int) -> None:
        require("profile.write")
        known = self._fact(fact)
        if known.standing is not Standing.PROPOSED:
            raise refusal("profile.decided", 409)
        self._correct(known.client, known)
        self._change(known, standing=Standing.IN_FORCE, decided_at=_now(), decided_by=scope().user_name)

    async def withdraw(self, fact: int, reason: str) -> None:
        require("profile.write")
        known = self._fact(fact)
        if not reason.strip():
            raise refusal("profile.reason_missing")
        if known.standing is Standing.WITHDRAWN:
            raise refusal("profile.decided", 409)
        others = [f for f in self._slot(known.client, known) if f.standing is Standing.IN_FORCE and f.id != fact]
        if known.kind in NEEDED and known.standing is Standing.IN_FORCE and not others:
            raise refusal("profile.needed", 409)
        self._withdraw(known, reason)

    def worded(self, fact: Fact[FactValue]) -> WordedFact:
        return WordedFact(fact.kind.value, str(fact.value), fact.source.value)

    async def confirm(self, client: int, fact_ids: Sequence[int]) -> int:
        require("profile.confirm")
        self._see(client)
        found = [f for f in self._of(client) if f.id in fact_ids]
        if len(found) < len(set(fact_ids)) or any(f.standing is not Standing.IN_FORCE for f in found):
            raise refusal("profile.changed", 409)
        new = [f for f in found if f.confirmed_at is None]
        for fact in new:
            self._change(fact, confirmed_at=_now(), confirmed_by=scope().user_name, objection="", objected_at=None)
        return len(new)

    async def object_to(self, fact: int, words: str) -> None:
        require("profile.confirm")
        known = self._fact(fact)
        if not words.strip():
            raise refusal("profile.words_missing")
        if known.standing is not Standing.IN_FORCE:
            raise refusal("profile.changed", 409)
        self._change(
            known,
            objection=words.strip(),
            objected_at=_now(),
            objected_by=scope().user_name,
            confirmed_at=None,
            confirmed_by="",
        )

    def _add(self, client: Client, facts: Sequence[NewFact]) -> None:
        first = (
            NewFact(FactKind.TAXPAYER_KIND, client.taxpayer_kind, client.books_start),
            NewFact(FactKind.INDUSTRY, client.industry, client.books_start),
            *facts,
        )
        for fact in first:
            _check(fact)
        self._clients[client.id] = client
        for fact in first:
            self._enter(client.id, fact, Standing.IN_FORCE, by="系统")

    def _today(self, client: Client) -> Client:
        known = holding(client.id, self._of(client.id), max(today(), client.books_start))
        kind, industry = known.taxpayer_kind, known.industry
        return replace(
            client,
            taxpayer_kind=TaxpayerKind(kind.value) if kind else client.taxpayer_kind,
            industry=industry.value if industry else client.industry,
        )

    def _of(self, client: int) -> list[Fact[FactValue]]:
        return [f for f in self._facts.values() if f.client == client]

    def _slot(self, client: int, like: NewFact | Fact[FactValue]) -> list[Fact[FactValue]]:
        same = (like.kind, part_of(like.value))
        found = [f for f in self._of(client) if (f.kind, part_of(f.value)) == same]
        return [f for f in found if f.standing is not Standing.WITHDRAWN]

    def _correct(self, client: int, by: NewFact | Fact[FactValue]) -> None:
        for fact in self._slot(client, by):
            if fact.standing is Standing.IN_FORCE and fact.valid_from == by.valid_from:
                self._withdraw(fact, "已更正")

    def _withdraw(self, fact: Fact[FactValue], reason: str) -> None:
        self._change(
            fact, standing=Standing.WITHDRAWN, decided_at=_now(), decided_by=scope().user_name, reason=reason.strip()
        )

    def _enter(self, client: int, fact: NewFact, standing: Standing, by: str | None = None) -> int:
        id_, who = len(self._facts) + 1, by or scope().user_name
        decided = standing is Standing.IN_FORCE
        self._facts[id_] = Fact(
            id_,
            client,
            fact.kind,
            fact.value,
            fact.valid_from,
            fact.source,
            standing,
            _now(),
            who,
            decided_at=_now() if decided else None,
            decided_by=who if decided else "",
        )
        self.told.append(client)
        return id_

    def _change(self, fact: Fact[FactValue], **changes: object) -> None:
        self._facts[fact.id] = replace(fact, **changes)  # type: ignore[arg-type]  # names of the fields above
        self.told.append(fact.client)

    def _fact(self, fact_id: int) -> Fact[FactValue]:
        found = self._facts.get(fact_id)
        if found is None or not scope().sees(found.client):
            raise not_found("资料")
        return found

    def _see(self, client: int) -> None:
        if client not in self._clients or not scope().sees(client):
            raise not_found("客户企业")


def _check(fact: NewFact) -> None:
    if type(fact.value) is not VALUE_TYPES[fact.kind]:
        raise TypeError(f"{fact.kind} takes {VALUE_TYPES[fact.kind].__name__}, not {type(fact.value).__name__}")
    if not EARLIEST <= fact.valid_from <= today() + LONGEST_AHEAD:
        raise refusal("profile.date_wrong")
    is_quarter = (fact.valid_from.month % 3, fact.valid_from.day) == (1, 1) and fact.valid_from <= today()
    if isinstance(fact.value, QuarterEnds) and not is_quarter:
        raise refusal("profile.quarter_wrong")
    if type(fact.value) is str and not fact.value.strip():
        raise refusal("profile.value_wrong")


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
