"""Names of items as issuers must write them, `*简称*品名`, where a reader lost or misread a star."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

SHORT_NAMES: Final = frozenset(
    line
    for line in Path(__file__).with_name("short_names.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
)
"""The short names of the classification of goods and services; read at import, for confined processes open no files."""
_STAR: Final = "[*＊“”\"'·°•‘’「」]"
_NAME: Final = re.compile(rf"{_STAR}?([^*＊“”\"'·°•‘’「」]{{2,20}}){_STAR}(.+)", re.DOTALL)


def starred(name: str) -> str:
    """The name with its two stars, where what stands between them is a known short name; else as it is."""
    match = _NAME.fullmatch(name.strip())
    return f"*{match[1]}*{match[2]}" if match is not None and match[1] in SHORT_NAMES else name
