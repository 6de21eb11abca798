"""The supervisor: starts the children, restarts the ones that die, and stops all of it together."""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from zhangfang_core.database import embedded

from . import leftovers, ports
from .children import Child, RunningChild, follow_parent, spawn
from .errors import SupervisionError
from .guarding import Guard

_TICK_S = 0.1
_WATCH_S = 1.0
_CHILD_GRACE_S = 4.0
_DATABASE_GRACE_S = 3.0
_STEADY_S = 30.0
_LONGEST_PAUSE_S = 15.0
_TRIES_BEFORE_READY = 5


def run_all(
    *,
    state_dir: Path,
    children: Sequence[Child],
    on_ready: Callable[[], None],
    address: tuple[str, int],
    embedded_dir: Path | None,
    prepare: Callable[[], None] | None = None,
    renewed: Callable[[], bool] | None = None,
) -> None:
    """All of `zhangfang run`: the database, what must be done before requests, the children; until a signal.

    Args:
        state_dir: where the lock and the list of children are.
        address: host and port that the web child will listen on; must be free.
        embedded_dir: data folder of the embedded PostgreSQL, which is started and at the end stopped, and
            restarted if it dies; None if the database is elsewhere.
        prepare: called with the database up and before the children: migrations, demo data.
        renewed: asked several times a second; when it says so the children are ended and started anew, with the database left as it is.

    Raises:
        SupervisionError: `supervision.already_running`, `.port_taken`, `.child_fails`.
        EmbeddedServerError: if the database does not start.
    """
    with _interruptible(), leftovers.single_run(state_dir):
        for name in leftovers.end_leftovers(state_dir):
            _say(f"已结束上次运行遗留的进程: {name}")
        ports.require_free(*address)
        try:
            if embedded_dir is not None:
                embedded.ensure_running(embedded_dir)
            if prepare is not None:
                prepare()
            supervise(children, on_ready, state_dir=state_dir, embedded_dir=embedded_dir, renewed=renewed)
        except KeyboardInterrupt:  # during start-up; later the signals only set a flag
            _say("正在停止……")
        finally:
            if embedded_dir is not None:
                with _handling(signal.SIG_IGN):  # an impatient second Ctrl-C must not leave it behind
                    embedded.stop(embedded_dir, timeout_s=_DATABASE_GRACE_S)


def supervise(
    children: Sequence[Child],
    on_ready: Callable[[], None],
    *,
    state_dir: Path,
    embedded_dir: Path | None = None,
    renewed: Callable[[], bool] | None = None,
) -> None:
    """Keep the children running until SIGINT, SIGTERM or SIGHUP, then stop them all (a second signal: now).

    A child that dies is started again: at once, then after pauses that double up to 15 s; 30 s of steady
    running forgive it. `on_ready` is called once, when every child answers. Main thread only.

    Raises:
        SupervisionError: `supervision.child_fails` if a child dies five times before it was ever ready.
    """
    with _flagging() as signals:
        family = _Family(children, state_dir)
        watcher = _DatabaseWatch(embedded_dir) if embedded_dir is not None else None
        try:
            family.start()
            told = False
            while not signals:
                if renewed is not None and renewed():
                    family.renew()
                family.tend()
                if not told and family.all_ready():
                    told = True
                    on_ready()
                time.sleep(_TICK_S)
            _say("正在停止……")
        finally:
            if watcher is not None:
                watcher.close()
            family.stop(at_once=lambda: len(signals) > 1)


class _Kept:
    """A child and its history."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.running: RunningChild | None = None
        self.ready = False
        self.deaths = 0
        self.next_start = 0.0


class _Family:
    """The children, their guard and their record on disk."""

    def __init__(self, children: Sequence[Child], state_dir: Path) -> None:
        self._kept = [_Kept(child) for child in children]
        self._state_dir = state_dir
        self._guard = Guard()

    def start(self) -> None:
        for kept in self._kept:
            self._spawn(kept)

    def tend(self) -> None:
        """Notice deaths, start again what is due."""
        self._guard.check()
        now = time.monotonic()
        for kept in self._kept:
            if kept.running is not None:
                status = kept.running.process.poll()
                if status is not None:
                    self._bury(kept, kept.running, status, now)
                elif kept.deaths and now - kept.running.started > _STEADY_S:
                    kept.deaths = 0
            if kept.running is None and now >= kept.next_start:
                self._spawn(kept)

    def all_ready(self) -> bool:
        for kept in self._kept:
            if not kept.ready and kept.running is not None:
                kept.ready = kept.running.is_ready()
        return all(kept.ready for kept in self._kept)

    def renew(self) -> None:
        """End them as a stop does, and start them as if they had never run."""
        self._end(at_once=lambda: False)
        for kept in self._kept:
            kept.running, kept.ready, kept.deaths, kept.next_start = None, False, 0, 0.0

    def stop(self, *, at_once: Callable[[], bool]) -> None:
        self._end(at_once=at_once)
        self._guard.close()
        leftovers.remember(self._state_dir, [])

    def _end(self, *, at_once: Callable[[], bool]) -> None:
        alive = [kept.running for kept in self._kept if kept.running is not None]
        for running in alive:
            running.ask_to_stop()
        deadline = time.monotonic() + _CHILD_GRACE_S
        while time.monotonic() < deadline and not at_once():
            if all(running.process.poll() is not None for running in alive):
                break
            time.sleep(0.02)
        for running in alive:
            running.end_group()
            self._guard.discard(running.group)

    def _spawn(self, kept: _Kept) -> None:
        try:
            kept.running = spawn(kept.child)
        except OSError as error:
            raise SupervisionError(
                "supervision.child_fails", f"无法启动 {kept.child.name} ({kept.child.argv[0]}): {error}"
            ) from error
        self._guard.add(kept.running.group)
        leftovers.remember(self._state_dir, [kept.running for kept in self._kept if kept.running is not None])

    def _bury(self, kept: _Kept, running: RunningChild, status: int, now: float) -> None:
        running.end_group()
        self._guard.discard(running.group)
        kept.running = None
        kept.deaths += 1
        reason = f"信号 {-status}" if status < 0 else f"退出码 {status}"
        if not kept.ready and kept.deaths >= _TRIES_BEFORE_READY:
            raise SupervisionError(
                "supervision.child_fails",
                f"{kept.child.name} 连续 {kept.deaths} 次启动失败 ({reason}), 原因见上面的输出。",
            )
        pause = 0.0 if kept.deaths == 1 else min(_LONGEST_PAUSE_S, 0.1 * 2.0**kept.deaths)
        kept.next_start = now + pause
        _say(f"{kept.child.name} 意外结束 ({reason}), {f'{pause:.1f} 秒后' if pause else '立即'}重新启动。")


class _DatabaseWatch:
    """Starts the embedded PostgreSQL again when it has died. In a thread: recovery may take a while."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        while not self._stop.wait(_WATCH_S):
            if embedded.is_running(self._data_dir):
                continue
            try:
                embedded.ensure_running(self._data_dir)
            except embedded.EmbeddedServerError as error:
                _say(str(error))
            else:
                _say("数据库意外结束, 已重新启动。")


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """SIGTERM and SIGHUP act as Ctrl-C does, so that `finally` runs; make asks to be followed into death."""
    if os.environ.get("ZHANGFANG_STOP_WITH_PARENT"):
        follow_parent()

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handling(interrupt):
        yield


@contextlib.contextmanager
def _flagging() -> Iterator[list[int]]:
    received: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        received.append(number)

    with _handling(note):
        yield received


@contextlib.contextmanager
def _handling(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup: the end of the terminal is to be survived
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, handler) for number in numbers}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
