"""Secret settings of vendors, sealed under the firm's key and bound to their row."""

from collections.abc import Mapping

from zhangfang_core.storage.firm_keys import SealedColumn, sealed_columns
from zhangfang_core.storage.sealed_secrets import open_texts, seal_texts
from zhangfang_sdk.context import firm_in_scope

sealed_columns.append(
    SealedColumn("core_vendor_choice", "sealed", "concat('vendor:', firm, ':', kind, ':', vendor)"),
)


async def seal_secrets(kind: str, vendor: str, secrets: Mapping[str, str]) -> tuple[bytes, int]:
    """The sealed bytes and the version of the firm's key, in the caller's transaction."""
    return await seal_texts(secrets, bound_to=_bound(kind, vendor))


async def open_secrets(kind: str, vendor: str, sealed: bytes, key_version: int) -> dict[str, str]:
    """Raises LookupError (the key was rotated away since the row was read, or is gone), Unsealable."""
    return await open_texts(sealed, key_version, bound_to=_bound(kind, vendor))


def _bound(kind: str, vendor: str) -> str:
    return f"vendor:{firm_in_scope()}:{kind}:{vendor}"
