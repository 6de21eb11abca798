"""A :class:`~.surfaces.Surface` that becomes an OFD (GB/T 33190-2016): text by coordinates, lines as paths, files attached."""

from __future__ import annotations

import io
import zipfile
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape

from PIL.Image import Image

from .surfaces import BLACK, Align, Ink

MM = 25.4 / 72
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
FONTS = {"song": "宋体", "kai": "楷体", "hei": "黑体", "wen": "楷体", "mono": "Courier New"}


class OfdSurface:
    """``folder`` is the name of its only document ("Doc_0"), ``grouped`` whether equal steps are written as "g 4 3.2"."""

    def __init__(self, wide: float, high: float, *, folder: str = "Doc_0", grouped: bool = False) -> None:
        self._box = f"0 0 {wide * MM:.2f} {high * MM:.2f}"
        self._folder, self._grouped = folder, grouped
        self._pages: list[list[str]] = [[]]
        self._media: list[bytes] = []
        self._attached: list[tuple[str, str, bytes]] = []
        self._last = 20

    def attach(self, name: str, file: str, content: bytes) -> None:
        self._attached.append((name, file, content))

    def next_page(self) -> None:
        self._pages.append([])

    def width(self, text: str, size: float, face: str = "song") -> float:
        return sum(_advance(mark) for mark in text) * size

    def text(
        self, x: float, y: float, text: str, size: float, *, face: str = "song", align: Align = "left", ink: Ink = BLACK
    ) -> None:
        if not text:
            return
        wide = self.width(text, size, face)
        start = x - (0 if align == "left" else wide / (2 if align == "centre" else 1))
        steps = [_advance(mark) * size * MM for mark in text[:-1]]
        bounds = f"{start * MM:.3f} {(y - size) * MM:.3f} {wide * MM:.3f} {size * 1.25 * MM:.3f}"
        delta = f' DeltaX="{_steps(steps, grouped=self._grouped)}"' if steps else ""
        self._pages[-1].append(
            f'<ofd:TextObject ID="{self._id()}" Boundary="{bounds}" Font="{list(FONTS).index(face) + 3}" Size="{size * MM:.4f}">'
            f'<ofd:FillColor Value="{" ".join(map(str, ink))}"/>'
            f'<ofd:TextCode X="0" Y="{size * MM:.3f}"{delta}>{escape(text)}</ofd:TextCode></ofd:TextObject>'
        )

    def line(self, x0: float, y0: float, x1: float, y1: float, *, wide: float = 0.5, ink: Ink = BLACK) -> None:
        left, top = min(x0, x1) * MM, min(y0, y1) * MM
        bounds = f"{left:.3f} {top:.3f} {abs(x1 - x0) * MM + 0.2:.3f} {abs(y1 - y0) * MM + 0.2:.3f}"
        drawn = f"M {x0 * MM - left:.3f} {y0 * MM - top:.3f} L {x1 * MM - left:.3f} {y1 * MM - top:.3f}"
        self._pages[-1].append(
            f'<ofd:PathObject ID="{self._id()}" Boundary="{bounds}" LineWidth="{wide * MM:.3f}">'
            f'<ofd:StrokeColor Value="{" ".join(map(str, ink))}"/><ofd:AbbreviatedData>{drawn}</ofd:AbbreviatedData></ofd:PathObject>'
        )

    def image(self, picture: Image, x: float, y: float, wide: float, high: float) -> None:
        out = io.BytesIO()
        picture.save(out, "PNG")
        self._media.append(out.getvalue())
        bounds = f"{x * MM:.3f} {y * MM:.3f} {wide * MM:.3f} {high * MM:.3f}"
        matrix = f"{wide * MM:.3f} 0 0 {high * MM:.3f} 0 0"
        self._pages[-1].append(
            f'<ofd:ImageObject ID="{self._id()}" Boundary="{bounds}" CTM="{matrix}" ResourceID="{9 + len(self._media)}"/>'
        )

    def save(self, path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in self._files().items():
                told = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                packed.writestr(told, content, zipfile.ZIP_DEFLATED)

    def _files(self) -> dict[str, bytes]:
        at = self._folder
        files = {
            "OFD.xml": f'<ofd:OFD {SPACE} DocType="OFD" Version="1.0"><ofd:DocBody><ofd:DocInfo><ofd:DocID>{self._last:032x}</ofd:DocID>'
            f"<ofd:Creator>drawn</ofd:Creator></ofd:DocInfo><ofd:DocRoot>{at}/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            f"{at}/Document.xml": self._document(),
            f"{at}/PublicRes.xml": f'<ofd:Res {SPACE} BaseLoc="Res"><ofd:Fonts>'
            + "".join(
                f'<ofd:Font ID="{n}" FontName="{name}" FamilyName="{name}"/>'
                for n, name in enumerate(FONTS.values(), 3)
            )
            + "</ofd:Fonts></ofd:Res>",
            f"{at}/DocumentRes.xml": f'<ofd:Res {SPACE} BaseLoc="Res"><ofd:MultiMedias>'
            + "".join(
                f'<ofd:MultiMedia ID="{n}" Type="Image" Format="PNG"><ofd:MediaFile>image_{n}.png</ofd:MediaFile></ofd:MultiMedia>'
                for n in range(10, 10 + len(self._media))
            )
            + "</ofd:MultiMedias></ofd:Res>",
        }
        for n, page in enumerate(self._pages):
            files[f"{at}/Pages/Page_{n}/Content.xml"] = (
                f"<ofd:Page {SPACE}><ofd:Area><ofd:PhysicalBox>{self._box}</ofd:PhysicalBox></ofd:Area>"
                f'<ofd:Content><ofd:Layer ID="{self._id()}" Type="Body">{"".join(page)}</ofd:Layer></ofd:Content></ofd:Page>'
            )
        if self._attached:
            files[f"{at}/Attachs/Attachments.xml"] = (
                f"<ofd:Attachments {SPACE}>"
                + "".join(
                    f'<ofd:Attachment ID="{n}" Name="{name}" Format="XML" Visible="false"><ofd:FileLoc>{file}</ofd:FileLoc></ofd:Attachment>'
                    for n, (name, file, _) in enumerate(self._attached, 900)
                )
                + "</ofd:Attachments>"
            )
        packed = {name: (HEAD + text).encode() for name, text in files.items()}
        packed |= {f"{at}/Res/image_{n}.png": content for n, content in enumerate(self._media, 10)}
        return packed | {f"{at}/Attachs/{file}": content for _, file, content in self._attached}

    def _document(self) -> str:
        pages = "".join(
            f'<ofd:Page ID="{n + 1}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(self._pages))
        )
        attached = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>" if self._attached else ""
        return (
            f"<ofd:Document {SPACE}><ofd:CommonData><ofd:MaxUnitID>{self._last + 99}</ofd:MaxUnitID>"
            f"<ofd:PageArea><ofd:PhysicalBox>{self._box}</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
            f"<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData><ofd:Pages>{pages}</ofd:Pages>{attached}</ofd:Document>"
        )

    def _id(self) -> int:
        self._last += 1
        return self._last


def _advance(mark: str) -> float:
    return 0.5 if ord(mark) < 0x2E80 and mark not in "（），。：；、￥①⊗×（）" else 1.0


def _steps(steps: list[float], *, grouped: bool) -> str:
    told = [f"{step:.4f}" for step in steps]
    if not grouped:
        return " ".join(told)
    groups = [(step, len(list(same))) for step, same in groupby(told)]
    return " ".join(step if count == 1 else f"g {count} {step}" for step, count in groups)
