"""The firm's trail: who did what."""

from typing import Protocol

from zhangfang_sdk.acting import needs


class Audit(Protocol):
    @needs()
    async def record(
        self,
        action: str,
        subject: str,
        *,
        client: int | None = None,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        """Append to the firm's trail in the caller's transaction: ``action`` "ledger.post", ``subject`` "core_voucher:17"."""
        ...
