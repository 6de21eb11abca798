"""CAP-1, COLL-2, PLAT-12: the portal's script in a real browser, against a server that fails on purpose."""

import io
import re

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont
from playwright.sync_api import Page

from zhangfang_core.testing.scripted import ScriptedPortal, show

pytestmark = pytest.mark.browser

FIGURE = '<p id="figure" data-live-topic="ledger" hx-get="/figure">0</p>'


def test_an_event_refreshes_what_listens_and_bursts_are_one_request(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, FIGURE)
    for topic in ["other", "ledger", "ledger", "ledger"]:
        portal.events.put(topic)
    page.wait_for_selector("#figure:text-is('1')", timeout=2000)
    page.wait_for_timeout(500)
    assert portal.fetched == 1
    portal.events.put("ledger")
    page.wait_for_selector("#figure:text-is('2')", timeout=2000)


def test_a_red_dot_changes_within_two_seconds(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, '<span id="dot" data-badge-for="msg" hidden><span data-count>0</span></span>')
    portal.events.put("badges")
    page.wait_for_selector("#dot:has-text('7')", timeout=2000)


def test_a_lost_stream_says_so_comes_back_and_catches_up(page: Page, portal: ScriptedPortal) -> None:
    portal.refuse_streams = 1
    show(page, portal, FIGURE)
    page.wait_for_selector("#offline:has-text('正在重连')", timeout=2000)
    page.wait_for_selector("#offline", state="hidden", timeout=5000)
    page.wait_for_selector("#figure:text-is('1')", timeout=2000)


def test_typing_is_not_disturbed_by_a_refresh(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, '<form id="f" data-live-topic="ledger" hx-get="/figure"><input id="i" name="i"></form>')
    page.fill("#i", "写到一半")
    portal.events.put("ledger")
    page.wait_for_timeout(700)
    assert page.input_value("#i") == "写到一半"
    assert portal.fetched == 0


def test_what_was_put_off_comes_when_the_field_is_left_as_it_was(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, '<form id="f" data-live-topic="ledger" hx-get="/figure"><input id="i" name="i"></form><a id="out" href="#out">x</a>')
    page.focus("#i")
    portal.events.put("ledger")
    page.wait_for_timeout(700)
    assert portal.fetched == 0
    page.focus("#out")
    page.wait_for_selector("#figure:text-is('1')", timeout=2000)


@pytest.mark.parametrize(
    ("field", "act", "back"),
    [
        ('<input id="i" type="checkbox">', "check", "uncheck"),
        ('<input id="i" value="as it was">', "fill other", "fill as it was"),
        ('<select id="i"><option>a</option><option>b</option></select>', "select_option b", "select_option a"),
    ],
)
def test_what_was_filled_and_not_sent_yet_stays(page: Page, portal: ScriptedPortal, field: str, act: str, back: str) -> None:
    """Also when the person has gone on: boxes ticked on a board, a comment that is thought over."""
    show(page, portal, f'<form id="f" data-live-topic="ledger" hx-get="/figure">{field}</form><a id="out" href="#out">x</a>')

    def done(what: str) -> None:
        name, _, value = what.partition(" ")
        getattr(page, name)("#i", *filter(None, [value]))
        page.focus("#out")

    done(act)
    portal.events.put("ledger")
    page.wait_for_timeout(700)
    assert portal.fetched == 0
    done(back)
    page.wait_for_selector("#figure:text-is('1')", timeout=2000)


def test_the_sheet_opens_deepens_and_back_closes_it(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, '<a id="drill" data-sheet href="/vouchers?month=11">684</a>')
    page.click("#drill")
    page.wait_for_selector("dialog[open] h2:text-is('凭证明细')")
    assert page.get_attribute("dialog[open]", "aria-label") == "凭证明细"
    assert page.url.endswith("/vouchers?month=11")
    page.click("#deeper")
    page.wait_for_url("**/vouchers?n=2")
    page.go_back()
    page.wait_for_url("**/vouchers?month=11")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="hidden")
    assert page.url == f"{portal.address}/"
    assert page.evaluate("document.activeElement.id") == "drill"


def test_a_reload_inside_the_sheet_gives_the_full_page_and_back_leads_home(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, '<a id="drill" data-sheet href="/vouchers?month=11">684</a>')
    page.click("#drill")
    page.wait_for_selector("dialog[open] h2")
    page.reload()
    page.wait_for_selector("h1:text-is('整页')")
    page.go_back()
    page.wait_for_selector("#drill")


