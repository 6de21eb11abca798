"""PLAT-1: docs/services.md is what the Protocols say; a draft behaves as any service, and its examples call what there is."""

import ast
import inspect
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from zhangfang_core.modules.core_services import CORE_SERVICE_NAMES, CORE_SERVICES
from zhangfang_core.modules.ordering import in_order
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.documenting_services import is_draft, page, services
from zhangfang_sdk.drafts.offers import Offers
from zhangfang_sdk.fitting import unfit
from zhangfang_sdk.manifest import Manifest, parse_manifest
from zhangfang_sdk.services import ServiceMissing, guarded, methods_of, replaced, use

ROOT = Path(__file__).parents[2]
DRAFTS = [service for service in services() if is_draft(service)]


def test_the_page_is_what_the_protocols_say() -> None:
    """Run ``.venv/bin/python -m zhangfang_sdk.documenting_services > docs/services.md`` after changing a service."""
    assert (ROOT / "docs/services.md").read_text("utf-8") == page()


def test_every_service_that_is_provided_is_told_and_no_draft_is() -> None:
    provided = set(CORE_SERVICES) | {p for module in registry().modules.values() for p in module.services}
    assert {service for service in services() if not is_draft(service)} == provided
    assert {service.__name__ for service in DRAFTS} == {
        *("Talks", "Signing", "Contracts", "Archive", "Offers")
    }


def calls(draft: type[Any]) -> list[ast.Call]:
    """The calls of the draft in the examples of its module."""
    text = inspect.getdoc(inspect.getmodule(draft)) or ""
    blocks = re.findall(r"::\n\n((?:    .*\n|\n)+)", text + "\n")
    assert len(blocks) == 2, "two callers each"
    tree = [node for block in blocks for node in ast.walk(ast.parse(inspect.cleandoc("\n" + block)))]
    return [n for n in tree if isinstance(n, ast.Call) and ast.unparse(n.func).startswith(f"use({draft.__name__}).")]


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.__name__)
def test_two_callers_call_what_there_is(draft: type[Any]) -> None:
    found = calls(draft)
    assert len(found) >= 2
    for call in found:
        method = methods_of(draft)[ast.unparse(call.func).rpartition(".")[2]]
        named = {str(keyword.arg): None for keyword in call.keywords}
        inspect.signature(method).bind(None, *call.args, **named)


def manifest(id_: str, more: str) -> Manifest:
    return parse_manifest(f'id = "{id_}"\ntitle = "{id_}"\nsummary = "x"\ncategory = "x"\n{more}\n', version="1")


def test_two_providers_of_a_draft_conflict_and_requiring_one_works() -> None:
    """As of any other service."""
    first, second = manifest("first", 'provides = ["Offers"]'), manifest("second", 'provides = ["Offers"]')
    asks = manifest("asks", 'requires = ["Offers"]')
    order = in_order([asks, second, first], CORE_SERVICE_NAMES)
    assert set(order.refused) == {"second"}
    assert "Offers" in order.refused["second"]
    assert [m.id for m in order.manifests if m.id not in order.refused] == ["first", "asks"]
    assert order.requires["asks"] == {"first"}
    alone = in_order([asks], CORE_SERVICE_NAMES)
    assert "Offers" in alone.refused["asks"]


async def test_a_draft_is_provided_and_asked_for_like_any_service() -> None:
    class Kept:
        def __init__(self) -> None:
            self.asked = Counter[str]()

        async def for_zone(self, zone: str, client: int) -> None:
            self.asked["for_zone"] += 1

        async def hide(self, offer: int) -> None: ...

        async def outcomes(self, client: int | None, *, first: Any, last: Any) -> list[Any]:
            return []

    kept: Any = Kept()
    assert list(unfit(manifest("first", 'provides = ["Offers"]'), "register_services", {Offers: kept})) == []
    lack = next(unfit(manifest("first", 'provides = ["Offers"]'), "register_services", {Offers: object()}))
    assert "Offers" in lack
    with pytest.raises(ServiceMissing):
        use(Offers)
    with replaced(Offers, guarded(Offers, kept, None)):
        assert await use(Offers).for_zone("home", 1) is None
    assert kept.asked == {"for_zone": 1}
