"""The embedded PostgreSQL 18: one call starts or finds it, from any process, at any time.

The server outlives the process that started it, so that a killed portal finds its database again at once;
`zhangfang run` stops it when it is stopped itself. It listens on a unix socket only, in a private folder, and
asks every connection for a password.
"""

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from . import embedded_process as process
from .embedded_account import make_private
from .embedded_binaries import MAJOR, binaries
from .embedded_errors import EmbeddedServerError
from .embedded_layout import Layout, existing_home, lay_out, prepare_data_dir
from .embedded_settings import PG_HBA_CONF, POSTGRESQL_CONF, render, server_settings
from .lock_files import open_lock_file

__all__ = ["EmbeddedServer", "EmbeddedServerError", "ensure_running", "is_running", "stop", "test_server"]

SUPERUSER = "postgres"
_START_TIMEOUT_S = 60.0
_ROOM_FOR_TESTS = 1024**3


@dataclass(frozen=True)
class EmbeddedServer:
    """A running server. Addresses hold passwords: do not log them.

    Attributes:
        superuser_dsn: address of the database `postgres` as superuser; for set-up, never for requests.
        socket_dir: folder of the unix socket `.s.PGSQL.5432`.
        programs: folder of `psql`, `pg_dump`, `pg_restore` of the same version.
        pid: process id of the postmaster.
    """

    superuser_dsn: str = field(repr=False)
    socket_dir: Path
    programs: Path
    pid: int

    def dsn(self, role: str, password: str, database: str) -> str:
        """An address that asyncpg, psycopg and the tools of PostgreSQL all take."""
        return _dsn(self.socket_dir, role, password, database)


def ensure_running(data_dir: Path, *, durable: bool = True) -> EmbeddedServer:
    """Start the server of `data_dir`, making it first if need be, or attach to it.

    Safe from several processes at once; 1 s the first time, 0.2 s to start, 0.01 s to attach.

    Args:
        data_dir: a folder of its own for PostgreSQL; made when missing.
        durable: False only for tests: nothing survives a power cut. Used when the server is started.

    Raises:
        EmbeddedServerError: with a stable code and what to do, in Chinese.
    """
    folder = prepare_data_dir(data_dir)
    with _locked(folder, timeout_s=_START_TIMEOUT_S + 10):
        layout = lay_out(folder)
        password = _password(layout)
        programs = binaries(layout.account)
        pid = process.running_postmaster(layout.cluster)
        if pid is not None and not process.programs_exist(pid):
            process.stop(layout.cluster, pid, timeout_s=5)
            pid = None
        if pid is None:
            if not (layout.cluster / "PG_VERSION").exists():
                _make_cluster(layout, programs, password, durable=durable)
            _check_version(layout)
            process.clear_leftovers(layout)
            _write(layout, "zhangfang.conf", render(server_settings(layout.socket_dir, durable=durable)))
            pid = process.start(layout, programs, timeout_s=_START_TIMEOUT_S)
        elif not process.wait_ready(layout.cluster, pid, timeout_s=_START_TIMEOUT_S):
            raise EmbeddedServerError("embedded.start_failed", f"内置的 PostgreSQL 没有就绪。完整日志: {layout.log}")
    superuser_dsn = _dsn(layout.socket_dir, SUPERUSER, password, "postgres")
    return EmbeddedServer(superuser_dsn, layout.socket_dir, programs, pid)


def is_running(data_dir: Path) -> bool:
    """Whether the server of `data_dir` has a live postmaster. Changes nothing; costs a millisecond."""
    home = existing_home(data_dir.expanduser().resolve())
    return process.running_postmaster(home / "cluster") is not None


def stop(data_dir: Path, *, timeout_s: float = 6.0) -> bool:
    """Stop the server of `data_dir`. Returns False when none was running.

    Connections are ended; after `timeout_s` seconds the server is ended without a checkpoint, which is safe
    and makes the next start a little longer.

    Raises:
        EmbeddedServerError: `embedded.stop_failed` if it does not end.
    """
    folder = data_dir.expanduser().resolve()
    if not folder.is_dir():
        return False
    with _locked(folder, timeout_s=timeout_s):
        cluster = existing_home(folder) / "cluster"
        pid = process.running_postmaster(cluster)
        if pid is None:
            return False
        process.stop(cluster, pid, timeout_s=timeout_s)
        return True


def test_server() -> EmbeddedServer:
    """The server for tests: in memory where there is room, not durable, left running for the next run.

    One per user and machine, so what tests make in it (databases, roles) carries names of its own.
    """
    return ensure_running(test_server_folder(), durable=False)