def test_a_dangerous_button_asks_first(page: Page, portal: ScriptedPortal) -> None:
    show(
        page,
        portal,
        '<form method="post" action="/void" data-confirm="作废这张凭证?"><button id="b">作废</button></form>',
    )
    page.click("#b")
    page.click("dialog.ask button:text-is('取消')")
    page.wait_for_selector("dialog.ask", state="detached")
    assert portal.posted == []
    page.click("#b")
    page.click("dialog.ask button:text-is('确定')")
    page.wait_for_selector("#done")
    assert portal.posted == ["/void"]


REVIEW = """<ul data-queue><li><a href="/before">1</a></li><li><a href="/" aria-current="true">2</a></li>
<li><a href="/next">3</a></li></ul><a href="/return" data-return>退回</a>
<form data-approve method="post" action="/approve"><label for="tax">税额</label><input id="tax" name="tax" data-box="tax"></form>
<svg width="100" height="100"><rect class="box" data-for="tax" x="10" y="10" width="20" height="10"/></svg>
<button type="button" data-toggle-keys>快捷键</button>"""


@pytest.mark.parametrize(("key", "place"), [("j", "/next"), ("k", "/before"), ("r", "/return")])
def test_letters_move_through_the_queue(page: Page, portal: ScriptedPortal, key: str, place: str) -> None:
    show(page, portal, REVIEW)
    page.keyboard.press(key)
    page.wait_for_selector(f"#at:text-is('{place}')")


def test_letters_stay_letters_while_typing_and_can_be_switched_off(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, REVIEW)
    page.click("#tax")
    page.keyboard.type("jkr")
    assert page.input_value("#tax") == "jkr"
    page.click("[data-toggle-keys]")
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert page.inner_text("#at") == "/"


FIND = """<form role="search" method="get" action="/search"><input id="find" name="q" type="search" value="旧" data-find></form>
<a id="far" href="/next" data-find hidden>查找</a><input id="other">
<button type="button" data-toggle-keys>快捷键</button>"""


def test_a_stroke_goes_to_the_search_field_or_to_its_page(page: Page, portal: ScriptedPortal) -> None:
    focused = "document.activeElement.id"
    show(page, portal, FIND)
    page.keyboard.press("/")
    assert page.evaluate(focused) == "find"
    page.keyboard.type("a/b")
    assert page.input_value("#find") == "a/b", "what stood there is replaced, and a stroke is a letter while typing"
    page.focus("#other")
    page.keyboard.press("/")
    assert page.input_value("#other") == "/"
    show(page, portal, FIND.replace('role="search"', "hidden").replace(" hidden>查", ">查"))
    page.keyboard.press("/")
    page.wait_for_selector("#at:text-is('/next')")
    show(page, portal, FIND)
    page.click("[data-toggle-keys]")
    page.keyboard.press("/")
    assert page.evaluate(focused) != "find"


def test_one_key_approves_and_a_field_shows_its_place(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, REVIEW)
    page.focus("#tax")
    assert page.get_attribute(".box", "class") == "box on"
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#done")
    assert portal.posted == ["/approve"]


UPLOAD = """<form data-upload="/uploads" data-max-bytes="1048576" data-drop><input id="files" type="file" name="file" multiple></form>
<ul data-upload-rows></ul>"""
ROW = '<li class="up-row fresh">识别中</li>'


def photo(name: str, size: int) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": b"x" * size}


def choose(page: Page, *files: dict[str, object]) -> None:
    page.set_input_files("#files", files)  # type: ignore[arg-type]  # the mapping is what playwright takes


def test_a_broken_upload_is_sent_again_with_the_same_key(page: Page, portal: ScriptedPortal) -> None:
    portal.upload_answers = [(0, ""), (503, ""), (201, ROW)]
    show(page, portal, UPLOAD)
    choose(page, photo("a.jpg", 2000))
    page.wait_for_selector(".fresh:has-text('识别中')", timeout=15_000)
    assert len(portal.upload_keys) == 3
    assert len(set(portal.upload_keys)) == 1
    assert re.fullmatch("[0-9a-f]{32}", portal.upload_keys[0])
    assert portal.tokens == ["the-token"] * 3


