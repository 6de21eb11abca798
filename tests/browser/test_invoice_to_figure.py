"""One real invoice from the boss's phone to the figure on his screen (CAP-1, CAP-2, CAP-5, CAP-10, CAP-11, DASH-1, DASH-2, DASH-5, PLAT-8)."""

import datetime as dt
from pathlib import Path

import pypdfium2
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Portal
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID
from zhangfang_sdk import use
from zhangfang_sdk.specimens import Specimen, SpecimenLine, Specimens

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
SELLER = ("杭州云山办公用品有限公司", "91330106MA2TEXT24J")


async def sign_in(browser: Browser, portal: Portal, login: str, size: dict[str, int]) -> Page:
    page = await (await browser.new_context(viewport=size, locale="zh-CN")).new_page()  # type: ignore[arg-type]  # ViewportSize is a dict
    await page.goto(f"{portal.address}/sign-in")
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", PASSWORD)
    await page.click("main button[type=submit], main form button.btn-primary")
    await page.wait_for_load_state()
    return page


def invoice(folder: Path, form: str, number: str, buyer: str) -> Path:
    """A drawn invoice for office paper of 106.00, dated today."""
    specimen = Specimen(
        number=number,
        issued_on=dt.datetime.now(dt.UTC).date(),
        special=False,
        seller_name=SELLER[0],
        seller_tax_id=SELLER[1],
        buyer_name=buyer,
        buyer_tax_id=RESTAURANT_TAX_ID,
        lines=(SpecimenLine("*纸制品*复印纸", 100_00, "6%", 6_00, "箱", "1", "100"),),
    )
    name, _, content = use(Specimens).written(specimen, "xml" if form == "xml" else "pdf")
    path = folder / name
    path.write_bytes(content)
    return path


def photograph(folder: Path, buyer: str) -> Path:
    """The same on paper, photographed."""
    paper = pypdfium2.PdfDocument(invoice(folder, "pdf", f"{dt.datetime.now(dt.UTC):%y}332000000000000003", buyer))
    path = folder / "拍的票.jpg"
    paper[0].render(scale=2.5).to_pil().convert("RGB").save(path, quality=90)
    return path


async def sideways(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    width: int = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


async def clean(page: Page) -> None:
    """axe finds nothing, and nothing sticks out at 390 and 320 px."""
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    for width in (390, 320):
        await page.set_viewport_size({"width": width, "height": 844})
        assert await sideways(page) <= 0, f"{page.url} scrolls sideways at {width} px"
    await page.set_viewport_size({"width": 390, "height": 844})


async def test_an_invoice_goes_from_the_phone_to_the_figure(portal: Portal, chromium: Browser, tmp_path: Path) -> None:
    """CAP-1, CAP-5, CAP-10, DASH-2: two invoices and a broken file; one key approves; the boss's cockpit moves within 2 s."""
    buyer = "嘉喜餐饮有限公司"
    broken = tmp_path / "坏文件.pdf"
    broken.write_bytes(b"%PDF-1.7 not really")
    today = dt.datetime.now(dt.UTC)
    files = [
        invoice(tmp_path, "xml", f"{today:%y}332000000000000001", buyer),
        invoice(tmp_path, "pdf", f"{today:%y}332000000000000002", buyer),
        broken,
    ]
    phone = await sign_in(chromium, portal, "boss@test", PHONE)
    await expect(phone).to_have_url(f"{portal.client}/cockpit")
    await clean(phone)
    watching = await phone.context.new_page()
    await watching.goto(f"{portal.client}/cockpit")
    await phone.goto(f"{portal.client}/capture")
    await clean(phone)
    await phone.locator("form[data-upload] input[type=file][multiple]").set_input_files(files)
    await expect(phone.get_by_text("等会计审核")).to_have_count(2, timeout=20_000)
    await expect(phone.get_by_text("打不开").or_(phone.get_by_text("损坏")).first).to_be_visible(timeout=20_000)

    desk = await sign_in(chromium, portal, "reviewer@test", DESK)
    await desk.goto(f"{portal.firm}/desk")
    await expect(desk.get_by_text("复印纸").first).to_be_visible()
    before = await watching.locator(".tiles").inner_text()
    await desk.keyboard.press("Control+Enter")
    await expect(watching.locator(".tiles")).not_to_have_text(before, timeout=2_000)


async def test_a_photograph_becomes_a_figure_from_which_three_taps_lead_back(
    portal: Portal, chromium: Browser, tmp_path: Path
) -> None:
    """CAP-6, DASH-5: taken on the phone, read, proven field by field with the keyboard alone, posted, and found again behind the profit."""
    phone = await sign_in(chromium, portal, "boss@test", PHONE)
    await phone.goto(f"{portal.client}/cockpit")
    before = await phone.locator(".tiles").inner_text()
    camera = await phone.context.new_page()
    await camera.goto(f"{portal.client}/capture")
    await camera.locator("form[data-upload] input[capture]").set_input_files(photograph(tmp_path, "嘉喜餐饮有限公司"))
    await expect(camera.get_by_text("等会计审核")).to_be_visible(timeout=60_000)

    desk = await sign_in(chromium, portal, "reviewer@test", DESK)
    await desk.goto(f"{portal.firm}/desk")
    await expect(desk.locator("input[name=total]")).to_have_value("106.00")
    proven = set()
    await desk.locator("input[name=number]").focus()
    while (field := await desk.evaluate("document.activeElement.closest('#facts') && document.activeElement.name")) is not None:
        proven.add(field)
        await desk.keyboard.press("Tab")
    assert proven >= {"number", "issued_on", "seller_name", "total", "buyer_name"}
    await desk.keyboard.press("Control+Enter")
    await expect(desk.get_by_role("heading", name="都审完了")).to_be_visible(timeout=10_000)

    await expect(phone.locator(".tiles")).not_to_have_text(before, timeout=5_000)
    await phone.locator(".tiles a", has_text="本月净利润").click()
    await phone.locator("a.item", has_text="有原件").first.click()
    await phone.locator("a[href*='/documents/']").last.click()
    picture = phone.locator("img[src*='/documents/']").first
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 600
    assert await sideways(phone) <= 0


async def test_sign_in_tells_plainly_what_is_wrong(portal: Portal, chromium: Browser) -> None:
    """PLAT-8: a wrong password and an unknown name get the same plain sentence; the page is accessible."""
    page = await sign_in(chromium, portal, "nobody@test", PHONE)
    first = await page.locator("[role=alert]").inner_text()
    await clean(page)
    other = await sign_in(chromium, portal, "boss@test", PHONE)
    await other.context.clear_cookies()
    await other.goto(f"{portal.address}/sign-in")
    await other.fill("input[name=login]", "boss@test")
    await other.fill("input[name=password]", "wrong wrong wrong")
    await other.click("main form button.btn-primary")
    assert await other.locator("[role=alert]").inner_text() == first
