"""PLAT-1: plugins know the SDK alone; core knows no plugin. The contracts stand in pyproject.toml and are shown to bite."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(Path(name).name for name in (ROOT / "plugins").glob("*/zhangfang_*"))


def configuration() -> dict[str, Any]:
    parsed: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return dict(parsed["tool"]["importlinter"])


def contract(id_: str) -> dict[str, Any]:
    return next(c for c in configuration()["contracts"] if c["id"] == id_)


def lint(*, only: str | None = None, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    if only is not None:
        command += ["--contract", only]
    env = {**os.environ, "COLUMNS": "200"}
    if path is not None:
        env["PYTHONPATH"] = str(path)
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_contracts_name_every_plugin() -> None:
    """A new folder under plugins/ that nobody added to the contracts would otherwise be free to import anything."""
    assert len(PACKAGES) >= 7
    assert sorted(configuration()["root_packages"]) == sorted([*PACKAGES, "zhangfang_core", "zhangfang_sdk"])
    assert sorted(contract("sdk")["forbidden_modules"]) == sorted([*PACKAGES, "zhangfang_core"])
    assert sorted(contract("core")["forbidden_modules"]) == PACKAGES
    assert sorted(contract("plugins")["source_modules"]) == PACKAGES
    assert sorted(contract("strangers")["modules"]) == PACKAGES


def test_every_import_keeps_the_contracts() -> None:
    done = lint()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("id_", "importer", "imported"),
    [
        ("sdk", "zhangfang_sdk", "zhangfang_core"),
        ("sdk", "zhangfang_sdk", "zhangfang_collab"),
        ("core", "zhangfang_core", "zhangfang_books"),
        ("plugins", "zhangfang_archive", "zhangfang_core"),
        ("strangers", "zhangfang_dashboard", "zhangfang_risk_rules"),
    ],
)
def test_a_forbidden_import_is_found(tmp_path: Path, id_: str, importer: str, imported: str) -> None:
    """The same contracts over empty packages of the same names, with one import too many."""
    for package in configuration()["root_packages"]:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
        (tmp_path / package / "inner.py").touch()
    assert lint(only=id_, path=tmp_path).returncode == 0
    (tmp_path / importer / "wrong.py").write_text(f"import {imported}.inner\n")
    done = lint(only=id_, path=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{importer}.wrong -> {imported}.inner" in done.stdout
