"""docs/values.md is what the SDK's definitions say, and whatever a hook or a service names can be looked up in the pages."""

import inspect
import re
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from zhangfang_sdk.documenting import KINDS, hooks
from zhangfang_sdk.documenting_services import is_draft, services
from zhangfang_sdk.documenting_values import page
from zhangfang_sdk.services import methods_of

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_definitions_say() -> None:
    """Run ``.venv/bin/python -m zhangfang_sdk.documenting_values > docs/values.md`` after changing one."""
    assert (ROOT / "docs/values.md").read_text("utf-8") == page()


def named(annotation: Any) -> Iterator[str]:
    """Classes of the SDK in an annotation, however deep."""
    if inspect.isclass(annotation) and annotation.__module__.startswith("zhangfang_sdk."):
        yield annotation.__name__
    for part in annotation if isinstance(annotation, list) else typing.get_args(annotation):
        yield from named(part)


def of(function: Callable[..., Any]) -> set[str]:
    return {name for annotation in typing.get_type_hints(function).values() for name in named(annotation)}


def test_whatever_a_hook_or_a_service_names_is_told() -> None:
    """A stranger need not look inside: each has its fields and its sentences on a page."""
    functions = [function for kind in KINDS for _, function in hooks(kind)]
    functions += [m for service in services() if not is_draft(service) for m in methods_of(service).values()]
    wanted = {name for function in functions for name in of(function)}
    pages = (ROOT / "docs/values.md").read_text("utf-8")
    told = set(re.findall(r"^### `(\w+)`$", pages, re.MULTILINE))
    assert {"Card", "NewFact", "SearchSource", "VoucherDraft"} < wanted
    assert wanted - told == set()
