"""The embedded PostgreSQL, really started and stopped (PLAT-10)."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest

from zhangfang_core.database import embedded
from zhangfang_core.database.embedded import EmbeddedServer, EmbeddedServerError
from zhangfang_core.database.embedded_layout import prepare_data_dir
from zhangfang_core.testing.pace import in_time

_ATTACH = "import sys; from pathlib import Path; from zhangfang_core.database import embedded as e; "


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A folder that the server's account can reach (pytest's own is closed to others), stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="zf-", dir=embedded.test_server_folder().parent) as name:
        Path(name).chmod(0o711)
        folder = Path(name) / "pg"
        yield folder
        embedded.stop(folder)


def _one(dsn: str, query: str = "select 1") -> object:
    with psycopg.connect(dsn) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def _gone(pid: int, seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


async def test_first_start_later_start_and_attach_are_quick(data_dir: Path) -> None:
    """PLAT-10: nothing installed by hand; first start within 6 s, later within 1 s; both drivers connect."""
    began = time.monotonic()
    first = embedded.ensure_running(data_dir, durable=False)
    assert time.monotonic() - began < in_time(6)
    assert _one(first.superuser_dsn, "show timezone") == "UTC"
    connection = await asyncpg.connect(first.superuser_dsn)
    assert await connection.fetchval("show jit") == "off"
    await connection.close()

    began = time.monotonic()
    assert embedded.ensure_running(data_dir, durable=False).pid == first.pid
    assert time.monotonic() - began < in_time(0.5)

    assert embedded.stop(data_dir)
    assert not embedded.is_running(data_dir)
    assert _gone(first.pid)
    assert not embedded.stop(data_dir)
    began = time.monotonic()
    second = embedded.ensure_running(data_dir, durable=False)
    assert time.monotonic() - began < in_time(1)
    assert second.pid != first.pid
    assert second.superuser_dsn == first.superuser_dsn


def test_durable_means_durable(data_dir: Path) -> None:
    """The books survive a power cut: fsync, full pages, checksums; an operator's own setting wins."""
    server = embedded.ensure_running(data_dir)
    for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums"):
        assert _one(server.superuser_dsn, f"show {name}") == "on"
    embedded.stop(data_dir)
    (data_dir / "cluster" / "local.conf").write_text("work_mem = '7MB'\n")
    again = embedded.ensure_running(data_dir)
    assert _one(again.superuser_dsn, "show work_mem") == "7MB"


def test_no_password_no_entry(data_dir: Path) -> None:
    """Any local user is a stranger: wrong or no password is refused, files and socket are private."""
    server = embedded.ensure_running(data_dir, durable=False)
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError):
            _one(server.dsn("postgres", password, "postgres"))
    assert stat.S_IMODE((data_dir / "superuser.password").stat().st_mode) == 0o600
    assert stat.S_IMODE(server.socket_dir.stat().st_mode) == 0o700
    assert "trust" not in (data_dir / "cluster" / "pg_hba.conf").read_text()
    password = (data_dir / "superuser.password").read_text().strip()
    assert password not in repr(server)
    listening = [c for c in psutil.Process(server.pid).net_connections("tcp") if c.status == "LISTEN"]
    assert listening == []


def test_odd_names_in_an_address(data_dir: Path) -> None:
    server = embedded.ensure_running(data_dir, durable=False)
    with psycopg.connect(server.superuser_dsn, autocommit=True) as connection:
        connection.execute("""create role "账/@:?房" login password 'p@s:s/w?%rd'""")
        connection.execute("""create database "甲 乙" owner "账/@:?房" """)
    assert _one(server.dsn("账/@:?房", "p@s:s/w?%rd", "甲 乙"), "select current_database()") == "甲 乙"


def test_many_processes_at_once(data_dir: Path) -> None:
    """Web, worker and a command line that start together make one server."""
    code = f"{_ATTACH} print(e.ensure_running(Path(sys.argv[1]), durable=False).pid)"

    def start(_: int) -> str:
        done = subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-c", code, data_dir], capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(start, range(4)))) == 1


