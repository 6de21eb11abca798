"""Whether a version of a plugin would run here, found out in a process of its own: its code is loaded, its migrations run and are rolled back.

``python -m zhangfang_core.plugin_life.trial`` reads the question from its input and writes the answer to its output, both JSON; what the plugin
prints goes to the log.
"""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from zhangfang_core.database.roles import Addresses
from zhangfang_core.plugin_life.folders import PluginFolders
from zhangfang_sdk.errors import Refusal

TAKES_S = 180


@dataclass(frozen=True, slots=True)
class Outcome:
    """Versions of the plugins that run, by id; reasons of those that do not."""

    runs: Mapping[str, str]
    left_out: Mapping[str, str]


def tried(folders: PluginFolders, plugin: str, candidate: Path | None, at: Addresses | None) -> Outcome:
    """All plugins as a start would find them, with ``candidate`` in the place of ``plugin`` (None: without it).

    With ``at`` the plugin's migrations are tried on the database. Raises Refusal ``plugin.trial_failed``.
    """
    question = {
        "path": [str(path) for id_, path in folders.in_force().items() if id_ != plugin],
        "plugin": plugin,
        "candidate": None if candidate is None else str(candidate),
        "at": None if at is None else asdict(at),
    }
    try:
        done = subprocess.run(  # noqa: S603  # this very file
            [sys.executable, "-m", __name__],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=False,
            timeout=TAKES_S,
        )
    except subprocess.TimeoutExpired as error:
        raise Refusal("plugin.trial_failed", f"试运行 {TAKES_S} 秒还没有结束,没有安装。") from error
    if done.returncode:
        raise Refusal("plugin.trial_failed", f"试运行没有成功,没有安装:{done.stderr.strip()[-1500:]}")
    return Outcome(**json.loads(done.stdout))


def must_run(folders: PluginFolders, plugin: str, candidate: Path, at: Addresses | None) -> Outcome:
    """Raises Refusal ``plugin.does_not_run`` unless the candidate runs, and ``plugin.stops_others`` when others do not run beside it."""
    after = tried(folders, plugin, candidate, at)
    if plugin not in after.runs:
        reason = after.left_out.get(plugin, "启动时没有找到它")
        raise Refusal("plugin.does_not_run", f"模块 {plugin} 在这里运行不了,没有安装:{reason}", status=409)
    if after.left_out:
        before = tried(folders, plugin, folders.current(plugin), None)
        if stopped := sorted(after.left_out.keys() & before.runs.keys()):
            told = ";".join(f"{id_}: {after.left_out[id_]}" for id_ in stopped)
            raise Refusal("plugin.stops_others", f"装了它,别的模块就运行不了,没有安装。{told}", status=409)
    return after


def _answer(question: Mapping[str, object]) -> Outcome:
    from zhangfang_core.modules.registry import leave_out, registry
    from zhangfang_core.plugin_life.migrating import try_migrations

    if question["at"] is not None and question["candidate"] is not None:
        at = Addresses(**question["at"])  # type: ignore[arg-type]  # as `tried` wrote it
        if (reason := asyncio.run(try_migrations(at, str(question["plugin"])))) is not None:
            leave_out({str(question["plugin"]): reason})
    known = registry()
    return Outcome(
        runs={id_: module.manifest.version for id_, module in known.modules.items()},
        left_out={skipped.id: skipped.reason for skipped in known.skipped},
    )


def _main() -> None:
    question = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    sys.path += [*question["path"], *([question["candidate"]] if question["candidate"] else [])]
    json.dump(asdict(_answer(question)), answers)
    answers.flush()
    # Threads that a plugin left running do not keep the process.
    os._exit(0)


if __name__ == "__main__":
    _main()
