"""The settings that docs/operating.md tells are those that are read."""

import inspect
import re
from pathlib import Path

from zhangfang_core import cli, settings

DOC = Path(__file__).parents[2] / "docs" / "operating.md"
CODE = inspect.getsource(settings) + inspect.getsource(cli)
OF_THE_TESTS = {"ZHANGFANG_CHROMIUM"}


def test_every_setting_is_told_and_every_one_told_is_read() -> None:
    read = set(re.findall(r'(?:env|environ)\.get\("(ZHANGFANG_\w+)"', CODE))
    told = set(re.findall(r"^\| `(ZHANGFANG_\w+)` \|", DOC.read_text(), re.MULTILINE))
    assert read == told - OF_THE_TESTS
