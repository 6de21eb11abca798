"""A few secret texts under the firm's key, bound to the row that holds them."""

import json
from collections.abc import Mapping

from zhangfang_core.settings import read_settings
from zhangfang_core.storage.firm_keys import FirmKeys
from zhangfang_core.storage.keys import master_key
from zhangfang_core.storage.sealing import unwrap, wrap


async def seal_texts(secrets: Mapping[str, str], *, bound_to: str) -> tuple[bytes, int]:
    """The sealed bytes and the version of the firm's key, in the caller's transaction."""
    key = await _keys().in_force()
    return wrap(json.dumps(dict(secrets)).encode(), under=key.key, bound_to=bound_to), key.version


async def open_texts(sealed: bytes, key_version: int, *, bound_to: str) -> dict[str, str]:
    """Raises LookupError (the key was rotated away since the row was read, or is gone), Unsealable."""
    key = await _keys().key(key_version)
    found: dict[str, str] = json.loads(unwrap(sealed, under=key.key, bound_to=bound_to))
    return found


def _keys() -> FirmKeys:
    return FirmKeys(master_key(read_settings()))
