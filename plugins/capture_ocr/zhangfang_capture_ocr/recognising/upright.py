"""Reads a picture whichever way up it lies and however dark it is."""

from __future__ import annotations

import time
from typing import Final

import cv2
import numpy as np

from zhangfang_capture_ocr.recognising.engines import Engine, Run
from zhangfang_capture_ocr.recognising.sessions import Pixels
from zhangfang_capture_ocr.recognising.values import Recognised
from zhangfang_sdk.recognition import TextBox

DARK_BELOW: Final = 90.0
"""Median lightness (0 to 255) below which a picture is brightened first."""
SURE: Final = 0.85
"""Mean confidence, weighted by length, at which a picture is taken to lie upright."""
_TURNS: Final = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def read_upright(engine: Engine, name: str, rgb: Pixels) -> tuple[Recognised, list[Run]]:
    """Recognise an array of height by width by three, and the engine's runs behind its boxes. Other turns are tried only when the first reading is weak."""
    began = time.monotonic()
    picture = _brightened(np.ascontiguousarray(rgb[:, :, ::-1]))
    height, width = picture.shape[:2]
    best, turned = engine(picture), 0
    standing = _standing(best)
    if best and (standing > 0.5 or _certainty(best) < SURE):
        for turn in (90, 270) if standing > 0.5 else (180, 90, 270):
            tried = engine(np.asarray(cv2.rotate(picture, _TURNS[turn]), dtype=np.uint8))
            if _worth(tried) > _worth(best):
                best, turned = tried, turn
            if turned and _certainty(best) >= SURE:
                break
    boxes = tuple(_placed(run, turned, width, height) for run in best)
    return Recognised(boxes, turned, width, height, name, time.monotonic() - began), best


def _brightened(bgr: Pixels) -> Pixels:
    lab = cv2.cvtColor(bgr, cv2.COLOR_BGR2LAB)
    middle = float(np.median(lab[:, :, 0]))
    if middle >= DARK_BELOW:
        return bgr
    stretched = np.clip(lab[:, :, 0].astype(np.float32) * (200.0 / max(middle, 10.0)), 0, 255).astype(np.uint8)
    lab[:, :, 0] = cv2.createCLAHE(2.0, (8, 8)).apply(stretched)
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), dtype=np.uint8)


def _worth(runs: list[Run]) -> float:
    return sum(score * score * len(text) for text, score, _ in runs)


def _certainty(runs: list[Run]) -> float:
    letters = sum(len(text) for text, _, _ in runs)
    return sum(score * len(text) for text, score, _ in runs) / letters if letters else 0.0


def _standing(runs: list[Run]) -> float:
    """The share of runs that are clearly taller than wide."""
    tall = sum(1 for _, _, (left, top, right, bottom) in runs if bottom - top > 1.5 * (right - left))
    return tall / len(runs) if runs else 0.0


def _placed(run: Run, turned: int, width: int, height: int) -> TextBox:
    """The run's place in the picture before it was turned."""
    text, score, (left, top, right, bottom) = run
    across, down = (width, height) if turned in (0, 180) else (height, width)
    x0, y0, x1, y1 = (min(max(v, 0.0), 1.0) for v in (left / across, top / down, right / across, bottom / down))
    if turned == 90:
        x0, y0, x1, y1 = y0, 1 - x1, y1, 1 - x0
    elif turned == 180:
        x0, y0, x1, y1 = 1 - x1, 1 - y1, 1 - x0, 1 - y0
    elif turned == 270:
        x0, y0, x1, y1 = 1 - y1, x0, 1 - y0, x1
    return TextBox(text, min(max(score, 0.0), 1.0), x0, y0, x1, y1, turned)
