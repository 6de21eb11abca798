"""Programs of the environment that tests run in, as a person runs them in a folder."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def run(
    tool: str, *arguments: str, folder: Path, within_s: float = 300, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """``tool`` (pytest, zhangfang …) with ``environment`` added to this process's own. Raises subprocess.TimeoutExpired."""
    program = Path(sys.executable).with_name(tool)
    return subprocess.run(  # noqa: S603  # our own tools
        [program, *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=within_s,
    )


def passes(tool: str, *arguments: str, folder: Path, within_s: float = 300) -> str:
    """What it said; raises AssertionError with that when it fails."""
    ran = run(tool, *arguments, folder=folder, within_s=within_s)
    if ran.returncode != 0:
        raise AssertionError(f"{tool} {' '.join(arguments)}:\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout
