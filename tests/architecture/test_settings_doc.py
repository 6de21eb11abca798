"""The settings that docs/operating.md tells are those that are read."""

import inspect
import re
from pathlib import Path

from zhangfang_core import settings

DOC = Path(__file__).parents[2] / "docs" / "operating.md"
OF_THE_TESTS = {"ZHANGFANG_CHROMIUM"}


def test_every_setting_is_told_and_every_one_told_is_read() -> None:
    read = set(re.findall(r'env\.get\("(ZHANGFANG_\w+)"', inspect.getsource(settings)))
    told = set(re.findall(r"^\| `(ZHANGFANG_\w+)` \|", DOC.read_text(), re.MULTILINE))
    assert read == told - OF_THE_TESTS
