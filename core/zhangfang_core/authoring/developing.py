"""``zhangfang plugin dev``: a portal of one's own with the plugin of a folder, started anew when one of its files is saved."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from zhangfang_core import running
from zhangfang_core.settings import read_settings
from zhangfang_sdk.authoring.source_tree import SourceTree, SourceTreeError, link

LOOK_EVERY_S = 0.5
SETTLED_S = 0.3
"""An editor writes a file in several steps, and several files at once."""
_NOT_LOOKED_AT = frozenset({"var", "dist", "build", "node_modules", "__pycache__", "tests"})


class Watch:
    """The files below a folder. ``changed()`` is asked often and looks twice a second."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen = self._now()
        self._looked = 0.0

    def changed(self) -> bool:
        """Whether a file was saved, made or removed since the last time that this was true."""
        if time.monotonic() - self._looked < LOOK_EVERY_S:
            return False
        self._looked = time.monotonic()
        now = self._now()
        if now == self._seen:
            return False
        while True:
            time.sleep(SETTLED_S)
            later = self._now()
            if later == now:
                self._seen = now
                return True
            now = later

    def _now(self) -> dict[Path, tuple[int, int]]:
        found: dict[Path, tuple[int, int]] = {}
        for path in _files(self._folder):
            try:
                about = path.stat()
            except FileNotFoundError:
                continue
            found[path] = (about.st_mtime_ns, about.st_size)
        return found


def _files(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if entry.name.startswith(".") or entry.name in _NOT_LOOKED_AT:
            continue
        if entry.is_dir():
            yield from _files(entry)
        else:
            yield entry


def develop(folder: Path) -> None:
    """Until Ctrl-C. Data stands in the folder's ``var`` unless ZHANGFANG_DATA_DIR names another place.

    Raises SourceTreeError, ValueError for the settings, and what the start raises.
    """
    tree = link(folder)
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    os.environ["PYTHONPATH"] = os.pathsep.join([*(str(root) for root in tree.roots), *others])
    os.environ.setdefault("ZHANGFANG_DATA_DIR", str(tree.folder / "var"))
    settings = read_settings()
    watch = Watch(tree.folder)

    def renewed() -> bool:
        if not watch.changed():
            return False
        try:
            link(tree.folder)
        except SourceTreeError as error:
            _say(str(error))
        _say(f"{tree.id} 有改动, 正在重新启动……")
        return True

    async def on_for_everybody() -> None:
        await _switch_on(tree)

    running.run(settings, on_for_everybody, demo=True, renewed=renewed)


async def _switch_on(tree: SourceTree) -> None:
    """For the firms of the demo, so that its author need not."""
    from zhangfang_core.database.engine import scoped_transaction
    from zhangfang_core.jobs.worker import firms
    from zhangfang_core.modules.registry import registry
    from zhangfang_core.modules.switches import consequences, enabled_modules, switch
    from zhangfang_sdk.context import system_scope

    if tree.id not in registry().modules:
        _say(f"{tree.id} 没有运行, 原因见上面的输出或运维页 (/operator); 改好并保存后会重新启动。")
        return
    for firm in await firms():
        async with scoped_transaction(system_scope(firm)):
            if tree.id not in await enabled_modules():
                await switch(tree.id, on=True, named_requirements=(await consequences(tree.id, on=True)).needed)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
