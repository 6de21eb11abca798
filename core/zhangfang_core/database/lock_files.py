"""Files that are held while something is done, which the kernel frees when their holder dies."""

import os
from pathlib import Path
from typing import IO


def open_lock_file(path: Path) -> IO[str]:
    """Open, or made, for this account alone: whoever may only read a file could hold it, and block every start."""
    handle = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+")
    os.fchmod(handle.fileno(), 0o600)
    return handle
