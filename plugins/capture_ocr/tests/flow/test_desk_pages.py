"""The desk's pages by role: the reason that was chosen, the filter that stays, all that is clean in one press (CAP-4, CAP-6)."""

import re
from html import unescape
from typing import Any

import pytest
from PIL import Image

from zhangfang_capture_ocr.pages.desk import RETURN_REASONS
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.services import use


@pytest.mark.parametrize(
    ("choice", "written"), [(RETURN_REASONS[2], ""), (RETURN_REASONS[2], "写在备注里也行。"), ("", "请写明用途")]
)
async def test_the_client_gets_the_reason_that_was_chosen(
    people: Any, office: Any, drawn: Any, choice: str, written: str
) -> None:
    """U2: nothing is written for the reviewer beforehand, so that the chosen sentence goes out as it stands."""
    item = await office.handed_in("照片.jpg", drawn.jpeg(Image.new("RGB", (300, 200), "white")))
    owner = await people.of_firm("owner")
    form = (await owner.get(f"/desk/{item}/return")).text
    area = re.search(r"<textarea[^>]*>([^<]*)</textarea>", form)
    assert area is not None
    assert area[1] == ""
    answer = await owner.post(f"/desk/{item}/return", choice=choice, reason=area[1] + written)
    assert answer.status_code == 303
    page = unescape((await (await people.of_client("boss")).get(f"/capture/items/{item}")).text)
    assert f"<p>{' '.join(filter(None, (choice, written)))}</p>" in page


async def test_all_that_is_clean_passes_in_one_press(people: Any, office: Any, drawn: Any) -> None:
    """CAP-6: two files without a doubt are posted together, the doubtful one stays, and the page says how many."""
    clean = [await office.handed_in(f"{n}.xml", drawn.xml(number=f"2633200000018765432{n}")) for n in range(2)]
    unsure = await office.handed_in("照片.jpg", drawn.jpeg(Image.new("RGB", (300, 200), "white")))
    owner = await people.of_firm("owner")
    assert "没有疑问的 2 张一起通过" in (await owner.get("/desk?show=clean")).text
    answer = await owner.post("/desk/approve-clean?show=clean")
    assert answer.status_code == 303
    page = (await owner.http.get(answer.headers["location"])).text
    assert "已通过 2 张" in page
    assert "今天已入账 2 张" in page
    assert [(await office.state(item))[0] for item in (*clean, unsure)] == ["approved", "approved", "needs_review"]


async def test_the_filter_stays_when_one_is_done(people: Any, office: Any, drawn: Any) -> None:
    first, second = [await office.handed_in(f"{n}.xml", drawn.xml(number=f"2633200000018765432{n}")) for n in range(2)]
    owner = await people.of_firm("owner")
    page = unescape((await owner.get(f"/desk/{first}?words=宁波&show=clean")).text)
    action = re.search(r'action="([^"]*/approve\?[^"]*)"', page)
    assert action is not None
    answer = await owner.post(action[1].removeprefix(owner.place))
    assert answer.headers["location"] == f"{owner.place}/desk/{second}?words=%E5%AE%81%E6%B3%A2&show=clean"


async def test_lines_stand_on_the_page_to_be_corrected(people: Any, office: Any, drawn: Any) -> None:
    """CAP-6: name, rate, amount and tax of each line beside its place on the picture."""
    item = await office.handed_in("一.pdf", drawn.pdf())
    page = (await (await people.of_firm("owner")).get(f"/desk/{item}")).text
    assert 'data-for="line_0"' in page
    for part, value in (("name", "*运输服务*冷链运输"), ("rate", "9%"), ("amount", "1,000.00"), ("tax", "90.00")):
        assert re.search(rf'name="line_0_{part}"[^>]*value="{re.escape(value)}"', page), part


async def test_data_is_drawn_where_a_picture_would_stand(people: Any, office: Any, drawn: Any) -> None:
    """U3: from a voucher one tap leads to the invoice as a picture, also where the file is an XML; other files say that they have none."""
    xml = (await office.invoice_of(await office.handed_in("一.xml", drawn.xml())))["document"]
    pdf = (await office.invoice_of(await office.handed_in("二.pdf", drawn.pdf(number="26332000000187654322"))))[
        "document"
    ]
    boss = await people.of_client("boss")
    first = (await boss.get(f"/documents/{xml}")).text
    assert f"/cards/capture_ocr.drawn?document={xml}" in first
    card = (await boss.get(f"/cards/capture_ocr.drawn?document={xml}")).text
    assert card.count("data-page-image") == 1
    assert "冷链运输" in card
    assert "data-card" not in (await boss.get(f"/documents/{pdf}")).text
    async with acting(office.firm, "boss", client=office.firm.restaurant):
        kept = await use(Documents).store(office.firm.restaurant, "说明.txt", "text/plain", b"words")
    assert "没有图片预览" in (await boss.get(f"/documents/{kept.id}")).text
