"""The SDK's ``Clients``: clients of the firm in scope."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.accounts import open_chart
from zhangfang_core.modules.hooks import ask
from zhangfang_core.tenancy.tax_ids import tax_id_is_right, tax_id_written
from zhangfang_sdk.clients import Client, NewClient, TaxpayerKind
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.notifications import Audit
from zhangfang_sdk.services import use

_COLUMNS = "id, name, tax_id, taxpayer_kind, standard, industry, books_start"


class FirmClients:
    async def client(self, client_id: int) -> Client:
        """See :class:`zhangfang_sdk.clients.Clients`."""
        row = None
        if scope().sees(client_id):
            row = await connection().fetchrow(
                f"select {_COLUMNS} from core_client where firm = $1 and id = $2",  # noqa: S608 - a constant
                firm_in_scope(),
                client_id,
            )
        if row is None:
            raise not_found("客户企业")
        return _client(row)

    async def clients(self) -> Sequence[Client]:
        """See :class:`zhangfang_sdk.clients.Clients`."""
        allowed = scope().clients
        rows = await connection().fetch(
            f"select {_COLUMNS} from core_client where firm = $1 and ($2::bigint[] is null or id = any ($2)) order by name, id",  # noqa: S608
            firm_in_scope(),
            None if allowed is None else sorted(allowed),
        )
        return [_client(row) for row in rows]

    async def take_on(self, new: NewClient) -> int:
        """See :class:`zhangfang_sdk.clients.Clients`. Also raises Refusal ``client.name_empty``, ``client.start_not_first``."""
        require("clients.manage")
        tax_id, name = tax_id_written(new.tax_id), new.name.strip()
        await self._check(new, name, tax_id)
        await ask("check_client", new=new)
        client: int = await connection().fetchval(
            """insert into core_client (firm, name, tax_id, taxpayer_kind, standard, industry, books_start, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, now()) returning id""",
            firm_in_scope(),
            name,
            tax_id,
            new.taxpayer_kind.value,
            new.standard,
            new.industry,
            new.books_start,
        )
        await open_chart(client, new.standard)
        await use(Audit).record(
            "client.take_on", f"core_client:{client}", client=client, after={"name": name, "tax_id": tax_id}
        )
        tell("clients_created", [client])
        return client

    async def _check(self, new: NewClient, name: str, tax_id: str) -> None:
        if not name or len(name) > 120:
            raise Refusal("client.name_empty", "请填写企业全称(不超过 120 个字),与营业执照一致。", field="name")
        if not tax_id_is_right(tax_id):
            raise Refusal("client.tax_id_wrong", "统一社会信用代码不对,应为 18 位,请对照营业执照检查。", field="tax_id")
        if new.books_start.day != 1 or not dt.date(2000, 1, 1) <= new.books_start <= dt.date(2099, 12, 1):
            raise Refusal("client.start_not_first", "启用月份不对,账簿从某个月的 1 日开始。", field="books_start")
        taken = await connection().fetchval(
            "select name from core_client where firm = $1 and tax_id = $2", firm_in_scope(), tax_id
        )
        if taken is not None:
            raise Refusal(
                "client.tax_id_taken", f"这个税号已经是“{taken}”,同一家企业不用再建一次。", status=409, field="tax_id"
            )


def _client(row: Mapping[str, Any]) -> Client:
    return Client(**{**dict(row), "taxpayer_kind": TaxpayerKind(row["taxpayer_kind"])})
