"""The SDK's ``VoucherImport``: the bulk path of posting."""

from collections.abc import Iterable, Sequence

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_sdk.ledger import VoucherDraft


class PostgresVoucherImport:
    async def import_vouchers(
        self, client: int, vouchers: Iterable[VoucherDraft], *, drafted_by: str = "导入"
    ) -> Sequence[int]:
        return await import_posted(client, vouchers, drafted_by=drafted_by)
