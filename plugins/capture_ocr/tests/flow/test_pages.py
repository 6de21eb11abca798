"""The pages over HTTP, by role (CAP-1, CAP-4, CAP-5, CAP-6, CAP-10, CAP-11)."""

import io
from pathlib import Path
from typing import Any

import pytest
from httpx import Response
from PIL import Image

from zhangfang_capture_ocr.tables import Item
from zhangfang_core.testing.portal import Visitor
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import acting

PHOTO = Path(__file__).parents[1] / "photo.heic"


async def _upload(
    person: Visitor, *files: tuple[str, bytes], accept: str = "*/*", key: str = "key-of-this-upload"
) -> Response:
    await person.http.get("/healthz")
    token = person.http.cookies.get("zf_csrf") or ""
    return await person.http.post(
        f"{person.place}/capture/uploads",
        headers={"HX-Request": "true", "X-CSRF-Token": token, "X-Upload-Key": key, "Accept": accept},
        data={"purpose": "运费"},
        files=[("file", (name, data, "application/octet-stream")) for name, data in files],
    )


async def test_a_driver_hands_in(people: Any, office: Any, drawn: Any) -> None:
    """CAP-1, CAP-11, PLAT-13: the upload-only role gets its row at once, sees it, and nothing else."""
    driver = await people.of_client("driver")
    answer = await _upload(driver, ("一.xml", drawn.xml()))
    assert answer.status_code == 200
    assert "排队中" in answer.text
    assert 'data-live-topic="capture"' in answer.text
    page = await driver.get("/capture")
    assert "一.xml" in page.text
    async with acting(office.firm, "accountant"):
        item = await Item.objects().first()
        assert item is not None
        assert item.purpose == "运费"
    assert (await driver.get(f"/capture/items/{item.id}")).status_code == 200
    assert (await driver.get("/capture/items")).status_code == 403
    assert (await driver.get("/desk")).status_code == 403
    other = await people.of_client("driver")
    assert (await other.get(f"/capture/items/{item.id}")).status_code == 404


async def test_a_file_that_came_in_parts(people: Any, office: Any, drawn: Any) -> None:
    """CAP-1: handed in as a small one is, once however often its form is sent; somebody else's, or half of one, is nobody's."""
    driver, boss = await people.of_client("driver"), await people.of_client("boss")
    upload = id_in(await Sender(driver).sent(drawn.pdf(), "二.pdf", part=1000))
    headers = {"x-upload-key": "key-of-this-upload", "accept": "application/json"}
    form = {"upload": str(upload), "purpose": "运费"}
    answers = [await driver.ask("POST", "/capture/uploads", form=form, headers=headers) for _ in range(2)]
    (first,), (second,) = (answer.json()["files"] for answer in answers)
    assert (first["name"], first["state"]) == ("二.pdf", "queued")
    assert second["id"] == first["id"]
    half = (await Sender(driver).begin(9)).headers["location"]
    for person, told, status in ((boss, upload, 404), (driver, id_in(half), 409), (driver, "x", 404)):
        refused = await person.ask("POST", "/capture/uploads", form={"upload": str(told)}, headers=headers)
        assert refused.status_code == status


async def test_several_files_each_answered(people: Any, drawn: Any) -> None:
    """CAP-1, CAP-5: programs get one entry for each file, those not kept with their reason."""
    boss = await people.of_client("boss")
    answer = await _upload(boss, ("一.xml", drawn.xml()), ("空.pdf", b""), accept="application/json")
    assert answer.status_code == 200
    files = answer.json()["files"]
    assert [file["state"] for file in files] == ["queued", "not_kept"]
    assert files[1]["code"] == "document.empty"
    assert "空.pdf" in files[1]["reason"]


