"""One child process: started in a session of its own, ended with all that it started itself.

A child never outlives its parent: Linux sends it SIGTERM when the parent dies, and a guard process (see
`guard.py`) does the same on every system, and reaches grandchildren too.
"""

import contextlib
import ctypes
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_PR_SET_PDEATHSIG = 1
_PROBE_TIMEOUT_S = 0.5


@dataclass(frozen=True)
class Child:
    """A program to keep running.

    Attributes:
        name: for people, in messages: `web`, `worker`.
        argv: program and arguments; the program is an absolute path or is found on PATH.
        env: variables added to this process's own.
        ready_url: `http://...` that answers (whatever the status) once the child is of use; None: at once.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    ready_url: str | None = None


@dataclass
class RunningChild:
    """A child with its present process. `group` is its process group and session, equal to its pid."""

    child: Child
    process: subprocess.Popen[bytes]
    started: float

    @property
    def group(self) -> int:
        return self.process.pid

    def is_ready(self) -> bool:
        return self.child.ready_url is None or answers(self.child.ready_url)

    def ask_to_stop(self) -> None:
        """SIGTERM to the child itself, which ends its own helpers in order."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def end_group(self) -> None:
        """SIGKILL to whatever is left of the child and of the processes it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.group, signal.SIGKILL)
        self.process.wait()


def spawn(child: Child) -> RunningChild:
    """Start the child in a session of its own, so that a terminal's Ctrl-C reaches the supervisor only.

    Call from the main thread: Linux ties the death signal to the thread that forked.

    Raises:
        OSError: if the program cannot be run.
    """
    process = subprocess.Popen(  # noqa: S603 - the operator's own programs
        child.argv,
        env={**os.environ, **child.env},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_parent(os.getpid()),
    )
    return RunningChild(child, process, time.monotonic())


def follow_parent(number: signal.Signals = signal.SIGTERM) -> None:
    """Ask Linux to send this process `number` when its parent dies; elsewhere nothing happens."""
    _die_with_parent(os.getppid(), number)()


def _die_with_parent(parent: int, number: signal.Signals = signal.SIGTERM) -> Callable[[], None]:
    if sys.platform != "linux":
        return _nothing
    # Loaded here, before the fork: between fork and exec nothing may be imported or allocated needlessly.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_death_signal() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before the call
            os.kill(os.getpid(), number)

    return set_death_signal


def _nothing() -> None:
    return


def answers(url: str) -> bool:
    """Whether `url` (plain http) gives any HTTP answer within half a second."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "127.0.0.1", parts.port or 80, timeout=_PROBE_TIMEOUT_S
    )
    try:
        connection.request("GET", parts.path or "/", headers={"User-Agent": "zhangfang-supervisor"})
        connection.getresponse().read(1)
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
