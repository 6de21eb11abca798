"""The engines themselves; loaded only inside the recognising process."""

from __future__ import annotations

import importlib
import importlib.metadata
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np

from zhangfang_capture_ocr.recognising.sessions import Pixels
from zhangfang_capture_ocr.recognising.values import ENGINES

Run = tuple[str, float, tuple[float, float, float, float]]
"""Text, the engine's confidence, and left, top, right, bottom in pixels."""
Engine = Callable[[Pixels], list[Run]]

LONGEST_DETECTED: Final = 1280
"""Side to which pictures are reduced for finding text; the runs themselves are read at full size."""
_THREADS: Final = 2


def open_engine(name: str, cache: Path) -> Engine:
    """Load an engine of `values.ENGINES`; takes some seconds. Raises FileNotFoundError without its weights, KeyError for another name."""
    if name == "fast":
        from zhangfang_capture_ocr.recognising.cascade import Cascade

        return Cascade()
    if name not in ENGINES:
        raise KeyError(name)
    return _rapid() if name == "rapid" else _paddle("small", cache)


def _paddle(size: str, cache: Path) -> Engine:
    from zhangfang_capture_ocr.recognising.weights import model_directory

    finder, reader = (str(model_directory(cache, size, part)) for part in ("det", "rec"))
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    os.environ["PADDLE_PDX_CACHE_HOME"] = str(cache)
    _name_opencv()
    # The package has no types.
    ocr: Any = importlib.import_module("paddleocr").PaddleOCR(
        engine="onnxruntime",
        device="cpu",
        # The engine's own word for threads is dropped on its way to onnxruntime, which would then take every core and spin.
        engine_config={"intra_op_num_threads": 1, "enable_cpu_mem_arena": False},
        text_detection_model_name=f"PP-OCRv6_{size}_det",
        text_detection_model_dir=finder,
        text_recognition_model_name=f"PP-OCRv6_{size}_rec",
        text_recognition_model_dir=reader,
        text_det_limit_side_len=LONGEST_DETECTED,
        text_det_limit_type="max",
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )

    def run(bgr: Pixels) -> list[Run]:
        page = ocr.predict(bgr)[0]
        return _runs(page["rec_texts"], page["rec_scores"], page["rec_polys"])

    return run


def _rapid() -> Engine:
    from rapidocr import RapidOCR

    ocr = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": _THREADS, "Global.use_cls": False})

    def run(bgr: Pixels) -> list[Run]:
        page: Any = ocr(bgr)
        if page.txts is None:
            return []
        return _runs(page.txts, page.scores, page.boxes)

    return run


def _runs(texts: Iterable[str], scores: Iterable[float], shapes: Iterable[Any]) -> list[Run]:
    found = []
    for text, score, shape in zip(texts, scores, shapes, strict=True):
        corners = np.asarray(shape, dtype=float).reshape(-1, 2)
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        if text.strip():
            found.append((text, float(score), (float(left), float(top), float(right), float(bottom))))
    return found


def _name_opencv() -> None:
    """PaddleX asks for OpenCV's wheel by name and does not know the headless one, which is the same code without windows."""
    version = importlib.metadata.version

    def known(distribution_name: str) -> str:
        headless = distribution_name == "opencv-contrib-python"
        return version("opencv-contrib-python-headless" if headless else distribution_name)

    importlib.metadata.version = known
