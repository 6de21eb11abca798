"""`zhangfang run` as a process: children, signals, kills, ports (PLAT-10)."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from zhangfang_core.database import embedded
from zhangfang_core.supervision import SupervisionError, leftovers, ports
from zhangfang_core.supervision.children import Child, RunningChild
from zhangfang_core.testing.pace import in_time

_SUPERVISOR = """
import json, sys
from pathlib import Path
from zhangfang_core.supervision import Child, SupervisionError, run_all
told = json.loads(sys.argv[1])
children = [Child(c["name"], tuple(c["argv"]), {}, c.get("url")) for c in told["children"]]
try:
    run_all(
        state_dir=Path(told["state"]), children=children, on_ready=lambda: print("READY", flush=True),
        address=("127.0.0.1", told["port"]), embedded_dir=Path(told["pg"]) if told["pg"] else None,
    )
except SupervisionError as error:
    sys.exit(error.message)
"""
# Writes its own number and its helper's, then sleeps; `stubborn` ones do not hear SIGTERM.
_SLEEPER = """
import os, signal, subprocess, sys, time
if sys.argv[2] == "stubborn": signal.signal(signal.SIGTERM, signal.SIG_IGN)
helper = subprocess.Popen(["/bin/sleep", "300"])
with open(sys.argv[1], "a") as out: out.write(f"{os.getpid()} {helper.pid}\\n")
time.sleep(300)
"""
_APP = '''
import os, sys
def make():
    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            print("CLOSED", flush=True)
            await send({"type": "lifespan.shutdown.complete"})
            return
        stream = scope["path"] == "/stream"
        kind = b"text/event-stream" if stream else b"text/plain"
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": str(os.getpid()).encode(), "more_body": stream})
        if stream:
            await __import__("asyncio").sleep(300)
    return app
'''


def _until(condition: Callable[[], bool], seconds: float = 8) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return condition()


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _open(url: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(url.removeprefix("http://").split("/")[0], timeout=3)
    connection.request("GET", "/" + url.removeprefix("http://").partition("/")[2])
    return connection.getresponse()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stage:
    """A place to run supervisors in."""

    folder: Path
    port: int
    started: list[subprocess.Popen[str]]

    def sleeper(self, name: str = "worker", manner: str = "mild") -> dict[str, object]:
        return {"name": name, "argv": [sys.executable, "-c", _SLEEPER, str(self.folder / name), manner]}

    def web(self) -> dict[str, object]:
        (self.folder / "stage_app.py").write_text(_APP)
        code = (
            f"import sys; sys.path.insert(0, {str(self.folder)!r}); from zhangfang_core.supervision import serve;"
            f"serve('stage_app:make', host='127.0.0.1', port={self.port})"
        )
        return {"name": "web", "argv": [sys.executable, "-c", code], "url": f"{self.url}/"}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pids(self, name: str = "worker") -> list[list[int]]:
        """One row a start: the child's process and its helper's."""
        path = self.folder / name
        rows = path.read_text().splitlines() if path.exists() else []
        return [[int(number) for number in row.split()] for row in rows]

    def run(self, *children: dict[str, object], pg: bool = False) -> subprocess.Popen[str]:
        told = {
            "state": str(self.folder / "state"),
            "children": children,
            "port": self.port,
            "pg": str(self.folder / "pg") if pg else "",
        }
        process = subprocess.Popen(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", _SUPERVISOR, json.dumps(told)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def ready(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == "READY\n", line or (process.stderr.read() if process.stderr else "")


@pytest.fixture
def stage() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="zf-", dir=embedded.test_server_folder().parent) as name:
        Path(name).chmod(0o711)
        made = Stage(Path(name), _free_port(), [])
        yield made
        for process in made.started:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=15)
        embedded.stop(made.folder / "pg")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything(stage: Stage, number: signal.Signals) -> None:
    """PLAT-10: Ctrl-C stops web, worker, their helpers and PostgreSQL within 10 s."""
    process = stage.run(stage.web(), stage.sleeper(), pg=True)
    stage.ready(process)
    assert _until(lambda: len(stage.pids()) == 1)
    with _open(f"{stage.url}/stream") as stream:
        assert stream.read(1)
        began = time.monotonic()
        process.send_signal(number)
        out, _ = process.communicate(timeout=15)
    assert time.monotonic() - began < in_time(10)
    assert process.returncode == 0
    assert "CLOSED" in out, "an open event stream must not keep the application from closing in order"
    assert not embedded.is_running(stage.folder / "pg")
    assert not any(_lives(pid) for pid in stage.pids()[0])
    assert ports.is_free("127.0.0.1", stage.port)


def test_a_stubborn_child_is_ended_and_a_second_signal_hurries(stage: Stage) -> None:
    process = stage.run(stage.sleeper(manner="stubborn"))
    stage.ready(process)
    assert _until(lambda: len(stage.pids()) == 1)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert time.monotonic() - began < in_time(3)
    assert not any(_lives(pid) for pid in stage.pids()[0])


def test_killed_children_are_started_again_with_their_helpers_gone(stage: Stage) -> None:
    """kill -9 of the worker, twice: a new one each time, and nothing of the old one stays."""
    process = stage.run(stage.web(), stage.sleeper())
    stage.ready(process)
    for round_ in (1, 2):
        assert _until(lambda: len(stage.pids()) == round_)  # noqa: B023 - called at once
        child, helper = stage.pids()[-1]
        os.kill(child, signal.SIGKILL)
        assert _until(lambda: not _lives(child) and not _lives(helper))  # noqa: B023 - called at once
    assert _until(lambda: len(stage.pids()) == 3)
    web = int(_open(stage.url).read())
    os.kill(web, signal.SIGKILL)

    def answered_by_another() -> bool:
        try:
            return int(_open(stage.url).read()) != web
        except OSError:
            return False

    assert _until(answered_by_another)


def test_killed_database_is_started_again(stage: Stage) -> None:
    process = stage.run(stage.sleeper(), pg=True)
    stage.ready(process)
    pid = embedded.ensure_running(stage.folder / "pg").pid
    os.kill(pid, signal.SIGKILL)
    assert _until(lambda: not _lives(pid))
    assert _until(lambda: embedded.is_running(stage.folder / "pg"))


def test_children_do_not_outlive_a_killed_supervisor(stage: Stage) -> None:
    """After kill -9 of the parent all children and helpers end by themselves, and the next start works."""
    process = stage.run(stage.web(), stage.sleeper(), pg=True)
    stage.ready(process)
    assert _until(lambda: len(stage.pids()) == 1)
    pg = embedded.ensure_running(stage.folder / "pg").pid
    process.kill()
    process.wait()
    assert _until(lambda: not any(_lives(pid) for pid in stage.pids()[0]), seconds=7)
    assert _until(lambda: ports.is_free("127.0.0.1", stage.port), seconds=7)
    assert _lives(pg), "the database lives on for the next start"
    again = stage.run(stage.web(), stage.sleeper(), pg=True)
    stage.ready(again)
    assert embedded.ensure_running(stage.folder / "pg").pid == pg
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=12)
    assert not _lives(pg)


def test_children_end_even_if_the_guard_was_killed_first(stage: Stage) -> None:
    """Linux's death signal is the second rope."""
    process = stage.run(stage.sleeper())
    stage.ready(process)
    assert _until(lambda: len(stage.pids()) == 1)
    os.kill(process.pid, signal.SIGSTOP)  # so that it cannot start another guard
    for child in psutil.Process(process.pid).children():
        if any(part.endswith("guard.py") for part in child.cmdline()):
            child.kill()
    process.kill()
    process.wait()
    child_pid, helper = stage.pids()[0]
    assert _until(lambda: not _lives(child_pid))
    os.kill(helper, signal.SIGKILL)  # without a guard a helper may stay