test_server.__test__ = False  # type: ignore[attr-defined]  # pytest would collect it where it is imported


def test_server_folder() -> Path:
    """`/dev/shm/zhangfang-test-<uid>-<checkout>`, or below the temporary folder when memory has less than 1 GiB free.

    Each checkout of the code has its own, so that tests of two of them do not stop each other's server.
    """
    checkout = hashlib.sha256(str(Path(__file__).resolve()).encode()).hexdigest()[:8]
    name = f"zhangfang-test-{os.geteuid()}-{checkout}"
    shared = Path("/dev/shm")  # noqa: S108 - the owner is checked below
    root = Path(tempfile.gettempdir())
    if (shared / name / "cluster").is_dir():
        root = shared
    elif shared.is_dir() and os.access(shared, os.W_OK):
        found = os.statvfs(shared)
        if found.f_bavail * found.f_frsize >= _ROOM_FOR_TESTS:
            root = shared
    folder = root / name
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
    found_folder = folder.lstat()
    if not stat.S_ISDIR(found_folder.st_mode) or found_folder.st_uid != os.geteuid():
        raise EmbeddedServerError("embedded.other_owner", f"测试数据库目录 {folder} 属于另一个账户, 请删除它。")
    return folder


test_server_folder.__test__ = False  # type: ignore[attr-defined]  # as above


@contextlib.contextmanager
def _locked(folder: Path, *, timeout_s: float) -> Iterator[None]:
    """One process at a time. The kernel frees the lock of a process that dies."""
    with open_lock_file(folder / "lock") as handle:
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise EmbeddedServerError(
                        "embedded.busy", f"另一个进程正在启动或停止 {folder} 的数据库, 请稍后再试。"
                    ) from None
                time.sleep(0.01)
        yield


def _dsn(socket_dir: Path, role: str, password: str, database: str) -> str:
    parts = [quote(part, safe="") for part in (role, password, database)]
    return f"postgresql://{parts[0]}:{parts[1]}@/{parts[2]}?host={quote(os.fspath(socket_dir), safe='/')}"


def _password(layout: Layout) -> str:
    path = layout.password_file
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    if (layout.cluster / "PG_VERSION").exists():
        raise EmbeddedServerError(
            "embedded.no_password",
            f"数据库已存在, 但缺少密码文件 {path}。请从备份恢复它 (权限 0600)。",
        )
    password = secrets.token_urlsafe(32)
    # Written aside and renamed: a kill in between leaves no empty password.
    fresh = path.with_suffix(f".new-{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(f"{password}\n")
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path)
    return password


def _make_cluster(layout: Layout, programs: Path, password: str, *, durable: bool) -> None:
    """`initdb` beside the final place and a rename, so that a kill leaves nothing half made."""
    process.kill_orphans(layout.cluster)
    if layout.cluster.exists() and any(layout.cluster.iterdir()):
        raise EmbeddedServerError(
            "embedded.not_a_cluster",
            f"目录 {layout.cluster} 不是空的, 也不是 PostgreSQL 数据目录。请移走其中的文件后再启动。",
        )
    fresh = layout.home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    make_private(fresh, layout.account)
    with tempfile.TemporaryDirectory(prefix="zhangfang-", dir=layout.log.parent) as scratch:
        layout.account.own(Path(scratch))
        secret = Path(scratch) / "password"
        secret.touch(0o600)
        secret.write_text(f"{password}\n", encoding="ascii")
        layout.account.own(secret)
        command: list[str | Path] = [programs / "initdb", "-D", fresh, "-U", SUPERUSER]
        command += ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--data-checksums"]
        # PostgreSQL's own locale: the same order on every machine, whatever its libraries.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        process.run_program(layout, command if durable else [*command, "--no-sync"])
    for name, text in (("postgresql.conf", POSTGRESQL_CONF), ("pg_hba.conf", PG_HBA_CONF)):
        (fresh / name).write_text(text, encoding="utf-8")
    if layout.cluster.exists():
        layout.cluster.rmdir()
    fresh.rename(layout.cluster)


def _check_version(layout: Layout) -> None:
    found = (layout.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    if found != str(MAJOR):
        raise EmbeddedServerError(
            "embedded.version",
            f"数据由 PostgreSQL {found} 写成, 本程序内置的是 {MAJOR}。"
            "请先用旧版本 pg_dump 导出, 再导入新目录 (见 docs/operating.md)。",
        )


def _write(layout: Layout, name: str, text: str) -> None:
    fresh = layout.cluster / f"{name}.new"
    fresh.write_text(text, encoding="utf-8")
    layout.account.own(fresh)
    fresh.chmod(0o600)
    fresh.replace(layout.cluster / name)
