"""Putting a plugin's wheel and what it needs into a folder, without touching what the portal runs on.

uv resolves it as if it were installed into the portal's environment, with everything there held at its version: what the portal has is
used, nothing of it is replaced, and what cannot be had that way is refused with uv's explanation. Then exactly what is missing goes into the folder.
"""

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory

import uv
from packaging.utils import canonicalize_name

from zhangfang_core.modules.discovery import Unfit, refuse_other_sdk
from zhangfang_core.plugin_life.wheels import Parcel
from zhangfang_sdk.errors import Refusal

TAKES_S = 600


class _Unresolved(Exception):
    """uv's explanation."""


_WOULD_INSTALL = re.compile(r"^ \+ ([^\s=]+)(?:==(\S+))?(?: .*)?$", re.MULTILINE)
"""A name with its version, with the file, or with both, as it is known from before."""
_WOULD_CHANGE = re.compile(r"^ [-~] ([^\s=]+)", re.MULTILINE)
_LONGEST = 1500


def fetch(parcel: Parcel, into: Path, *, own: Path | None) -> None:
    """Install the parcel into the empty folder ``into``. ``own`` is the version of the same plugin in force: what it brought may be replaced.

    Wheels alone are taken: to build one would run its author's code. Raises Refusal ``plugin.package_taken``, ``plugin.does_not_fit``.
    """
    here: dict[str, str] = {canonicalize_name(name): version for name, version in _installed(own)}
    if parcel.wheel.name in here:
        raise Refusal("plugin.package_taken", f"安装包 {parcel.wheel.name} 已经在用,不能换成别人的。", status=409)
    try:
        refuse_other_sdk(parcel.wheel.requires)
    except Unfit as error:
        raise _does_not_fit(str(error)) from error
    wheels = ["--only-binary", ":all:", "--no-index"]
    if parcel.folder is not None:
        wheels += ["--find-links", str(parcel.folder)]
    try:
        _fill(parcel, into, here, wheels)
    except _Unresolved as error:
        if parcel.folder is not None:
            raise _does_not_fit(str(error)) from error
        _fill_from_index(parcel, into, here)


def _fill_from_index(parcel: Parcel, into: Path, here: Mapping[str, str]) -> None:
    """Something is needed that is not here. What is the portal's own stands on no index: its version was looked at before."""
    try:
        _fill(parcel, into, here, ["--only-binary", ":all:"], never=("zhangfang-sdk", "zhangfang-core"))
    except _Unresolved as error:
        raise _does_not_fit(str(error)) from error


def _fill(parcel: Parcel, into: Path, here: Mapping[str, str], source: Sequence[str], *, never: Sequence[str] = ()) -> None:
    with TemporaryDirectory() as aside:
        constraints, overrides = Path(aside, "constraints"), Path(aside, "overrides")
        constraints.write_text("".join(f"{name}=={version}\n" for name, version in here.items()), "utf-8")
        # An empty file of overrides makes uv warn, before the reason that people read.
        apart = ("--overrides", str(overrides)) if never else ()
        overrides.write_text("".join(f"{name}; sys_platform == 'never'\n" for name in never), "utf-8")
        told = _uv(
            *("install", "--dry-run", "--constraints", str(constraints), *apart, *source),
            str(parcel.wheel.path),
            cwd=into,
        )
    if changed := _WOULD_CHANGE.findall(told):
        raise _Unresolved(f"它会改动平台正在用的 {'、'.join(sorted(set(changed)))}")
    wanted = [
        str(parcel.wheel.path) if canonicalize_name(name) == parcel.wheel.name else f"{name}=={version}"
        for name, version in _WOULD_INSTALL.findall(told)
    ]
    _uv("install", "--no-deps", "--target", str(into), *source, *wanted, cwd=into)


def _installed(own: Path | None) -> Sequence[tuple[str, str]]:
    """Everything that this process could import, but what lies in ``own``; the first of one name counts."""
    paths = [path for path in sys.path if own is None or Path(path).resolve() != own]
    found = {d.name: d.version for d in reversed(list(distributions(path=paths)))}
    return sorted(found.items())


def _uv(*arguments: str, cwd: Path) -> str:
    """What it said. Run in a folder of no project, so that no project's settings count."""
    try:
        done = subprocess.run(  # noqa: S603  # our own program; file names are single arguments
            [uv.find_uv_bin(), "pip", *arguments, "--python", sys.executable, "--color", "never", "--no-progress"],
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=TAKES_S,
        )
    except subprocess.TimeoutExpired as error:
        raise _Unresolved(f"{TAKES_S // 60} 分钟还没有取到它需要的程序包") from error
    if done.returncode:
        raise _Unresolved(done.stderr.strip()[-_LONGEST:])
    return done.stderr


def _does_not_fit(reason: str) -> Refusal:
    return Refusal(
        "plugin.does_not_fit",
        f"这个模块和平台正在用的程序包合不到一起,没有安装。请把下面的原因告诉模块的作者:{reason}",
        status=409,
        details={"reason": reason},
    )