def test_leftovers_are_ended_by_start_time_not_by_number(tmp_path: Path) -> None:
    """A child that survived is ended at the next start; a stranger with a remembered number is not."""
    survivor = subprocess.Popen(["/bin/sleep", "300"], start_new_session=True)
    stranger = subprocess.Popen(["/bin/sleep", "300"], start_new_session=True)
    try:
        named = {"web": survivor, "worker": stranger}
        rows = [RunningChild(Child(name, ()), process, 0.0) for name, process in named.items()]
        leftovers.remember(tmp_path, rows)
        path = tmp_path / "supervisor.json"
        told = json.loads(path.read_text())
        told[1]["started"] -= 3600
        path.write_text(json.dumps(told))
        assert leftovers.end_leftovers(tmp_path) == ["web"]
        assert not _lives(survivor.pid)
        assert stranger.poll() is None
        assert leftovers.end_leftovers(tmp_path) == []
        path.write_text('[{"name": "web", "pi')  # cut short by a power failure
        assert leftovers.end_leftovers(tmp_path) == []
    finally:
        for process in (survivor, stranger):
            process.kill()
            process.wait()


def test_a_taken_port_names_its_holder_and_a_free_one(stage: Stage) -> None:
    """A stranger on the port is named, not ended, and nothing is left running."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", stage.port))
        holder.listen()
        process = stage.run(stage.web(), pg=True)
        _, error = process.communicate(timeout=10)
        assert process.returncode == 1
        assert f"端口 {stage.port}" in error
        assert f"进程号 {os.getpid()}" in error
        assert "ZHANGFANG_PORT=" in error
        assert not embedded.is_running(stage.folder / "pg")


def test_open_tabs_and_silent_lines_stop_nobody(stage: Stage) -> None:
    """300 event streams and 200 connections that say nothing: the next request is answered, and the silent ones are let go."""
    process = stage.run(stage.web())
    stage.ready(process)
    address = ("127.0.0.1", stage.port)
    with contextlib.ExitStack() as open_lines:
        for _ in range(300):
            tab = open_lines.enter_context(socket.create_connection(address))
            tab.sendall(b"GET /stream HTTP/1.1\r\nHost: portal\r\n\r\n")
        silent = [open_lines.enter_context(socket.create_connection(address)) for _ in range(200)]
        began = time.monotonic()
        with _open(stage.url) as answer:
            assert answer.status == 200
        assert time.monotonic() - began < in_time(2)
        for line in silent:
            line.settimeout(8)
            assert line.recv(1) == b"", "a silent line must be closed"


def test_a_second_run_is_told_of_the_first(stage: Stage) -> None:
    first = stage.run(stage.sleeper())
    stage.ready(first)
    second = stage.run(stage.sleeper())
    _, error = second.communicate(timeout=10)
    assert second.returncode == 1
    assert f"进程号 {first.pid}" in error
    assert first.poll() is None


def test_a_child_that_never_starts_ends_the_run(stage: Stage) -> None:
    """A wrong setting is told after five tries, with everything stopped, not repeated for ever."""
    broken = {"name": "web", "argv": [sys.executable, "-c", "import sys; sys.exit(3)"], "url": f"{stage.url}/"}
    process = stage.run(stage.sleeper(), broken)
    _, error = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "退出码 3" in error
    assert not any(_lives(pid) for row in stage.pids() for pid in row)


def test_an_application_that_fails_to_start_ends_the_web_process(stage: Stage) -> None:
    (stage.folder / "broken_app.py").write_text(
        textwrap.dedent(
            """
            def make():
                async def app(scope, receive, send):
                    await receive()
                    await send({"type": "lifespan.startup.failed", "message": "no"})
                return app
            """
        )
    )
    code = (
        f"import sys; sys.path.insert(0, {str(stage.folder)!r}); from zhangfang_core.supervision import serve;"
        f"serve('broken_app:make', host='127.0.0.1', port={stage.port})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=15, check=False)  # noqa: S603
    assert done.returncode != 0
    assert ports.is_free("127.0.0.1", stage.port)


def test_web_refuses_a_taken_port(stage: Stage) -> None:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind(("127.0.0.1", stage.port))
        holder.listen()
        with pytest.raises(SupervisionError) as refusal:
            ports.require_free("127.0.0.1", stage.port)
    assert refusal.value.code == "supervision.port_taken"
