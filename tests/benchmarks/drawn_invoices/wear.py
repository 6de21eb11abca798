"""What the world does to a picture: table tops, turns, shadows, blur, noise, stamps, hard compression, two sheets on one photograph."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from .chance import Chance
from .marks import faded, stamp
from .parties import firm
from .surfaces import BLUE, RED, Ink

TABLES: tuple[Ink, ...] = ((222, 218, 210), (186, 168, 146), (236, 236, 238), (150, 158, 166))


def laid(picture: Image.Image, chance: Chance, *, most: float = 0.0, table: Ink | None = None) -> Image.Image:
    """On a table, turned by at least a degree where ``most`` is more, with a margin all around."""
    ground = table or chance.of(TABLES)
    turn = chance.of((-1, 1)) * chance.share(1, most) if most else 0.0
    turned = picture.convert("RGBA").rotate(turn, Image.Resampling.BICUBIC, expand=True)
    margin = [round(chance.share(0.015, 0.06) * max(picture.size)) for _ in range(4)]
    sheet = Image.new("RGB", (turned.width + margin[0] + margin[1], turned.height + margin[2] + margin[3]), ground)
    sheet.paste(turned, (margin[0], margin[2]), turned)
    return sheet


def scanned(picture: Image.Image, chance: Chance) -> Image.Image:
    """A good scan or a still photograph: a little margin, hardly any grain."""
    sheet = laid(picture, chance, table=chance.of(((255, 255, 255), *TABLES)))
    return _grain(sheet, chance, chance.share(0.5, 3.0))


def hard(picture: Image.Image, chance: Chance) -> tuple[Image.Image, list[str]]:
    """Two or three of the troubles, and their names."""
    worn = chance.some(("turned", "noise", "shadow", "blur", "stamped", "compressed"), chance.whole(2, 3))
    sheet = picture.convert("RGB")
    if "stamped" in worn:
        sheet = _stamped(sheet, chance)
    sheet = laid(sheet, chance, most=4.0 if "turned" in worn else 0.0)
    if "shadow" in worn:
        sheet = _shadow(sheet, chance)
    if "blur" in worn:
        sheet = sheet.filter(ImageFilter.GaussianBlur(chance.share(0.8, 1.5)))
    if "noise" in worn:
        sheet = _grain(sheet, chance, chance.share(8, 16))
    return sheet, sorted(worn)


def together(pictures: list[Image.Image], chance: Chance) -> Image.Image:
    """Two sheets on one photograph, apart from each other, each turned a little."""
    table = chance.of(TABLES)
    laid_out = [laid(picture, chance, most=2.5, table=table) for picture in pictures]
    across = all(one.height > one.width for one in laid_out) or chance.happens(0.3)
    gap = round(chance.share(10, 60))
    wide = sum(p.width for p in laid_out) + gap if across else max(p.width for p in laid_out)
    high = max(p.height for p in laid_out) if across else sum(p.height for p in laid_out) + gap
    sheet = Image.new("RGB", (wide, high), table)
    x = y = 0
    for one in laid_out:
        sheet.paste(one, (x, y))
        x, y = (x + one.width + gap, y) if across else (x, y + one.height + gap)
    return _grain(sheet, chance, chance.share(2, 7))


def _stamped(picture: Image.Image, chance: Chance) -> Image.Image:
    """A firm's stamp across some of the text."""
    seal = faded(
        stamp(firm(chance).name, chance.of(("财务专用章", "现金付讫", "业务专用章")), ink=chance.of((RED, RED, BLUE))),
        chance.share(0.35, 0.6),
    )
    size = round(min(picture.size) * chance.share(0.26, 0.42))
    seal = seal.resize((size, size)).rotate(chance.share(-35, 35))
    spot = (round(chance.share(0.1, 0.6) * picture.width), round(chance.share(0.15, 0.55) * picture.height))
    copy = picture.copy()
    copy.paste(seal, spot, seal)
    return copy


def _shadow(picture: Image.Image, chance: Chance) -> Image.Image:
    """Light that falls off from one side, and the soft shade of a hand or a telephone."""
    wide, high = picture.size
    across, along = np.meshgrid(np.linspace(0, 1, wide), np.linspace(0, 1, high))
    slope = chance.share(-0.35, 0.35) * across + chance.share(-0.3, 0.3) * along
    middle, breadth = (chance.share(0.1, 0.9), chance.share(0.1, 0.9)), chance.share(0.08, 0.25)
    shade = chance.share(0.2, 0.4) * np.exp(-((across - middle[0]) ** 2 + (along - middle[1]) ** 2) / breadth)
    light = np.clip(1 - np.abs(slope) - shade, 0.4, 1.0)
    return Image.fromarray((np.asarray(picture) * light[..., None]).astype(np.uint8))


def _grain(picture: Image.Image, chance: Chance, strength: float) -> Image.Image:
    grain = np.random.default_rng(chance.whole(0, 2**31)).normal(0, strength, (*picture.size[::-1], 1))
    return Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))
