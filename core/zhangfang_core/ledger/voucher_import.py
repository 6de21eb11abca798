"""The SDK's ``VoucherImport``: the bulk paths of posting and of drafting."""

from collections.abc import Iterable, Sequence

from zhangfang_core.ledger import bulk_drafts
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_sdk.ledger import VoucherDraft


class PostgresVoucherImport:
    async def import_vouchers(
        self, client: int, vouchers: Iterable[VoucherDraft], *, drafted_by: str = "导入"
    ) -> Sequence[int]:
        return await import_posted(client, vouchers, drafted_by=drafted_by)

    async def import_drafts(self, client: int, vouchers: Iterable[VoucherDraft]) -> Sequence[int]:
        return await bulk_drafts.import_drafts(client, vouchers)

    async def taking_over(self, client: int) -> bool:
        return await bulk_drafts.taking_over(client)
