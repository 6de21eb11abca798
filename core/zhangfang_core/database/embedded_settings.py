"""PostgreSQL's settings for the embedded server: one set for real books, one for tests."""

import os
from pathlib import Path

# The server reads ours first, then the operator's, so that local.conf wins.
POSTGRESQL_CONF = """\
# Written once when the cluster was made.
include_if_exists 'zhangfang.conf'  # rewritten at every start: do not edit
include_if_exists 'local.conf'      # yours: settings here win
"""

# A unix socket only, in a private folder, and a password all the same.
PG_HBA_CONF = """\
# Written once when the cluster was made.
local   all           all   scram-sha-256
local   replication   all   scram-sha-256
"""

_MIB = 1024 * 1024
_SMALL_SHARED_MEMORY = 256 * _MIB


def server_settings(socket_dir: Path, *, durable: bool) -> dict[str, str]:
    """Settings by name. `durable=False` trades every safety against power loss for speed."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // _MIB
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{socket_dir}"',
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "200",
        "shared_buffers": f"{min(512, max(64, memory // 8))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{min(256, max(64, memory // 16))}MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "datestyle": "ISO, YMD",
        "default_text_search_config": "pg_catalog.simple",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "max_wal_size": "1GB",
        "min_wal_size": "80MB",
        "dynamic_shared_memory_type": _dynamic_shared_memory(),
    }
    if not durable:
        settings |= {
            "shared_buffers": "128MB",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "wal_level": "minimal",
            "max_wal_senders": "0",
            "autovacuum_naptime": "5min",
            "max_parallel_workers_per_gather": "0",
            "checkpoint_timeout": "1h",
            "max_wal_size": "512MB",
        }
    return settings


def render(settings: dict[str, str]) -> str:
    """The text of `zhangfang.conf`."""
    lines = [f"{name} = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in settings.items()]
    return "\n".join(["# Rewritten at every start.", *lines, ""])


def _dynamic_shared_memory() -> str:
    """Containers often have a /dev/shm of 64 MB, in which a parallel query dies: use System V there."""
    try:
        found = os.statvfs("/dev/shm")  # noqa: S108 - only measured
    except OSError:
        return "sysv" if os.uname().sysname == "Linux" else "posix"
    return "posix" if found.f_bavail * found.f_frsize >= _SMALL_SHARED_MEMORY else "sysv"
