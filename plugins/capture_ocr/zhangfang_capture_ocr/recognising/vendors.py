"""The engines as vendors that a firm can choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zhangfang_capture_ocr.doubts import doubts_about
from zhangfang_capture_ocr.recognising import ENGINES, recognise
from zhangfang_capture_ocr.recognising.values import FURTHER_READERS
from zhangfang_sdk.recognition import Bitmap, TextBox
from zhangfang_sdk.texts import translatable
from zhangfang_sdk.vendors import Vendor, VendorKind

HERE: Final = translatable("在本机运行,图片不离开服务器。")
HERE_ALONE: Final = translatable("在本机运行,图片不离开服务器。只有一种读法,每张照片都要人看一眼。")


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """A `TextRecogniser` of this machine; pictures do not leave it."""

    engine: str

    async def recognise(self, bitmap: Bitmap) -> Sequence[TextBox]:
        return (await recognise(bitmap, engine=self.engine, doubts=doubts_about(bitmap))).boxes


def _vendor(engine: str, title: str) -> Vendor:
    return Vendor(
        VendorKind.OCR,
        engine,
        title,
        lambda _settings: LocalEngine(engine),
        summary=HERE if engine in FURTHER_READERS else HERE_ALONE,
        outside=False,
        seconds=300.0,
    )


VENDORS = tuple(_vendor(engine, title) for engine, title in ENGINES.items())
