"""Builds the portal's assets into the wheel. An editable install skips it: `make run` builds when sources change."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class AssetsHook(BuildHookInterface[Any]):
    """Runs `zhangfang_core.web.build_assets` before files are collected."""

    def dependencies(self) -> list[str]:
        """Node.js comes from PyPI where the machine has none."""
        if self.target_name != "wheel" or shutil.which("node"):
            return []
        return [_build_assets(self.root).NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises BuildFailed when the assets cannot be built; a wheel without them would be useless."""
        if self.target_name == "wheel" and version != "editable":
            _build_assets(self.root).build()


def _build_assets(root: str) -> ModuleType:
    # Loaded by path: importing the package would import what the isolated build does not have.
    path = Path(root) / "zhangfang_core" / "web" / "build_assets.py"
    spec = importlib.util.spec_from_file_location("build_assets", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
