"""The SDK's ``Clients``: clients of the firm in scope."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.accounts import open_chart
from zhangfang_core.modules.hooks import ask
from zhangfang_core.tenancy import fact_wording, facts
from zhangfang_core.tenancy.fact_values import checked
from zhangfang_core.tenancy.tax_ids import tax_id_is_right, tax_id_written
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Client, NewClient, TaxpayerKind
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.periods import today
from zhangfang_sdk.profile import LONGEST_AHEAD, Fact, FactKind, FactValue, NewFact, Profile, WordedFact
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

_COLUMNS = """id, name, tax_id, app_client_fact(id, 'taxpayer_kind', $2) as taxpayer_kind, standard,
    app_client_fact(id, 'industry', $2) as industry, books_start"""


class FirmClients:
    """See :class:`zhangfang_sdk.clients.Clients`."""

    async def client(self, client_id: int) -> Client:
        row = None
        if scope().sees(client_id):
            row = await connection().fetchrow(
                f"select {_COLUMNS} from core_client where firm = $1 and id = $3",  # noqa: S608 - a constant
                firm_in_scope(),
                today(),
                client_id,
            )
        if row is None:
            raise not_found("客户企业")
        return _client(row)

    async def clients(self) -> Sequence[Client]:
        allowed = scope().clients
        rows = await connection().fetch(
            f"select {_COLUMNS} from core_client where firm = $1 and ($3::bigint[] is null or id = any ($3)) order by name, id",  # noqa: S608
            firm_in_scope(),
            today(),
            None if allowed is None else sorted(allowed),
        )
        return [_client(row) for row in rows]

    async def take_on(self, new: NewClient) -> int:
        """Also raises Refusal ``client.name_empty``, ``client.start_not_first``."""
        require("clients.manage")
        tax_id, name = tax_id_written(new.tax_id), new.name.strip()
        await self._check(new, name, tax_id)
        first = _first_facts(new)
        await ask("check_client", new=new)
        client: int = await connection().fetchval(
            """insert into core_client (firm, name, tax_id, standard, books_start, created_at)
            values ($1, $2, $3, $4, $5, now()) returning id""",
            firm_in_scope(),
            name,
            tax_id,
            new.standard,
            new.books_start,
        )
        for fact in first:
            await facts.enter_first(client, fact)
        await open_chart(client, new.standard)
        await use(Audit).record(
            "client.take_on", f"core_client:{client}", client=client, after={"name": name, "tax_id": tax_id}
        )
        tell("clients_created", [client])
        use(Search).changed("core.clients", [client])
        return client

    async def profile(self, client: int, at: dt.date | None = None) -> Profile:
        return await facts.profile(client, at)

    async def profiles(self, clients: Sequence[int], at: dt.date | None = None) -> Sequence[Profile]:
        return await facts.profiles(clients, at)

    async def packages(self, at: dt.date | None = None) -> Mapping[str, int]:
        return await facts.packages(at)

    async def history(self, client: int, kind: FactKind | None = None) -> Sequence[Fact[FactValue]]:
        return await facts.history(client, kind)

    async def waiting(self, client: int | None = None) -> Sequence[Fact[FactValue]]:
        return await facts.waiting(client)

    async def record(self, client: int, fact: NewFact, *, seen: int | None = None) -> int:
        return await facts.record(client, fact, seen)

    async def propose(self, client: int, fact: NewFact) -> int:
        return await facts.propose(client, fact)

    async def accept(self, fact: int) -> None:
        await facts.accept(fact)

    async def withdraw(self, fact: int, reason: str) -> None:
        await facts.withdraw(fact, reason)

    def worded(self, fact: Fact[FactValue]) -> WordedFact:
        shown = fact_wording.shown(fact.kind, fact.value)
        return WordedFact(fact_wording.title_of(fact), shown, fact_wording.sources()[fact.source])

    async def confirm(self, client: int, fact_ids: Sequence[int]) -> int:
        return await facts.confirm(client, fact_ids)

    async def object_to(self, fact: int, words: str) -> None:
        await facts.object_to(fact, words)

    async def _check(self, new: NewClient, name: str, tax_id: str) -> None:
        if not name or len(name) > 120:
            raise Refusal("client.name_empty", "请填写企业全称(不超过 120 个字),与营业执照一致。", field="name")
        if not tax_id_is_right(tax_id):
            raise Refusal("client.tax_id_wrong", "统一社会信用代码不对,应为 18 位,请对照营业执照检查。", field="tax_id")
        if new.books_start.day != 1 or not dt.date(2000, 1, 1) <= new.books_start:
            raise Refusal("client.start_not_first", "启用月份不对,账簿从某个月的 1 日开始。", field="books_start")
        if new.books_start > today() + LONGEST_AHEAD:
            raise Refusal("client.start_too_far", "启用月份太远,最多比现在晚一年,请核对年份。", field="books_start")
        taken = await connection().fetchval(
            "select name from core_client where firm = $1 and tax_id = $2", firm_in_scope(), tax_id
        )
        if taken is not None:
            raise Refusal(
                "client.tax_id_taken", f"这个税号已经是“{taken}”,同一家企业不用再建一次。", status=409, field="tax_id"
            )


def _first_facts(new: NewClient) -> list[NewFact]:
    """Those that the books need, then the others; one of a kind and part."""
    needed = (
        NewFact(FactKind.TAXPAYER_KIND, new.taxpayer_kind, new.books_start),
        NewFact(FactKind.INDUSTRY, new.industry, new.books_start),
    )
    return [checked(fact) for fact in (*needed, *new.facts)]


def _client(row: Mapping[str, Any]) -> Client:
    return Client(**{**dict(row), "taxpayer_kind": TaxpayerKind(row["taxpayer_kind"])})