def test_a_folder_that_several_make_at_once(tmp_path: Path) -> None:
    """Whoever comes a moment later finds it made, and goes on."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(100):
            together, folder = threading.Barrier(8), tmp_path / str(number) / "pg"

            def make(_: int, together: threading.Barrier = together, folder: Path = folder) -> Path:
                together.wait()
                return prepare_data_dir(folder)

            assert list(pool.map(make, range(8))) == [folder] * 8


def test_server_outlives_a_killed_app_and_is_used_again(data_dir: Path) -> None:
    """After kill -9 of the portal its database is still there, and can still be stopped."""
    code = (
        f"{_ATTACH} import time; print(e.ensure_running(Path(sys.argv[1]), durable=False).pid, flush=True); "
        "time.sleep(60)"
    )
    command = [sys.executable, "-c", code, data_dir]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as app:  # noqa: S603
        assert app.stdout is not None
        pid = int(app.stdout.readline())
        app.kill()
    # What the wheel's own bookkeeping would leave, which keeps a server from ever being stopped.
    (data_dir / "cluster" / ".handle_pids.json").write_text(f"[{app.pid}]")
    server = embedded.ensure_running(data_dir, durable=False)
    assert server.pid == pid
    assert _one(server.superuser_dsn) == 1
    assert embedded.stop(data_dir)
    assert _gone(pid)


def test_killed_server_recovers(data_dir: Path) -> None:
    """kill -9 of PostgreSQL: what was committed is there after the next start."""
    server = embedded.ensure_running(data_dir)
    with psycopg.connect(server.superuser_dsn) as connection:
        connection.execute("create table kept as select 7 as fen")
    os.kill(server.pid, signal.SIGKILL)
    assert _gone(server.pid)
    again = embedded.ensure_running(data_dir)
    assert again.pid != server.pid
    assert _one(again.superuser_dsn, "select fen from kept") == 7


def test_lock_files_that_name_a_stranger(data_dir: Path) -> None:
    """After a crash of the machine the numbers in the lock files belong to other programs; those live on."""
    cluster, run = data_dir / "cluster", data_dir / "run"
    embedded.ensure_running(data_dir, durable=False)
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        for text in (f"{stranger.pid}\n", f"{stranger.pid}\n{cluster}\n1\n5432\n{run}\n\n0 0\nready\n", "", "x"):
            assert embedded.stop(data_dir)
            for path in (cluster / "postmaster.pid", run / ".s.PGSQL.5432.lock"):
                path.write_text(text)
                os.chown(path, cluster.stat().st_uid, -1)
            assert not embedded.is_running(data_dir)
            assert not embedded.stop(data_dir)
            server = embedded.ensure_running(data_dir, durable=False)
            assert _one(server.superuser_dsn) == 1
            assert stranger.poll() is None
        stranger.kill()


def test_lock_file_that_names_another_cluster(data_dir: Path, shared: EmbeddedServer) -> None:
    """A live PostgreSQL of another folder is not taken for this one, and is left alone."""
    embedded.ensure_running(data_dir, durable=False)
    embedded.stop(data_dir)
    (data_dir / "cluster" / "postmaster.pid").write_text(f"{shared.pid}\n")
    server = embedded.ensure_running(data_dir, durable=False)
    assert server.pid != shared.pid
    assert _one(shared.superuser_dsn) == 1


@pytest.fixture
def shared() -> EmbeddedServer:
    return embedded.test_server()


def test_server_for_tests_is_kept_and_roomy(shared: EmbeddedServer) -> None:
    """A test's database is quick only if the server is already there and forgets safety."""
    assert embedded.test_server().pid == shared.pid
    assert _one(shared.superuser_dsn, "show fsync") == "off"
    assert _one(shared.superuser_dsn, "show max_connections") == "200"


@pytest.mark.parametrize("name", ["长" * 40, "with, comma", 'with "quotes" and $HOME'])
def test_paths_no_socket_can_have(data_dir: Path, name: str) -> None:
    """The socket then lives in a private short folder, the same one at the next start."""
    folder = data_dir / name
    data_dir.mkdir()
    data_dir.chmod(0o711)
    used = set()
    try:
        server = embedded.ensure_running(folder, durable=False)
        used.add(server.socket_dir)
        assert _one(server.superuser_dsn) == 1
        assert not server.socket_dir.is_relative_to(data_dir)
        found = server.socket_dir.stat()
        assert stat.S_IMODE(found.st_mode) == 0o700
        assert found.st_uid == (folder / "cluster").stat().st_uid
        embedded.stop(folder)
        again = embedded.ensure_running(folder, durable=False)
        assert again.socket_dir == server.socket_dir
        server.socket_dir.chmod(0o777)  # not private any more: somebody else may have been there
        embedded.stop(folder)
        moved = embedded.ensure_running(folder, durable=False)
        used.add(moved.socket_dir)
        assert moved.socket_dir != server.socket_dir
        assert _one(moved.superuser_dsn) == 1
    finally:
        embedded.stop(folder)
        for socket_dir in used:
            shutil.rmtree(socket_dir)


