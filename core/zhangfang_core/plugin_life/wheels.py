"""A plugin as its author hands it on: a wheel, alone or in a folder with the wheels that it needs."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PathDistribution
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from zhangfang_core.modules.discovery import GROUP
from zhangfang_sdk.errors import Refusal


@dataclass(frozen=True, slots=True)
class Wheel:
    """What a wheel says of itself; ``name`` is its distribution's, normalised, ``plugin`` the id that it claims."""

    path: Path
    name: str
    version: str
    plugin: str
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Parcel:
    """A plugin's wheel, and the folder that holds all that it needs; None where an index may be asked for the rest."""

    wheel: Wheel
    folder: Path | None


def parcel_at(path: Path) -> Parcel:
    """From a wheel or a folder of wheels, one of which is a plugin's; of several versions of it the newest.

    Raises Refusal ``plugin.no_such_file``, ``plugin.not_a_wheel``, ``plugin.not_a_plugin``, ``plugin.several``.
    """
    if path.is_dir():
        found = [wheel for file in sorted(path.glob("*.whl")) for wheel in _plugins_in(file)]
        return Parcel(_only(found, path), path)
    if not path.is_file():
        raise Refusal("plugin.no_such_file", f"没有找到 {path}。请给出一个 wheel 文件,或一个放着 wheel 文件的文件夹。", status=404)
    return Parcel(_only(_plugins_in(path), path), None)


def _only(found: Sequence[Wheel], path: Path) -> Wheel:
    if not found:
        build = "这是源码:请先 uv build --wheel,再给出 dist 文件夹。" if (path / "pyproject.toml").is_file() else ""
        raise Refusal("plugin.not_a_plugin", f"{path} 里没有账房的模块:没有一个 wheel 带有入口点 {GROUP}。{build}")
    if len({(wheel.name, wheel.plugin) for wheel in found}) == 1 and len({wheel.path for wheel in found}) == len(found):
        return max(found, key=lambda wheel: Version(wheel.version))
    if len(found) > 1:
        names = "、".join(f"{wheel.plugin} ({wheel.path.name})" for wheel in found)
        raise Refusal("plugin.several", f"{path} 里有几个模块:{names}。一次只能安装一个,请分开放。")
    return found[0]


def _plugins_in(file: Path) -> list[Wheel]:
    """One for each entry point: the rule is one, and whoever asks sees more."""
    try:
        with zipfile.ZipFile(file) as packed:
            about = next(name.partition("/")[0] for name in packed.namelist() if ".dist-info/" in name)
            distribution = PathDistribution(zipfile.Path(packed, f"{about}/"))
            Version(distribution.version)  # raises for what is none
            return [
                Wheel(
                    file,
                    canonicalize_name(distribution.name),
                    distribution.version,
                    entry.name,
                    tuple(distribution.requires or ()),
                )
                for entry in distribution.entry_points.select(group=GROUP)
            ]
    except Exception as error:  # a stranger's file may be anything
        raise Refusal("plugin.not_a_wheel", f"{file.name} 不是完整的 wheel 文件,没有安装。请重新下载。") from error
