"""A program that sends a file in parts, as a browser's script does: tus 1.0.0 over a visitor's session."""

import base64
from dataclasses import dataclass

import httpx

from zhangfang_core.testing.portal import Visitor


@dataclass(frozen=True, slots=True)
class Sender:
    """Answers are given back as they are. A header told as "" is left out."""

    visitor: Visitor

    async def ask(self, method: str, address: str, content: bytes = b"", **headers: str) -> httpx.Response:
        told = {"accept": "application/json", "tus-resumable": "1.0.0"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in told.items() if value}
        return await self.visitor.ask(method, address, content=content, headers=sent)

    async def begin(self, length: int, name: str = "票.pdf", key: str = "", **headers: str) -> httpx.Response:
        pairs = {"filename": name, "filetype": "application/pdf", "key": key}
        told = ",".join(f"{word} {base64.b64encode(value.encode()).decode()}" for word, value in pairs.items() if value)
        return await self.ask("POST", "/uploads", b"", **{"upload_length": str(length), "upload_metadata": told, **headers})

    async def go_on(self, address: str, offset: int, content: bytes, **headers: str) -> httpx.Response:
        told = {"content_type": "application/offset+octet-stream", "upload_offset": str(offset), **headers}
        return await self.ask("PATCH", address, content, **told)

    async def sent(self, content: bytes, name: str = "票.pdf", part: int = 256 * 1024) -> str:
        """The whole file, in parts; its address."""
        address = (await self.begin(len(content), name)).headers["location"]
        for offset in range(0, len(content), part):
            (await self.go_on(address, offset, content[offset : offset + part])).raise_for_status()
        return address


def id_in(address: str) -> int:
    """Of an upload, by its address."""
    return int(address.rpartition("/")[2])