async def test_a_body_far_too_large(people: Any) -> None:
    """CAP-5: 60 MB in one request is refused with a plain reason, not a crash."""
    boss = await people.of_client("boss")
    answer = await _upload(boss, ("大.pdf", bytes(60 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "文件太大" in answer.text


async def test_refusal_is_a_prescription(people: Any, office: Any, drawn: Any) -> None:
    """CAP-4: the client's page says what is wrong, who fixes it, and has the message for the seller."""
    item = await office.handed_in("一.xml", drawn.xml(buyer_tax_id="91330106MA2TEXT16A"))
    page = await (await people.of_client("boss")).get(f"/capture/items/{item}")
    assert page.status_code == 200
    assert "请开票方重开" in page.text
    assert "请红冲后重新开具" in page.text
    assert 'class="box low" data-for="buyer_tax_id"' in page.text


async def test_list_filters(people: Any, office: Any, drawn: Any) -> None:
    """CAP-6: the list narrows by state and by words."""
    await office.handed_in("一.xml", drawn.xml())
    await office.handed_in("坏.pdf", b"%PDF-1.7 broken")
    boss = await people.of_client("boss")
    assert "坏.pdf" in (await boss.get("/capture/items")).text
    back = await boss.get("/capture/items?show=back")
    assert "坏.pdf" in back.text
    assert "宁波远洋" not in back.text
    assert "宁波远洋" in (await boss.get("/capture/items?words=宁波")).text
    assert "宁波远洋" not in (await boss.get("/capture/items?words=没有")).text


async def test_the_queue_names_the_seller(people: Any, office: Any, drawn: Any) -> None:
    """CAP-10: whose invoice it is; the client too where several are reviewed, and nowhere twice."""
    item = await office.handed_in("一.xml", drawn.xml())
    owner = await people.of_firm("owner")
    for place, clients in ((owner.place, 1), (f"{owner.place}/c/{office.firm.restaurant}", 0)):
        row = (await owner.http.get(f"{place}/desk/queue")).text.split(f"/desk/{item}", 1)[1].split("</a>", 1)[0]
        assert "<b>宁波远洋" in row
        assert row.count("嘉喜餐饮有限公司") == clients


@pytest.mark.parametrize("form", ["xml", "pdf"])
async def test_desk_shows_boxes_and_approves(people: Any, office: Any, drawn: Any, form: str) -> None:
    """CAP-2, CAP-6, CAP-10: the desk shows each field's place, its voucher, and approves with one form."""
    item = await office.handed_in(f"一.{form}", getattr(drawn, form)())
    owner = await people.of_firm("owner")
    page = await owner.get(f"/desk/{item}")
    assert page.status_code == 200
    assert 'data-for="total"' in page.text
    assert 'data-box="total"' in page.text
    assert 'value="1,090.00"' in page.text
    preview = await owner.post(f"/desk/{item}/preview", total="1,090.00", tax="91.00")
    assert preview.status_code == 200
    assert "不等于价税合计" in preview.text
    answer = await owner.post(f"/desk/{item}/approve")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{owner.place}/desk"
    assert await office.state(item) == ("approved", "")


async def test_desk_returns(people: Any, office: Any, drawn: Any) -> None:
    """CAP-4: a return in one tap; the client reads the reason."""
    item = await office.handed_in("一.xml", drawn.xml())
    owner = await people.of_firm("owner")
    answer = await owner.post(f"/desk/{item}/return", choice="请写明用途", reason="")
    assert answer.status_code == 303
    assert "请写明用途" in (await (await people.of_client("boss")).get(f"/capture/items/{item}")).text


async def test_another_clients_file(people: Any, office: Any, drawn: Any) -> None:
    """PLAT-13: people of another client of the same firm find nothing."""
    item = await office.handed_in("一.xml", drawn.xml())
    stranger = await people.enter("boss", office.firm.trading)
    assert (await stranger.get(f"/capture/items/{item}")).status_code == 404
    assert (await stranger.get(f"/capture/uploads/{item}/row")).status_code == 404
    assert "宁波远洋" not in (await stranger.get("/capture/items")).text


async def test_original_is_downloaded(people: Any, office: Any, drawn: Any) -> None:
    """CAP-5: the original comes back byte by byte, streamed after the request's transaction."""
    data = drawn.pdf()
    item = await office.handed_in("一.pdf", data)
    row = await office.invoice_of(item)
    answer = await (await people.of_client("boss")).get(f"/documents/{row['document']}/file?download=true")
    assert answer.status_code == 200
    assert answer.content == data


async def test_a_photo_is_shown_with_its_sources(people: Any, office: Any, drawn: Any) -> None:
    """CAP-2, CAP-6: the desk and the client's page show what was recognised on a photo, and that it was."""
    item = await office.handed_in("照片.jpg", drawn.photo())
    owner = await people.of_firm("owner")
    page = await owner.get(f"/desk/{item}")
    assert page.status_code == 200
    assert "照片识别" in page.text
    assert 'value="1,090.00"' in page.text
    assert (await (await people.of_client("boss")).get(f"/capture/items/{item}")).status_code == 200


async def test_a_photo_that_no_browser_shows_is_drawn(people: Any, office: Any) -> None:
    """A JPEG of ours stands in the place of an iPhone's photo, for those who may see the file."""
    item = await office.handed_in("IMG_0001.HEIC", PHOTO.read_bytes())
    boss = await people.of_client("boss")
    page = (await boss.get(f"/capture/items/{item}")).text
    assert f"/capture/items/{item}/picture" in page
    answer = await boss.get(f"/capture/items/{item}/picture")
    drawn = Image.open(io.BytesIO(answer.content))
    assert (answer.headers["content-type"], drawn.format, drawn.size) == ("image/jpeg", "JPEG", (1342, 867))
    stranger = await people.enter("boss", office.firm.trading)
    assert (await stranger.get(f"/capture/items/{item}/picture")).status_code == 404
    text = await office.handed_in("一.txt", b"no picture")
    assert (await boss.get(f"/capture/items/{text}/picture")).status_code == 303
