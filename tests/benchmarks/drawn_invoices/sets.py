"""What a set holds, and how each of its documents is drawn and written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL.Image import Image, new
from PIL.ImageChops import difference

from . import bills, digital_layout, looks, paper, slip_layouts, slips, travel, wear, xml
from .chance import Chance
from .digital import VARIANTS, digital
from .looks import Family, Look
from .ofd import OfdSurface
from .pdf import PdfSurface
from .picture import PictureSurface
from .surfaces import Surface
from .truths import Invoice

Quality = Literal["structured", "clean", "hard"]

STRUCTURED = (
    *(f"pdf:{variant}" for variant in VARIANTS),
    *("xml",) * 3,
    *("ofd:attached",) * 2,
    *("ofd:text",) * 2,
    *("ofd:original",) * 2,
    "railway:pdf",
    "railway:xml",
    "air:pdf",
)
PICTURES = (
    paper.PAPER,
    paper.ORDINARY,
    paper.ELECTRONIC,
    paper.TOLL,
    "数电票打印件",
    slips.TRAIN,
    slips.TAXI,
    slips.FIXED,
    slips.COACH,
    slips.ROLL,
    slips.CARD,
    bills.FISCAL,
    bills.BANK,
    "铁路电子客票打印件",
)
HARD = (*PICTURES[:-1], "two", "two")
ON_A_PAGE = tuple(variant for variant in VARIANTS if variant not in ("long", "discount"))
SHARES = {"structured": 0.6, "clean": 0.28}
"""The rest is hard."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A file of the set. ``kind`` is what it was drawn as, ``worn`` what was done to a hard picture."""

    file: str
    quality: Quality
    kind: str
    invoices: tuple[Invoice, ...]
    worn: tuple[str, ...] = ()

    def truth(self) -> dict[str, object]:
        told = [invoice.truth() for invoice in self.invoices]
        return {
            "file": self.file,
            "quality": self.quality,
            "drawn": self.kind,
            "worn": list(self.worn),
            "invoices": told,
        }


def planned(count: int) -> Iterator[tuple[Quality, str]]:
    """Quality and kind of each of ``count`` documents."""
    structured, clean = round(count * SHARES["structured"]), round(count * SHARES["clean"])
    for n in range(structured):
        yield "structured", STRUCTURED[n % len(STRUCTURED)]
    for n in range(clean):
        yield "clean", PICTURES[n % len(PICTURES)]
    for n in range(count - structured - clean):
        yield "hard", HARD[n % len(HARD)]


