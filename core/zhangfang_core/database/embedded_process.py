"""The postmaster as a process: whether it runs, starting it, stopping it.

A `postmaster.pid` proves nothing by itself. After a crash of the machine its number may belong to any other
program, so a number counts only if that process is PostgreSQL, is no zombie, and serves this very cluster.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from .embedded_errors import EmbeddedServerError
from .embedded_layout import SOCKET_NAME, Layout

_POLL_S = 0.01


def is_postmaster_of(pid: int, cluster: Path) -> bool:
    """Whether `pid` is a live PostgreSQL that was started for `cluster`.

    The command line is asked first: a root without CAP_SYS_PTRACE (any ordinary container) may not see the
    working directory of another account's process.
    """
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or not process.name().startswith("postgres"):
            return False
        command = process.cmdline()
        if "-D" in command[:-1]:
            return command[command.index("-D") + 1] == os.fspath(cluster)
        return Path(process.cwd()) == cluster
    except (psutil.Error, OSError):
        return False


def running_postmaster(cluster: Path) -> int | None:
    """The process id of this cluster's postmaster, or None. Reads only."""
    pid = _first_number(cluster / "postmaster.pid")
    return pid if pid is not None and is_postmaster_of(pid, cluster) else None


def programs_exist(pid: int) -> bool:
    """Whether the program that `pid` runs is still on disk. A server whose virtual environment was deleted
    lives on but cannot load its libraries."""
    try:
        return Path(psutil.Process(pid).cmdline()[0]).exists()
    except (psutil.Error, IndexError):
        return False


def clear_leftovers(layout: Layout) -> None:
    """Remove lock files of a dead server that name a process which is alive but not ours. Lock held.

    PostgreSQL clears those of dead processes itself, but believes any live number.
    """
    for path in (layout.cluster / "postmaster.pid", layout.socket_dir / f"{SOCKET_NAME}.lock"):
        pid = _first_number(path)
        if path.exists() and (pid is None or not is_postmaster_of(pid, layout.cluster)):
            path.unlink(missing_ok=True)


def kill_orphans(cluster: Path) -> None:
    """End servers of a cluster that was deleted under them, before a new one is made in its place."""
    for process in psutil.process_iter(["name"]):
        if process.info["name"] == "postgres" and is_postmaster_of(process.pid, cluster):
            _signal(process.pid, signal.SIGQUIT)
            _wait_gone(process.pid, cluster, 5)


def start(layout: Layout, programs: Path, *, timeout_s: float) -> int:
    """Start the postmaster, detached from this process and its terminal, and wait until it takes connections.

    Returns its process id.

    Raises:
        EmbeddedServerError: `embedded.start_failed` with the log's last lines.
    """
    _turn_log(layout.log)
    log_from = layout.log.stat().st_size if layout.log.exists() else 0
    # The shell exits at once, so that the server is nobody's child: no zombie, no shared fate.
    script = 'log="$1"; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!'
    server: list[str | Path] = [layout.log, programs / "postgres", "-D", layout.cluster]
    launched = subprocess.run(  # noqa: S603 - fixed script, paths are arguments
        ["/bin/sh", "-c", script, "sh", *server],
        cwd="/",
        env=_environment(),
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        umask=0o077,
        check=True,
        **layout.account.popen_options(),
    )
    pid = int(launched.stdout)
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if _is_ready(layout.cluster, pid):
            return pid
        if not _alive(pid):
            break
        time.sleep(_POLL_S)
    raise EmbeddedServerError(
        "embedded.start_failed",
        f"内置的 PostgreSQL 没有启动成功。完整日志: {layout.log}",
        _tail(layout.log, log_from),
    )


def stop(cluster: Path, pid: int, *, timeout_s: float) -> None:
    """Stop the postmaster: connections are ended and the data is checkpointed; when that takes longer than
    `timeout_s`, at once (PostgreSQL then recovers from its log at the next start).

    Raises:
        EmbeddedServerError: `embedded.stop_failed` if it is still there 3 s after that.
    """
    _signal(pid, signal.SIGINT)
    if _wait_gone(pid, cluster, timeout_s):
        return
    _signal(pid, signal.SIGQUIT)
    if not _wait_gone(pid, cluster, 3):
        raise EmbeddedServerError("embedded.stop_failed", f"内置的 PostgreSQL (进程 {pid}) 没有停止。")


def _environment() -> dict[str, str]:
    # PG* variables of the person's shell would redirect the server; the locale would translate its log.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return kept | {"LANG": "C", "LC_ALL": "C"}


def run_program(layout: Layout, command: list[str | Path]) -> None:
    """Run one of PostgreSQL's own programs as the server's account.

    Raises:
        EmbeddedServerError: `embedded.init_failed` with what the program said.
    """
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own program
        command,
        cwd="/",
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        umask=0o077,
        check=False,
        **layout.account.popen_options(),
    )
    if done.returncode != 0:
        raise EmbeddedServerError(
            "embedded.init_failed",
            f"内置的 PostgreSQL 初始化失败 (目录 {layout.home})。请检查磁盘空间和权限。",
            done.stdout.decode("utf-8", "replace")[-2000:],
        )


def _is_ready(cluster: Path, pid: int) -> bool:
    try:
        lines = (cluster / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"


def wait_ready(cluster: Path, pid: int, *, timeout_s: float) -> bool:
    """Wait for a server that another process started (or that recovers after a crash)."""
    deadline = time.monotonic() + timeout_s
    while not _is_ready(cluster, pid):
        if time.monotonic() >= deadline or not is_postmaster_of(pid, cluster):
            return False
        time.sleep(_POLL_S)
    return True


def _first_number(path: Path) -> int | None:
    try:
        line = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0].strip()
    except OSError:
        return None
    return int(line) if line.isascii() and line.isdigit() and 0 < int(line) < 2**31 else None


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _wait_gone(pid: int, cluster: Path, timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while is_postmaster_of(pid, cluster):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _turn_log(log: Path, limit_bytes: int = 10 * 1024 * 1024) -> None:
    if log.exists() and log.stat().st_size > limit_bytes:
        log.replace(log.with_suffix(".log.1"))


def _tail(log: Path, start: int) -> str:
    try:
        with log.open("rb") as stream:
            stream.seek(start)
            return stream.read()[-2000:].decode("utf-8", "replace")
    except OSError as error:
        return str(error)
