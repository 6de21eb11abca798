"""Wheels that the operator's page offers: what somebody laid into ``<data folder>/plugin_wheels`` on the machine itself.

Nothing comes there through the web: whoever has stolen an operator's session finds only code that the machine's owner chose.
"""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from zhangfang_core.plugin_life.wheels import parcel_at
from zhangfang_sdk.errors import Refusal


@dataclass(frozen=True, slots=True)
class Offer:
    """A wheel, or a folder of wheels, by its ``name`` on the shelf. ``problem`` says why it is none; then the rest is ""."""

    name: str
    plugin: str
    version: str
    problem: str = ""


class Shelf:
    """Of one deployment; the folder need not be there."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir.resolve() / "plugin_wheels"

    def offers(self) -> list[Offer]:
        """By name."""
        if not self.folder.is_dir():
            return []
        return [_offer(path) for path in sorted(self.folder.iterdir()) if path.suffix == ".whl" or path.is_dir()]

    def find(self, name: str) -> Path:
        """What lies there under this name. Raises Refusal ``plugin.no_such_file``."""
        return lying_in(self.folder, name)


def lying_in(folder: Path, name: str) -> Path:
    """Directly in the folder. Raises Refusal ``plugin.no_such_file`` for anything else, links that lead elsewhere among it."""
    found = next((path for path in folder.iterdir() if path.name == name), None) if folder.is_dir() else None
    if found is None or found.is_symlink() or not (found.is_file() or found.is_dir()):
        raise Refusal("plugin.no_such_file", f"{folder} 里没有 {name}。请刷新页面再选。", status=404)
    return found


def digest_of(path: Path) -> str:
    """SHA-256 of a file, or of the names and contents of the wheels in a folder."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    whole = hashlib.sha256()
    for file_path in sorted(path.glob("*.whl")):
        whole.update(f"{digest_of(file_path)} {file_path.name}\n".encode())
    return whole.hexdigest()


@contextmanager
def as_ordered(path: Path, digest: str) -> Iterator[Path]:
    """A copy that nobody changes any more. Raises Refusal ``plugin.changed_meanwhile`` when it is not what was ordered."""
    with TemporaryDirectory(prefix="zhangfang-ordered-") as aside:
        copy = Path(aside) / path.name
        if path.is_dir():
            copy.mkdir()
            for wheel in path.glob("*.whl"):
                shutil.copyfile(wheel, copy / wheel.name)
        else:
            shutil.copyfile(path, copy)
        if digest_of(copy) != digest:
            raise Refusal("plugin.changed_meanwhile", f"{path.name} 在下单之后变了,没有执行。请核对后重新下单。", status=409)
        yield copy


def _offer(path: Path) -> Offer:
    try:
        wheel = parcel_at(path).wheel
    except Refusal as refusal:
        return Offer(path.name, "", "", refusal.sentence)
    return Offer(path.name, wheel.plugin, wheel.version)
