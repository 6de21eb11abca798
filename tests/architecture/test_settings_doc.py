"""The settings that docs/operating.md tells are those that are read."""

import inspect
import re
from pathlib import Path

from zhangfang_core import cli, settings
from zhangfang_core.modules import calling

DOC = Path(__file__).parents[2] / "docs" / "operating.md"
CODE = "".join(map(inspect.getsource, (settings, cli, calling)))
OF_THE_TESTS = {"ZHANGFANG_CHROMIUM"}
OF_MAKE = {"ZHANGFANG_STOP_WITH_PARENT"}
"""What the Makefile tells the process that it starts; not the operator's."""


def test_every_setting_is_told_and_every_one_told_is_read() -> None:
    read = set(re.findall(r'\.get\("(ZHANGFANG_\w+)"', CODE))
    told = set(re.findall(r"^\| `(ZHANGFANG_\w+)` \|", DOC.read_text(), re.MULTILINE))
    assert read - OF_MAKE == told - OF_THE_TESTS