def test_a_start_cut_short_leaves_nothing_half_made(data_dir: Path) -> None:
    """Killed during initdb: the next start begins again."""
    fresh = data_dir / "cluster.new"
    fresh.mkdir(parents=True)
    data_dir.chmod(0o711)
    (fresh / "PG_VERSION").write_text("18\n")
    server = embedded.ensure_running(data_dir, durable=False)
    assert _one(server.superuser_dsn) == 1
    assert not fresh.exists()


def test_refusals_say_what_to_do(data_dir: Path) -> None:
    """Foreign files, another version's data, a lost password: refused with a code, and nothing is deleted."""
    (data_dir / "cluster").mkdir(parents=True)
    data_dir.chmod(0o711)
    (data_dir / "cluster" / "notes.txt").write_text("mine")
    with pytest.raises(EmbeddedServerError) as refusal:
        embedded.ensure_running(data_dir)
    assert refusal.value.code == "embedded.not_a_cluster"
    assert (data_dir / "cluster" / "notes.txt").read_text() == "mine"

    (data_dir / "cluster" / "notes.txt").rename(data_dir / "cluster" / "PG_VERSION")
    (data_dir / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerError) as refusal:
        embedded.ensure_running(data_dir)
    assert refusal.value.code == "embedded.version"
    assert "16" in refusal.value.message

    (data_dir / "superuser.password").unlink()
    with pytest.raises(EmbeddedServerError) as refusal:
        embedded.ensure_running(data_dir)
    assert refusal.value.code == "embedded.no_password"


def test_a_server_that_cannot_start_shows_its_log(data_dir: Path) -> None:
    embedded.ensure_running(data_dir, durable=False)
    embedded.stop(data_dir)
    (data_dir / "cluster" / "local.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedServerError) as refusal:
        embedded.ensure_running(data_dir, durable=False)
    assert refusal.value.code == "embedded.start_failed"
    assert "no_such_setting" in refusal.value.detail


def test_no_folder_is_opened_to_others(data_dir: Path) -> None:
    """A folder closed to everyone stays closed. Root's cluster then goes elsewhere, and is found again."""
    closed = data_dir / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    folder = closed / "pg"
    home = folder
    try:
        server = embedded.ensure_running(folder, durable=False)
        assert _one(server.superuser_dsn) == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        if (folder / "location").exists():
            home = Path((folder / "location").read_text().strip())
        assert psutil.Process(server.pid).uids().effective == (home / "cluster").stat().st_uid != 0
        assert embedded.stop(folder)
        assert embedded.ensure_running(folder, durable=False).superuser_dsn == server.superuser_dsn
    finally:
        embedded.stop(folder)
        if home != folder:
            shutil.rmtree(home)


def test_backup_and_restore_as_the_manual_says(data_dir: Path) -> None:
    """ARCH-6: `docs/operating.md`'s commands carry a database from one folder to another."""
    data_dir.mkdir()
    data_dir.chmod(0o711)
    old, new = data_dir / "old", data_dir / "new"
    script = r"""
        set -eu
        eval "$("$1" -m zhangfang_core.database.embedded_environment "$2")"
        psql -qc "create role zhangfang_owner" -c "create database zhangfang owner zhangfang_owner"
        psql -qd zhangfang -c "create table kept as select 7 as fen; alter table kept owner to zhangfang_owner"
        pg_dump -Fc zhangfang > "$4"
        eval "$("$1" -m zhangfang_core.database.embedded_environment "$3")"
        psql -qc "create role zhangfang_owner" -c "create database zhangfang owner zhangfang_owner"
        pg_restore --exit-on-error -d zhangfang "$4"
        psql -d zhangfang -Atc "select fen, tableowner from kept, pg_tables where tablename = 'kept'"
    """
    try:
        done = subprocess.run(  # noqa: S603 - the script above
            ["/bin/sh", "-c", script, "sh", sys.executable, old, new, data_dir / "dump"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.strip() == "7|zhangfang_owner", done.stderr
    finally:
        embedded.stop(old)
        embedded.stop(new)
