"""PLAT-13: no template takes the names by which places are linked, and none of core's links past its place."""

import re
from pathlib import Path

import pytest

from zhangfang_sdk.testing.conformance import NESTED, PAST_ITS_PLACE

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(p for f in ("core", "plugins") for p in (ROOT / f).rglob("templates/**/*.html"))
TAKEN = re.compile(r"{%-?\s*(?:set|for|macro)\s+(?:\w+\s*,\s*)?(?:here|at|mine)\b")
OF_THE_PORTAL = ("/sign-in", "/sign-out", "/invitations/", "/resets/", "/auditing/", "/operator")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_links_keep_their_place(template: Path) -> None:
    text = template.read_text("utf-8")
    assert TAKEN.findall(text) == []
    assert NESTED.findall(text) == []
    assert [past for past in PAST_ITS_PLACE.findall(text) if not past.startswith(OF_THE_PORTAL)] == []
