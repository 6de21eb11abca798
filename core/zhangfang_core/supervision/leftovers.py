"""What an earlier run may have left: its lock, and children that outlived it.

`supervisor.lock` is held by the kernel for the running supervisor and is free as soon as that process is
gone, however it went. `supervisor.json` names the children with their start times, so that a process which
merely has the same number today is never touched.
"""

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import psutil

from zhangfang_core.database.lock_files import open_lock_file

from .children import RunningChild
from .errors import SupervisionError

_SAME_START_S = 2.0
_GRACE_S = 3.0


@contextlib.contextmanager
def single_run(state_dir: Path) -> Iterator[None]:
    """Hold the lock of `state_dir` for the length of the block.

    Raises:
        SupervisionError: `supervision.already_running`.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    with open_lock_file(state_dir / "supervisor.lock") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            holder = handle.read().strip() or "?"
            raise SupervisionError(
                "supervision.already_running",
                f"账房已经在运行 (进程号 {holder}, 数据目录 {state_dir})。"
                "要重新启动, 请先在那个窗口按 Ctrl-C; 要同时运行另一套, 请用 ZHANGFANG_DATA_DIR 换一个目录。",
            ) from None
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield


def remember(state_dir: Path, children: Iterable[RunningChild]) -> None:
    """Write down the live children for the next start."""
    rows = []
    for running in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            started = psutil.Process(running.group).create_time()
            rows.append({"name": running.child.name, "pid": running.group, "started": started})
    fresh = state_dir / "supervisor.json.new"
    fresh.write_text(json.dumps(rows), encoding="utf-8")
    fresh.replace(state_dir / "supervisor.json")


def end_leftovers(state_dir: Path) -> list[str]:
    """End the children of a run that died. Returns their names. Call with the lock held."""
    found: list[tuple[str, psutil.Process]] = []
    for name, pid, started in _remembered(state_dir):
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - started) <= _SAME_START_S and os.getpgid(pid) == pid:
                found.append((name, process))
    for _, process in found:
        with contextlib.suppress(psutil.Error):
            process.terminate()
    psutil.wait_procs([process for _, process in found], timeout=_GRACE_S)
    for _, process in found:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    psutil.wait_procs([process for _, process in found], timeout=1)
    (state_dir / "supervisor.json").unlink(missing_ok=True)
    return [name for name, _ in found]


def _remembered(state_dir: Path) -> list[tuple[str, int, float]]:
    try:
        rows = json.loads((state_dir / "supervisor.json").read_text(encoding="utf-8"))
        return [(str(row["name"]), int(row["pid"]), float(row["started"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError):  # missing, or cut short by a power failure
        return []
