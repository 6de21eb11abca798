"""``use_sources(Path(__file__).parent)`` in a plugin's ``conftest.py``: tests run against its sources, installed or not."""

from pathlib import Path

from zhangfang_sdk.authoring.source_tree import link


def use_sources(folder: Path) -> None:
    """Let this process find the plugin whose ``pyproject.toml`` stands in ``folder``, before anything asks what is installed.

    Raises ValueError, in Chinese, when that is no plugin's.
    """
    link(folder)
