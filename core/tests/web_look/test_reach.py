"""PLAT-12, CAP-11: the sample pages in a real browser: WCAG A/AA, no sideways scrolling, targets large enough."""

import functools
import importlib.util
import os
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no annotations
from playwright.sync_api import Browser, Page, sync_playwright

pytestmark = pytest.mark.browser

BROWSER = os.environ.get("ZHANGFANG_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = ("cockpit", "desk", "driver", "error", "review", "sign_in", "upload")


def _gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("web_look_gallery", Path(__file__).parent / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        """A page whose badges are refused leaves; here they are counted, and nothing waits."""
        if not self.path.endswith("/badges"):
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Tests need no access log."""

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """The gallery has no event stream; the page asks for one."""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("gallery")
    _gallery().write(folder)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield launched
        launched.close()


def opened(browser: Browser, address: str, width: int, *, large: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, has_touch=width < 992, reduced_motion="reduce"
    )
    if large:
        context.add_cookies([{"name": "type", "value": "large", "url": address}])
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("load")
    return page


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser: Browser, gallery: str, name: str, width: int) -> None:
    page = opened(browser, f"{gallery}/{name}.html", width)
    found = Axe().run(page, options=RULES).response["violations"]
    page.context.close()
    assert [(v["id"], v["nodes"][0]["html"], v["nodes"][0].get("failureSummary")) for v in found] == []


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("width", [320, 390, 768, 1024])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(browser: Browser, gallery: str, name: str, width: int, large: bool) -> None:
    page = opened(browser, f"{gallery}/{name}.html", width, large=large)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.context.close()
    assert wide <= width


@pytest.mark.parametrize("name", PAGES)
def test_buttons_and_fields_are_44_pixels_high_on_a_phone(browser: Browser, gallery: str, name: str) -> None:
    page = opened(browser, f"{gallery}/{name}.html", 390)
    low = page.evaluate(
        """[...document.querySelectorAll('.btn, .form-control, .form-select, .tabbar a, .tile, .item, summary, .pick label, .up-pick')]
        .filter((e) => e.getClientRects().length && e.tagName !== 'DIV')
        .filter((e) => e.getBoundingClientRect().height < 43.5).map((e) => e.outerHTML.slice(0, 120))"""
    )
    page.context.close()
    assert low == []


def test_a_month_on_the_chart_is_wide_enough_to_touch(browser: Browser, gallery: str) -> None:
    page = opened(browser, f"{gallery}/cockpit.html", 320)
    widths = page.evaluate(
        "[...document.querySelectorAll('.chart-plot a .hit')].map((e) => e.getBoundingClientRect().width)"
    )
    page.context.close()
    assert widths
    assert min(widths) >= 23.9


@pytest.mark.parametrize("name", ["driver", "upload"])
@pytest.mark.parametrize("width", [320, 390])
def test_the_camera_stands_in_the_middle(browser: Browser, gallery: str, name: str, width: int) -> None:
    """Whether a role has four entries beside it or two."""
    page = opened(browser, f"{gallery}/{name}.html", width)
    box = page.locator(".tabbar .snap-disc").bounding_box()
    page.context.close()
    assert box is not None
    assert abs(box["x"] + box["width"] / 2 - width / 2) < 1


@pytest.mark.parametrize("width", [320, 390])
def test_tabs_and_chips_are_seen_whole(browser: Browser, gallery: str, width: int) -> None:
    page = opened(browser, f"{gallery}/driver.html", width)
    cut = page.evaluate(
        """(width) => [...document.querySelectorAll('.subnav a, .chip')].filter((e) => {
            const box = e.getBoundingClientRect();
            return box.right > width || box.left < 0 || e.scrollWidth > e.clientWidth + 1;
        }).map((e) => e.textContent)""",
        width,
    )
    short = page.locator(".item-end .chip").bounding_box()
    page.context.close()
    assert cut == []
    assert short is not None
    assert short["height"] < 30, "a short chip stays in one line"


@pytest.mark.parametrize("width", [320, 390])
def test_a_long_title_of_a_folded_row_is_seen_whole(browser: Browser, gallery: str, width: int) -> None:
    """Amounts stand at its end."""
    page = opened(browser, f"{gallery}/driver.html", width)
    ends = page.evaluate(
        """() => {
            const title = "请确认2026年3季度企业所得税预缴:应缴 6,282.28 元,再加上本月个人所得税扣缴";
            document.querySelector("main").innerHTML = `<section class="panel panel-flush"><div class="scroll-x">
                <table class="grid-table fold"><tbody><tr><th scope="row">${title}</th><td>王会计</td></tr></tbody></table></div></section>`;
            const [row, panel] = ["th", ".panel"].map((s) => document.querySelector(s));
            return [row.scrollWidth - row.clientWidth, row.getBoundingClientRect().right - panel.getBoundingClientRect().right];
        }"""
    )
    page.context.close()
    assert ends[0] <= 1
    assert ends[1] <= 0


def test_tab_goes_on_in_what_is_new(browser: Browser, gallery: str) -> None:
    """From another page of the portal: the menu is not walked through again. From outside it is the first thing."""
    page = opened(browser, f"{gallery}/desk.html", 1440)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    with page.expect_navigation():
        page.evaluate("location.href = 'cockpit.html'")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#main') !== null")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('#main') === null")
    page.context.close()
