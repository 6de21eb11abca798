"""Kinds of notices for tests, declared in place of those of an installed plugin."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

from zhangfang_core.modules.registry import Module, registry
from zhangfang_core.notices.kinds import notice_kinds
from zhangfang_sdk.notices import NoticeKind

DECLARING = next(iter(registry().modules))
"""The plugin in whose place they stand: a notice's kind is f"{DECLARING}.{key}"."""


@contextmanager
def declaring(*kinds: NoticeKind) -> Iterator[None]:
    """The plugin ``DECLARING`` declares these and no others."""
    modules = cast("MutableMapping[str, Module]", registry().modules)
    own = modules[DECLARING]
    modules[DECLARING] = replace(own, notice_kinds=kinds)
    notice_kinds.cache_clear()
    try:
        yield
    finally:
        modules[DECLARING] = own
        notice_kinds.cache_clear()
