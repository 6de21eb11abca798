"""The file that uninstalling writes and reinstalling reads: a zip of members, and ``manifest.json`` with the SHA-256 of each."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from zhangfang_sdk.errors import Refusal

FORMAT = 1
_MANIFEST = "manifest.json"
_PIECE = 1 << 20
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError)
"""What reading a damaged member raises; RuntimeError where it says that it is encrypted."""


class ArchiveWriter:
    """Members one after another; the file has its name only once it is whole and on the disk."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self.members: dict[str, str] = {}

    async def add_streamed(self, name: str, write: Callable[[Callable[[bytes], Awaitable[None]]], Awaitable[Any]]) -> str:
        """``write`` is given a coroutine that takes pieces. Returns the member's SHA-256 (hex)."""
        digest = hashlib.sha256()
        with self._packed.open(name, "w", force_zip64=True) as member:

            async def take(piece: bytes) -> None:
                digest.update(piece)
                member.write(piece)

            await write(take)
        self.members[name] = digest.hexdigest()
        return self.members[name]

    def add(self, name: str, content: bytes) -> None:
        self._packed.writestr(name, content)
        self.members[name] = hashlib.sha256(content).hexdigest()

    def add_folder(self, name: str, folder: Path) -> None:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                self.add(f"{name}/{path.relative_to(folder).as_posix()}", path.read_bytes())


@contextmanager
def written(path: Path, told: Callable[[], Mapping[str, object]]) -> Iterator[ArchiveWriter]:
    """Write an archive; ``told`` gives the manifest's other words when all members are there. Mode 0600: it holds people's books."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
            writer = ArchiveWriter(packed)
            yield writer
            manifest = {**told(), "format": FORMAT, "members": writer.members}
            packed.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)


class Archive:
    """A whole one: every member was read once and is what the manifest says."""

    def __init__(self, packed: zipfile.ZipFile, manifest: Mapping[str, Any]) -> None:
        self._packed = packed
        self.manifest = manifest

    def content(self, name: str) -> bytes:
        return self._packed.read(name)

    async def pieces(self, name: str):  # type: ignore[no-untyped-def]  # an async generator of bytes, as asyncpg takes it
        with self._packed.open(name) as member:
            while piece := member.read(_PIECE):
                yield piece

    def unpack(self, folder: str, into: Path) -> None:
        """The members below ``folder`` as files."""
        for name in self.manifest["members"]:
            if name.startswith(f"{folder}/"):
                path = (into / name.removeprefix(f"{folder}/")).resolve()
                if not path.is_relative_to(into.resolve()):
                    raise _broken(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(self.content(name))


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Raises Refusal ``plugin.no_such_file``, ``plugin.export_broken``."""
    try:
        packed = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise Refusal("plugin.no_such_file", f"没有找到导出文件 {path}。", status=404) from None
    except (OSError, zipfile.BadZipFile) as error:
        raise _broken(str(error)) from error
    with packed:
        try:
            manifest = json.loads(packed.read(_MANIFEST))
            members = manifest["members"]
            if manifest["format"] != FORMAT:
                raise Refusal("plugin.export_newer", "这份导出文件是更新的版本写的,请先升级平台。")
        except (KeyError, ValueError, *_UNREADABLE) as error:
            raise _broken(_MANIFEST) from error
        for name, expected in members.items():
            if _digest(packed, name) != expected:
                raise _broken(name)
        yield Archive(packed, manifest)


def _digest(packed: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    try:
        with packed.open(name) as member:
            while piece := member.read(_PIECE):
                digest.update(piece)
    except (KeyError, *_UNREADABLE):
        return ""
    return digest.hexdigest()


def _broken(what: str) -> Refusal:
    return Refusal("plugin.export_broken", f"导出文件不完整或被改动过({what}),没有装回。请用另一份备份。")
