"""Where in its file an item stands, as its column holds it. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from zhangfang_capture_ocr.reading import Box, Place
from zhangfang_capture_ocr.stored_readings import as_value


def written(place: Place, copies: tuple[Place, ...] = ()) -> str:
    """A place, and those of further prints of the same invoice, as JSON."""
    return json.dumps({**_written(place), "copies": [_written(copy) for copy in copies]})


def _written(place: Place) -> dict[str, Any]:
    return {"pages": list(place.pages), "region": None if place.region is None else asdict(place.region)}


def place_of(column: Any) -> Place:
    """The place that :func:`written` wrote; the first page where nothing is written."""
    data = as_value(column)
    region = data.get("region")
    return Place(tuple(data.get("pages") or (0,)), None if region is None else Box(**region))


def first_page(column: Any) -> int:
    """The page on which an item begins, counted from 0."""
    return next(iter(place_of(column).pages), 0)
