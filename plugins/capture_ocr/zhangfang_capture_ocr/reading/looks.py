"""What a picture looks like as a short number, so that the same one sent again is known though its bytes differ."""

from __future__ import annotations

from typing import Final

from PIL import Image

_SIDE: Final = 16
SAME_BELOW: Final = 14
"""Of `_SIDE` times `_SIDE` bits, how many may differ in two files of one picture: after shrinking, another JPEG, a lighter print."""


def look_of(picture: Image.Image) -> str:
    """A difference hash in hex: for each place of a coarse grid, whether it is lighter than the one right of it."""
    small = picture.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.BOX)
    cells = small.tobytes()
    wide = _SIDE + 1
    bits = 0
    for row in range(_SIDE):
        for column in range(_SIDE):
            place = row * wide + column
            bits = bits << 1 | (cells[place] > cells[place + 1])
    return f"{bits:0{_SIDE * _SIDE // 4}x}"

