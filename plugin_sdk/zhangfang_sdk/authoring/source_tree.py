"""A plugin's sources, found by the portal as if they were installed: neither a build tool nor an index is needed.

:func:`link` writes what an editable installation would write (a distribution's metadata) into a folder beside the sources and puts both on
``sys.path``. Where the plugin is installed too, the sources win.
"""

import importlib
import shutil
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path
from typing import Any

GROUP = "zhangfang.plugins"
LINK = ".zhangfang"
"""The folder beside the sources in which the metadata stands; it holds nothing that is not written anew."""


class SourceTreeError(ValueError):
    """The folder holds no plugin's sources; the message, in Chinese, says what is missing."""


@dataclass(frozen=True, slots=True)
class SourceTree:
    """``folder`` holds ``pyproject.toml``; ``package`` is the folder of the plugin's code below it."""

    folder: Path
    distribution: str
    version: str
    requires: tuple[str, ...]
    license: str
    id: str
    target: str

    @property
    def package(self) -> Path:
        name = self.target.partition(":")[0].partition(".")[0]
        beside = self.folder / name
        return beside if beside.is_dir() else self.folder / "src" / name

    @property
    def roots(self) -> tuple[Path, Path]:
        """What stands on ``sys.path`` for it: the code's folder and the metadata's."""
        return self.package.parent, self.folder / LINK

    @property
    def entry(self) -> EntryPoint:
        """As an installation would have it; :func:`link` must have been called."""
        (about,) = (self.folder / LINK).glob("*.dist-info")
        (found,) = PathDistribution(about).entry_points
        return found


def is_source_tree(folder: Path) -> bool:
    """Whether a ``pyproject.toml`` there names a plugin."""
    try:
        read(folder)
    except SourceTreeError:
        return False
    return True


def read(folder: Path) -> SourceTree:
    """Raises SourceTreeError."""
    path = folder / "pyproject.toml"
    if not path.is_file():
        raise SourceTreeError(f"{folder} 里没有 pyproject.toml。")
    try:
        project: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8")).get("project", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceTreeError(f"{path} 读不出来: {error}") from error
    plugins = project.get("entry-points", {}).get(GROUP, {})
    if len(plugins) != 1:
        raise SourceTreeError(f'{path} 应在 [project.entry-points."{GROUP}"] 里写一个模块, 这里有 {len(plugins)} 个。')
    if missing := [key for key in ("name", "version") if not isinstance(project.get(key), str)]:
        raise SourceTreeError(f"{path} 的 [project] 缺少 {', '.join(missing)}。")
    ((id_, target),) = plugins.items()
    stated = project.get("license", "")
    tree = SourceTree(
        folder=folder.resolve(),
        distribution=project["name"],
        version=project["version"],
        requires=tuple(project.get("dependencies", ())),
        license=stated if isinstance(stated, str) else str(stated.get("text", stated.get("file", ""))),
        id=id_,
        target=target,
    )
    if not tree.package.is_dir():
        raise SourceTreeError(f"{path} 的入口点指向 {target}, 旁边却没有这个程序包。")
    return tree


def link(folder: Path) -> SourceTree:
    """Let this process find the plugin of ``folder``, before anybody asks what is installed. Raises SourceTreeError.

    Other processes find it with ``roots`` in their PYTHONPATH.
    """
    tree = read(folder)
    place = tree.folder / LINK
    about = place / f"{tree.distribution.replace('-', '_')}-{tree.version}.dist-info"
    for old in place.glob("*.dist-info"):
        if old != about:
            shutil.rmtree(old)
    about.mkdir(parents=True, exist_ok=True)
    (place / ".gitignore").write_text("*\n", "utf-8")
    metadata = [f"Name: {tree.distribution}", f"Version: {tree.version}"]
    metadata += [f"License-Expression: {tree.license}"] if tree.license else []
    metadata += [f"Requires-Dist: {one}" for one in tree.requires]
    (about / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", *metadata, ""]), "utf-8")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n{tree.id} = {tree.target}\n", "utf-8")
    for root in reversed([str(root) for root in tree.roots]):
        if root in sys.path:
            sys.path.remove(root)
        sys.path.insert(0, root)
    importlib.invalidate_caches()
    return tree
