"""Modules whose code was taken away while this process runs it: their pages would fail at whatever was not read yet."""

import time
from pathlib import Path

from zhangfang_core.modules.registry import registry

LOOKED_EVERY_S = 1.0
_seen: tuple[float, frozenset[str]] = (float("-inf"), frozenset())


def without_code() -> frozenset[str]:
    """Their ids, as of the last second. A start finds them again where they were installed anew."""
    global _seen
    looked, gone = _seen
    if time.monotonic() - looked > LOOKED_EVERY_S:
        gone = frozenset(id_ for id_, module in registry().modules.items() if not is_there(module.installed.folder))
        _seen = (time.monotonic(), gone)
    return gone


def is_there(folder: Path) -> bool:
    return folder.is_dir()
