"""The pages need the built style sheet, script and icons."""

import pytest

from zhangfang_core.web.build_assets import build


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> None:
    build()
