"""Secret settings of vendors, sealed under the firm's key and bound to their row."""

import json
from collections.abc import Mapping

from zhangfang_core.settings import read_settings
from zhangfang_core.storage.firm_keys import FirmKeys, SealedColumn, sealed_columns
from zhangfang_core.storage.keys import master_key
from zhangfang_core.storage.sealing import unwrap, wrap
from zhangfang_sdk.context import firm_in_scope

sealed_columns.append(
    SealedColumn("core_vendor_choice", "sealed", "concat('vendor:', firm, ':', kind, ':', vendor)"),
)


async def seal_secrets(kind: str, vendor: str, secrets: Mapping[str, str]) -> tuple[bytes, int]:
    """The sealed bytes and the version of the firm's key, in the caller's transaction."""
    key = await _keys().in_force()
    return wrap(json.dumps(dict(secrets)).encode(), under=key.key, bound_to=_bound(kind, vendor)), key.version


async def open_secrets(kind: str, vendor: str, sealed: bytes, key_version: int) -> dict[str, str]:
    """Raises LookupError (the key was rotated away since the row was read, or is gone), Unsealable."""
    key = await _keys().key(key_version)
    found: dict[str, str] = json.loads(unwrap(sealed, under=key.key, bound_to=_bound(kind, vendor)))
    return found


def _keys() -> FirmKeys:
    return FirmKeys(master_key(read_settings()))


def _bound(kind: str, vendor: str) -> str:
    return f"vendor:{firm_in_scope()}:{kind}:{vendor}"
