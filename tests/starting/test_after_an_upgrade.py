"""Plugins of third parties outlive the portal's own environment: ``make`` makes it anew, and the next start has them."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.plugin_life.shelves import deployed, shelf_wheel
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.processes import free_port

ROOT = Path(__file__).parents[2]
NOT_TAKEN = shutil.ignore_patterns("node_modules", "dist", "__pycache__", "tests", "static")


def copied(into: Path) -> Path:
    """The portal as somebody has it, without its tests and pictures; its tools are this one's."""
    for name in ("Makefile", "pyproject.toml", "uv.lock", "README.md"):
        shutil.copy(ROOT / name, into / name)
    for name in ("core", "plugin_sdk", "plugins"):
        shutil.copytree(ROOT / name, into / name, ignore=NOT_TAKEN)
    (into / ".venv-tools").symlink_to(ROOT / ".venv-tools")
    return into


def ran(folder: Path, *words: str, **settings: str) -> str:
    """What it said. Raises AssertionError."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("ZHANGFANG_", "VIRTUAL_ENV"))}
    done = subprocess.run(  # noqa: S603  # our own programs
        words,
        cwd=folder,
        env={**environment, "UV_LINK_MODE": "symlink", **settings},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


async def test_a_new_environment_keeps_them(test_server: TestServer, tmp_path: Path) -> None:
    """The wheel is installed by ``zhangfang plugin install``; then come a new lock file (an upgrade) and an environment that was removed."""
    portal = tmp_path / "portal"
    portal.mkdir()
    copied(portal)
    async with deployed(test_server, portal / "var") as place:
        settings = {**place.settings, "ZHANGFANG_PORT": str(free_port())}
        ran(portal, "make", ".venv/.synced")
        program = str(portal / ".venv" / "bin" / "zhangfang")
        ran(portal, program, "plugin", "install", str(shelf_wheel(tmp_path)), **settings)
        (portal / "uv.lock").touch()
        ran(portal, "make", ".venv/.synced")
        assert "shelf 1.0" in ran(portal, program, "plugin", "list", **settings)
        shutil.rmtree(portal / ".venv")
        ran(portal, "make", ".venv/.synced")
        assert "of shelf" in ran(portal, program, "migrate", **settings).partition("migrations that ran: ")[2]
