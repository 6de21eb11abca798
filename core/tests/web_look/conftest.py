"""The pages need the built style sheet, script and icons; the scripts a browser and a server that fails on purpose."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from zhangfang_core.testing.scripted import ScriptedPortal, chromium, scripted_portal
from zhangfang_core.web.build_assets import build


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> None:
    build()


@pytest.fixture
def portal() -> Iterator[ScriptedPortal]:
    with scripted_portal() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as launched:
        yield launched


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone's; no fault of the script, and nothing that the content policy forbids."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    yield opened
    context.close()
    assert faults == []
