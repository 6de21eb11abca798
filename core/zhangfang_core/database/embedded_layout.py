"""The folders of one embedded server, derived from its data folder.

```
<data_dir>/                      made 0711 by root, 0700 by a plain user
    lock                         held while somebody starts or stops the server
    superuser.password           0600, made once
    socket_folder                only if the socket cannot live here: the path where it does
    location                     only as root, when the folder is closed to the server's account
    cluster/  run/  log/         0700 the server's: data, socket, log  (or at `location`)
```
"""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .embedded_account import Account, make_private, server_account, system_folder
from .embedded_errors import EmbeddedServerError

SOCKET_NAME = ".s.PGSQL.5432"
# sun_path has 108 bytes on Linux and 104 on macOS; the lock's name is longer than the socket's.
_LONGEST_SOCKET_FOLDER = 103 - len(SOCKET_NAME) - 1
# libpq and PostgreSQL's own setting read these as separators, quotes or an abstract name.
_CONFUSING = frozenset(",\"'\\\n")


@dataclass(frozen=True)
class Layout:
    """Where everything of one server is. `home` holds cluster, run and log."""

    data_dir: Path
    home: Path
    socket_dir: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        return self.home / "log" / "server.log"

    @property
    def password_file(self) -> Path:
        return self.data_dir / "superuser.password"


def prepare_data_dir(data_dir: Path) -> Path:
    """Resolve and make the data folder; an existing folder keeps its permissions, also one that another process makes at this moment.

    Raises:
        EmbeddedServerError: `embedded.data_dir` if it cannot be made or written.
    """
    path = data_dir.expanduser().resolve()
    try:
        path.mkdir(parents=True, mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
        if not path.is_dir() or not os.access(path, os.W_OK | os.X_OK):
            raise PermissionError(f"{path} is not a folder that uid {os.geteuid()} can write")
    except OSError as error:
        raise EmbeddedServerError(
            "embedded.data_dir",
            f"数据目录 {path} 无法建立或写入, 请检查权限, 或用 ZHANGFANG_DATA_DIR 换一个目录。",
            str(error),
        ) from error
    return path


def existing_home(data_dir: Path) -> Path:
    """The folder that holds (or would by default hold) the cluster of `data_dir`."""
    pointer = data_dir / "location"
    return Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else data_dir


def lay_out(data_dir: Path) -> Layout:
    """Make the folders that are missing. Call with the lock held.

    Raises:
        EmbeddedServerError: see `server_account` and `prepare_data_dir`.
    """
    home = existing_home(data_dir)
    account = server_account(home / "cluster")
    if home == data_dir and not account.can("-x", data_dir):
        if (data_dir / "cluster").exists():
            raise EmbeddedServerError(
                "embedded.closed_folder",
                f"数据库目录 {data_dir} 对运行 PostgreSQL 的账户 (uid {account.uid}) 不可进入。"
                f"请恢复它与上级目录的进入权限 (chmod o+x), 或把它移到可进入的目录。",
            )
        home = system_folder("clusters") / _mark(data_dir)
        home.mkdir(exist_ok=True)
        home.chmod(0o711)
        (data_dir / "location").write_text(f"{home}\n", encoding="utf-8")
    make_private(home / "log", account)
    return Layout(data_dir, home, _socket_folder(data_dir, home, account), account)


def _mark(data_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]


def fits_a_socket(folder: Path) -> bool:
    """Whether a unix socket in `folder` can be named by the kernel, by PostgreSQL and by its clients."""
    text = os.fspath(folder)
    return len(os.fsencode(text)) <= _LONGEST_SOCKET_FOLDER and not _CONFUSING & set(text)


def _socket_folder(data_dir: Path, home: Path, account: Account) -> Path:
    own = home / "run"
    if fits_a_socket(own):
        make_private(own, account)
        return own
    pointer = data_dir / "socket_folder"
    if pointer.exists():
        known = Path(pointer.read_text(encoding="utf-8").strip())
        if _is_private(known, account):
            return known
    # mkdtemp makes a new folder 0700 under a name nobody could have prepared.
    short = Path(tempfile.mkdtemp(prefix="zhangfang-", dir=_short_root()))
    account.own(short)
    pointer.write_text(f"{short}\n", encoding="utf-8")
    return short


def _short_root() -> Path:
    for name in (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp inside
        if name and os.geteuid() == 0 and name == os.environ.get("XDG_RUNTIME_DIR"):
            continue  # root's own runtime folder is closed to the account that runs the server
        if name and Path(name).is_dir() and fits_a_socket(Path(name) / "zhangfang-12345678"):
            return Path(name)
    raise EmbeddedServerError(
        "embedded.path_too_long",
        "数据目录的路径太长, 也没有可用的短路径存放数据库的本地套接字。请用 ZHANGFANG_DATA_DIR 指定较短的目录。",
    )


def _is_private(folder: Path, account: Account) -> bool:
    try:
        found = folder.lstat()
    except OSError:
        return False
    private = stat.S_ISDIR(found.st_mode) and stat.S_IMODE(found.st_mode) == 0o700
    return private and found.st_uid == account.uid
