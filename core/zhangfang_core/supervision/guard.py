"""The guard: a small process that ends the children when the supervisor is gone, however it went.

Run as a script (`python -I guard.py`), standard library only. The supervisor holds the writing end of the
guard's standard input and tells it the process groups: `+123`, `-123`, one a line. The end of that stream
means that the supervisor is no more; SIGTERM follows, and SIGKILL to whatever is left 5 s later.
"""

import contextlib
import os
import signal
import sys
import time

_GRACE_S = 5.0


def _leader_lives(group: int) -> bool:
    try:
        os.kill(group, 0)
    except OSError:
        return False
    return True


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        if line[0] == "+":
            groups.add(group)
        else:
            groups.discard(group)
    for group in groups:
        with contextlib.suppress(OSError):
            os.kill(group, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_S
    while time.monotonic() < deadline and any(_leader_lives(group) for group in groups):
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(OSError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
