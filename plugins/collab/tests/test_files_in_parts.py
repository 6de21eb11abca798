"""A task's file, and a letter's photograph, that came in parts."""

from zhangfang_collab import listing, ticking
from zhangfang_core.testing.portal import Portal
from zhangfang_core.testing.resuming import Sender, id_in
from zhangfang_core.testing.tenants import TestFirm, acting, session_of
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import AskedFor

FILE = b"%PDF-1.4 " + bytes(3000)


async def test_handed_in(portal: Portal, firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        task = await ticking.assign(firm.restaurant, Period.current(), "交合同", "", today())
    token = await session_of(firm, "boss", firm.restaurant)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.restaurant}") as boss:
        upload = id_in(await Sender(boss).sent(FILE, "合同.pdf", part=1000))
        assert (await boss.post(f"/tasks/{task}/files", upload=str(upload))).status_code == 303
        letter = {"upload": str(upload), "kind": "notice", "due_on": today().isoformat(), "number": "", "note": ""}
        answer = await boss.post("/tasks/letter", **letter)
        assert answer.status_code == 303
        assert "看原件" in (await boss.get(answer.headers["location"].partition(f"/c/{firm.restaurant}")[2])).text
        assert (await boss.post(f"/tasks/{task}/files", upload="0")).status_code == 404
        assert "data-uploads" in (await boss.get(f"/tasks/{task}")).text
    async with acting(firm, "accountant"):
        (document,) = [entry.document for entry in await listing.trail(task) if entry.document]
    assert document


async def test_why_a_file_is_refused_stands_on_the_task(portal: Portal, firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        task = await ticking.assign(firm.restaurant, Period.current(), "交对账单", "", today(), asks=AskedFor.BANK_STATEMENT)
    token = await session_of(firm, "boss", firm.restaurant)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.restaurant}") as boss:
        upload = id_in(await Sender(boss).sent(FILE, f"{Period.current().plus(-1).month}月对账单.pdf", part=1000))
        refused = await boss.post(f"/tasks/{task}/files", upload=str(upload))
    assert refused.status_code == 422
    assert "请改文件名后再传" in refused.text.partition('name="file"')[0][-600:] + refused.text.partition('name="file"')[2][:600]
    assert "交对账单" in refused.text