def test_several_photos_are_several_documents(page: Page, portal: ScriptedPortal) -> None:
    portal.upload_answers = [(201, ROW)] * 5
    show(page, portal, UPLOAD)
    choose(page, *(photo(f"{n}.jpg", 500) for n in range(5)))
    page.locator(".fresh").nth(4).wait_for(state="attached")
    assert len(set(portal.upload_keys)) == 5


def test_a_refusal_shows_the_servers_reason_and_is_not_repeated(page: Page, portal: ScriptedPortal) -> None:
    portal.upload_answers = [(422, '{"code": "capture.encrypted", "detail": "这个 PDF 有密码。"}')]
    show(page, portal, UPLOAD)
    choose(page, photo("a.pdf", 500))
    page.wait_for_selector(".up-state:has-text('这个 PDF 有密码。')")
    page.wait_for_timeout(300)
    assert len(portal.upload_keys) == 1


def test_empty_and_too_large_files_never_leave_the_device(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, UPLOAD)
    choose(page, photo("empty.jpg", 0), photo("large.jpg", 1_048_577))
    page.wait_for_selector(".up-state:has-text('是空的')")
    page.wait_for_selector(".up-state:has-text('1 MB 以内')")
    assert portal.upload_keys == []


def paper(*, blurred: float = 0, light: float = 1) -> dict[str, object]:
    """A photograph of a printed page on a dark table."""
    page = Image.new("RGB", (1200, 1600), (60, 50, 45))
    page.paste((238, 236, 230), (150, 150, 1050, 1450))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(size=24)
    for line in range(36):
        pen.text((190, 190 + 34 * line), f"{line:02} 26332000000187654{line:03} 1,{line:03}.00 13% 130.00", (40, 40, 60), font)
    page = ImageEnhance.Brightness(page.filter(ImageFilter.GaussianBlur(blurred))).enhance(light)
    written = io.BytesIO()
    page.save(written, "JPEG", quality=88)
    return {"name": "票.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


@pytest.mark.parametrize(
    ("given", "told"), [({"blurred": 5}, "有点糊"), ({"light": 0.2}, "太暗"), ({"blurred": 5, "light": 0.15}, "太暗")]
)
def test_an_unreadable_photograph_is_asked_about(page: Page, portal: ScriptedPortal, given: dict[str, float], told: str) -> None:
    """CAP-1: before it is sent; sent anyway it goes as it is, and a new one takes its place."""
    portal.upload_answers = [(201, ROW)]
    show(page, portal, UPLOAD.replace("data-drop>", "data-drop data-photographs>"))
    choose(page, paper(**given))
    page.wait_for_selector(f".up-state:has-text('{told}')")
    choose(page, paper(**given))
    page.locator(f".up-state:has-text('{told}')").nth(1).wait_for()
    with page.expect_file_chooser():
        page.click("text=重拍 >> nth=0")
    assert page.locator(".up-row").count() == 1
    assert portal.upload_keys == []
    page.click("text=就用这张")
    page.wait_for_selector(".fresh")
    assert len(portal.upload_keys) == 1


@pytest.mark.parametrize("given", [{}, {"blurred": 1}, {"light": 0.5}])
def test_a_readable_photograph_goes_at_once(page: Page, portal: ScriptedPortal, given: dict[str, float]) -> None:
    """So does what the browser cannot open, and what is no picture."""
    portal.upload_answers = [(201, ROW)] * 3
    show(page, portal, UPLOAD.replace("data-drop>", "data-drop data-photographs>"))
    choose(page, paper(**given), photo("broken.jpg", 500), {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    page.locator(".fresh").nth(2).wait_for()
    assert len(portal.upload_keys) == 3


def test_large_type_is_kept(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, '<button type="button" data-toggle-type aria-pressed="false">大字显示</button>')
    normal = page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    page.click("[data-toggle-type]")
    page.reload()
    page.wait_for_selector("[data-toggle-type][aria-pressed=true]")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 1.15 * normal


def test_copying_is_announced(page: Page, portal: ScriptedPortal) -> None:
    show(page, portal, '<button type="button" data-copy="abc-123">复制</button>')
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-copy]")
    page.wait_for_selector("#announce:has-text('已复制')")
    assert page.evaluate("navigator.clipboard.readText()") == "abc-123"
