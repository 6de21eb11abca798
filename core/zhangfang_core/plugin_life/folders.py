"""Where plugins of third parties lie: ``<data folder>/plugins``, which neither an upgrade of the portal nor ``uv sync`` touches.

::

    plugins/notes/1.0-3f9a2c/       one version as an installer left it; nothing in it changes any more
    plugins/notes/current           a link to the version that a process takes at its start
    plugins/notes/unsettled.json    a step whose transaction may or may not have been committed (settling.py)
    plugins/.incoming-…  .gone-…    what a command was at, and what was taken away: removed by the next command
    plugin_exports/                 what uninstalling took out

Everything becomes visible by one rename, so that a command that is killed has done it whole or not at all.
"""

import contextlib
import fcntl
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path

from zhangfang_sdk.errors import Refusal

_ID = re.compile(r"[a-z][a-z0-9_]{0,29}")
_CURRENT = "current"
_UNSETTLED = "unsettled.json"
READ_FOR_S = 7 * 24 * 3600.0
"""How long a node goes on with a version that was replaced, at most."""
UNINSTALL = "uninstall"
RESTORE = "restore"
"""Steps that end with a commit of the database."""


class PluginFolders:
    """The plugins' place of one deployment; nothing is made until something is put there."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir.resolve() / "plugins"
        self.exports = data_dir.resolve() / "plugin_exports"

    def ids(self) -> list[str]:
        """Plugins that have a folder here, whatever is in it."""
        if not self.root.is_dir():
            return []
        return sorted(f.name for f in self.root.iterdir() if f.is_dir() and _ID.fullmatch(f.name))

    def current(self, plugin: str) -> Path | None:
        """The folder of the version in force, by its own path: it stays the same when another comes into force."""
        link = self.root / plugin / _CURRENT
        return link.resolve() if link.is_dir() else None

    def in_force(self) -> dict[str, Path]:
        """What a process takes at its start. A plugin with an unsettled step is not among them."""
        found = {plugin: self.current(plugin) for plugin in self.ids() if not (self.root / plugin / _UNSETTLED).exists()}
        return {plugin: folder for plugin, folder in found.items() if folder is not None}

    def add_to_path(self) -> None:
        """Let Python find them: after everything that is installed with the portal, whose packages win.

        No ``.pth`` file is read: a line of one would run before anybody asked whether the plugin fits.
        """
        for folder in self.in_force().values():
            if str(folder) not in sys.path:
                sys.path.append(str(folder))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """For commands that change something: one at a time. Raises Refusal ``plugin.busy``."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refusal("plugin.busy", "另一条命令正在安装或卸载模块,请等它结束后再试。", status=409) from None
            self._tidy()
            yield

    def incoming(self) -> Path:
        """An empty folder in which a version is put together."""
        folder = self.root / f".incoming-{secrets.token_hex(6)}"
        folder.mkdir()
        return folder

    def keep(self, incoming: Path, plugin: str, version: str) -> Path:
        """Give what was put together its own name beside other versions; it is not in force yet."""
        os.sync()
        home = self.root / plugin
        home.mkdir(exist_ok=True)
        kept = home / f"{version}-{secrets.token_hex(3)}"
        incoming.rename(kept)
        return kept

    def put_in_force(self, plugin: str, kept: Path) -> None:
        """Processes that start from now on take this version. Those before it go a week after they were replaced: running ones may still read them."""
        last = self.current(plugin)
        link = self.root / plugin / f".{_CURRENT}-{secrets.token_hex(3)}"
        link.symlink_to(kept.name)
        link.replace(self.root / plugin / _CURRENT)
        _to_disk(self.root / plugin)
        if last is not None:
            os.utime(last)
        for folder in self._versions(plugin):
            if folder not in (kept.resolve(), last) and folder.stat().st_mtime < time.time() - READ_FOR_S:
                self._away(folder)

    def discard(self, kept: Path) -> None:
        """A version that is not to come into force; with the plugin's folder when nothing else is in it."""
        self._away(kept)
        with contextlib.suppress(OSError):
            kept.parent.rmdir()

    def take_away(self, plugin: str) -> None:
        """Every version at once."""
        with contextlib.suppress(FileNotFoundError):  # a node that starts may have settled it meanwhile
            self._away(self.root / plugin)

    def note_unsettled(self, plugin: str, step: Mapping[str, str]) -> None:
        """On the disk when this returns."""
        home = self.root / plugin
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".{_UNSETTLED}"
        with draft.open("w") as file:
            json.dump(dict(step), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(home / _UNSETTLED)
        _to_disk(home)

    def unsettled(self) -> dict[str, dict[str, str]]:
        """Steps by plugin whose end nobody has seen."""
        steps = {plugin: self.root / plugin / _UNSETTLED for plugin in self.ids()}
        return {plugin: json.loads(path.read_text()) for plugin, path in steps.items() if path.exists()}

    def settled(self, plugin: str) -> None:
        (self.root / plugin / _UNSETTLED).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (self.root / plugin).rmdir()

    def _versions(self, plugin: str) -> list[Path]:
        return [f.resolve() for f in (self.root / plugin).iterdir() if f.is_dir() and not f.is_symlink()]

    def _away(self, folder: Path) -> None:
        folder.rename(self.root / f".gone-{secrets.token_hex(6)}")
        _to_disk(self.root)

    def _tidy(self) -> None:
        for left in (*self.root.glob(".incoming-*"), *self.root.glob(".gone-*")):
            shutil.rmtree(left, ignore_errors=True)
        for left in (*self.root.glob("*/.current-*"), *self.exports.glob(".*")):
            left.unlink(missing_ok=True)
        for plugin in self.ids():
            if self.current(plugin) is None and not (self.root / plugin / _UNSETTLED).exists():
                shutil.rmtree(self.root / plugin, ignore_errors=True)


def distributions_in(folder: Path) -> list[Distribution]:
    return list(distributions(path=[str(folder)]))


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
