"""Which place an address names: firm and client of a request come from here and nowhere else."""

import re
from collections.abc import Mapping
from typing import Any

from zhangfang_core.identity.enter import OWN, Asked
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.places import CLIENT, FIRM

# Stricter than the router's ``:int``, which reads "１", "1_0" and "-2" too; 18 digits fit a column.
ADMIN = "admin"
"""The place of the admin desk, which is a mount: of a firm, or of the person who is sent on to their firm's."""
_ID = "([1-9][0-9]{0,17})"
_SHAPES = {
    FIRM: re.compile(f"/f/{_ID}(?:/.*)?", re.DOTALL),
    CLIENT: re.compile(f"/f/{_ID}/c/{_ID}(?:/.*)?", re.DOTALL),
    ADMIN: re.compile(f"/admin(?:/(?:{_ID}(?:/.*)?)?)?", re.DOTALL),
}


def asked_place(raw_path: bytes, opt: Mapping[str, Any]) -> Asked:
    """The place named by the path as it was sent, for the handler with these options. Raises Refusal ``common.not_found`` for an id that is none."""
    shape = _SHAPES.get(opt.get("place", ""))
    if shape is None:
        return Asked(operator=True) if opt.get("permission") == "operator.use" else OWN
    found = shape.fullmatch(raw_path.decode("latin-1").partition("?")[0])
    if found is None:
        raise not_found("页面")
    named = [int(number) for number in found.groups() if number is not None]
    return Asked(named[0] if named else None, named[1] if len(named) > 1 else None)
