"""Categories of assets with the lives that tax law allows, by the day."""

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from zhangfang_sdk.assets import AssetCategory, AssetKind

_FIELDS = [field.name for field in fields(AssetCategory)]


@cache
def _rows() -> Sequence[dict[str, Any]]:
    text = (Path(__file__).parent / "categories.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["category"])


def categories(day: dt.date) -> list[AssetCategory]:
    """Those in force on ``day``."""
    return [
        AssetCategory(**{name: r[name] for name in _FIELDS} | {"kind": AssetKind(r["kind"])})
        for r in _rows()
        if r["from"] <= day and (r.get("until") is None or day <= r["until"])
    ]
