"""CAP-1: a larger file goes in parts, on from where a lost line or a closed page left it."""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from zhangfang_core.testing.scripted import ScriptedPortal, show

pytestmark = pytest.mark.browser

UPLOAD = """<form data-upload="/uploads" data-uploads="/parts"><input id="files" type="file" name="file" multiple></form>
<ul data-upload-rows></ul>"""
FIELD = """<form method="post" action="/hand-in" enctype="multipart/form-data">
<input id="files" type="file" name="file" data-uploads="/parts" required><button>交</button></form>"""
ROW = '<li class="up-row fresh">识别中</li>'
CONTENT = secrets.token_bytes(12_000_000)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of the disk: chosen again it is the same to the browser."""
    path = tmp_path / "对账单.pdf"
    path.write_bytes(CONTENT)
    return path


def test_a_large_file_goes_in_parts_and_then_its_form(page: Page, portal: ScriptedPortal, large: Path) -> None:
    """What is not large goes with the form; when the row is there, nothing of the parts is kept."""
    portal.upload_answers = [(201, ROW)] * 2
    show(page, portal, UPLOAD)
    page.set_input_files("#files", large)
    page.wait_for_selector(".fresh")
    expect(page.locator(".up-row")).to_have_count(1)
    assert bytes(portal.kept["/parts/1"]) == CONTENT
    assert portal.offsets[:2] == [0, 1048576]
    assert len(portal.offsets) < 8, "parts grow on a quick line"
    (form,) = portal.forms
    assert b'name="upload"\r\n\r\n1\r\n' in form
    assert b'name="file"' not in form
    page.set_input_files("#files", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 1048576}])
    expect(page.locator(".fresh")).to_have_count(2)
    assert len(portal.begun) == 1
    assert portal.ended == ["/parts/1"]


def test_after_a_lost_line_it_goes_on_from_there(page: Page, portal: ScriptedPortal, large: Path) -> None:
    portal.upload_answers, portal.parts = [(503, ""), (201, ROW)], [True, True, False, False]
    show(page, portal, UPLOAD)
    page.set_input_files("#files", large)
    page.wait_for_selector(".fresh", timeout=20_000)
    assert len(set(portal.offsets)) == len(portal.offsets), "nothing that had arrived is sent again"
    assert bytes(portal.kept["/parts/1"]) == CONTENT
    assert len(portal.begun) == 1
    assert len(set(portal.upload_keys)) == 1


def test_after_a_reload_the_same_file_goes_on(page: Page, portal: ScriptedPortal, large: Path) -> None:
    """With the same key, so that what was handed in already is not handed in twice; told in words. Once in, it is a new file again."""
    portal.upload_answers, portal.parts = [(201, ROW)] * 2, [True, True] + [False] * 20
    show(page, portal, UPLOAD)
    page.set_input_files("#files", large)
    page.wait_for_selector(".up-state:has-text('网络断了')")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    portal.parts = [False]
    page.set_input_files("#files", large)
    expect(page.locator(".up-state")).to_have_text(re.compile(r"接着上次的 [1-9]\d% 传"), timeout=20_000)
    page.wait_for_selector(".fresh", timeout=20_000)
    assert bytes(portal.kept["/parts/1"]) == CONTENT
    assert len(portal.begun) == 1
    page.set_input_files("#files", large)
    expect(page.locator(".fresh")).to_have_count(2)
    assert len(portal.begun) == 2
    assert len(set(portal.upload_keys)) == 2


def test_a_field_of_any_form_sends_ahead(page: Page, portal: ScriptedPortal, large: Path) -> None:
    """Its form waits for the file, and goes by itself."""
    portal.parts = [True, False]
    show(page, portal, FIELD)
    page.set_input_files("#files", large)
    page.click("button")
    page.wait_for_selector(".up-state:has-text('网络断了')")
    assert portal.posted == []
    page.wait_for_selector("#done", timeout=20_000)
    assert portal.posted == ["/hand-in"]
    (form,) = portal.forms
    assert b'name="upload"\r\n\r\n1\r\n' in form
    assert b'name="file"' not in form
    assert bytes(portal.kept["/parts/1"]) == CONTENT


def test_another_file_takes_the_place_of_the_first(page: Page, portal: ScriptedPortal, large: Path) -> None:
    """A small one after a large one goes with the form, and nothing else does."""
    portal.parts = [True, False]
    show(page, portal, FIELD)
    page.set_input_files("#files", large)
    page.wait_for_selector(".up-state:has-text('网络断了')")
    page.set_input_files("#files", [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"small"}])
    expect(page.locator(".up-field")).to_have_count(0)
    page.click("button")
    page.wait_for_selector("#done")
    (form,) = portal.forms
    assert b"small" in form
    assert b'name="upload"' not in form
    assert portal.offsets == [0]
