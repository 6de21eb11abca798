"""Vendors that do as a test tells them, offered in place of those of an installed plugin."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import cast

from zhangfang_core.modules.registry import Module, registry
from zhangfang_core.vendors.offers import offers
from zhangfang_sdk.recognition import Bitmap, TextBox
from zhangfang_sdk.vendors import SettingField, Settings, Vendor, VendorKind

OFFERING = next(
    id_ for id_, module in registry().modules.items() if any(vendor.kind == VendorKind.OCR for vendor in module.vendors)
)
"""The plugin that recognises text, in whose place they stand."""


@dataclass
class Steered:
    """One recogniser. ``does`` holds what the next attempts do: an exception to raise, seconds to sleep, or a text to give ("好" after that)."""

    id: str
    does: list[Exception | float | str] = field(default_factory=list)
    fields: tuple[SettingField, ...] = ()
    outside: bool = False
    seconds: float = 5.0
    test: Callable[[Settings], Awaitable[None]] | None = None
    asked: int = 0
    opened_with: list[Settings] = field(default_factory=list)

    def vendor(self) -> Vendor:
        return Vendor(
            VendorKind.OCR,
            self.id,
            f"识别{self.id}",
            self.open,
            settings=self.fields,
            summary="给测试用的识别服务",
            outside=self.outside,
            seconds=self.seconds,
        )

    def open(self, settings: Settings) -> "SteeredRecogniser":
        self.opened_with.append(settings)
        return SteeredRecogniser(self) if self.test is None else RecogniserWithTest(self, settings)


class SteeredRecogniser:
    def __init__(self, steered: Steered) -> None:
        self._steered = steered

    async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
        self._steered.asked += 1
        does = self._steered.does.pop(0) if self._steered.does else "好"
        if isinstance(does, Exception):
            raise does
        if isinstance(does, float):
            await asyncio.sleep(does)
            does = "慢"
        return [TextBox(does, 1.0, 0.0, 0.0, 1.0, 1.0)]


class RecogniserWithTest(SteeredRecogniser):
    def __init__(self, steered: Steered, settings: Settings) -> None:
        super().__init__(steered)
        self._settings = settings

    async def test(self) -> None:
        if self._steered.test is not None:
            await self._steered.test(self._settings)


@contextmanager
def offering(*offered: Steered | Vendor) -> Iterator[None]:
    """The plugin ``OFFERING`` offers these and no others."""
    modules = cast("MutableMapping[str, Module]", registry().modules)
    own = modules[OFFERING]
    modules[OFFERING] = replace(own, vendors=[o.vendor() if isinstance(o, Steered) else o for o in offered])
    offers.cache_clear()
    try:
        yield
    finally:
        modules[OFFERING] = own
        offers.cache_clear()
