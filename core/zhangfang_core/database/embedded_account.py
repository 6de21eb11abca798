"""Which system account runs the embedded PostgreSQL, and which folders that account can use.

PostgreSQL refuses to run as root. A plain user runs the server itself. Root runs it as the owner of an
existing cluster, else as the account `zhangfang` (made on first need, without shell or home), else, where no
account can be made, as `nobody`.

No existing folder's permissions are ever widened. Where a folder (say `/root`) is closed to the server's
account, what that account needs lives under `/var/lib/zhangfang` instead.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .embedded_errors import EmbeddedServerError

ACCOUNT_NAME = "zhangfang"
SYSTEM_ROOT = Path("/var/lib/zhangfang")


@dataclass(frozen=True)
class Account:
    """A system account. `switch` says whether processes must change to it (true only for root)."""

    uid: int
    gid: int
    switch: bool

    def popen_options(self) -> dict[str, Any]:
        """Arguments for `subprocess` that make a child run as this account, with no extra groups."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` to this account. Does nothing for a plain user, who owns it already."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def can(self, test: str, path: Path) -> bool:
        """Whether this account passes the shell's `test FLAG path` (`-x`, `-r`, `-w`), access lists included.

        Raises:
            EmbeddedServerError: `embedded.cannot_switch_account` if root may not change accounts here.
        """
        if not self.switch:
            return os.access(path, {"-x": os.X_OK, "-r": os.R_OK, "-w": os.W_OK}[test])
        try:
            done = subprocess.run(  # noqa: S603 - fixed program, the path is an argument
                ["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, os.fspath(path)],
                cwd="/",
                check=False,
                **self.popen_options(),
            )
        except (PermissionError, OSError) as error:
            raise EmbeddedServerError(
                "embedded.cannot_switch_account",
                "当前以 root 运行, 但系统不允许切换到普通账户, 而 PostgreSQL 不能以 root 运行。"
                "请改用普通账户运行, 或用 ZHANGFANG_DSN 指定外部数据库。",
                str(error),
            ) from error
        return done.returncode == 0


def server_account(cluster: Path) -> Account:
    """The account that runs (or will run) the server of `cluster`.

    Raises:
        EmbeddedServerError: `embedded.other_owner` if a plain user opens somebody else's cluster.
    """
    uid = os.geteuid()
    owner = cluster.stat() if cluster.exists() else None
    if uid != 0:
        if owner is not None and owner.st_uid != uid:
            raise EmbeddedServerError(
                "embedded.other_owner",
                f"数据库目录 {cluster} 属于另一个系统账户 (uid {owner.st_uid}), "
                f"当前账户 (uid {uid}) 不能使用。"
                "请用原来的账户运行, 或用 ZHANGFANG_DATA_DIR 换一个目录。",
            )
        return Account(uid, os.getegid(), switch=False)
    if owner is not None and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switch=True)
    entry = _service_account()
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _service_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT_NAME)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd:
        subprocess.run(  # noqa: S603 - fixed arguments
            [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME],
            check=False,
            capture_output=True,
        )
    for name in (ACCOUNT_NAME, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedServerError(
        "embedded.no_account",
        "当前以 root 运行, 但系统里没有可用来运行 PostgreSQL 的普通账户。"
        f"请先建立账户: useradd --system {ACCOUNT_NAME}",
    )


def make_private(path: Path, account: Account) -> None:
    """Make `path` a folder that only `account` (and root) can enter. An existing one is tightened."""
    path.mkdir(mode=0o700, parents=False, exist_ok=True)
    account.own(path)
    path.chmod(0o700)


def system_folder(name: str) -> Path:
    """A folder under `/var/lib/zhangfang`, which accounts may walk through but not list. Root only."""
    for folder in (SYSTEM_ROOT, SYSTEM_ROOT / name):
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        folder.chmod(0o711)
    return SYSTEM_ROOT / name
