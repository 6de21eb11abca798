"""Hundreds of broken and hostile files, handed in and read on the command line: an end and a Chinese sentence each (CAP-1, CAP-5)."""

import io
import os
import random
import re
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from zhangfang_capture_ocr import commands
from zhangfang_capture_ocr.reading.confined import shared_reader
from zhangfang_capture_ocr.tables import Item
from zhangfang_core.testing.tenants import acting

ROUNDS = int(os.environ.get("ZHANGFANG_HOSTILE_FILES", "40"))
"""How many files; the long run has 300."""
CHINESE = re.compile(r"[\u4e00-\u9fff]{4}")
LONGEST_SECONDS = 10.0
"""What one file may take; a machine that is busy gets more."""
AT_END = {"drafted", "needs_review", "refused", "unpacked"}

Maker = Callable[[random.Random, list[bytes]], bytes]


def cut(chance: random.Random, whole: list[bytes]) -> bytes:
    data = chance.choice(whole)
    return data[: chance.randrange(len(data))]


def flipped(chance: random.Random, whole: list[bytes]) -> bytes:
    data = bytearray(chance.choice(whole))
    for _ in range(chance.choice((1, 8, 200))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def glued(chance: random.Random, whole: list[bytes]) -> bytes:
    one, other = chance.choice(whole), chance.choice(whole)
    return one[: chance.randrange(len(one))] + other[chance.randrange(len(other)) :]


def noise(chance: random.Random, whole: list[bytes]) -> bytes:
    heads = (b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"<?xml version='1.0'?>", b"II*\0",
             b"RIFF\0\0\0\0WEBP", b"\0\0\0\x18ftypheic", b"GIF89a", b"")  # fmt: skip
    return chance.choice(heads) + chance.randbytes(chance.choice((0, 7, 900, 40_000)))


def nested(chance: random.Random, whole: list[bytes]) -> bytes:
    depth = chance.choice((10, 63, 70, 5000))
    return b"<?xml version='1.0'?>" + b"<a>" * depth + b"&#0;" * chance.randrange(2) + b"</a>" * depth


def entities(chance: random.Random, whole: list[bytes]) -> bytes:
    kinds = (b"SYSTEM 'file:///etc/passwd'", b"'" + b"&a;" * 9 + b"'", b"PUBLIC 'x' 'http://127.0.0.1:9/x'")
    return b"<!DOCTYPE x [<!ENTITY a " + chance.choice(kinds) + b">]><EInvoice>&a;</EInvoice>"


def zipped(chance: random.Random, whole: list[bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(chance.choice(("../../etc/x.pdf", "OFD.xml", "票.pdf", "a" * 300 + ".xml", "x\0.xml")), chance.choice(whole))
        if chance.random() < 0.5:
            archive.writestr("big.bin", bytes(chance.choice((1, 60)) * 1024 * 1024))
        if chance.random() < 0.3:
            archive.writestr("OFD.xml", b"<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'><ofd:DocBody/></ofd:OFD>")
    return flipped(chance, [written.getvalue()]) if chance.random() < 0.3 else written.getvalue()


def huge_picture(chance: random.Random, whole: list[bytes]) -> bytes:
    """A few bytes that say they are an enormous picture."""
    side = chance.choice((30_000, 65_535, 2**31 - 1))

    def piece(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + piece(b"IHDR", head) + piece(b"IDAT", zlib.compress(bytes(1000))) + piece(b"IEND", b"")


def bomb(chance: random.Random, whole: list[bytes]) -> bytes:
    """A page whose content unpacks to very much text."""
    content = zlib.compress(b"BT /F1 9 Tf (aaaaaaaaaaaaaaaa) Tj ET\n" * chance.choice((30_000, 3_000_000)), 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(content), content),
    )
    body = b"".join(b"%d 0 obj%s endobj\n" % (number, each) for number, each in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Size 5/Root 1 0 R>>\n%%EOF"


def false_signature(chance: random.Random, whole: list[bytes]) -> bytes:
    mark = b"/ByteRange [0 %d %d %d]/SubFilter/adbe.pkcs7.detached/Contents<%s>" % (
        chance.randrange(2**31), chance.randrange(2**31), chance.randrange(2**31), chance.randbytes(40).hex().encode(),
    )  # fmt: skip
    return next(data for data in whole if data.startswith(b"%PDF")) + mark


MAKERS: tuple[Maker, ...] = (cut, flipped, glued, noise, nested, entities, zipped, huge_picture, bomb, false_signature)


@pytest.fixture
def whole(drawn: Any, sign: Any) -> list[bytes]:
    """Files that are good as they are."""
    small = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(small, "PNG")
    photo = (Path(__file__).parents[1] / "photo.heic").read_bytes()
    return [drawn.xml(), drawn.pdf(), small.getvalue(), photo]


def hostile(whole: list[bytes]) -> Iterator[tuple[str, bytes]]:
    """Files by seed, so that one that fails can be had again."""
    for seed in range(ROUNDS):
        chance = random.Random(seed)  # noqa: S311  # no secret
        maker = MAKERS[seed % len(MAKERS)]
        yield f"{seed}_{maker.__name__}.{chance.choice(('pdf', 'xml', 'jpg', 'ofd', 'zip', 'heic'))}", maker(chance, whole)


async def test_handed_in(office: Any, whole: list[bytes]) -> None:
    """Each is kept, comes to an end in time, and what is not drafted says why in Chinese; a good file goes through afterwards."""
    for name, data in hostile(whole):
        (received,) = await office.send((name, data))
        if received.item is None:
            assert CHINESE.search(received.sentence), name
            continue
        start = time.monotonic()
        await office.work(received.item)
        seconds = time.monotonic() - start
        async with acting(office.firm, "accountant"):
            row = await Item.objects().get(Item.id == received.item)
        assert row is not None
        assert row.state in AT_END, name
        assert row.state in ("drafted", "unpacked") or CHINESE.search(row.refusal_sentence), (name, row.refusal_code)
        assert seconds < 3 * LONGEST_SECONDS, (name, seconds)
    assert (await office.state(await office.handed_in("好.xml", whole[0] + b"\n")))[0] != "queued"


def test_on_the_command_line(whole: list[bytes], tmp_path: Path) -> None:
    """The same files: a line of JSON each with a Chinese sentence, in the time that a file may take."""
    shared_reader().warm()
    for name, data in hostile(whole):
        path = tmp_path / name
        path.write_bytes(data)
        start = time.monotonic()
        for status, said in commands.read_one(path, "fast"):
            assert status in (commands.SURE, commands.DOUBTFUL, commands.UNREADABLE)
            assert status == commands.SURE or CHINESE.search(str(said)), (name, said)
        seconds = time.monotonic() - start
        assert seconds < 3 * LONGEST_SECONDS, (name, seconds)
