"""A plugin as its author hands it on: a wheel, and the folder into which it is installed, without an index or a build tool."""

import base64
import hashlib
import zipfile
from collections.abc import Sequence
from pathlib import Path

SDK = "zhangfang-sdk>=0.1,<0.2"


def build_wheel(
    sources: Path, into: Path, *, name: str, plugin: str, package: str, version: str = "1.0", needs: Sequence[str] = (SDK,)
) -> Path:
    """Pack ``sources``/``package`` as a wheel (PyPA's format 1.0) with the entry point ``plugin`` ("": none); returns the file."""
    about = f"{package}-{version}.dist-info"
    files = {
        p.relative_to(sources).as_posix(): p.read_bytes()
        for p in sorted((sources / package).rglob("*"))
        if p.is_file() and "__pycache__" not in p.parts
    }
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {need}" for need in needs)]
    files[f"{about}/METADATA"] = "\n".join([*metadata, ""]).encode()
    files[f"{about}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if plugin:
        files[f"{about}/entry_points.txt"] = f"[zhangfang.plugins]\n{plugin} = {package}.plugin:plugin\n".encode()
    record = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()
    wheel = into / f"{package}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in files.items():
            packed.writestr(path, data)
    return wheel


def install(wheel: Path, folder: Path) -> None:
    """As an installer does with a pure wheel: its files beside one another."""
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
