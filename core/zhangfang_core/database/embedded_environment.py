"""Prints shell variables that point PostgreSQL's own tools at an embedded server, which is started if need be.

`eval "$(python -m zhangfang_core.database.embedded_environment var/postgres)"`, then `psql`, `pg_dump` and
`pg_restore` are those of the server's version and need no arguments. The password goes through the
environment, not through the list of processes.
"""

import shlex
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .embedded import EmbeddedServer, EmbeddedServerError, ensure_running


def shell_variables(server: EmbeddedServer) -> str:
    """`export` lines for a POSIX shell. Contains the superuser's password."""
    parts = urlsplit(server.superuser_dsn)
    values = {
        "PGHOST": str(server.socket_dir),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": "postgres",
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in values.items()]
    return "\n".join([*lines, f'export PATH={shlex.quote(str(server.programs))}:"$PATH"', ""])


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python -m zhangfang_core.database.embedded_environment FOLDER")
    try:
        sys.stdout.write(shell_variables(ensure_running(Path(sys.argv[1]))))
    except EmbeddedServerError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
