"""No other account of the machine holds what a start waits for."""

import stat
from pathlib import Path

from zhangfang_core.database.lock_files import open_lock_file
from zhangfang_core.supervision import leftovers


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_lock_is_closed_to_others_also_one_of_before(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("1\n")
    path.chmod(0o644)
    for _ in range(2):
        with open_lock_file(path) as handle:
            handle.seek(0)
            assert handle.read() == "1\n"
        assert mode(path) == 0o600


def test_that_of_a_run_too(tmp_path: Path) -> None:
    with leftovers.single_run(tmp_path):
        assert mode(tmp_path / "supervisor.lock") == 0o600