def draw_set(out: Path, family: Family, count: int, seed: int) -> list[Drawn]:
    """``count`` documents in ``out``, and ``truth.jsonl`` beside them."""
    out.mkdir(parents=True, exist_ok=True)
    drawn = [
        draw_one(out, f"{family}{n:04d}", quality, kind, family, Chance(seed, family, n, kind))
        for n, (quality, kind) in enumerate(planned(count))
    ]
    lines = (json.dumps(one.truth(), ensure_ascii=False) for one in drawn)
    (out / "truth.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return drawn


def draw_one(out: Path, name: str, quality: Quality, kind: str, family: Family, chance: Chance) -> Drawn:
    look = looks.look(family, chance)
    if quality == "structured":
        file, invoice = _structured(out, name, kind, look, chance)
        return Drawn(file, quality, kind, (invoice,))
    if kind == "two":
        pair = [_picture(one, look, chance) for one in chance.some(PICTURES, 2)]
        sheet, worn = wear.together([picture for picture, _ in pair], chance), ["two"]
        invoices = tuple(invoice for _, invoice in pair)
    else:
        picture, invoice = _picture(kind, look, chance)
        sheet, worn = wear.hard(picture, chance) if quality == "hard" else (wear.scanned(picture, chance), [])
        invoices = (invoice,)
    file = f"{name}.{'png' if quality == 'clean' and chance.happens(0.4) else 'jpg'}"
    sheet.save(out / file, quality=60 if "compressed" in worn else 88)  # a PNG has no quality
    return Drawn(file, quality, kind, invoices, tuple(worn))


def _structured(out: Path, name: str, kind: str, look: Look, chance: Chance) -> tuple[str, Invoice]:
    form, _, which = kind.partition(":")
    if form == "xml":
        invoice = digital(chance.of(VARIANTS), chance)
        return _written(out / f"{name}.xml", xml.digital(invoice, look, chance)), invoice
    if kind == "railway:xml":
        invoice = travel.railway(chance, named_sums=True)
        return _written(out / f"{name}.xml", xml.railway(invoice)), invoice
    if form == "ofd":
        return _ofd(out / f"{name}.ofd", which, look, chance)
    if form == "railway":
        invoice, size = travel.railway(chance, named_sums=False), travel.RAILWAY_PAGE
        draw: Callable[[Surface, Invoice, Look], None] = travel.draw_railway
    elif form == "air":
        invoice, size, draw = travel.air(chance), travel.AIR_PAGE, travel.draw_air
    else:
        invoice, draw = digital(which, chance), digital_layout.draw
        size = digital_layout.page_size(look, invoice)
    page = PdfSurface(out / f"{name}.pdf", *size)
    draw(page, invoice, look)
    page.save()
    return f"{name}.pdf", invoice


def _ofd(path: Path, which: str, look: Look, chance: Chance) -> tuple[str, Invoice]:
    folder = "Doc_0" if look.a else chance.of(("Doc_0", "Doc_1"))
    if which == "original":
        invoice = paper.paper(chance.of((paper.ELECTRONIC, paper.ELECTRONIC_SPECIAL)), chance)
        page = OfdSurface(*paper.PAGE, folder=folder, grouped=not look.a)
        paper.draw(page, invoice, look, chance)
        page.attach("original_invoice", "original_invoice.xml", xml.original(invoice))
    else:
        invoice = digital(chance.of(VARIANTS), chance)
        page = OfdSurface(*digital_layout.page_size(look, invoice), folder=folder, grouped=not look.a)
        digital_layout.draw(page, invoice, look)
        if which == "attached":
            page.attach("invoice", f"{invoice.number}.xml", xml.digital(invoice, look, chance))
    page.save(path)
    return path.name, invoice


def _written(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    return path.name


def _torn_off(strip: Image) -> Image:
    """A strip of paper ends a little below its last line."""
    ground = new(strip.mode, strip.size, strip.getpixel((1, 1)))
    _, _, _, bottom = difference(strip, ground).getbbox() or (0, 0, 0, strip.height)
    return strip.crop((0, 0, strip.width, min(strip.height, bottom + 50)))


def _picture(kind: str, look: Look, chance: Chance) -> tuple[Image, Invoice]:
    if kind in slip_layouts.SIZES:
        slip = slip_layouts.MAKERS[kind](chance)
        wide, high = slip_layouts.SIZES[kind]
        small = PictureSurface(
            wide, high, scale=chance.share(2.6, 3.4), paper=slip_layouts.PAPERS.get(kind, (253, 252, 248))
        )
        slip_layouts.DRAWERS[kind](small, slip, look, chance)
        return _torn_off(small.picture) if high > wide else small.picture, slip
    if kind in (bills.FISCAL, bills.BANK):
        size = bills.FISCAL_PAGE if kind == bills.FISCAL else bills.BANK_PAGE
        sheet = PictureSurface(*size, scale=chance.share(2.4, 3.0))
        bill = bills.fiscal(chance) if kind == bills.FISCAL else bills.bank(chance)
        (bills.draw_fiscal if kind == bills.FISCAL else bills.draw_bank)(sheet, bill, look, chance)
        return sheet.picture, bill
    if kind == "铁路电子客票打印件":
        ticket = travel.railway(chance, named_sums=False)
        page = PictureSurface(*travel.RAILWAY_PAGE, scale=chance.share(2.6, 3.2))
        travel.draw_railway(page, ticket, look)
        return page.picture, ticket
    if kind == "数电票打印件":
        invoice = digital(chance.of(ON_A_PAGE), chance)
        invoice = invoice.with_lines(invoice.lines[:3])
        page = PictureSurface(*digital_layout.page_size(look, invoice), scale=chance.share(2.6, 3.0))
        digital_layout.draw(page, invoice, look)
        high = page.picture.height if look.a else round(page.picture.height * chance.share(0.68, 1.0))
        return page.picture.crop((0, 0, page.picture.width, high)), invoice
    invoice = paper.toll(chance) if kind == paper.TOLL else paper.paper(kind, chance)
    page = PictureSurface(
        *paper.PAGE, scale=chance.share(2.5, 3.0), paper=chance.of(((255, 255, 255), (252, 250, 242)))
    )
    paper.draw(page, invoice, look, chance)
    return page.picture, invoice
